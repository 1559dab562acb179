"""One DynamoGraphDeploymentRequest: validated, profiled, deployed, watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import phases, reasons
from groundwork.kube.objects import Object, being_deleted, name_of
from mock_platform.operator.kube.api import REQUESTS, Api
from mock_platform.operator.kube.events import REQUEST_REPORTER, Recorder
from mock_platform.operator.kube.write import hold, release
from mock_platform.operator.requests.deployment import Deployment
from mock_platform.operator.requests.profiling import Profiling
from mock_platform.operator.requests.start import Start
from mock_platform.operator.requests.step import applies

if TYPE_CHECKING:
    from mock_platform.operator.config import OperatorConfig
    from mock_platform.operator.requests.step import Extension


@dataclass(frozen=True, slots=True)
class RequestReconciler:
    """Brings a request one step further; a step ends with a write, whose watch calls for the next."""

    api: Api
    recorder: Recorder
    config: OperatorConfig
    extension: Extension | None = None

    def reconcile(self, namespace: str, name: str) -> None:
        """Do what can be done now; called again on every change.

        Raises:
            ApiError, NotYetError: it could not be done (to the end).
        """
        request = self.api.get(REQUESTS, namespace, name)
        if request is None:
            return
        if being_deleted(request):
            release(self.api, request)  # Job and ConfigMap go with it; the graph stays.
            return
        request = hold(self.api, request)
        parts = self.api, self.recorder, self.config
        start, profiling, deployment = Start(*parts), Profiling(*parts, self.extension), Deployment(*parts)
        status = request.get("status") or {}
        phase = status.get("phase") or phases.PENDING
        if _changed_too_late(request, phase):
            note = f"the spec may not change while the request is {phase}"
            start.tell(request, reasons.SPEC_CHANGE_REJECTED, note)
            return
        step = {
            phases.PENDING: start.start if status.get("observedGeneration") else start.validate,
            phases.PROFILING: profiling.profile,
            phases.READY: deployment.await_review,
            phases.DEPLOYING: deployment.deploy,
            phases.DEPLOYED: deployment.look_after,
        }.get(phase)
        if step:
            step(self.extension.link_dashboard(request) if self.extension else request)

    def report(self, request: Object, message: str) -> None:
        """Say in an event that reconciling failed; it is tried again."""
        note = f"{name_of(request)} could not be reconciled: {message}"
        self.recorder.event(request, REQUEST_REPORTER, "Reconcile", reasons.RECONCILE_ERROR, note, kind="Warning")


def _changed_too_late(request: Object, phase: str) -> bool:
    """Whether the spec changed in a phase that forbids it, which only an object can that no webhook saw.

    Allowed are the runtime's version while there is a review to come, and in Ready whether to deploy.
    """
    observed = (request.get("status") or {}).get("observedGeneration")
    if phase not in phases.CLOSED or not observed or observed == request["metadata"].get("generation"):
        return False
    return phase != phases.READY and (applies(request) or phase != phases.PROFILING)
