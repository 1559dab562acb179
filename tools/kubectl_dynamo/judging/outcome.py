"""Exit statuses, for scripts: how far a request is. `kubectl dynamo status --help` lists them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from groundwork.base.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outcome(enum.IntEnum):
    """How far requests and graphs are; the value is the exit status."""

    DEPLOYED = 0
    FAILED = 1
    GOING = 2
    """Work still going on, or blocked: without a change from outside it may stay so, but nothing has given up."""
    ABSENT = 3
    """Absence of an object of that name, of Dynamo, or of a cluster."""
    REVIEW = 4
    """Result that waits for its reader: profiling is done and nobody deploys, because autoApply is false; or a
    search is done."""


USAGE = 64
"""The command line cannot be read. Not argparse's 2, which means "still going" here."""

_WORST_FIRST = (Outcome.FAILED, Outcome.GOING, Outcome.REVIEW, Outcome.DEPLOYED)

EXIT_STATUSES = {
    0: "deployed and serving (with several: all of them)",
    1: "failed (with several: at least one)",
    2: "in progress, blocked, or degraded; also if --timeout is over",
    3: "not found, no CRDs of Dynamo, no access, no cluster, or the output cannot be written",
    4: "ready for review: profiled, and autoApply is false; or a search (v1beta2) is done",
    USAGE: "the command line cannot be read",
    ExitStatus.BUG: "a bug of this program",
    ExitStatus.INTERRUPTED: "interrupted (Ctrl-C)",
    ExitStatus.CLOSED_PIPE: "the reader of the output closed it, as `head` does",
}
"""Exit statuses of `status`, and the meaning of each."""


def combined(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of several: the worst; ABSENT of none."""
    found = set(outcomes)
    return next((outcome for outcome in _WORST_FIRST if outcome in found), Outcome.ABSENT)
