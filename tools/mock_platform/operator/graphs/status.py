"""Status of a graph: a pure function from its components to what its status says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import conditions, phases, reasons
from groundwork.kube.objects import Object, name_of
from mock_platform.operator.components.status import not_ready_because
from mock_platform.operator.graphs.restart import Restart
from mock_platform.operator.kube.conditions import set_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_platform.operator.graphs.rollout import Rollout

NO_RESTART = Restart()
_SUMMED = ("availableReplicas", "readyReplicas", "replicas")


def graph_status(
    graph: Object,
    current: Sequence[Object],
    old: Sequence[Object],
    rollout: Rollout,
    now: str,
    *,
    restart: Restart = NO_RESTART,
) -> Object:
    """The status of a DynamoGraphDeployment that could be reconciled.

    Args:
        graph: it, with its present status.
        current: its DynamoComponentDeployments of the wanted generation.
        old: workers of other generations that still exist.
        rollout: the step just taken.
        now: RFC 3339, for conditions that change.
        restart: how far the restart is that the graph asks for.
    """
    if rollout.active and not rollout.complete:
        result = (phases.GRAPH_PENDING, reasons.ROLLING_UPDATE, "A rolling update of the workers is in progress")
    else:
        result = _readiness(current, restart)
    status = _with_result(graph, *result, now=now)
    status["observedGeneration"] = graph["metadata"].get("generation", 1)
    entries = _component_entries(current, old)
    if entries or status.get("components"):
        status["components"] = entries
    updating = _rolling_update((graph.get("status") or {}).get("rollingUpdate"), rollout, now)
    if updating:
        status["rollingUpdate"] = updating
    status.pop("restart", None)
    if restart.status:
        status["restart"] = restart.status
    return status


def _readiness(current: Sequence[Object], restart: Restart) -> tuple[str, str, str]:
    """The state, and reason and message of the condition Ready, of a graph whose workers are of one generation."""
    faults = {name_of(item): not_ready_because(item) for item in current}
    waiting = [f"{name}: {reason}" for name, reason in sorted(faults.items()) if reason]
    waiting = waiting or [f"{name}: it restarts" for name in restart.running]
    if waiting:
        return (phases.GRAPH_PENDING, reasons.SOME_NOT_READY, "Not ready yet: " + "; ".join(waiting))
    return (phases.GRAPH_SUCCESSFUL, reasons.ALL_READY, "Every component is ready")


def failed_status(graph: Object, reason: str, message: str, now: str) -> Object:
    """The status of a DynamoGraphDeployment that is refused or whose reconciliation failed.

    As with the real operator, only the condition names the generation: the status has not caught up with it.
    """
    return _with_result(graph, phases.GRAPH_FAILED, reason, message, now=now)


def _with_result(graph: Object, state: str, reason: str, message: str, *, now: str) -> Object:
    old = graph.get("status") or {}
    generation = graph["metadata"].get("generation", 1)
    entry = {
        "type": conditions.READY,
        "status": "True" if state == phases.GRAPH_SUCCESSFUL else "False",
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
    }
    return {**old, "state": state, "conditions": set_condition(old.get("conditions") or [], entry, now)}


def _component_entries(current: Sequence[Object], old: Sequence[Object]) -> Object:
    """`status.components`: those that are counted; of a worker that is updated, both generations together."""
    wanted = {item["spec"]["name"] for item in current}
    entries: Object = {item["spec"]["name"]: dict(entry) for item in current if (entry := _counted(item))}
    for item in old:
        entry, name = _counted(item), item["spec"]["name"]
        if not entry or name not in wanted:
            continue
        if name not in entries:
            entries[name] = {**entry, "updatedReplicas": 0}
            continue
        merged = entries[name]
        # Frontends keep sending to the old workers until the new ones have taken over.
        merged["runtimeNamespace"] = entry["runtimeNamespace"]
        merged["componentNames"] = sorted({*merged["componentNames"], *entry["componentNames"]})
        merged |= {key: merged[key] + entry[key] for key in _SUMMED}
    return entries


def _counted(component_deployment: Object) -> Object:
    """What the component's own status counts; {} before there is one."""
    return dict((component_deployment.get("status") or {}).get("component") or {})


def _rolling_update(old: Object | None, rollout: Rollout, now: str) -> Object | None:
    """`status.rollingUpdate`: Pending, InProgress, Completed; None for a graph that never had one."""
    if not rollout.active:
        return old
    if (old or {}).get("phase", "") not in phases.UPDATING:
        return {"phase": phases.UPDATE_PENDING, "startTime": now}
    told = {key: value for key, value in (old or {}).items() if key != "updatedComponents"}
    if rollout.updated:
        told["updatedComponents"] = list(rollout.updated)
    if rollout.complete:
        return {**told, "phase": phases.UPDATE_COMPLETED, "endTime": now}
    return {**told, "phase": phases.UPDATE_IN_PROGRESS}
