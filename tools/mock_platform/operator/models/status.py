"""Status of a DynamoModel: a pure function from the endpoints that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import conditions, reasons
from groundwork.kube.values import text
from mock_platform.operator.kube.conditions import set_condition

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from groundwork.kube.objects import Object
    from mock_platform.operator.models.endpoints import Endpoint

_Told = tuple[str, str, str]
"""Status, reason and message of a condition."""


def is_adapter(model: Object) -> bool:
    """Whether it is a LoRA adapter; `modelType: adapter` counts as a base model, as with the real operator."""
    return text(model, "spec", "modelType").lower() == "lora"


def model_status(model: Object, found: Sequence[Endpoint], services: Collection[str], now: str) -> Object:
    """The status of a DynamoModel.

    Args:
        model: it, with its present status.
        found: its endpoints.
        services: the Services that lead to them.
        now: RFC 3339, for conditions that change.
    """
    name = text(model, "spec", "baseModelName")
    nothing = f"Nothing serves the base model {name}"
    told = {
        conditions.SERVICES_FOUND: ("True", reasons.MODEL_SERVICES_FOUND, f"Services found: {len(services)}")
        if services
        else ("False", reasons.MODEL_NO_SERVICES, nothing),
        conditions.ENDPOINTS_READY: _readiness(found, nothing, adapter=is_adapter(model)),
    }
    known = (model.get("status") or {}).get("conditions") or []
    for kind, (holds, reason, message) in told.items():
        entry = {"type": kind, "status": holds, "reason": reason, "message": message}
        generation = {"observedGeneration": model["metadata"].get("generation", 1)}
        known = set_condition(known, {**entry, **generation}, now)
    status: Object = {
        "conditions": known,
        "readyEndpoints": sum(one.ready for one in found),
        "totalEndpoints": len(found),
    }
    if found:
        status["endpoints"] = [{"address": one.address, "podName": one.pod, "ready": one.ready} for one in found]
    return status


def _readiness(found: Sequence[Endpoint], nothing: str, *, adapter: bool) -> _Told:
    if not found:
        return "False", reasons.MODEL_NO_ENDPOINTS, nothing
    if not adapter:
        return "True", reasons.MODEL_DISCOVERED, f"Endpoints found: {len(found)}"
    ready = sum(one.ready for one in found)
    if ready == len(found):
        return "True", reasons.MODEL_ALL_READY, f"All {len(found)} endpoints have loaded the adapter"
    return "False", reasons.MODEL_NOT_READY, f"{ready} of {len(found)} endpoints have loaded the adapter"
