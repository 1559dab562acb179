"""A graph that serves and is being changed: a rolling update or a restart, and what it waits for.

Neither is an obstacle. What keeps one from going on is in `graph_blockers`, like all that keeps Pods from running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import phases, reasons
from dynamo_api.facts.conditions import READY
from groundwork.base.wording import counted
from groundwork.kube.objects import condition

if TYPE_CHECKING:
    from dynamo_api.views.model import Component, Graph


def update_of(graph: Graph) -> str:
    """What goes on with a graph, in a sentence; "" where nothing does."""
    if graph.state == phases.GRAPH_FAILED:
        return ""
    if goes_on(graph):
        told = list(filter(None, map(_told, graph.components)))
        return f"Rolling update: {'; '.join(told) or 'all replicas are new, and the operator ends it'}."
    if graph.update.restarting:
        names = ", ".join(graph.update.restarting)
        return f"Restart: {names} {'is' if len(graph.update.restarting) == 1 else 'are'} being restarted."
    return ""


def goes_on(graph: Graph) -> bool:
    """Whether a rolling update goes on: from a change of the workers until the last old one is gone."""
    ready = condition(graph.conditions, READY)
    return graph.update.phase in phases.UPDATING or (ready is not None and ready.reason == reasons.ROLLING_UPDATE)


def _told(part: Component) -> str:
    """How far a component is, and what it waits for; "" where it is not concerned, or not counted."""
    if part.updated is None or part.existing is None:
        return ""
    starting, old = part.existing - part.ready, part.existing - part.updated
    if starting <= 0 and old <= 0 and part.updated >= part.replicas:
        return ""
    so_far = f"{part.name} has {part.updated} of {counted(part.replicas, 'new replica')}"
    if starting > 0:
        return f"{so_far} and waits for {starting} to be ready"
    if part.updated < part.replicas:
        return f"{so_far} and waits for the next"
    return f"{so_far} and waits for {counted(old, 'old one')} to end"
