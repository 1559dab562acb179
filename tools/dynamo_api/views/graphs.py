"""DynamoGraphDeployments of both versions in one form, and the parts that their specs consist of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import names, phases
from dynamo_api.facts.conditions import READY
from dynamo_api.facts.kinds import ALPHA, COMPONENT, GRAPH
from dynamo_api.views.model import Component, Graph, Update
from groundwork.kube.objects import (
    annotations_of,
    condition_is_current,
    conditions,
    group_version,
    is_current,
    key_of,
    labels_of,
)
from groundwork.kube.values import entries, integer, mapping, sequence, text, when

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from groundwork.base.field_paths import Path
    from groundwork.kube.values import Json

_NODES = 2
"""Nodes of a component with `multinode` that does not say how many."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component as a spec has it, and where; the same in both versions."""

    name: str
    path: Path
    """Path below the object."""
    spec: Json
    alpha: bool
    type: str
    """Type of the component: frontend, worker, prefill, decode, planner, epp; "" if it does not say."""

    @property
    def nodes(self) -> int:
        """How many nodes a replica spans."""
        found = self.spec.get("multinode")
        if not isinstance(found, dict):
            return 1
        count = found.get("nodeCount", _NODES)
        return count if isinstance(count, int) else 1


def parts(item: Any) -> list[Part]:
    """The components of a graph in the order of its spec, or the one of a DynamoComponentDeployment."""
    alpha, kind, spec = group_version(item)[1] == ALPHA, text(item, "kind"), mapping(item, "spec")
    if kind == COMPONENT:
        return [_part(text(spec, "serviceName" if alpha else "name"), ("spec",), spec, alpha=alpha)]
    if kind != GRAPH:
        return []
    if alpha:
        return [
            _part(name, ("spec", "services", name), mapping(service), alpha=True)
            for name, service in mapping(spec, "services").items()
        ]
    return [
        _part(text(component, "name"), ("spec", "components", index), mapping(component), alpha=False)
        for index, component in enumerate(sequence(spec, "components"))
    ]


def read_graph(item: Any) -> Graph:
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
        update=_update(item),
        changed=_changed(item),
    )


def _part(name: str, path: Path, spec: Json, *, alpha: bool) -> Part:
    told = (text(spec, key) for key in (("subComponentType", "componentType") if alpha else ("type",)))
    return Part(name, path, spec, alpha, next(filter(None, told), ""))


def _current(item: Any, state: str) -> bool:
    # Of a spec that it refuses, the operator tells the generation in the condition alone.
    return condition_is_current(item, READY) if state == phases.GRAPH_FAILED else is_current(item)


def _update(item: Any) -> Update:
    restart = mapping(item, "status", "restart")
    return Update(
        phase=text(item, "status", "rollingUpdate", "phase"),
        since=when(item, "status", "rollingUpdate", "startTime"),
        restarting=tuple(name for name in sequence(restart, "inProgress") if isinstance(name, str)),
    )


def _changed(item: Any) -> datetime | None:
    written = entries(item, "metadata", "managedFields")
    times = (when(entry, "time") for entry in written if entry.get("subresource") != "status")
    return max(filter(None, times), default=None)


def _components(item: Any) -> Iterator[Component]:
    counted = mapping(item, "status", "components") or mapping(item, "status", "services")
    for part in parts(item):
        status = mapping(counted, part.name)
        wanted = integer(part.spec, "replicas")
        if wanted is None:
            # With a scaling adapter the spec may leave the count to it.
            seen = integer(status, "replicas")
            wanted = 1 if seen is None else seen
        ready = integer(status, "readyReplicas")
        yield Component(
            name=part.name,
            type=part.type,
            replicas=wanted,
            ready=(integer(status, "availableReplicas") or 0) if ready is None else ready,
            kind=text(status, "componentKind"),
            nodes=part.nodes,
            existing=integer(status, "replicas"),
            updated=integer(status, "updatedReplicas"),
        )
