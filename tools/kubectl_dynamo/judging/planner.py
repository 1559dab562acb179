"""A planner's part in a graph: what it asks for, when it last scaled and why, what holds it back.

What it asks for stands in its scaling adapters, the last change in their events and statuses. The reasons it tells
in its log, and in its metrics where it has them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names, reasons
from dynamo_api.views.adapters import read_adapter
from groundwork.kube.events import read_event
from groundwork.kube.resources import CORE_EVENTS
from kubectl_dynamo.judging.item import Asked, Item, Planner, Scaled
from kubectl_dynamo.judging.planner_words import HOLD, from_metrics, held, present, rounds
from kubectl_dynamo.reading.api import RefusedError, list_dynamo, list_objects, read_text
from kubectl_dynamo.reading.pods import component_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dynamo_api.views.adapters import Adapter
    from dynamo_api.views.model import Graph
    from groundwork.kube.pods import Pod
    from kubectl_dynamo.judging.planner_words import Round
    from kubectl_dynamo.reading.connection import Connection

_LINES, _BYTES = "2000", str(1 << 20)
"""End of the log that is read: a planner writes some ten lines each five seconds."""
_NUMBERS = re.compile(r"from (\d+) to (\d+)")
_TOGETHER = 60
"""Seconds between a planner's decision and the change that the operator made of it, at most."""


def with_planner(item: Item, connection: Connection) -> tuple[Item, tuple[str, ...]]:
    """The item with its planner's part, if its graph has a planner; and what could not be looked at.

    It takes two LISTs more, and reads the log of one Pod.
    """
    graph = item.graph
    parts = [part.name for part in graph.components if part.type == names.PLANNER] if graph else []
    if graph is None or not parts:
        return item, ()
    notes: list[str] = []
    adapters = _adapters(graph, connection, notes)
    pod = _pod(item.pods, parts)
    found = rounds(_log(connection, pod)) if pod else []
    last = present(found) or (from_metrics(_metrics(connection, pod)) if pod else None)
    if pod and last is None:
        notes.append(f"neither log nor metrics of planner {pod.name} show what it decides")
    ready = {part.name: part.ready for part in graph.components}
    planner = Planner(
        pod=pod.name if pod else "",
        asked=tuple(Asked(one.component, one.replicas, ready.get(one.component, 0)) for one in adapters),
        scaled=_scaled(graph, adapters, found, connection, notes),
        decision=last,
        held=held(last) if last else None,
    )
    return replace(item, planner=planner), tuple(notes)


def _adapters(graph: Graph, connection: Connection, notes: list[str]) -> list[Adapter]:
    try:
        found = list_dynamo(connection, graph.namespace, kinds.ADAPTER).items
    except RefusedError as error:
        notes.append(error.fact)
        return []
    mine = (one for one in map(read_adapter, found) if one.graph == graph.name)
    return sorted(mine, key=lambda one: one.component)


def _pod(pods: Sequence[Pod], parts: Sequence[str]) -> Pod | None:
    """The planner's Pod: the one that is ready, of several (an old one ends after a minute)."""
    found = [pod for pod in pods if component_of(pod) in parts and pod.started]
    return next((pod for pod in found if pod.ready), found[0] if found else None)


def _log(connection: Connection, pod: Pod) -> str:
    query = [("container", names.MAIN_CONTAINER), ("tailLines", _LINES), ("limitBytes", _BYTES)]
    return read_text(connection, f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/log", query)


def _metrics(connection: Connection, pod: Pod) -> str:
    where = f"{pod.name}:{names.PLANNER_METRICS_PORT}"
    return read_text(connection, f"/api/v1/namespaces/{pod.namespace}/pods/{where}/proxy/metrics", ())


def _scaled(
    graph: Graph, adapters: Sequence[Adapter], found: Sequence[Round], connection: Connection, notes: list[str]
) -> Scaled | None:
    """The last change of all adapters; its numbers are known for as long as its event lives, which is an hour."""
    mine = {one.name: one for one in adapters}
    told: list[Scaled] = []
    try:
        listed = list_objects(connection, CORE_EVENTS, graph.namespace, fields=f"reason={reasons.SCALED}").items
    except RefusedError as error:
        notes.append(error.fact)
        listed = ()
    for event in map(read_event, listed):
        numbers = _NUMBERS.search(event.message)
        if event.kind == kinds.ADAPTER and event.name in mine and numbers and event.at:
            told.append(Scaled(mine[event.name].component, int(numbers[1]), int(numbers[2]), event.at))
    changed = [Scaled(one.component, None, None, one.scaled) for one in adapters if one.scaled]
    if not (told or changed):
        return None
    last = max([*changed, *told], key=lambda one: (one.at, one.after is not None))
    # The status has whole seconds; an event of the same change may be a moment older.
    same = (one for one in told if one.component == last.component and _apart(last, one) <= 1)
    last = max(same, key=lambda one: one.at, default=last)
    return replace(last, why=_why(last, found))


def _apart(one: Scaled, other: Scaled) -> float:
    return abs((one.at - other.at).total_seconds())


def _why(last: Scaled, found: Sequence[Round]) -> str:
    """The planner's reasons for a change; "" if its log does not go back so far, or somebody else made it."""
    for one in reversed(found):
        if one.action != HOLD and one.at and 0 <= (last.at - one.at).total_seconds() + 1 <= _TOGETHER:
            return one.why
    return ""
