"""DynamoGraphDeploymentScalingAdapters: through them a planner (or an HPA) sets the replicas of a component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names, reasons
from groundwork.kube.objects import Object, name_of, namespace_of, owned_by, owner_reference
from mock_platform.operator.components.spec import replicas
from mock_platform.operator.graphs.spec import components
from mock_platform.operator.kube.api import ADAPTERS, Api
from mock_platform.operator.kube.events import ADAPTER_REPORTER, GRAPH_REPORTER, timestamp
from mock_platform.operator.kube.write import write_status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_platform.operator.kube.events import Recorder


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


def sync_adapters(api: Api, recorder: Recorder, graph: Object) -> Object:
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
        note = f"scaling adapter {name} of component {_component_of(mine[name])} was deleted"
        recorder.event(graph, GRAPH_REPORTER, "Delete", reasons.ADAPTER_DELETED, note)
    before = {name: replicas(component) for name, component in wanted.items()}
    graph = _scaled(api, graph, (mine[name] for name in mine.keys() & wanted.keys()))
    for component in components(graph):
        name = adapter_name(graph, component)
        if name not in wanted:
            continue
        adapter = mine.get(name) or _made(api, recorder, graph, component)
        status = {**(adapter.get("status") or {}), **adapter_status(graph, component)}
        if before[name] != replicas(component):
            status["lastScaleTime"] = timestamp()
            note = (
                f"component {component['name']} was scaled from {before[name]} to {replicas(component)} replicas"
            )
            recorder.event(adapter, ADAPTER_REPORTER, "Scale", reasons.SCALED, note)
        write_status(api, adapter, status)
    return graph


def _made(api: Api, recorder: Recorder, graph: Object, component: Object) -> Object:
    adapter = api.create(scaling_adapter(graph, component))
    note = f"scaling adapter {name_of(adapter)} of component {component['name']} was created"
    recorder.event(graph, GRAPH_REPORTER, "Create", reasons.ADAPTER_CREATED, note)
    return adapter


def _scaled(api: Api, graph: Object, adapters: Iterable[Object]) -> Object:
    told = {_component_of(item): item["spec"]["replicas"] for item in adapters}
    parts = [
        {**item, "replicas": told[item["name"]]}
        if told.get(item["name"], replicas(item)) != replicas(item)
        else item
        for item in components(graph)
    ]
    if parts == components(graph):
        return graph
    return api.replace({**graph, "spec": {**graph["spec"], "components": parts}})


def _component_of(adapter: Object) -> str:
    return str(adapter["spec"]["dgdRef"]["componentName"])


def _labels(graph: Object, component: Object) -> dict[str, str]:
    return {names.DYNAMO_COMPONENT: component["name"], names.GRAPH_NAME: name_of(graph)}
