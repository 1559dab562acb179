"""Status of a component: a pure function from its Deployment to what its status says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import conditions, reasons
from groundwork.kube.objects import holds, name_of
from mock_platform.operator.components.spec import replicas
from mock_platform.operator.components.workload import runtime_namespace
from mock_platform.operator.kube.conditions import set_condition

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

_COUNTS = ("availableReplicas", "readyReplicas", "replicas", "updatedReplicas")


def deployment_ready(deployment: Object | None) -> bool:
    """Whether it runs all its replicas, in its present version alone, and Kubernetes calls it available."""
    if deployment is None:
        return False
    spec, status = deployment["spec"], deployment.get("status") or {}
    wanted = replicas(spec)
    if spec.get("paused"):
        return False
    if int(status.get("observedGeneration") or 0) < int(deployment["metadata"].get("generation") or 0):
        return False
    updated, available, every = (int(status.get(f"{key}eplicas") or 0) for key in ("updatedR", "availableR", "r"))
    if every > updated:
        return False  # Pods of the version before are still there.
    return min(updated, available) >= wanted and (wanted == 0 or holds(deployment, "Available"))


def component_status(component_deployment: Object, deployment: Object | None, now: str) -> Object:
    """The status of a DynamoComponentDeployment.

    Args:
        component_deployment: it, with its present status.
        deployment: its Deployment, None before there is one.
        now: RFC 3339, for conditions that change.
    """
    ready = deployment_ready(deployment)
    counted = (deployment or {}).get("status") or {}
    old = component_deployment.get("status") or {}
    known = old.get("conditions") or []
    for kind, what, (met, unmet) in (
        (
            conditions.AVAILABLE,
            "The Deployment",
            (reasons.COMPONENT_DEPLOYMENT_READY, reasons.COMPONENT_DEPLOYMENT_NOT_READY),
        ),
        (conditions.COMPONENT_READY, "The component", (reasons.COMPONENT_READY, reasons.COMPONENT_NOT_READY)),
    ):
        entry = {
            "type": kind,
            "status": "True" if ready else "False",
            "reason": met if ready else unmet,
            "message": f"{what} has all its replicas" if ready else f"{what} does not have all its replicas yet",
        }
        known = set_condition(known, entry, now)
    return {
        **old,
        "component": {
            "componentKind": "Deployment",
            "componentNames": [name_of(component_deployment)],
            "runtimeNamespace": runtime_namespace(component_deployment),
            **{key: int(counted.get(key) or 0) for key in _COUNTS},
        },
        "conditions": known,
        "observedGeneration": component_deployment["metadata"].get("generation", 1),
    }


def first_status(now: str) -> Object:
    """The status of a DynamoComponentDeployment that is taken up: conditions, and nothing counted."""
    known: list[Object] = []
    for kind, status in ((conditions.AVAILABLE, "False"), (conditions.COMPONENT_READY, "Unknown")):
        entry = {"type": kind, "status": status, "reason": reasons.RECONCILING, "message": "It is reconciled"}
        known = set_condition(known, entry, now)
    return {"conditions": known}


def not_ready_because(component_deployment: Object) -> str:
    """Why a component counts as not ready, in a few words; "" if it is ready."""
    status = component_deployment.get("status") or {}
    if int(status.get("observedGeneration") or 0) < int(component_deployment["metadata"].get("generation") or 0):
        return "its latest spec is not processed yet"
    if not holds(component_deployment, conditions.AVAILABLE):
        return "its condition Available is not True"
    return ""
