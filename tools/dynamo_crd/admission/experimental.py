"""What is refused of a component's checkpoint, gpuMemoryService and failover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts.names import WORKER_TYPES
from dynamo_crd.admission.faults import Fault, forbidden, invalid
from groundwork.kube.values import sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.components import Component
    from groundwork.base.field_paths import Path
    from groundwork.kube.values import Json

_IN_POD, _BETWEEN_PODS = "intrapod", "interpod"


def experimental_faults(component: Component, spec: Json, *, is_graph: bool, grove: bool) -> Iterator[Fault]:
    """Faults of one component; `spec` is the graph's, `grove` whether Grove may run it."""
    base = component.experimental_path
    memory, failover = component.experimental("gpuMemoryService"), component.experimental("failover")
    if component.experimental("checkpoint") is not None:
        says = "checkpoint.enabled is off in the operator's configuration"
        yield forbidden("checkpoint", (*base, "checkpoint"), says)
        if component.type not in WORKER_TYPES:
            says = f"it is for type worker, prefill or decode, not {component.type!r}"
            yield forbidden("checkpoint-type", (*base, "checkpoint"), says)
    if memory is not None:
        yield from _memory(component, memory, spec, is_graph=is_graph, grove=grove)
    if failover is not None:
        yield from _failover(component, failover, memory)


def _memory(component: Component, memory: Json, spec: Json, *, is_graph: bool, grove: bool) -> Iterator[Fault]:
    path = (*component.experimental_path, "gpuMemoryService")
    if is_graph and _mode(memory) == _BETWEEN_PODS:
        backend = spec.get("backendFramework")
        if not grove:
            yield forbidden("gpu-memory-grove", (*path, "mode"), "between Pods it needs a graph that Grove runs")
        if backend != "vllm":
            says = f"needs backendFramework vllm, which is {backend!r}"
            yield invalid("gpu-memory-backend", (*path, "mode"), memory.get("mode"), says)
    if component.type not in WORKER_TYPES:
        says = f"it is for type worker, prefill or decode, not {component.type!r}"
        yield forbidden("gpu-memory-type", path, says)
    if not component.has_gpu:
        yield forbidden("gpu-memory-gpu", path, "the main container has no GPU in its limits")
    if _mode(memory) == _IN_POD:
        yield from _clients(component, memory, path)


def _clients(component: Component, memory: Json, path: Path) -> Iterator[Fault]:
    names = component.container_names
    for index, client in enumerate(sequence(memory.get("extraClientContainers"))):
        if client not in names:
            says = f"is not a container of the Pod, which has {', '.join(map(repr, names)) or 'none'}"
            yield invalid("gpu-memory-clients", (*path, "extraClientContainers", index), client, says)


def _failover(component: Component, failover: Json, memory: Json | None) -> Iterator[Fault]:
    path = (*component.experimental_path, "failover")
    if component.alpha:
        yield from _shadows(failover, path)
    if memory is None:
        says = "failover also needs gpuMemoryService"
        yield forbidden("failover-gpu-memory", path, says)
    elif _mode(failover) != _mode(memory):
        says = f"differs from gpuMemoryService.mode, which is {memory.get('mode', 'IntraPod')!r}"
        yield invalid("failover-mode", (*path, "mode"), failover.get("mode", "IntraPod"), says)


def _shadows(failover: Json, path: Path) -> Iterator[Fault]:
    shadows = failover.get("numShadows")
    if _mode(failover) == _IN_POD and shadows not in (None, 0, 1):
        yield invalid("failover-shadows", (*path, "numShadows"), shadows, "is not 1, the one shadow within a Pod")


def _mode(part: Json) -> str:
    return str(part.get("mode") or _IN_POD).lower()
