"""What is refused of a DynamoGraphDeploymentRequest, at once or by the profiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import ALPHA
from dynamo_crd.admission.components import runtime_version
from dynamo_crd.admission.faults import Fault, forbidden, invalid, required
from dynamo_crd.admission.graph import TAG_HINT
from dynamo_crd.admission.planner_config import is_off, planner_faults
from groundwork.kube.objects import group_version
from groundwork.kube.values import Json, mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.rule import Environment
    from groundwork.base.field_paths import Path

TARGETS = ("ttft", "itl", "e2eLatency")


def request_faults(item: Json, release: str, environment: Environment) -> Iterator[Fault]:
    """All faults of a request, in the order of its fields."""
    spec = mapping(item, "spec")
    if group_version(item)[1] == ALPHA:
        yield from _image(spec, "profilingConfig", "profilerImage")
        path: Path = ("spec", "profilingConfig", "config", "sla")
        yield from _positive(mapping(spec, "profilingConfig", "config", "sla"), path)
        return
    yield from _image(spec, "image")
    hardware = mapping(spec, "hardware")
    if environment.gpu_discovery is False and not hardware:
        yield required("hardware", ("spec", "hardware"), "the operator may not discover GPUs itself")
    if spec.get("searchStrategy") == "thorough" and spec.get("backend", "auto") == "auto":
        says = "needs a backend other than auto, which is the default"
        hint = "set spec.backend to sglang, trtllm or vllm"
        yield invalid("thorough-auto", ("spec", "searchStrategy"), "thorough", says, hint)
    per_node = number(hardware.get("numGpusPerNode"))
    if per_node is not None and per_node <= 0:
        yield invalid("gpus-per-node", ("spec", "hardware", "numGpusPerNode"), per_node, "is not greater than 0")
    yield from _load(mapping(spec, "workload"))
    yield from _sla(mapping(spec, "sla"))
    yield from _features(mapping(spec, "features"), release)


def _image(spec: Json, *path: str) -> Iterator[Fault]:
    *around, key = path
    image = text(mapping(spec, *around).get(key))
    if image and not spec.get("runtimeVersionOverride") and runtime_version(image) is None:
        says = f"the tag of {key} {image!r} is not a semantic version"
        yield required("image-tag", ("spec", "runtimeVersionOverride"), says, TAG_HINT, near=("spec", *path))


def _load(workload: Json) -> Iterator[Fault]:
    concurrency, rate = workload.get("concurrency"), workload.get("requestRate")
    if concurrency is not None and rate is not None:
        says = f"concurrency ({concurrency!r}) and requestRate ({rate!r}) exclude each other"
        yield forbidden("load-twice", ("spec", "workload", "requestRate"), says, "remove one of the two")


def _sla(sla: Json) -> Iterator[Fault]:
    path: Path = ("spec", "sla")
    yield from _positive(sla, path)
    both = [key for key in ("ttft", "itl") if sla.get(key) is not None]
    if sla.get("e2eLatency") is not None and both:
        says = f"e2eLatency excludes {' and '.join(both)}"
        yield forbidden("sla-exclusive", (*path, "e2eLatency"), says, "keep one kind of target")


def _positive(sla: Json, path: Path) -> Iterator[Fault]:
    for key in TARGETS:
        value = number(sla.get(key))
        if value is not None and value <= 0:
            yield invalid("sla-positive", (*path, key), value, "is not greater than 0")


def _features(features: Json, release: str) -> Iterator[Fault]:
    planner = features.get("planner")
    if not isinstance(planner, dict):
        return
    path: Path = ("spec", "features", "planner")
    yield from planner_faults(planner, path, release)
    if mapping(features, "mocker").get("enabled") is True and is_off(planner):
        says = "leaves the mocker without a model of the engine's speed"
        where: Path = (*path, "pre_deployment_sweeping_mode")
        yield invalid("mocker-sweep", where, planner.get("pre_deployment_sweeping_mode"), says, "use rapid")
