"""One DynamoModel: its endpoints counted, its adapter loaded on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import names, reasons
from groundwork.kube.objects import Object, being_deleted, name_of, namespace_of
from groundwork.kube.resources import ENDPOINT_SLICES
from groundwork.kube.values import text
from mock_platform.operator.kube.api import MODELS, Api
from mock_platform.operator.kube.events import MODEL_REPORTER, Recorder, timestamp
from mock_platform.operator.kube.sync import NotYetError
from mock_platform.operator.kube.write import hold, release, write_status
from mock_platform.operator.models.adapters import load, unload
from mock_platform.operator.models.endpoints import Endpoint, endpoints, services
from mock_platform.operator.models.service import model_hash
from mock_platform.operator.models.status import is_adapter, model_status

if TYPE_CHECKING:
    from mock_platform.operator.config import OperatorConfig

RETRY_SECONDS = 30.0
"""Seconds after which endpoints that did not load an adapter are asked again."""


@dataclass(frozen=True, slots=True)
class ModelReconciler:
    """Brings the status of a model to what serves it."""

    api: Api
    recorder: Recorder
    config: OperatorConfig

    def reconcile(self, namespace: str, name: str) -> None:
        """Do all that can be done now; called again on every change of the model or its endpoints.

        Raises:
            ApiError: it could not be done.
            NotYetError: an endpoint has not loaded the adapter.
        """
        model = self.api.get(MODELS, namespace, name)
        if model is None:
            return
        if being_deleted(model):
            self._unload(model)
            release(self.api, model)
            return
        model = hold(self.api, model)
        slices = self._slices(model)
        found = endpoints(slices)
        if found and is_adapter(model):
            found = load(found, text(model, "spec", "modelName"), text(model, "spec", "source", "uri"))
        self._tell(model, found)
        leading = services(slices) if found else ()
        write_status(self.api, model, model_status(model, found, leading, timestamp()))
        if is_adapter(model) and not all(one.ready for one in found):
            raise NotYetError("an endpoint has not loaded the adapter", RETRY_SECONDS)

    def report(self, model: Object, message: str) -> None:
        """Say in an event that reconciling failed."""
        note = f"{name_of(model)}: its endpoints cannot be found: {message}"
        self.recorder.event(model, MODEL_REPORTER, "Get", reasons.MODEL_DISCOVERY_FAILED, note, kind="Warning")

    def _slices(self, model: Object) -> list[Object]:
        selector = f"{names.BASE_MODEL_HASH}={model_hash(text(model, 'spec', 'baseModelName'))}"
        found, _ = self.api.list(ENDPOINT_SLICES, namespace_of(model), selector)
        return found

    def _tell(self, model: Object, found: list[Endpoint]) -> None:
        """The events about what was found."""
        name, ready = text(model, "spec", "baseModelName"), sum(one.ready for one in found)
        if not found:
            self._event(model, "Get", reasons.MODEL_NOTHING_FOUND, f"nothing serves {name}", bad=True)
        elif not is_adapter(model):
            self._event(model, "Get", reasons.MODEL_DISCOVERED, f"{len(found)} endpoints serve {name}")
        elif ready == len(found):
            self._event(model, "Update", reasons.MODEL_READY, f"all {ready} endpoints of {name} have the adapter")
        else:
            missing = f"{len(found) - ready} of {len(found)} endpoints of {name} did not load the adapter"
            self._event(model, "Update", reasons.MODEL_PARTLY_FAILED, missing, bad=True)
            self._event(model, "Update", reasons.MODEL_NOT_READY, missing, bad=True)

    def _unload(self, model: Object) -> None:
        """Take the adapter from each endpoint; the model goes whether that is done or not."""
        found = endpoints(self._slices(model)) if is_adapter(model) else []
        if not found:
            return
        left = unload(found, text(model, "spec", "modelName"))
        if left:
            note = f"{left} of {len(found)} endpoints did not unload the adapter"
            self._event(model, "Cleanup", reasons.MODEL_UNLOAD_FAILED, note, bad=True)
        else:
            note = f"{len(found)} endpoints have unloaded the adapter"
            self._event(model, "Cleanup", reasons.MODEL_UNLOADED, note)

    def _event(self, model: Object, action: str, reason: str, note: str, *, bad: bool = False) -> None:
        kind = "Warning" if bad else "Normal"
        self.recorder.event(model, MODEL_REPORTER, action, reason, note, kind=kind)
