"""Phase Profiling of a request: progress, failure, and the graph that comes out of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from dynamo_api.facts import conditions, names, phases, reasons
from dynamo_api.views.requests import planned_graph
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import Object, annotations_of, condition_of, holds, name_of, namespace_of, owned_by
from groundwork.kube.resources import CONFIG_MAPS, JOBS
from mock_platform.operator.kube.events import REQUEST_REPORTER
from mock_platform.operator.kube.sync import Syncer
from mock_platform.operator.requests.pods import profiler_end
from mock_platform.operator.requests.result import (
    NoResultError,
    Result,
    additional_config_maps,
    read_result,
)
from mock_platform.operator.requests.status import entry, failure_reason, reason_of
from mock_platform.operator.requests.step import Extension, Step, applies

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Profiling(Step):
    """Phase Profiling."""

    extension: Extension | None = None

    def profile(self, request: Object) -> None:
        """Look at the profiler's Job and at what it has reported.

        Raises:
            NotYetError: an extension asks to look again while the Job runs.
        """
        namespace, name = namespace_of(request), name_of(request)
        # The Job first: it ends after the last report, so a Job that has ended has reported all.
        job = self.api.get(JOBS, namespace, names.profiling_job(name))
        output = self.api.get(CONFIG_MAPS, namespace, names.profiling_output(name))
        data = (output.get("data") or {}) if output and owned_by(output, request) else {}
        request = self._progress(request, data)
        error = data.get("profiler_error") or "the profiler does not say why"
        reported = f"the profiler reports: {error}" if data.get("profiler_status") == "failed" else ""
        if job is None:
            self._no_result(request, f"Job {names.profiling_job(name)} is gone", reported)
        elif holds(job, "Failed"):
            self._no_result(request, f"the Job failed: {self._why(job)}", reported)
        elif not holds(job, "Complete"):
            if reason_of(request, conditions.PROFILING) == phases.INITIALIZING:
                running = entry(
                    conditions.PROFILING, "False", reasons.PROFILING_RUNNING, "The profiler is at work"
                )
                request = self.move(request, phases.PROFILING, running)
            if self.extension:
                self.extension.tell_progress(request, job, data.get("message", ""))
        elif reported:
            self._no_result(request, reported, reported)
        else:
            self._generate(request, data)

    def _progress(self, request: Object, data: dict[str, str]) -> Object:
        phase = data.get("phase", "")
        if phase in ("", request["status"].get("profilingPhase")):
            return request
        if phase not in phases.PROFILING_PHASES:
            _log.warning("%s: the profiler is in an unknown phase: %r", name_of(request), phase)
            return request
        told = entry(conditions.PROFILING, "False", reasons.profiling(phase), data.get("message", ""))
        return self.move(request, phases.PROFILING, told, observe=False, profilingPhase=phase)

    def _no_result(self, request: Object, told: str, reported: str) -> None:
        """Profiling failed: the event tells what ended it, the condition what the profiler says if it does."""
        self.tell(request, reasons.PROFILING_CHECK_FAILED, told)
        failed = entry(conditions.PROFILING, "False", failure_reason(request), reported or told)
        self.move(request, phases.FAILED, failed)

    def _why(self, job: Object) -> str:
        found = condition_of(job, "Failed")
        why = (found and (found.message or found.reason)) or "Kubernetes does not say why"
        ended = profiler_end(self.api, job)
        return f"{why}; {ended}" if ended else why

    def _generate(self, request: Object, data: dict[str, str]) -> None:
        try:
            result = read_result(request, data)
            request = self._keep(request, result)
        except NoResultError as error:
            self.tell(request, reasons.GENERATION_FAILED, str(error))
            failed = entry(conditions.SPEC_GENERATED, "False", reasons.GENERATION_FAILED, str(error))
            self.move(request, phases.FAILED, failed, profilingPhase=None)
            return
        self.tell(request, reasons.SPEC_GENERATED, "the profiler's choice is a DynamoGraphDeployment now")
        self._additional(request)
        where = "" if applies(request) else f"; it is in annotation {names.GENERATED_SPEC}"
        self.move(
            request,
            phases.DEPLOYING if applies(request) else phases.READY,
            entry(conditions.PROFILING, "True", reasons.PROFILING_COMPLETED, "The profiler's Job ended well"),
            entry(
                conditions.SPEC_GENERATED,
                "True",
                reasons.SPEC_GENERATED,
                f"A DynamoGraphDeployment was generated{where}",
            ),
            profilingPhase=None,
            dgdName=planned_graph(request),
            profilingResults={"selectedConfig": result.selected},
        )

    def _keep(self, request: Object, result: Result) -> Object:
        kept = {**annotations_of(request), **result.annotations}
        if kept == annotations_of(request):
            return request
        try:
            return self.api.replace({**request, "metadata": {**request["metadata"], "annotations": kept}})
        except ApiError as error:
            if not error.final:
                raise
            raise NoResultError(f"the graph cannot be kept with the request: {error.message}") from None

    def _additional(self, request: Object) -> None:
        try:
            for item in additional_config_maps(request):
                Syncer(self.api, self.recorder, REQUEST_REPORTER).sync_free(item)
        except ApiError as error:
            if not error.final:
                raise
            self.tell(request, reasons.CONFIG_MAP_CREATION_FAILED, error.message)
