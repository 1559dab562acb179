"""Phase Pending of a request: its spec is checked, GPUs are found, the profiling Job is made."""

from __future__ import annotations

from dynamo_api.facts import conditions, names, phases, reasons
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import Object, name_of, namespace_of
from groundwork.kube.resources import CONFIG_MAPS, JOBS, NODES
from mock_platform.operator.kube.events import REQUEST_REPORTER
from mock_platform.operator.kube.rbac import profiling
from mock_platform.operator.kube.sync import BlockedError, Syncer
from mock_platform.operator.requests import hardware
from mock_platform.operator.requests.job import profiling_job
from mock_platform.operator.requests.status import entry
from mock_platform.operator.requests.step import Step
from mock_platform.operator.requests.validation import faults


class Start(Step):
    """Phase Pending."""

    __slots__ = ()

    def validate(self, request: Object) -> None:
        """Take the request up, or refuse it for good."""
        found = faults(request, self.api)
        if found:
            message = "; ".join(found)
            self.tell(request, reasons.VALIDATION_FAILED, message)
            self.move(
                request, phases.FAILED, entry(conditions.VALIDATION, "False", reasons.VALIDATION_FAILED, message)
            )
            return
        self.tell(request, reasons.INITIALIZED, "the request is valid and its profiling is being prepared")
        self.move(
            request,
            phases.PENDING,
            entry(conditions.VALIDATION, "True", reasons.VALIDATION_PASSED, "The spec is valid"),
            entry(
                conditions.PROFILING,
                "False",
                reasons.DISCOVERING_HARDWARE,
                "Looking for GPUs, then the profiler starts",
            ),
        )

    def start(self, request: Object) -> None:
        """Fill in the hardware, then make the Job; each writing calls for the next look."""
        try:
            started = self._discover(request) and self._job(request)
        except (_StartError, BlockedError) as error:
            self._no_job(request, str(error))
            return
        except ApiError as error:
            if not error.final:
                raise
            self._no_job(request, error.message)
            return
        if started:
            self.tell(request, reasons.PROFILING_JOB_CREATED, "the profiler's Job is there")
            self.move(
                request,
                phases.PROFILING,
                entry(conditions.PROFILING, "False", phases.INITIALIZING, "Waiting for the profiler to start"),
                profilingPhase=phases.PROFILING_PHASES[0],
                profilingJobName=names.profiling_job(name_of(request)),
            )

    def _discover(self, request: Object) -> bool:
        """Fill in `spec.hardware`; whether it was complete already."""
        given = request["spec"].get("hardware") or {}
        if hardware.complete(given) and given.get("interconnect") and given.get("rdma") is not None:
            return True
        nodes, _ = self.api.list(NODES)
        gpus = hardware.discover(nodes, given.get("gpuSku") or "")
        if gpus is None:
            if hardware.complete(given):
                return True
            kind = f" of gpuSku {given['gpuSku']}" if given.get("gpuSku") else ""
            raise _StartError(f"no node has the labels of GPUs{kind}, and spec.hardware is incomplete without")
        found = hardware.filled(given, gpus)
        if found == given:
            return True
        self.api.replace({**request, "spec": {**request["spec"], "hardware": found}})
        return False

    def _job(self, request: Object) -> bool:
        """Make the Job and what it needs; whether it was there already."""
        namespace, name = namespace_of(request), name_of(request)
        if not request["spec"].get("image"):
            raise _StartError("spec.image is not set, and the webhook that sets it was not asked")
        if (request["spec"].get("overrides") or {}).get("dgd") and not self.config.image:
            raise _StartError("spec.overrides.dgd needs the operator's image, which is not known here")
        if self.api.get(JOBS, namespace, names.profiling_job(name)) is None:
            stale = self.api.get(CONFIG_MAPS, namespace, names.profiling_output(name))
            if stale is not None:
                self.api.delete(stale)
        syncer = Syncer(self.api, self.recorder, REQUEST_REPORTER)
        for item in profiling(namespace, self.config.profiling_cluster_role):
            syncer.ensure(item)
        _, made = syncer.sync(profiling_job(request, self.config), request)
        return not made

    def _no_job(self, request: Object, message: str) -> None:
        self.tell(request, reasons.PROFILING_JOB_FAILED, message)
        self.move(
            request, phases.FAILED, entry(conditions.PROFILING, "False", reasons.JOB_CREATION_FAILED, message)
        )


class _StartError(Exception):
    """Profiling cannot begin; the message says why."""
