"""How far a profiling is, in per cent, and how long it still takes: from what is known, else nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import phases
from dynamo_api.facts.conditions import PROFILING
from dynamo_api.facts.phases import PROFILING_PHASES
from kubectl_dynamo.judging.item import Profiling
from kubectl_dynamo.judging.profiler import told
from kubectl_dynamo.reading.objects import condition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kubectl_dynamo.judging.history import History
    from kubectl_dynamo.reading.model import Job, Request

_SAID = "the operator says so"
_NEARLY = 95
"""Per cent: as far as the time passed can say; that it is done is for the profiler to say."""


def profiling_of(
    request: Request,
    job: Job | None,
    history: History,
    now: datetime,
    *,
    output: Mapping[str, str],
    log: str,
    blocked: bool,
) -> Profiling | None:
    """Where the profiling of a request stands; None before there is any.

    Args:
        request: the request.
        job: its profiling Job, None while there is none (or where Jobs cannot be read).
        history: earlier runs.
        now: the server's time.
        output: the data of the output ConfigMap, empty where it was not read.
        log: the profiler's, "" where it was not read.
        blocked: whether something keeps it from going on: then time passed says nothing.
    """
    elapsed = _elapsed(job, now)
    state = condition(request.conditions, PROFILING)
    if state and state.status == "True":
        return Profiling(phases.DONE, 100, "the profiler is done", elapsed, None, "")
    if not request.profiling_phase and job is None:
        return None
    said = told(request.profiling_phase, state.message if state else "", output, log)
    if request.phase == phases.FAILED:
        return Profiling(said.phase, None, "", elapsed, None, "")
    percent, basis = _steps(said.phase, said.within)
    eta: int | None = None
    eta_from = ""
    expected = history.expected(request)
    if expected and elapsed is not None and not blocked:
        took, runs = expected
        eta_from = f"{'an earlier run' if runs == 1 else f'{runs} earlier runs'} took {took} s"
        if elapsed < took:
            eta = took - elapsed
            percent, basis = max((percent or 0, basis), (min(_NEARLY, elapsed * 100 // took), eta_from))
        else:
            eta_from += ", which is over"
    if said.percent is not None:
        percent, basis = said.percent, _SAID
    if said.left is not None:
        eta, eta_from = said.left, _SAID
    return Profiling(said.phase, percent, basis, elapsed, eta, eta_from)


def _steps(phase: str, within: float) -> tuple[int | None, str]:
    if phase not in PROFILING_PHASES:
        return None, ""
    step = PROFILING_PHASES.index(phase)
    last = len(PROFILING_PHASES) - 1
    return round((step + (within if step < last else 0.0)) * 100 / last), f"phase {step + 1} of {last + 1}"


def _elapsed(job: Job | None, now: datetime) -> int | None:
    if job is None or job.started is None:
        return None
    return max(0, int(((job.ended or now) - job.started).total_seconds()))
