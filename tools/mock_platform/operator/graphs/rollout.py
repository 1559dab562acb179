"""The rolling update of workers from one generation to the next: pure functions, no cluster.

A worker's name ends in the hash of its generation, so a change that reaches the Pods makes new
DynamoComponentDeployments beside the old ones. Replicas then move from old to new as a Deployment would move them
(at most 25 % more and 25 % fewer than asked for), and the old ones are deleted when all new ones are ready.
All workers of a graph change together, because the hash covers them all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import names
from groundwork.kube.objects import labels_of, name_of
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
    """Whether another generation still counts as the current one."""
    complete: bool = False
    """Whether the new generation has taken over: the rest can go."""
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


def plan(graph: Object, current: str, desired: str, existing: Sequence[Object]) -> Rollout:
    """What to do to get from generation `current` to `desired`.

    Args:
        graph: the DynamoGraphDeployment.
        current: the generation it records as serving; "" before its first.
        desired: the generation its spec asks for.
        existing: its DynamoComponentDeployments, of all generations.
    """
    workers = [component for component in components(graph) if is_worker(component)]
    if current in ("", desired):
        return Rollout(desired, complete=True, updated=tuple(sorted(item["name"] for item in workers)))
    targets: dict[str, int] = {}
    old_targets: dict[str, int] = {}
    updated: list[str] = []
    for component in workers:
        old = [item for item in old_workers(existing, desired) if item["spec"]["name"] == component["name"]]
        new = [
            item
            for item in existing
            if item["spec"].get("name") == component["name"] and labels_of(item).get(names.WORKER_HASH) == desired
        ]
        wanted = replicas(component)
        targets[component["name"]], old_total = _step(wanted, old, new)
        old_targets |= _share_out(old, old_total)
        if sum(map(_ready, new)) >= wanted and not sum(map(_ready, old)):
            updated.append(component["name"])
    complete = len(updated) == len(workers)
    return Rollout(
        desired,
        active=True,
        complete=complete,
        targets=targets,
        old_targets=old_targets,
        updated=tuple(sorted(updated)),
    )


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


def _counted(item: Object, key: str) -> int:
    component = (item.get("status") or {}).get("component") or {}
    return int(component.get(key) or 0)
