"""The chain from request to Pods: DGDR -> profiling Job -> DGD -> components -> Pods."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import phases
from dynamo_api.facts.conditions import PROFILING
from groundwork.kube.objects import condition
from groundwork.kube.resources import JOBS
from kubectl_dynamo.blocking.blockers import Surroundings, blocker
from kubectl_dynamo.blocking.graph_blockers import graph_blocker
from kubectl_dynamo.blocking.updates import update_of
from kubectl_dynamo.judging.item import Item
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.judging.profiler import predicted
from kubectl_dynamo.judging.progress import profiling_of
from kubectl_dynamo.judging.searches import item_of
from kubectl_dynamo.reading.pods import owner_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dynamo_api.views.model import Graph, Request
    from groundwork.kube.events import Event
    from groundwork.kube.pods import Pod
    from kubectl_dynamo.judging.history import History
    from kubectl_dynamo.reading.collect import Snapshot
    from kubectl_dynamo.reading.jobs import Job

_OUTCOMES = {phases.FAILED: Outcome.FAILED, phases.READY: Outcome.REVIEW, phases.DEPLOYED: Outcome.DEPLOYED}
_GRAPH_OUTCOMES = {phases.GRAPH_SUCCESSFUL: Outcome.DEPLOYED, phases.GRAPH_FAILED: Outcome.FAILED}


@dataclass(frozen=True, slots=True)
class Details:
    """What is read only when one request is looked at."""

    output: Mapping[str, str] = field(default_factory=dict)
    """The data of its output ConfigMap."""
    log: str = ""
    """The profiler's log."""


def items_of(snapshot: Snapshot, history: History, details: Details | None = None) -> list[Item]:
    """Every request with what came of it, searches, then graphs that no request made; each by namespace and name.

    Args:
        snapshot: the cluster.
        history: earlier profilings; those of the snapshot are added.
        details: of the one request in it, if they were read.
    """
    index = _Index(snapshot)
    jobs = ((request, index.job(request)) for request in snapshot.requests)
    history.learn((request, job) for request, job in jobs if job and _profiled(request))
    items = [
        _of_request(request, index, history, details or Details())
        for request in sorted(snapshot.requests, key=lambda found: (found.namespace, found.name))
    ]
    items += [
        item_of(search, snapshot)
        for search in sorted(snapshot.searches, key=lambda found: (found.namespace, found.name))
    ]
    taken = {(item.graph.namespace, item.graph.name) for item in items if item.graph}
    free = (graph for graph in snapshot.graphs if (graph.namespace, graph.name) not in taken)
    items += [_of_graph(graph, index) for graph in sorted(free, key=lambda found: (found.namespace, found.name))]
    return items


class _Index:
    """The snapshot's objects by what they belong to."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.jobs_known = snapshot.could_read(JOBS.plural)
        self._jobs = {(job.namespace, job.name): job for job in snapshot.jobs}
        self._graphs = {(graph.namespace, graph.name): graph for graph in snapshot.graphs}
        self._made = {(graph.namespace, graph.request): graph for graph in snapshot.graphs if graph.request}
        self._pods: dict[tuple[str, str], list[Pod]] = defaultdict(list)
        for pod in sorted(snapshot.pods, key=lambda found: found.name):
            self._pods[pod.namespace, owner_of(pod)].append(pod)
        self._events: dict[str, list[Event]] = defaultdict(list)
        for event in sorted(snapshot.events, key=lambda found: str(found.at or ""), reverse=True):
            self._events[event.namespace].append(event)

    def job(self, request: Request) -> Job | None:
        return self._jobs.get((request.namespace, request.job))

    def graph(self, request: Request) -> Graph | None:
        namespace = request.namespace
        return self._graphs.get((namespace, request.graph)) or self._made.get((namespace, request.name))

    def pods(self, namespace: str, owner: str) -> tuple[Pod, ...]:
        return tuple(self._pods[namespace, owner])

    def events(self, namespace: str) -> list[Event]:
        return self._events[namespace]


def _profiled(request: Request) -> bool:
    found = condition(request.conditions, PROFILING)
    return found is not None and found.status == "True"


def _of_request(request: Request, index: _Index, history: History, details: Details) -> Item:
    job, graph = index.job(request), index.graph(request)
    job_pods = index.pods(request.namespace, request.job)
    graph_pods = index.pods(graph.namespace, graph.name) if graph else ()
    now = index.snapshot.at
    around = Surroundings(
        graph=graph,
        job=job,
        jobs_known=index.jobs_known,
        job_pods=job_pods,
        graph_pods=graph_pods,
        events=index.events(request.namespace),
        now=now,
    )
    blocked = blocker(request, around)
    return Item(
        request=request,
        graph=graph,
        job=job,
        pods=(*job_pods, *graph_pods),
        profiling=profiling_of(
            request, job, history, now, output=details.output, log=details.log, blocked=blocked is not None
        ),
        predicted=predicted(details.log),
        blocker=blocked,
        outcome=_outcome(request, graph),
        update=update_of(graph) if graph else "",
    )


def _outcome(request: Request, graph: Graph | None) -> Outcome:
    outcome = _OUTCOMES.get(request.phase, Outcome.GOING)
    if outcome is Outcome.REVIEW and request.apply:
        return Outcome.GOING  # It was approved a moment ago: the operator deploys at its next look.
    if outcome is Outcome.DEPLOYED and (graph is None or _graph_outcome(graph) is not outcome):
        # The operator has not noticed yet, or is not there to notice.
        return Outcome.GOING
    return outcome


def _graph_outcome(graph: Graph) -> Outcome:
    if not graph.current:
        return Outcome.GOING  # Of its present spec nothing is known yet.
    return _GRAPH_OUTCOMES.get(graph.state, Outcome.GOING)


def _of_graph(graph: Graph, index: _Index) -> Item:
    pods = index.pods(graph.namespace, graph.name)
    return Item(
        request=None,
        graph=graph,
        job=None,
        pods=pods,
        profiling=None,
        predicted=None,
        blocker=graph_blocker(graph, pods, index.events(graph.namespace), index.snapshot.at),
        outcome=_graph_outcome(graph),
        update=update_of(graph),
    )
