"""The rolling update of workers from one generation to the next: pure functions, no cluster.

A worker's name ends in the hash of its generation, so a change that reaches the Pods makes new
DynamoComponentDeployments beside the old ones. Replicas then move from old to new as a Deployment would move them
(at most 25 % more and 25 % fewer than asked for). When all new ones are ready, the old ones shrink to nothing and
are deleted; the update is complete once they are gone. All workers of a graph change together, because the hash
covers them all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import names, phases
from groundwork.kube.objects import being_deleted, labels_of, name_of
from mock_platform.operator.components.spec import is_worker, replicas
from mock_platform.operator.graphs.spec import components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.kube.objects import Object

_SHARE = 0.25
"""maxSurge and maxUnavailable of the real operator's default strategy."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """What a reconcile is to do about generations of workers."""

    generation: str
    """The worker hash of the DynamoComponentDeployments that should exist."""
    active: bool = False
    """Whether an update goes on: from the change until the old generation is gone."""
    complete: bool = False
    """Whether nothing of another generation is left, and the new one serves."""
    drained: bool = False
    """Whether the workers of other generations may be deleted: the new ones have taken over, they have no Pods."""
    targets: dict[str, int] = field(default_factory=dict)
    """Replicas of the new generation, by component."""
    old_targets: dict[str, int] = field(default_factory=dict)
    """Replicas of DynamoComponentDeployments of other generations, by name."""
    updated: tuple[str, ...] = ()
    """Components whose new generation has taken over."""


def old_workers(existing: Sequence[Object], generation: str) -> list[Object]:
    """The workers of other generations, oldest first."""
    old = [
        item
        for item in existing
        if is_worker(item["spec"]) and labels_of(item).get(names.WORKER_HASH) != generation
    ]
    return sorted(old, key=lambda item: (item["metadata"].get("creationTimestamp", ""), name_of(item)))


def of_generation(existing: Sequence[Object], generation: str) -> dict[str, Object]:
    """The DynamoComponentDeployments by component: the workers of this generation, and all that are no workers."""
    found = [
        item
        for item in existing
        if not is_worker(item["spec"]) or labels_of(item).get(names.WORKER_HASH) == generation
    ]
    return {item["spec"]["name"]: item for item in found}


def plan(graph: Object, current: str, desired: str, existing: Sequence[Object]) -> Rollout:
    """What to do to get from generation `current` to `desired`.

    Args:
        graph: the DynamoGraphDeployment, with its status.
        current: the generation it records as serving; "" before its first.
        desired: the generation its spec asks for.
        existing: its DynamoComponentDeployments, of all generations, those that are being deleted as well.
    """
    phase = update_phase(graph)
    workers = [component for component in components(graph) if is_worker(component)]
    if current in ("", desired) and phase not in phases.UPDATING:
        return Rollout(desired, complete=True, updated=tuple(sorted(item["name"] for item in workers)))
    old = old_workers(existing, desired)
    targets: dict[str, int] = {}
    old_targets = {name_of(item): 0 for item in old}
    updated: list[str] = []
    for component in workers:
        before = [item for item in old if item["spec"]["name"] == component["name"]]
        new = [
            item
            for item in existing
            if item["spec"].get("name") == component["name"] and labels_of(item).get(names.WORKER_HASH) == desired
        ]
        wanted = replicas(component)
        targets[component["name"]], old_total = _step(wanted, before, new)
        old_targets |= _share_out(before, old_total)
        if new and sum(map(_ready, new)) >= wanted and not sum(map(_ready, before)):
            updated.append(component["name"])
    taken_over = len(updated) == len(workers)
    return Rollout(
        desired,
        active=True,
        complete=taken_over and not old and phase == phases.UPDATE_IN_PROGRESS,
        drained=taken_over and all(map(_empty, old)),
        targets=targets,
        old_targets=old_targets,
        updated=tuple(sorted(updated)),
    )


def update_phase(graph: Object) -> str:
    """`status.rollingUpdate.phase`; "" for a graph that never had an update."""
    return str(((graph.get("status") or {}).get("rollingUpdate") or {}).get("phase") or "")


def _step(wanted: int, old: Sequence[Object], new: Sequence[Object]) -> tuple[int, int]:
    """Replicas of the new and of all old generations after the next step."""
    surge = math.ceil(wanted * _SHARE) or 1
    floor = wanted - math.floor(wanted * _SHARE)
    declared_old, declared_new = sum(map(_declared, old)), sum(map(_declared, new))
    up_old, up_new = sum(map(_available, old)), sum(map(_available, new))
    new_target = min(wanted, declared_new + max(0, wanted + surge - declared_old - declared_new))
    # Old Pods that serve nobody can go at once, others as far as enough Pods remain available.
    idle = max(0, declared_old - up_old)
    spare = max(0, up_old + up_new - floor)
    still_coming = max(0, declared_new - up_new)
    removable = max(0, declared_old + declared_new - floor - still_coming)
    return new_target, max(0, declared_old - min(removable, idle + spare))


def _share_out(old: Sequence[Object], total: int) -> dict[str, int]:
    """Split `total` replicas over old generations: take from the unavailable first, then from the oldest."""
    targets = {name_of(item): _declared(item) for item in old}
    excess = sum(targets.values()) - total
    for floor_of in (_available, lambda _: 0):
        for item in old:
            taken = min(excess, max(0, targets[name_of(item)] - floor_of(item)))
            targets[name_of(item)] -= taken
            excess -= taken
    return targets


def _declared(item: Object) -> int:
    return replicas(item["spec"])


def _available(item: Object) -> int:
    return min(_counted(item, "availableReplicas"), _declared(item))


def _ready(item: Object) -> int:
    return _counted(item, "readyReplicas")


def _empty(item: Object) -> bool:
    """Whether it asks for no Pods, and is known to have none; one that is being deleted had none before."""
    seen = int((item.get("status") or {}).get("observedGeneration") or 0)
    looked_at = seen >= int(item["metadata"].get("generation") or 0)
    return being_deleted(item) or (not _declared(item) and looked_at and not _counted(item, "replicas"))


def _counted(item: Object, key: str) -> int:
    component = (item.get("status") or {}).get("component") or {}
    return int(component.get(key) or 0)
