"""Our proposal, off by default, and nothing that Dynamo does today: requests that tell how far they are.

With `Settings.progress` the message of the condition Profiling, and events ProfilingProgress, say per
cent and the time left. With `Settings.dashboard` a condition Dashboard and an event say where the
metrics are.
Types, reasons and phases of everything else stay upstream's, so what reads them today goes on doing so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from dynamo_api.facts import conditions, names, phases
from groundwork.kube.objects import Object, condition_of, holds, name_of, namespace_of
from mock_platform.operator.kube.api import JOBS, REQUESTS
from mock_platform.operator.kube.events import REQUEST_REPORTER
from mock_platform.operator.kube.sync import NotYetError
from mock_platform.operator.requests.status import entry, reason_of
from mock_platform.operator.requests.step import Step
from mock_platform.proposal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRESS_EVENT = "ProfilingProgress"
DASHBOARD = "Dashboard"
"""The type of the condition."""
DASHBOARD_REASON = "DashboardLinked"
"""Of the condition and of the event."""
_CANDIDATE = re.compile(r"candidate (\d+)/(\d+)")
"""In the profiler's own message, where it tries candidates one by one (dynamo.profiler 1.4.2, thorough)."""
_SHOWN = re.compile(r"\b(\d+) % (?=\()")
_ALL = 100
_NEARLY = 95
"""Per cent: as far as the time passed can say; that it is done is for the profiler to say."""
_COUNTED = 5
"""Earlier runs, the newest."""
_STEP = 5
"""Seconds left are told in steps of so many, and so much per cent must be new: each is a write."""
_EVENT_STEP = 10
"""Per cent after which there is another event in the same phase."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a profiling is; `str` of it is what the condition says."""

    percent: int
    basis: str
    left: int | None
    """Seconds; None: unknown."""
    left_from: str

    def __str__(self) -> str:
        done = f"{self.percent} % ({self.basis})"
        if self.percent == _ALL:
            return done
        left = "time left unknown" if self.left is None else f"about {self.left} s left"
        return f"{done}, {left} ({self.left_from})"


def progress_of(phase: str, message: str, elapsed: float | None, earlier: Iterable[float]) -> Progress:
    """What is known of a profiling, and what it rests on.

    Args:
        phase: the profiler's, one of `phases.PROFILING_PHASES`.
        message: the profiler's own, which may count candidates.
        elapsed: seconds since the Job started; None before.
        earlier: seconds that profilings like this one took, the newest last.
    """
    step, last = phases.PROFILING_PHASES.index(phase), len(phases.PROFILING_PHASES) - 1
    counted = _CANDIDATE.search(message)
    within = (int(counted[1]) - 1) / int(counted[2]) if counted and int(counted[2]) else 0.0
    percent = round((step + min(within, 1.0)) * 100 / last)
    basis = f"phase {step + 1} of {last + 1}"
    if phase == phases.PROFILING_PHASES[-1]:
        return Progress(_ALL, "the profiler is done", None, "")
    took = list(earlier)[-_COUNTED:]
    if not took or elapsed is None:
        why = "the Job has not started" if elapsed is None else "no earlier run to go by"
        return Progress(percent, basis, None, why)
    typical = median(took)
    runs = "an earlier run" if len(took) == 1 else f"{len(took)} earlier runs"
    said = f"{runs} took {typical:.0f} s"
    if elapsed >= typical:
        return Progress(percent, basis, None, f"{said}, which is over")
    by_time = min(_NEARLY, int(elapsed * 100 / typical))
    if by_time > percent:
        percent, basis = by_time, "by time"
    left = round((typical - elapsed) / _STEP) * _STEP
    return Progress(percent, basis, max(left, _STEP), said)


def like(request: Object) -> tuple[object, ...]:
    """What makes two profilings take about as long: model, backend, search, GPUs and the profiler's image."""
    spec = request["spec"]
    gpus = spec.get("hardware") or {}
    what = (spec.get(key) for key in ("model", "backend", "searchStrategy", "image"))
    return (*what, gpus.get("gpuSku"), gpus.get("totalGpus"))


@dataclass(frozen=True, slots=True)
class Proposal(Step):
    """What requests would say beside what they say today: an `Extension` of the operator."""

    settings: Settings = field(default_factory=Settings)

    def tell_progress(self, request: Object, job: Object, message: str) -> None:
        """Put per cent and the time left into the condition Profiling of a request whose Job runs.

        Args:
            request: as upstream's operator would leave it.
            job: its profiling Job, not ended.
            message: the profiler's own, "" before there is one.

        Raises:
            NotYetError: always where the proposal is on: the time goes on, though nothing else happens.
        """
        if not self.settings.progress:
            return
        phase = request["status"].get("profilingPhase") or ""
        if phase not in phases.PROFILING_PHASES:
            return
        elapsed = _seconds(job.get("status", {}).get("startTime"), None)
        found = progress_of(phase, message, elapsed, self._earlier(request))
        stated = condition_of(request, conditions.PROFILING)
        before = stated.message if stated else ""
        told = f"{message.rstrip('.') or 'The profiler is at work'}: {found}"
        shown = _SHOWN.search(before)
        event = not shown or int(shown[1]) // _EVENT_STEP != found.percent // _EVENT_STEP
        moved = not shown or abs(int(shown[1]) - found.percent) >= _STEP
        if event:
            self._event(request, PROGRESS_EVENT, f"{phase}: {found}")
        if event or moved or _SHOWN.sub("", told) != _SHOWN.sub("", before):
            reason = reason_of(request, conditions.PROFILING)
            self.move(request, phases.PROFILING, entry(conditions.PROFILING, "False", reason, told), observe=False)
        raise NotYetError("the profiler is at work, and the time that is left changes")

    def link_dashboard(self, request: Object) -> Object:
        """The request with the condition Dashboard, once there is something to see: from Deploying on."""
        phase = (request.get("status") or {}).get("phase")
        if not self.settings.dashboard or phase not in (phases.DEPLOYING, phases.DEPLOYED):
            return request
        graph = request["status"].get("dgdName", "")
        values = {"namespace": namespace_of(request), "request": name_of(request), "graph": graph}
        told = f"Metrics: {self.settings.dashboard.format_map(values)}"
        stated = condition_of(request, DASHBOARD)
        if stated and stated.message == told:
            return request
        self._event(request, DASHBOARD_REASON, told)
        return self.move(request, phase, entry(DASHBOARD, "True", DASHBOARD_REASON, told), observe=False)

    def _event(self, request: Object, reason: str, note: str) -> None:
        self.recorder.event(request, REQUEST_REPORTER, "Update", reason, note, kind="Normal")

    def _earlier(self, request: Object) -> list[float]:
        """Seconds of the Jobs that are still there and ended well, of requests like this one; the newest last."""
        requests, _ = self.api.list(REQUESTS, self.config.namespace)
        alike = {
            (namespace_of(item), names.profiling_job(name_of(item)))
            for item in requests
            if like(item) == like(request)
        }
        jobs, _ = self.api.list(JOBS, self.config.namespace, f"app={names.PROFILER}")
        ended = [
            job["status"] for job in jobs if (namespace_of(job), name_of(job)) in alike and holds(job, "Complete")
        ]
        took = (
            (status.get("completionTime") or "", _seconds(status.get("startTime"), status.get("completionTime")))
            for status in ended
        )
        return [seconds for _, seconds in sorted(took, key=lambda found: found[0]) if seconds is not None]


def _seconds(start: str | None, end: str | None) -> float | None:
    """From one RFC 3339 time to another, or to now; None without a start."""
    if not start:
        return None
    until = datetime.fromisoformat(end) if end else datetime.now(UTC)
    return max(0.0, (until - datetime.fromisoformat(start)).total_seconds())
