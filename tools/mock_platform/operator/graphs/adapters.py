"""DynamoGraphDeploymentScalingAdapters: through them a planner (or an HPA) sets the replicas of a component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names
from groundwork.kube.objects import Object, name_of, namespace_of, owned_by, owner_reference
from mock_platform.operator.components.spec import replicas
from mock_platform.operator.graphs.spec import components
from mock_platform.operator.kube.api import ADAPTERS, Api
from mock_platform.operator.kube.write import write_status

if TYPE_CHECKING:
    from collections.abc import Iterable


def scaling_adapter(graph: Object, component: Object) -> Object:
    """The adapter of a component, with the replicas that the graph asks for."""
    return {
        "apiVersion": kinds.BETA_API,
        "kind": kinds.ADAPTER,
        "metadata": {
            "name": adapter_name(graph, component),
            "namespace": namespace_of(graph),
            "labels": _labels(graph, component),
            "ownerReferences": [owner_reference(graph)],
        },
        "spec": {
            "replicas": replicas(component),
            "dgdRef": {"name": name_of(graph), "componentName": component["name"]},
        },
    }


def adapter_name(graph: Object, component: Object) -> str:
    """`quickstart-decode`, without the generation's hash: it outlives generations."""
    return f"{name_of(graph)}-{component['name'].lower()}"


def adapter_status(graph: Object, component: Object) -> Object:
    """What the scale subresource reads: replicas, and the Pods they are."""
    labels = _labels(graph, component)
    return {
        "replicas": replicas(component),
        "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
    }


def sync_adapters(api: Api, graph: Object) -> Object:
    """Make and remove adapters, and take over what they were told; returns the graph as it is now.

    Raises:
        ApiError: the API server says no.
    """
    found, _ = api.list(ADAPTERS, namespace_of(graph), f"{names.GRAPH_NAME}={name_of(graph)}")
    mine = {name_of(item): item for item in found if owned_by(item, graph)}
    wanted = {
        adapter_name(graph, item): item for item in components(graph) if item.get("scalingAdapter") is not None
    }
    for name in mine.keys() - wanted.keys():
        api.delete(mine[name])
    graph = _scaled(api, graph, (mine[name] for name in mine.keys() & wanted.keys()))
    for component in components(graph):
        name = adapter_name(graph, component)
        if name in wanted:
            adapter = mine.get(name) or api.create(scaling_adapter(graph, component))
            write_status(api, adapter, {**(adapter.get("status") or {}), **adapter_status(graph, component)})
    return graph


def _scaled(api: Api, graph: Object, adapters: Iterable[Object]) -> Object:
    told = {item["spec"]["dgdRef"]["componentName"]: item["spec"]["replicas"] for item in adapters}
    parts = [
        {**item, "replicas": told[item["name"]]} if item["name"] in told else item for item in components(graph)
    ]
    if parts == components(graph):
        return graph
    return api.replace({**graph, "spec": {**graph["spec"], "components": parts}})


def _labels(graph: Object, component: Object) -> dict[str, str]:
    return {names.DYNAMO_COMPONENT: component["name"], names.GRAPH_NAME: name_of(graph)}
