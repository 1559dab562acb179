"""How far a profiling is: what the operator or the profiler says, else the estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import phases
from dynamo_api.facts.conditions import PROFILING
from dynamo_api.progress import ALL, BY_TIME, IS_DONE, estimate
from groundwork.kube.objects import condition
from kubectl_dynamo.judging.item import Profiling
from kubectl_dynamo.judging.profiler import told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dynamo_api.views.model import Request
    from kubectl_dynamo.judging.history import History
    from kubectl_dynamo.reading.jobs import Job

_SAID = "the operator says so"


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
        return Profiling(phases.DONE, ALL, IS_DONE, elapsed, None, "")
    if not request.profiling_phase and job is None:
        return None
    said = told(request.profiling_phase, state.message if state else "", output, log)
    if request.phase == phases.FAILED:
        return Profiling(said.phase, None, "", elapsed, None, "")
    found = estimate(said.phase, said.within, elapsed, () if blocked else history.earlier(request))
    percent, basis = found.percent, found.took if found.basis == BY_TIME else found.basis
    eta, eta_from = None if found.left is None else int(found.left), found.left_from
    if said.percent is not None:
        percent, basis = said.percent, _SAID
    if said.left is not None:
        eta, eta_from = said.left, _SAID
    if percent == ALL:  # What is left is to hand the result over; nobody says how long that takes.
        eta, eta_from = None, ""
    return Profiling(said.phase, percent, basis, elapsed, eta, eta_from)


def _elapsed(job: Job | None, now: datetime) -> int | None:
    if job is None or job.started is None:
        return None
    return max(0, int(((job.ended or now) - job.started).total_seconds()))
