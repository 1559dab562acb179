"""What keeps a DynamoGraphDeployment from being ready, in one sentence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dynamo_api.facts import phases, reasons
from dynamo_api.facts.conditions import OWNERSHIP_CONFLICT, READY
from dynamo_api.facts.installation import NAMESPACE
from groundwork.kube.objects import condition
from kubectl_dynamo.blocking.blocker import Blocker
from kubectl_dynamo.blocking.pod_blockers import creation_blocker, pod_blocker, unready_blocker
from kubectl_dynamo.blocking.updates import goes_on
from kubectl_dynamo.reading.pods import component_of
from kubectl_dynamo.words import duration, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dynamo_api.views.model import Graph
    from groundwork.kube.events import Event
    from groundwork.kube.objects import Condition
    from groundwork.kube.pods import Pod

PLATFORM = f"kubectl get pods -n {NAMESPACE}"
PATIENCE = 10
"""Seconds that an operator has for its first look."""
_WAITS = frozenset({"", reasons.ALL_READY, reasons.SOME_NOT_READY, reasons.ROLLING_UPDATE})
"""Reasons of the condition Ready that are no news: the Pods, or the replicas of an update, say more."""


def graph_blocker(graph: Graph, pods: Sequence[Pod], events: Sequence[Event], now: datetime) -> Blocker | None:
    """What keeps a graph from being ready; None if nothing does, or nothing that shows."""
    if not graph.state:
        return _unseen(graph, now)
    if not graph.current:
        return _stale(graph, now)
    return (
        _no_orchestrator(graph)
        or _not_its_own(graph)
        or pod_blocker(pods, events)
        or _not_reconciled(graph)
        or _no_pods(graph, pods, events)
        or _failed(graph)
        or (unready_blocker(pods, events, now) if graph.state != phases.GRAPH_SUCCESSFUL else None)
    )


def _no_orchestrator(graph: Graph) -> Blocker | None:
    ready = _not_ready(graph)
    if ready is None or ready.reason != reasons.NO_MULTINODE_ORCHESTRATOR:
        return None
    wide = ", ".join(part.name for part in graph.components if part.nodes > 1) or "a component"
    sentence = f"{wide} of graph {graph.name} spans several nodes, and there is neither Grove nor LeaderWorkerSet."
    look = "kubectl api-resources | grep -E 'grove.io|leaderworkerset'"
    return Blocker(ready.reason, sentence, look, ready.message)


def _not_its_own(graph: Graph) -> Blocker | None:
    """An object that is in the way: since Dynamo 1.6.0 the operator takes over nothing that it did not make."""
    conflict = condition(graph.conditions, OWNERSHIP_CONFLICT)
    if conflict is None or conflict.status != "True":
        return None
    said = quoted(conflict.message) or "the graph's events may name it"
    sentence = f"An object that graph {graph.name} needs is there already, and is not the operator's own: {said}."
    return Blocker(conflict.reason or OWNERSHIP_CONFLICT, sentence, _describe(graph), conflict.message)


def _not_reconciled(graph: Graph) -> Blocker | None:
    ready = _not_ready(graph)
    if ready is None or ready.reason in _WAITS:
        return None
    sentence = f"Graph {graph.name} is {graph.state}: {quoted(ready.message or ready.reason)}."
    return Blocker(ready.reason, sentence, _describe(graph), ready.message)


def _no_pods(graph: Graph, pods: Sequence[Pod], events: Sequence[Event]) -> Blocker | None:
    updating = goes_on(graph)
    if graph.state == phases.GRAPH_SUCCESSFUL or (graph.ready >= graph.replicas and not updating):
        return None
    # Events live for an hour. Ignore them for components whose Pods exist by now; in an update it is the new ones
    # that are to come, so ignore events from before it.
    there = Counter(component_of(pod) for pod in pods)
    lacking = [part for part in graph.components if there[part.name] < part.replicas * part.nodes]
    if updating:
        lacking = [part for part in graph.components if (part.updated or 0) < part.replicas]
        since = graph.update.since
        events = [event for event in events if since is None or (event.at is not None and event.at >= since)]
    # Not every name that begins with the graph's: events of graph qwen-prod are not about graph qwen.
    names = [f"{graph.name}-{part.name.lower()}" for part in lacking]
    owners = [owner for name in names for owner in (name, f"{name}-")]
    look = f"kubectl -n {graph.namespace} get events --field-selector reason=FailedCreate"
    return creation_blocker(events, owners, look, f"graph {graph.name}")


def _failed(graph: Graph) -> Blocker | None:
    if graph.state != phases.GRAPH_FAILED:
        return None
    ready = condition(graph.conditions, READY)
    message = ready.message if ready else ""
    said = quoted(message) or "its status does not say why"
    return Blocker(phases.GRAPH_FAILED, f"Graph {graph.name} has failed: {said}.", _describe(graph), message)


def _not_ready(graph: Graph) -> Condition | None:
    ready = condition(graph.conditions, READY)
    return ready if ready and ready.status != "True" else None


def _describe(graph: Graph) -> str:
    return f"kubectl -n {graph.namespace} describe dgd {graph.name}"


def _unseen(graph: Graph, now: datetime) -> Blocker | None:
    age = (now - graph.created).total_seconds() if graph.created else 0
    if age < PATIENCE:
        return None
    sentence = f"No operator has looked at graph {graph.name}: it has no status {duration(age)} after it was made."
    return Blocker("NoStatus", sentence, PLATFORM)


def _stale(graph: Graph, now: datetime) -> Blocker | None:
    if graph.changed and (now - graph.changed).total_seconds() < PATIENCE:
        return None
    told = f"The status of graph {graph.name} is about an earlier spec"
    return Blocker("StaleStatus", f"{told}: its operator has not looked at the present one.", PLATFORM)
