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

from dynamo_api.facts import conditions, names, phases
from dynamo_api.facts.proposal import DASHBOARD, DASHBOARD_LINKED, PROGRESS_EVENT
from dynamo_api.progress import counted, estimate, in_words, like
from dynamo_api.views.requests import read_request
from groundwork.kube.objects import Object, condition_of, holds, name_of, namespace_of
from groundwork.kube.resources import JOBS
from mock_platform.operator.kube.api import REQUESTS
from mock_platform.operator.kube.events import REQUEST_REPORTER
from mock_platform.operator.kube.sync import NotYetError
from mock_platform.operator.requests.status import entry, reason_of
from mock_platform.operator.requests.step import Step
from mock_platform.proposal.settings import Settings

_SHOWN = re.compile(r"\b(\d+) % (?=\()")
_STEP = 5
"""Percentage points that must be new: each change is a write."""
_EVENT_STEP = 10
"""Percentage points after which there is another event in the same phase."""


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
        found = estimate(phase, counted(message), elapsed, self._earlier(request))
        said, percent = in_words(found, started=elapsed is not None), found.percent or 0
        stated = condition_of(request, conditions.PROFILING)
        before = stated.message if stated else ""
        told = f"{message.rstrip('.') or 'The profiler is at work'}: {said}"
        shown = _SHOWN.search(before)
        event = not shown or int(shown[1]) // _EVENT_STEP != percent // _EVENT_STEP
        moved = not shown or abs(int(shown[1]) - percent) >= _STEP
        if event:
            self._event(request, PROGRESS_EVENT, f"{phase}: {said}")
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
        self._event(request, DASHBOARD_LINKED, told)
        return self.move(request, phase, entry(DASHBOARD, "True", DASHBOARD_LINKED, told), observe=False)

    def _event(self, request: Object, reason: str, note: str) -> None:
        self.recorder.event(request, REQUEST_REPORTER, "Update", reason, note, kind="Normal")

    def _earlier(self, request: Object) -> list[float]:
        """Seconds of the Jobs that are still there and ended well, of requests like this one; the newest last."""
        requests, _ = self.api.list(REQUESTS, self.config.namespace)
        wanted = like(read_request(request))
        alike = {
            (namespace_of(item), names.profiling_job(name_of(item)))
            for item in requests
            if like(read_request(item)) == wanted
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
