"""The one estimate of how far a profiling is: by the profiler's phases, and by how long earlier runs took."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from dynamo_api.facts.phases import DONE, PROFILING_PHASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dynamo_api.views.model import Request

BY_TIME = "by time"
IS_DONE = "the profiler is done"
ALL = 100
"""Percentage of what is done."""
_NEARLY = 95
"""Percentage that the time passed can reach at most; only the profiler can say that it is done."""
_COUNTED = 5
"""Earlier runs that count, the newest: machines and releases change."""
_CANDIDATE = re.compile(r"candidate (\d+)/(\d+)")
"""Part of the profiler's message while it tries candidates one by one (dynamo.profiler 1.5.1, thorough)."""

_LEFT_STEP = 5
"""Step, in seconds, in which the time left is stated: each change is a write."""
_PROPOSED = re.compile(r"\b(\d{1,3}) % \([^)]*\)(?:, about (\d+) s left \()?")
"""The form of `in_words`; any other per cent may be of memory, or of a candidate."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How far a profiling is, and what that rests on."""

    percent: int | None
    """Percentage of the whole; None if the phase is unknown and no time says more."""
    basis: str
    """Basis of the percentage: `phase 2 of 7`, BY_TIME or IS_DONE; "" without one."""
    left: float | None
    """Seconds left; None if they are not known."""
    took: str
    """Time that earlier runs took: `3 earlier runs took 22 s`; "" if there are none to compare with."""
    over: bool = False
    """Whether it has taken longer than they did, so that time says nothing any more."""

    @property
    def left_from(self) -> str:
        """What the time left rests on, or why it is not known; "" where there is no earlier run to go by."""
        return f"{self.took}, which is over" if self.over else self.took


def estimate(phase: str, within: float, elapsed: float | None, earlier: Sequence[float]) -> Estimate:
    """How far a profiling is.

    Args:
        phase: the profiler's, mostly one of `PROFILING_PHASES`.
        within: how much of the phase is done, 0 to 1 (`counted`).
        elapsed: seconds since the Job started; None before.
        earlier: seconds that profilings like this one took, the newest last.
    """
    if phase == DONE:
        return Estimate(ALL, IS_DONE, None, "")
    percent, basis = _by_phase(phase, within)
    runs = earlier[-_COUNTED:]
    if not runs or elapsed is None:
        return Estimate(percent, basis, None, "")
    typical = int(median(runs))
    took = f"{'an earlier run' if len(runs) == 1 else f'{len(runs)} earlier runs'} took {typical} s"
    if elapsed >= typical:
        return Estimate(percent, basis, None, took, over=True)
    by_time = min(_NEARLY, int(elapsed * ALL / typical))
    if percent is None or by_time > percent:
        percent, basis = by_time, BY_TIME
    return Estimate(percent, basis, typical - elapsed, took)


def like(request: Request) -> str:
    """Words for what makes two profilings take about as long: model, backend, search, GPUs, profiler's image."""
    hardware = f"{request.hardware.total or '?'}x{request.hardware.sku or '?'}"
    words = (request.model, request.backend, request.strategy or "rapid", hardware, request.image)
    return " ".join(word for word in words if word)


def counted(message: str) -> float:
    """How much of a phase is done, 0 to 1, by a message that counts candidates; 0 where it does not."""
    found = _CANDIDATE.search(message)
    return min((int(found[1]) - 1) / int(found[2]), 1.0) if found and int(found[2]) else 0.0


def rank(phase: str) -> int:
    """Where a phase stands in the profiler's order; -1 for one that nobody knows."""
    return PROFILING_PHASES.index(phase) if phase in PROFILING_PHASES else -1


def in_words(found: Estimate, *, started: bool) -> str:
    """An estimate of a known phase as this project proposes that requests say it; `proposed` reads it.

    Args:
        found: the estimate.
        started: whether the Job has started.
    """
    done = f"{found.percent} % ({found.basis})"
    if found.basis == IS_DONE:
        return done
    if found.left is None:
        why = found.left_from or "no earlier run to go by" if started else "the Job has not started"
        return f"{done}, time left unknown ({why})"
    return f"{done}, about {max(round(found.left / _LEFT_STEP), 1) * _LEFT_STEP} s left ({found.left_from})"


def proposed(message: str) -> tuple[int | None, int | None]:
    """Per cent and seconds left that a message has in the form of `in_words`; None for what it does not say."""
    found = _PROPOSED.search(message)
    if not found:
        return None, None
    return min(int(found[1]), ALL), int(found[2]) if found[2] else None


def _by_phase(phase: str, within: float) -> tuple[int | None, str]:
    step, last = rank(phase), len(PROFILING_PHASES) - 1
    if step < 0:
        return None, ""
    return round((step + min(within, 1.0)) * ALL / last), f"phase {step + 1} of {last + 1}"
