"""The restart that `spec.restart` asks for: pure functions, no cluster.

A component restarts when the annotation of its Pod template gets the restart's id: its Deployment then rolls over
in place, and the generation of workers stays. One component follows the other, unless the strategy is Parallel.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import names, phases
from groundwork.kube.objects import being_deleted, name_of
from mock_platform.operator.components.status import not_ready_because
from mock_platform.operator.graphs.spec import components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from groundwork.kube.objects import Object


@dataclass(frozen=True, slots=True)
class Restart:
    """What a reconcile is to do about a restart."""

    status: Object = field(default_factory=dict)
    """Value of `status.restart`; {} for a graph that has none."""
    stamped: frozenset[str] = frozenset()
    """Components that carry its id now."""

    @property
    def running(self) -> list[str]:
        """Components that restart now."""
        return list(self.status.get("inProgress") or [])


def plan_restart(graph: Object, parts: Mapping[str, Object], *, updating: bool) -> Restart:
    """How far the restart of a graph is, and who restarts next.

    Args:
        graph: the DynamoGraphDeployment, with its status.
        parts: its DynamoComponentDeployments of the wanted generation, as they are now, by component.
        updating: whether a rolling update goes on, which supersedes a restart: its Pods are new anyhow.
    """
    wanted = (graph.get("spec") or {}).get("restart") or {}
    told = (graph.get("status") or {}).get("restart") or {}
    every = [item["name"] for item in components(graph)]
    wanted_id = wanted.get("id") or ""
    ended = told.get("phase") in phases.RESTART_ENDS
    if not wanted_id or (ended and told.get("observedID") == wanted_id):
        superseded = told.get("phase") == phases.RESTART_SUPERSEDED
        return Restart(told, frozenset() if superseded and wanted_id else frozenset(every)) if ended else Restart()
    if updating:
        return Restart({"observedID": wanted_id, "phase": phases.RESTART_SUPERSEDED})
    strategy = wanted.get("strategy") or {}
    parallel = strategy.get("type") == "Parallel"
    order = sorted(every) if parallel else list(strategy.get("order") or sorted(every))
    running = told.get("inProgress") or [] if told.get("observedID") == wanted_id else None
    left = _sequel(order, running, parts, parallel=parallel)
    if not left:
        return Restart({"observedID": wanted_id, "phase": phases.RESTART_COMPLETED}, frozenset(every))
    status = {"observedID": wanted_id, "phase": phases.RESTARTING, "inProgress": left}
    return Restart(status, frozenset(every if parallel else order[: order.index(left[0]) + 1]))


def with_restart(wanted: Sequence[Object], existing: Iterable[Object], restart: Restart) -> list[Object]:
    """The DynamoComponentDeployments with the id of their last restart in the Pod template."""
    known = {name_of(item): _template_annotations(item).get(names.RESTARTED_BY) for item in existing}
    made = []
    for item in wanted:
        now = item["spec"]["name"] in restart.stamped
        stamp = restart.status["observedID"] if now else known.get(name_of(item))
        made.append(_stamped(item, stamp) if stamp else item)
    return made


def _sequel(
    order: Sequence[str], running: Sequence[str] | None, parts: Mapping[str, Object], *, parallel: bool
) -> list[str]:
    """Components that restart now; `running`: those that did so far, None for a restart that begins."""
    if running is None:
        return list(order if parallel else order[:1])
    left = [name for name in running if not _restarted(parts.get(name))]
    if left or parallel:
        return left
    at = order.index(running[0]) + 1 if running and running[0] in order else 0
    return list(order[at : at + 1])


def _restarted(part: Object | None) -> bool:
    return part is not None and not being_deleted(part) and not not_ready_because(part)


def _template_annotations(item: Object) -> Object:
    template = item["spec"].get("podTemplate") or {}
    return (template.get("metadata") or {}).get("annotations") or {}


def _stamped(item: Object, stamp: str) -> Object:
    made = copy.deepcopy(item)
    metadata = made["spec"].setdefault("podTemplate", {}).setdefault("metadata", {})
    metadata["annotations"] = {**(metadata.get("annotations") or {}), names.RESTARTED_BY: stamp}
    return made
