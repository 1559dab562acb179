"""Status of a DynamoGraphDeploymentRequest: pure functions from what happened to what the status says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_platform.operator.kube import names
from mock_platform.operator.kube.conditions import set_condition
from mock_platform.operator.kube.events import shortened
from mock_platform.operator.kube.objects import Object, condition

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTIONS = {
    "ConfigMapCreationFailed": "Create",
    "DeploymentCreated": "Create",
    "DeploymentCreationFailed": "Create",
    "DeploymentDegraded": "Update",
    "DeploymentDeleted": "Delete",
    "DeploymentReady": "Update",
    "GenerationFailed": "Update",
    "ImagePullFailed": "Get",
    "Initialized": "Update",
    "ProfilingCheckFailed": "Get",
    "ProfilingJobCreated": "Create",
    "ProfilingJobFailed": "Create",
    "SpecChangeRejected": "Validate",
    "SpecGenerated": "Update",
    "ValidationFailed": "Validate",
}
"""The action of each event of a request, by its reason."""
WARNINGS = frozenset(
    reason for reason in ACTIONS if reason.endswith(("Failed", "Degraded", "Deleted", "Rejected"))
)

MOST_MESSAGE_BYTES = 32768
"""Of a condition's message: the schema takes no longer one."""

_SUCCEEDED = {
    names.PENDING: ("False", "Pending", "The request waits for its profiling to begin"),
    names.PROFILING: ("False", "Profiling", "The profiler is at work"),
    names.REVIEWED: ("True", "SpecGenerated", "Profiling is complete, and a graph is there to be reviewed"),
    names.DEPLOYING: ("False", "Deploying", "The generated graph is being deployed"),
    names.DEPLOYED: ("True", "Deployed", "The generated graph runs"),
}
"""Status, reason and message of the condition Succeeded by phase; in Failed it repeats what failed."""
_STAGES = {
    names.VALIDATION: "Validation failed",
    names.PROFILING: "Profiling failed",
    names.SPEC_GENERATED: "No graph could be generated",
    names.GRAPH_READY: "Deployment failed",
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


def profiling_reason(phase: str) -> str:
    """The reason of the condition Profiling while the profiler is in a phase of its own."""
    return "Completed" if phase == "Done" else phase


def failure_reason(request: Object) -> str:
    """The reason of a failed profiling: it names the profiler's phase (GeneratingDGDFailed)."""
    return f"{(request.get('status') or {}).get('profilingPhase') or 'Profiling'}Failed"


def reason_of(request: Object, kind: str) -> str:
    """The present reason of a condition; "" without one."""
    return str((condition(request, kind) or {}).get("reason", ""))


def deployment_info(graph: Object) -> Object:
    """`status.deploymentInfo`: replicas of all components of a DynamoGraphDeployment together."""
    components = ((graph.get("status") or {}).get("components") or {}).values()
    return {
        key: sum(int(component.get(key) or 0) for component in components)
        for key in ("replicas", "availableReplicas")
    }


def _aggregate(phase: str, latest: Object) -> Object:
    if phase == names.FAILED:
        message = f"{_STAGES[latest['type']]}: {latest['message']}"
        return entry(names.SUCCEEDED, "False", latest["reason"], message)
    status, reason, message = _SUCCEEDED[phase]
    return entry(names.SUCCEEDED, status, reason, message)


def _observed(condition_entry: Object, generation: int) -> Object:
    message = shortened(condition_entry["message"], MOST_MESSAGE_BYTES)
    condition_entry = {**condition_entry, "message": message}
    # The real operator does not say which generation the graph's readiness belongs to.
    if condition_entry["type"] == names.GRAPH_READY:
        return condition_entry
    return {**condition_entry, "observedGeneration": generation}
