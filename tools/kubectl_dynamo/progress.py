"""How far a profiling is, in per cent, and how long it still takes: from what is known, else nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_dynamo.model import PROFILING_PHASES, Profiling
from kubectl_dynamo.objects import condition
from kubectl_dynamo.profiler import told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kubectl_dynamo.history import History
    from kubectl_dynamo.model import Job, Request

_NEARLY = 95
"""Per cent: as far as the time passed can say; that it is done is for the profiler to say."""


def profiling_of(
    request: Request, job: Job | None, history: History, now: datetime, *, output: Mapping[str, str], log: str
) -> Profiling | None:
    """Where the profiling of a request stands; None before there is any.

    Args:
        request: the request.
        job: its profiling Job, None while there is none (or where Jobs cannot be read).
        history: earlier runs.
        now: the server's time.
        output: the data of the output ConfigMap, empty where it was not read.
        log: the profiler's, "" where it was not read.
    """
    elapsed = _elapsed(job, now)
    state = condition(request.conditions, "Profiling")
    if state and state.status == "True":
        return Profiling("Done", 100, "the profiler is done", elapsed, None, "")
    if not request.profiling_phase and job is None:
        return None
    said = told(request.profiling_phase, state.message if state else "", output, log)
    if request.phase == "Failed":
        return Profiling(said.phase, None, "", elapsed, None, "")
    percent, basis = _steps(said.phase, said.within)
    expected = history.expected(request)
    eta, eta_from = None, ""
    if said.percent is not None:
        percent, basis = said.percent, "the operator says so"
    elif expected and elapsed is not None and said.phase != "Done":
        by_time = min(_NEARLY, elapsed * 100 // max(expected[0], 1))
        if percent is None or by_time > percent:
            percent, basis = by_time, f"{_runs(expected[1])} took {expected[0]} s"
    if said.left is not None:
        eta, eta_from = said.left, "the operator says so"
    elif expected and elapsed is not None:
        left = expected[0] - elapsed
        eta = left if left > 0 else None
        eta_from = f"{_runs(expected[1])} took {expected[0]} s" + ("" if left > 0 else ", which is over")
    return Profiling(said.phase, percent, basis, elapsed, eta, eta_from)


def _steps(phase: str, within: float) -> tuple[int | None, str]:
    if phase not in PROFILING_PHASES:
        return None, ""
    step = PROFILING_PHASES.index(phase)
    last = len(PROFILING_PHASES) - 1
    return int((step + (within if step < last else 0.0)) * 100 / last), f"phase {step + 1} of {last + 1}"


def _runs(count: int) -> str:
    return "an earlier run" if count == 1 else f"{count} earlier runs"


def _elapsed(job: Job | None, now: datetime) -> int | None:
    if job is None or job.started is None:
        return None
    return max(0, int(((job.ended or now) - job.started).total_seconds()))
