"""What a state of a v1alpha1 request is in v1beta1's phases: by Dynamo's converter, and as this project shows it.

Dynamo's converter was read in its source (1.5.0-dev): it goes by `status.state` and `status.deployment.created`,
never by `spec.autoApply`. What it loses it keeps in the annotation nvidia.com/dgdr-status, but for an empty state.
This project's conversion gives the same phases (`converted`). What people are shown (`phase_of`) is the same for
an object of v1alpha1 and for that object converted by this project. `ROWS` says where that is not the converter's
phase, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import ALPHA, REQUEST
from dynamo_api.facts.phases import DELETED, DEPLOYED, DEPLOYING, FAILED, NEW, PENDING, PROFILING, READY
from dynamo_api.views import kept
from groundwork.kube.objects import group_version
from groundwork.kube.values import mapping, part, text

if TYPE_CHECKING:
    from groundwork.kube.values import Json


@dataclass(frozen=True, slots=True)
class Row:
    """One state of v1alpha1."""

    state: str
    created: bool | None
    """Whether `status.deployment.created` is true; None if it does not matter."""
    converted: str
    """The phase of v1beta1 that Dynamo's converter gives."""
    shown: str
    """The phase that this project shows; "" for a request that no operator has looked at."""
    why: str = ""
    """Reason for showing another one."""


ROWS = (
    Row("", None, PENDING, "", "No operator has looked at it; converted, Pending says that one has."),
    Row(NEW, None, PENDING, PENDING),
    Row(PENDING, None, PENDING, PENDING),
    Row(PROFILING, None, PROFILING, PROFILING),
    Row(DEPLOYING, None, DEPLOYING, DEPLOYING),
    # Operators of v1alpha1 set `created` when they make the graph, and the state Ready once that is ready; without
    # a graph Ready waits for a review (read in the source of the operator before v1beta1).
    Row(READY, created=True, converted=DEPLOYED, shown=DEPLOYED),
    Row(READY, created=False, converted=READY, shown=READY),
    Row(
        DELETED,
        None,
        converted=READY,
        shown=FAILED,
        why="The graph was deleted and is not made again, which v1beta1 calls Failed; Ready asks for a review.",
    ),
    Row(FAILED, None, FAILED, FAILED),
)
"""All states that Dynamo knows."""


def row_of(state: str, *, created: bool) -> Row:
    """The row of a v1alpha1 status; one of its own for a state that nobody knows."""
    found = (row for row in ROWS if row.state == state and row.created in (None, created))
    return next(found, Row(state, None, PENDING, state, "Pending would hide what it says."))


def converted(status: Json) -> str:
    """The phase of v1beta1 that a v1alpha1 status with a state is converted to."""
    return _row(status).converted


def state_of(phase: str) -> str:
    """The state of v1alpha1 that a phase of v1beta1 is converted to."""
    if phase == DEPLOYED:
        return READY  # What tells it apart is kept beside it.
    return phase if phase in (PROFILING, READY, DEPLOYING, FAILED) else PENDING


def phase_of(item: Any) -> str:
    """The phase of a request in v1beta1's words, in whichever version it is read; "" before there is one."""
    status = mapping(item, "status")
    other = kept.status(item, REQUEST)
    if group_version(item)[1] == ALPHA:
        row = _row(status)
        # A graph of a newer operator that was deployed; v1alpha1 cannot say so without `created`.
        again = row.shown == READY and text(other, "phase") == DEPLOYED
        return DEPLOYED if again and _same_graph(other, status) else row.shown
    phase = text(status, "phase")
    if "state" in other and _same_graph(status, other):
        row = _row(other)
        # It still is as it was converted: no operator has moved it on since.
        return row.shown if row.converted == phase else phase
    return phase


def _row(alpha: Json) -> Row:
    return row_of(text(alpha, "state"), created=part(alpha, "deployment", "created") is True)


def _same_graph(beta: Json, alpha: Json) -> bool:
    """Whether two statuses are about one graph; one that was kept may leave out its name."""
    names = {text(beta, "dgdName"), text(alpha, "deployment", "name")} - {""}
    return len(names) <= 1
