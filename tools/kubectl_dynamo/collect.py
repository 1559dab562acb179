"""All that status looks at, by a fixed number of LISTs, however many requests and graphs there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from kubectl_dynamo.api import Listing, NotServedError, RefusedError, list_dynamo, list_objects
from kubectl_dynamo.graphs import read_event, read_graph, read_job
from kubectl_dynamo.pods import GRAPH_LABEL, JOB_LABEL, read_pod
from kubectl_dynamo.requests import read_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kubectl_dynamo.connection import Connection
    from kubectl_dynamo.model import Event, Graph, Job, Pod, Request

REQUESTS, GRAPHS = "dynamographdeploymentrequests", "dynamographdeployments"
PROFILER_LABEL = "app=dynamo-profiler"
_NAMED_AT_MOST = 50
"""Owners named in a selector of Pods; beyond that all Pods with the label are asked for (URLs have an end)."""
_LONGEST = 63
"""Of a label's value; an object with a longer name has no Pods that could bear it."""
_CALM_GRAPHS, _CALM_PHASES = frozenset({"successful"}), frozenset({"Ready", "Deploying", "Deployed"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cluster at one moment."""

    at: datetime
    requests: tuple[Request, ...]
    graphs: tuple[Graph, ...]
    jobs: tuple[Job, ...] = ()
    pods: tuple[Pod, ...] = ()
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What could not be looked at."""


def collect(connection: Connection, namespace: str, name: str = "", *, every_pod: bool = False) -> Snapshot:
    """Read the cluster.

    Args:
        connection: the cluster.
        namespace: "" for all.
        name: only the request or graph of this name, and what belongs to it.
        every_pod: Pods of healthy graphs as well (for a single one they are shown).

    Raises:
        EnvironmentFault: no cluster, no Dynamo in it, or no right to read its objects.
    """
    fields = f"metadata.name={name}" if name else ""
    notes: list[str] = []
    # Requests first: whatever is read after them is at least as new, so that what one speaks of is there.
    listed = _optional(lambda: list_dynamo(connection, namespace, REQUESTS, fields=fields))
    with ThreadPoolExecutor(max_workers=3) as pool:
        graphs = pool.submit(_optional, lambda: list_dynamo(connection, namespace, GRAPHS))
        jobs = pool.submit(
            _allowed,
            notes,
            lambda: list_objects(connection, "apis/batch/v1", namespace, "jobs", labels=PROFILER_LABEL),
        )
        events = pool.submit(
            _allowed,
            notes,
            lambda: list_objects(connection, "api/v1", namespace, "events", fields="type=Warning"),
        )
        drawn = graphs.result()
        if listed is None and drawn is None:
            list_dynamo(connection, namespace, GRAPHS)  # It raises what is wrong.
        found = [read_request(item) for item in (listed.items if listed else ())]
        all_graphs = [read_graph(item) for item in (drawn.items if drawn else ())]
        if name:
            wanted = {name} | {request.graph for request in found}
            all_graphs = [graph for graph in all_graphs if graph.name in wanted or graph.request == name]
        owners = _graph_owners(all_graphs, every=every_pod), _job_owners(found, every=every_pod)
        pods = [
            pool.submit(_allowed, notes, partial(_pods, connection, namespace, label, names))
            for label, names in zip((GRAPH_LABEL, JOB_LABEL), owners, strict=True)
            if names
        ]
        at = (listed or drawn).at  # type: ignore[union-attr]  # One of them is there.
        return Snapshot(
            at=at,
            requests=tuple(found),
            graphs=tuple(all_graphs),
            jobs=tuple(read_job(item) for item in jobs.result()),
            pods=tuple(read_pod(item) for future in pods for item in future.result()),
            events=tuple(read_event(item) for item in events.result()),
            notes=tuple(sorted(set(notes))),
        )


def _pods(connection: Connection, namespace: str, label: str, owners: Iterable[str]) -> Listing:
    names = sorted({name for name in owners if len(name) <= _LONGEST})
    selector = f"{label} in ({','.join(names)})" if len(names) <= _NAMED_AT_MOST else label
    return list_objects(connection, "api/v1", namespace, "pods", labels=selector)


def _graph_owners(graphs: Iterable[Graph], *, every: bool) -> list[str]:
    return [graph.name for graph in graphs if every or graph.state not in _CALM_GRAPHS]


def _job_owners(requests: Iterable[Request], *, every: bool) -> list[str]:
    return [request.job for request in requests if every or request.phase not in _CALM_PHASES]


def _optional(listing: Callable[[], Listing]) -> Listing | None:
    """The listing of a resource that a release may lack."""
    try:
        return listing()
    except NotServedError:
        return None


def _allowed(notes: list[str], listing: Callable[[], Listing]) -> tuple[dict[str, object], ...]:
    """The objects of a listing that is useful, not needed."""
    try:
        return listing().items
    except RefusedError as error:
        notes.append(error.fact)
        return ()
