"""Status of graphs and components: pure functions from what is in the cluster to what their status says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_platform.operator import names
from mock_platform.operator.graph import replicas
from mock_platform.operator.objects import Object, condition, name_of
from mock_platform.operator.workload import runtime_namespace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_platform.operator.rollout import Rollout

_COUNTS = ("availableReplicas", "readyReplicas", "replicas", "updatedReplicas")
_SUMMED = ("availableReplicas", "readyReplicas", "replicas")


def set_condition(conditions: Sequence[Object], new: Object, now: str) -> list[Object]:
    """The conditions with `new` among them; its lastTransitionTime moves only when its status does."""
    old = next((entry for entry in conditions if entry.get("type") == new["type"]), None)
    stamp = old["lastTransitionTime"] if old and old.get("status") == new["status"] else now
    entry = {**new, "lastTransitionTime": stamp}
    if old is None:
        return [*conditions, entry]
    return [entry if item is old else item for item in conditions]


def deployment_ready(deployment: Object | None) -> bool:
    """Whether the Deployment runs all its replicas in its present version and Kubernetes calls it available."""
    if deployment is None:
        return False
    spec, status = deployment["spec"], deployment.get("status") or {}
    wanted = replicas(spec)
    if spec.get("paused"):
        return False
    if int(status.get("observedGeneration") or 0) < int(deployment["metadata"].get("generation") or 0):
        return False
    counts = (int(status.get(key) or 0) for key in ("updatedReplicas", "availableReplicas"))
    available = condition(deployment, "Available")
    return all(count >= wanted for count in counts) and (
        wanted == 0 or (available is not None and available.get("status") == "True")
    )


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
    conditions = old.get("conditions") or []
    for kind, what, reasons in (
        (names.AVAILABLE, "The Deployment", (names.DEPLOYMENT_READY, names.DEPLOYMENT_NOT_READY)),
        (names.COMPONENT_CONDITION, "The component", (names.COMPONENT_READY, names.COMPONENT_NOT_READY)),
    ):
        entry = {
            "type": kind,
            "status": "True" if ready else "False",
            "reason": reasons[0] if ready else reasons[1],
            "message": f"{what} has all its replicas" if ready else f"{what} does not have all its replicas yet",
        }
        conditions = set_condition(conditions, entry, now)
    return {
        **old,
        "component": {
            "componentKind": "Deployment",
            "componentNames": [name_of(component_deployment)],
            "runtimeNamespace": runtime_namespace(component_deployment),
            **{key: int(counted.get(key) or 0) for key in _COUNTS},
        },
        "conditions": conditions,
        "observedGeneration": component_deployment["metadata"].get("generation", 1),
    }


def not_ready_because(component_deployment: Object) -> str:
    """Why a component counts as not ready, in a few words; "" if it is ready."""
    status = component_deployment.get("status") or {}
    if int(status.get("observedGeneration") or 0) < int(component_deployment["metadata"].get("generation") or 0):
        return "its latest spec is not processed yet"
    available = condition(component_deployment, names.AVAILABLE)
    if available is None or available.get("status") != "True":
        return "its condition Available is not True"
    return ""


def graph_status(
    graph: Object, current: Sequence[Object], old: Sequence[Object], rollout: Rollout, now: str
) -> Object:
    """The status of a DynamoGraphDeployment that could be reconciled.

    Args:
        graph: it, with its present status.
        current: its DynamoComponentDeployments of the wanted generation.
        old: workers of other generations that still exist.
        rollout: the step just taken.
        now: RFC 3339, for conditions that change.
    """
    faults = {name_of(item): not_ready_because(item) for item in current}
    waiting = [f"{name}: {reason}" for name, reason in sorted(faults.items()) if reason]
    if waiting:
        result = ("pending", names.SOME_NOT_READY, "Not ready yet: " + "; ".join(waiting))
    else:
        result = ("successful", names.ALL_READY, "Every component is ready")
    status = _with_result(graph, *result, now=now)
    status["observedGeneration"] = graph["metadata"].get("generation", 1)
    status["components"] = _component_entries(current, old)
    updating = _rolling_update((graph.get("status") or {}).get("rollingUpdate"), rollout, now)
    if updating:
        status["rollingUpdate"] = updating
    return status


def failed_status(graph: Object, reason: str, message: str, now: str) -> Object:
    """The status of a DynamoGraphDeployment that is refused or whose reconciliation failed.

    As with the real operator, only the condition names the generation: the status has not caught up with it.
    """
    return _with_result(graph, "failed", reason, message, now=now)


def _with_result(graph: Object, state: str, reason: str, message: str, *, now: str) -> Object:
    old = graph.get("status") or {}
    generation = graph["metadata"].get("generation", 1)
    entry = {
        "type": names.READY,
        "status": "True" if state == "successful" else "False",
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
    }
    conditions = set_condition(old.get("conditions") or [], entry, now)
    return {**old, "state": state, "conditions": conditions}


def _component_entries(current: Sequence[Object], old: Sequence[Object]) -> Object:
    entries: Object = {item["spec"]["name"]: _entry(item) for item in current}
    for item in old:
        entry, name = _entry(item), item["spec"]["name"]
        if name not in entries:
            continue
        merged = entries[name]
        # Frontends keep sending to the old workers until the new ones have taken over.
        merged["runtimeNamespace"] = entry["runtimeNamespace"]
        merged["componentNames"] = sorted({*merged["componentNames"], *entry["componentNames"]})
        merged |= {key: merged[key] + entry[key] for key in _SUMMED}
    return entries


def _entry(component_deployment: Object) -> Object:
    given = (component_deployment.get("status") or {}).get("component")
    if given:
        return dict(given)
    empty = component_status(component_deployment, None, "")["component"]
    return dict(empty)


def _rolling_update(old: Object | None, rollout: Rollout, now: str) -> Object | None:
    """`status.rollingUpdate`: Pending, InProgress, Completed; None for a graph that never had one."""
    phase = (old or {}).get("phase", "")
    if not rollout.active:
        if phase not in ("Pending", "InProgress"):
            return old
        return {**(old or {}), "phase": "Completed", "endTime": now, "updatedComponents": list(rollout.updated)}
    if phase not in ("Pending", "InProgress"):
        return {"phase": "Pending", "startTime": now}
    if rollout.complete:
        return {**(old or {}), "phase": "Completed", "endTime": now, "updatedComponents": list(rollout.updated)}
    return {**(old or {}), "phase": "InProgress", "updatedComponents": list(rollout.updated)}
