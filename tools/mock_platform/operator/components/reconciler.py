"""One DynamoComponentDeployment: its Deployment, its Service, its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import reasons
from groundwork.kube.objects import Object, being_deleted, name_of
from mock_platform.operator.components.status import component_status, first_status
from mock_platform.operator.components.workload import deployment, service
from mock_platform.operator.kube.api import COMPONENTS, Api
from mock_platform.operator.kube.events import COMPONENT_REPORTER, Recorder, timestamp
from mock_platform.operator.kube.sync import Syncer
from mock_platform.operator.kube.write import hold, release, write_status
from mock_platform.operator.models.service import model_service

if TYPE_CHECKING:
    from mock_platform.operator.config import OperatorConfig


@dataclass(frozen=True, slots=True)
class ComponentReconciler:
    """Brings a component from what is to what its spec asks for."""

    api: Api
    recorder: Recorder
    config: OperatorConfig

    def reconcile(self, namespace: str, name: str) -> None:
        """Do all that can be done now; called again on every change.

        Raises:
            ApiError, NotYetError, BlockedError: it could not be done (to the end).
        """
        component = self.api.get(COMPONENTS, namespace, name)
        if component is None:
            return
        if being_deleted(component):
            release(self.api, component)
            return
        component = hold(self.api, component)
        if not (component.get("status") or {}).get("conditions"):
            self._tell(component, "Reconcile", reasons.RECONCILING, "is reconciled for the first time")
            component = write_status(self.api, component, first_status(timestamp()))
        syncer = Syncer(self.api, self.recorder, COMPONENT_REPORTER)
        live, deployment_changed = syncer.sync(deployment(component, self.config), component)
        _, service_changed = syncer.sync(service(component), component)
        of_model = model_service(component)
        if of_model:
            # One for all that serve the model: whoever came first owns it.
            syncer.sync_free(of_model)
        if not (deployment_changed or service_changed):
            self._tell(component, "Update", reasons.NOTHING_TO_UPDATE, "has nothing to change")
        self._tell(component, "Update", reasons.UPDATED, "has all its resources up to date")
        write_status(self.api, component, component_status(component, live, timestamp()))

    def report(self, component: Object, message: str) -> None:
        """Say in an event that reconciling failed."""
        note = f"{name_of(component)} could not be reconciled: {message}"
        self.recorder.event(
            component, COMPONENT_REPORTER, "Reconcile", reasons.RECONCILE_ERROR, note, kind="Warning"
        )

    def _tell(self, component: Object, action: str, reason: str, what: str) -> None:
        self.recorder.event(component, COMPONENT_REPORTER, action, reason, f"{name_of(component)} {what}")
