"""Status of a DynamoGraphDeploymentRequest: pure functions from what happened to what the status says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import conditions, phases, reasons
from groundwork.kube.objects import Object, condition_of
from mock_platform.operator.kube.conditions import set_condition
from mock_platform.operator.kube.events import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTIONS = {
    reasons.CONFIG_MAP_CREATION_FAILED: "Create",
    reasons.DEPLOYMENT_CREATED: "Create",
    reasons.DEPLOYMENT_CREATION_FAILED: "Create",
    reasons.DEPLOYMENT_DEGRADED: "Update",
    reasons.DEPLOYMENT_DELETED: "Delete",
    reasons.DEPLOYMENT_READY: "Update",
    reasons.GENERATION_FAILED: "Update",
    reasons.IMAGE_PULL_FAILED: "Get",
    reasons.INITIALIZED: "Update",
    reasons.PROFILING_CHECK_FAILED: "Get",
    reasons.PROFILING_JOB_CREATED: "Create",
    reasons.PROFILING_JOB_FAILED: "Create",
    reasons.SPEC_CHANGE_REJECTED: "Validate",
    reasons.SPEC_GENERATED: "Update",
    reasons.VALIDATION_FAILED: "Validate",
}
"""The action of each event of a request, by its reason."""
WARNINGS = frozenset(
    reason for reason in ACTIONS if reason.endswith(("Failed", "Degraded", "Deleted", "Rejected"))
)

MOST_MESSAGE_BYTES = 32768
"""Bytes of a condition's message, at most: the schema takes no longer one."""

_SUCCEEDED = {
    phases.PENDING: ("False", phases.PENDING, "The request waits for its profiling to begin"),
    phases.PROFILING: ("False", phases.PROFILING, "The profiler is at work"),
    phases.READY: ("True", reasons.SPEC_GENERATED, "Profiling is complete, and a graph is there to be reviewed"),
    phases.DEPLOYING: ("False", phases.DEPLOYING, "The generated graph is being deployed"),
    phases.DEPLOYED: ("True", phases.DEPLOYED, "The generated graph runs"),
}
"""Status, reason and message of the condition Succeeded by phase; in Failed it repeats what failed."""
_STAGES = {
    conditions.VALIDATION: "Validation failed",
    conditions.PROFILING: "Profiling failed",
    conditions.SPEC_GENERATED: "No graph could be generated",
    conditions.DEPLOYMENT_READY: "Deployment failed",
}


def entry(kind: str, status: str, reason: str, message: str) -> Object:
    """A condition, as `moved` takes it; `status` is "True" or "False"."""
    return {"type": kind, "status": status, "reason": reason, "message": message}


def moved(
    request: Object, phase: str, conditions: Iterable[Object], now: str, *, observe: bool = True, **fields: object
) -> Object:
    """The status of a request that goes to a phase, or stays in it with other conditions.

    Args:
        request: it, with its present status.
        phase: the phase it is in from now on.
        conditions: new ones, the decisive one last.
        now: RFC 3339, for conditions that change.
        observe: whether the whole spec was looked at, so that observedGeneration follows.
        fields: other fields of the status; None takes one away.
    """
    generation = request["metadata"].get("generation", 1)
    status = {**(request.get("status") or {}), **fields, "phase": phase}
    if observe:
        status["observedGeneration"] = generation
    known = status.get("conditions") or []
    latest: Object = {}
    for latest in conditions:
        known = set_condition(known, _observed(latest, generation), now)
    known = set_condition(known, _observed(_aggregate(phase, latest), generation), now)
    return {key: value for key, value in (status | {"conditions": known}).items() if value is not None}


def failure_reason(request: Object) -> str:
    """The reason of a failed profiling: it names the profiler's phase (GeneratingDGDFailed)."""
    return reasons.profiling_failed((request.get("status") or {}).get("profilingPhase") or "")


def reason_of(request: Object, kind: str) -> str:
    """The present reason of a condition; "" without one."""
    found = condition_of(request, kind)
    return found.reason if found else ""


def deployment_info(graph: Object) -> Object:
    """`status.deploymentInfo`: replicas of all components of a DynamoGraphDeployment together."""
    components = ((graph.get("status") or {}).get("components") or {}).values()
    return {
        key: sum(int(component.get(key) or 0) for component in components)
        for key in ("replicas", "availableReplicas")
    }


def _aggregate(phase: str, latest: Object) -> Object:
    if phase == phases.FAILED:
        message = f"{_STAGES[latest['type']]}: {latest['message']}"
        return entry(conditions.SUCCEEDED, "False", latest["reason"], message)
    status, reason, message = _SUCCEEDED[phase]
    return entry(conditions.SUCCEEDED, status, reason, message)


def _observed(condition_entry: Object, generation: int) -> Object:
    message = shortened(condition_entry["message"], MOST_MESSAGE_BYTES)
    condition_entry = {**condition_entry, "message": message}
    # The real operator does not say which generation the graph's readiness belongs to.
    if condition_entry["type"] == conditions.DEPLOYMENT_READY:
        return condition_entry
    return {**condition_entry, "observedGeneration": generation}
