"""From a DynamoGraphDeployment to its DynamoComponentDeployments: pure functions, no cluster."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names
from groundwork.kube.objects import (
    Object,
    annotations_of,
    name_of,
    namespace_of,
    owner_reference,
)
from mock_platform.operator.components.spec import (
    dynamo_namespace,
    is_worker,
    main_container,
    merge_by_name,
    replicas,
    versioned_runtime,
)
from mock_platform.operator.kube.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_platform.operator.config import OperatorConfig

_FRAMEWORK = re.compile(r"\bdynamo\.(vllm|sglang|trtllm)\b")
_NOT_IN_THE_POD = ("replicas", "minAvailable", "scalingAdapter", "runtimeVersionOverride")
"""Fields of a component that change no Pod by themselves, so no generation of workers either; of the last one what
it resolves to counts, from the runtime on of which the version matters."""
_HASH_LENGTH = 8


def components(graph: Object) -> list[Object]:
    """`spec.components`, in the order of the manifest."""
    return (graph.get("spec") or {}).get("components") or []


def resource_name(graph: str, component: Object, worker_hash: str) -> str:
    """Name of the component's objects: `quickstart-frontend`, `quickstart-decode-385c5428`."""
    name = f"{graph}-{component['name'].lower()}"
    return f"{name}-{worker_hash}" if is_worker(component) else name


def backend_framework(graph: Object) -> str:
    """`spec.backendFramework`, else the one that a worker's command names (`python3 -m dynamo.vllm`), else ""."""
    given = (graph.get("spec") or {}).get("backendFramework")
    if given:
        return str(given)
    for component in filter(is_worker, components(graph)):
        container = main_container(component)
        words = [*(container.get("command") or []), *(container.get("args") or [])]
        found = _FRAMEWORK.search(" ".join(map(str, words)))
        if found:
            return found.group(1)
    return ""


def worker_hash(graph: Object, config: OperatorConfig) -> str:
    """Eight hex digits that name a generation of workers.

    The real operator's hash covers what is generated for the workers, all of them together, without what changes
    no Pod (replicas, say): so does this one, but its digits are its own.
    """
    generated = component_deployments(graph, config, "")
    content = {
        item["spec"]["name"]: {
            **{key: value for key, value in item["spec"].items() if key not in _NOT_IN_THE_POD},
            "runtime": versioned_runtime(item["spec"]),
        }
        for item in generated
        if is_worker(item["spec"])
    }
    return fingerprint(content)[:_HASH_LENGTH]


def component_deployments(
    graph: Object, config: OperatorConfig, generation: str, replica_targets: Mapping[str, int] | None = None
) -> list[Object]:
    """The DynamoComponentDeployments of a graph, one for each component, in its order.

    Args:
        graph: the DynamoGraphDeployment, v1beta1.
        config: the operator's settings.
        generation: the worker hash (`worker_hash`).
        replica_targets: replicas by component name where a rolling update wants others than the graph.
    """
    targets = replica_targets or {}
    framework = backend_framework(graph)
    return [
        _component_deployment(graph, component, config, generation, framework, targets=targets)
        for component in components(graph)
    ]


def keep_frameworks(wanted: Sequence[Object], existing: Iterable[Object]) -> list[Object]:
    """The DynamoComponentDeployments; one that is there keeps its backendFramework, which nobody may change."""
    known = {name_of(item): item["spec"].get("backendFramework") for item in existing}
    made = []
    for item in wanted:
        framework = known.get(name_of(item), item["spec"].get("backendFramework"))
        spec = {key: value for key, value in item["spec"].items() if key != "backendFramework"}
        made.append({**item, "spec": spec | ({"backendFramework": framework} if framework else {})})
    return made


def _component_deployment(
    graph: Object,
    component: Object,
    config: OperatorConfig,
    generation: str,
    framework: str,
    *,
    targets: Mapping[str, int],
) -> Object:
    name, namespace = name_of(graph), namespace_of(graph)
    labels = {
        names.DYNAMO_COMPONENT: component["name"],
        names.GRAPH_NAME: name,
        names.DYNAMO_NAMESPACE: dynamo_namespace(component, namespace, name),
    }
    if is_worker(component):
        labels[names.WORKER_HASH] = generation
    spec = copy.deepcopy(component)
    spec["replicas"] = targets.get(component["name"], replicas(component))
    spec["podTemplate"] = _pod_template(graph, component, config, generation)
    if framework:
        spec["backendFramework"] = framework
    metadata: Object = {
        "name": resource_name(name, component, generation),
        "namespace": namespace,
        "labels": labels,
        "finalizers": [names.FINALIZER],
        "ownerReferences": [owner_reference(graph)],
    }
    if names.ENABLE_METRICS in annotations_of(graph):
        metadata["annotations"] = {names.ENABLE_METRICS: annotations_of(graph)[names.ENABLE_METRICS]}
    return {"apiVersion": kinds.BETA_API, "kind": kinds.COMPONENT, "metadata": metadata, "spec": spec}


def _pod_template(graph: Object, component: Object, config: OperatorConfig, generation: str) -> Object:
    """The component's own template with what the graph gives to all: labels, annotations, variables."""
    spec = graph.get("spec") or {}
    template = copy.deepcopy(component.get("podTemplate") or {})
    metadata = template.setdefault("metadata", {})
    origin = annotations_of(graph).get(names.ORIGIN_VERSION, config.version)
    metadata["annotations"] = {
        **(spec.get("annotations") or {}),
        **(metadata.get("annotations") or {}),
        names.ORIGIN_VERSION: origin,
    }
    labels = {**(spec.get("labels") or {}), **(metadata.get("labels") or {})}
    if is_worker(component):
        labels[names.WORKER_HASH] = generation
    if labels:
        metadata["labels"] = labels
    if component.get("type") == names.PLANNER:
        template.setdefault("spec", {}).setdefault("serviceAccountName", names.PLANNER_SERVICE_ACCOUNT)
    container = main_container({"podTemplate": template})
    if container and spec.get("env"):
        container["env"] = merge_by_name(spec["env"], container.get("env") or [])
    return template
