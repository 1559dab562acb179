"""DynamoGraphDeployments of both versions, profiling Jobs and warnings, each in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names, phases
from dynamo_api.facts.conditions import READY
from groundwork.kube.objects import (
    Object,
    annotations_of,
    condition_is_current,
    conditions,
    is_current,
    key_of,
    labels_of,
)
from groundwork.kube.values import entries, integer, mapping, text, when
from kubectl_dynamo.reading.model import Component, Event, Graph, Job

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_graph(item: Object) -> Graph:
    """A graph as the API server has it, in either version."""
    namespace, name = key_of(item)
    state = text(item, "status", "state")
    return Graph(
        api_version=text(item, "apiVersion"),
        namespace=namespace,
        name=name,
        request=labels_of(item).get(names.REQUEST_NAME, ""),
        state=state,
        created=when(item, "metadata", "creationTimestamp"),
        conditions=conditions(item),
        components=tuple(_components(item)),
        current=_current(item, state),
        annotations=annotations_of(item),
    )


def _current(item: Object, state: str) -> bool:
    # Of a spec that it refuses, the operator tells the generation in the condition alone.
    return condition_is_current(item, READY) if state == phases.GRAPH_FAILED else is_current(item)


def _components(item: Object) -> Iterator[Component]:
    counted = mapping(item, "status", "components") or mapping(item, "status", "services")
    for name, type_, spec in _specified(item):
        status = mapping(counted, name)
        wanted = integer(spec, "replicas")
        if wanted is None:
            # With a scaling adapter the spec may leave the count to it.
            seen = integer(status, "replicas")
            wanted = 1 if seen is None else seen
        ready = integer(status, "readyReplicas")
        yield Component(
            name=name,
            type=type_,
            replicas=wanted,
            ready=(integer(status, "availableReplicas") or 0) if ready is None else ready,
            kind=text(status, "componentKind"),
            nodes=(integer(spec, "multinode", "nodeCount") or 2) if spec.get("multinode") is not None else 1,
        )


def _specified(item: Object) -> Iterator[tuple[str, str, Object]]:
    for component in entries(item, "spec", "components"):
        yield text(component, "name"), text(component, "type"), component
    for name, service in mapping(item, "spec", "services").items():
        yield name, text(service, "subComponentType") or text(service, "componentType"), service or {}


def read_job(item: Object) -> Job:
    """A Job; `ended` when it is complete or has failed."""
    namespace, name = key_of(item)
    found = conditions(item)
    failed = next((entry for entry in found if entry.type == "Failed" and entry.status == "True"), None)
    ended = when(item, "status", "completionTime")
    return Job(
        namespace=namespace,
        name=name,
        started=when(item, "status", "startTime"),
        ended=failed.since if failed else ended,
        failed=failed is not None,
    )


def read_event(item: Object) -> Event:
    """An event of core/v1, as either recorder writes it (eventTime, or lastTimestamp)."""
    return Event(
        namespace=text(item, "metadata", "namespace"),
        kind=text(item, "involvedObject", "kind"),
        name=text(item, "involvedObject", "name"),
        reason=text(item, "reason"),
        message=text(item, "message"),
        at=when(item, "series", "lastObservedTime")
        or when(item, "lastTimestamp")
        or when(item, "eventTime")
        or when(item, "metadata", "creationTimestamp"),
    )
