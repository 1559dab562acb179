"""The phase as a line: `Pending > [Profiling] > Deploying > Deployed`, the step reached in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import conditions, phases, searches
from groundwork.kube.objects import condition

if TYPE_CHECKING:
    from dynamo_api.views.model import Request
    from kubectl_dynamo.judging.item import Item


def steps(item: Item) -> tuple[tuple[str, ...], int]:
    """The steps of an item's way, and the index of the one it is at; of a search, those of its run.

    A failed one's way ends where it failed. Before there is a status the index is -1.
    """
    if item.request:
        way: tuple[str, ...] = (
            phases.STEPS if item.request.apply and item.request.phase != phases.READY else phases.REVIEW_STEPS
        )
        if item.request.phase == phases.FAILED:
            way = (*way[: way.index(_failed_in(item.request)) + 1], phases.FAILED)
    elif item.searching:
        way = searches.STEPS
        if item.phase == searches.FAILED:
            way = (*way[:2], searches.FAILED)
    else:
        way = phases.GRAPH_STEPS
        if item.graph and item.graph.state == phases.GRAPH_FAILED:
            way = (*way[:2], phases.GRAPH_FAILED)
    return way, way.index(item.phase) if item.phase in way else -1


def line(item: Item, *, mark: tuple[str, str] = ("[", "]")) -> str:
    """The steps in a line, the one reached between marks."""
    way, at = steps(item)
    marked = [f"{mark[0]}{step}{mark[1]}" if index == at else step for index, step in enumerate(way)]
    none = "no run" if item.searching and not item.searching.run else "no status"
    return " > ".join(marked if at >= 0 else [f"{mark[0]}{none}{mark[1]}", *marked])


def _failed_in(request: Request) -> str:
    """The last step that it reached, by the conditions it has."""
    for kind, step in (
        (conditions.DEPLOYMENT_READY, phases.DEPLOYING),
        (conditions.SPEC_GENERATED, phases.PROFILING),
    ):
        if condition(request.conditions, kind):
            return step
    validation = condition(request.conditions, conditions.VALIDATION)
    return phases.PENDING if validation and validation.status == "False" else phases.PROFILING
