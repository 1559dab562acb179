"""All that status looks at, by a fixed number of LISTs, however many requests and graphs there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names, phases
from dynamo_api.views.graphs import read_graph
from dynamo_api.views.requests import read_request
from dynamo_api.views.searches import is_search, read_candidate, read_run, read_search, unwrapped
from groundwork.kube.events import read_event
from groundwork.kube.pods import read_pod
from groundwork.kube.resources import CORE_EVENTS, JOBS, PODS, Resource
from kubectl_dynamo.reading.api import Listing, NotServedError, RefusedError, list_dynamo, list_objects
from kubectl_dynamo.reading.jobs import read_job
from kubectl_dynamo.reading.pods import JOB_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dynamo_api.views.model import Graph, Request
    from dynamo_api.views.searches import Candidate, Search, SearchRun
    from groundwork.kube.events import Event
    from groundwork.kube.objects import Object
    from groundwork.kube.pods import Pod
    from kubectl_dynamo.reading.connection import Connection
    from kubectl_dynamo.reading.jobs import Job

PROFILER_LABEL = f"app={names.PROFILER}"
_NAMED_AT_MOST = 50
"""Owners named in a selector of Pods; beyond that all Pods with the label are asked for (URLs have an end)."""
_LONGEST = 63
"""Characters of the longest label value; an object with a longer name has no Pods that could bear it."""
_SEARCHING = tuple(Resource(kinds.SEARCH_API, kind.name, kind.plural) for kind in kinds.SEARCH_KINDS.values())
"""Runs and candidates."""
_CALM_GRAPHS = frozenset({phases.GRAPH_SUCCESSFUL})
_CALM_PHASES = frozenset({phases.READY, phases.DEPLOYING, phases.DEPLOYED})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cluster at one moment."""

    at: datetime
    requests: tuple[Request, ...]
    graphs: tuple[Graph, ...]
    jobs: tuple[Job, ...] = ()
    pods: tuple[Pod, ...] = ()
    events: tuple[Event, ...] = ()
    searches: tuple[Search, ...] = ()
    """Requests that were written in v1beta2; they are none of `requests`."""
    runs: tuple[SearchRun, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    unread: frozenset[tuple[str, str]] = frozenset()
    """Resources that could not be read, by their plural, and why; they are useful, not needed."""

    def could_read(self, resource: str) -> bool:
        """Whether a resource was read, so that an object that is not there does not exist."""
        return all(unread != resource for unread, _ in self.unread)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be looked at, for people."""
        return tuple(sorted({why for _, why in self.unread}))


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
    # Requests first: whatever is read after them is at least as new, so that what one speaks of is there.
    fields = f"metadata.name={name}" if name else ""
    listed = _optional(lambda: list_dynamo(connection, namespace, kinds.REQUEST, fields=fields))
    items = listed.items if listed else ()
    found = [read_request(unwrapped(item)) for item in items if not is_search(item)]
    searches = tuple(read_search(item) for item in items if is_search(item))
    unread: set[tuple[str, str]] = set()
    beside = partial(_beside, connection, namespace, unread)
    with ThreadPoolExecutor(max_workers=3) as pool:
        draw = list_dynamo if listed is None else _dynamo_or_none
        drawing = pool.submit(draw, connection, namespace, kinds.GRAPH)
        jobs = pool.submit(beside, JOBS, labels=PROFILER_LABEL)
        events = pool.submit(beside, CORE_EVENTS, fields="type=Warning")
        # Two LISTs more where there is a search; elsewhere their kinds are not even served.
        of_searches = [pool.submit(beside, resource) for resource in (_SEARCHING if searches else ())]
        drawn = drawing.result()
        graphs = [read_graph(item) for item in (drawn.items if drawn else ())]
        if name:
            wanted = {name} | {request.graph for request in found}
            graphs = [graph for graph in graphs if graph.name in wanted or graph.request == name]
        owners = {
            names.GRAPH_NAME: [graph.name for graph in graphs if every_pod or graph.state not in _CALM_GRAPHS],
            JOB_LABEL: [request.job for request in found if every_pod or request.phase not in _CALM_PHASES],
        }
        pods = [
            pool.submit(beside, PODS, labels=selector)
            for selector in (_selector(label, names) for label, names in owners.items())
            if selector
        ]
    runs, candidates = (future.result() for future in of_searches) if searches else ((), ())
    at = listed.at if listed else drawn.at if drawn else datetime.now(UTC)
    return Snapshot(
        at=at,
        requests=tuple(found),
        graphs=tuple(graphs),
        jobs=tuple(read_job(item) for item in jobs.result()),
        pods=tuple(read_pod(item) for future in pods for item in future.result()),
        events=tuple(read_event(item) for item in events.result()),
        searches=searches,
        runs=tuple(read_run(item) for item in runs),
        candidates=tuple(read_candidate(item) for item in candidates),
        unread=frozenset(unread),
    )


def _selector(label: str, owners: Iterable[str]) -> str:
    """No text where no Pods can be meant: `label in ()` would be a bad request."""
    names = sorted({name for name in owners if len(name) <= _LONGEST})
    if not names:
        return ""
    return f"{label} in ({','.join(names)})" if len(names) <= _NAMED_AT_MOST else label


def _optional(listing: Callable[[], Listing]) -> Listing | None:
    """The listing of a resource that a release may lack."""
    try:
        return listing()
    except NotServedError:
        return None


def _dynamo_or_none(connection: Connection, namespace: str, kind: str) -> Listing | None:
    return _optional(lambda: list_dynamo(connection, namespace, kind))


def _beside(
    connection: Connection,
    namespace: str,
    unread: set[tuple[str, str]],
    resource: Resource,
    **selectors: str,
) -> tuple[Object, ...]:
    """The objects of a listing that is useful, not needed."""
    try:
        return list_objects(connection, resource, namespace, **selectors).items
    except RefusedError as error:
        unread.add((resource.plural, error.fact))
        return ()
