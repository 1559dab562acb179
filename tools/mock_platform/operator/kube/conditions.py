"""Entries of `status.conditions`, as every kind has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.kube.objects import Object


def set_condition(conditions: Sequence[Object], new: Object, now: str) -> list[Object]:
    """The conditions with `new` among them; its lastTransitionTime moves only when its status does."""
    old = next((entry for entry in conditions if entry.get("type") == new["type"]), None)
    stamp = old["lastTransitionTime"] if old and old.get("status") == new["status"] else now
    entry = {**new, "lastTransitionTime": stamp}
    if old is None:
        return [*conditions, entry]
    return [entry if item is old else item for item in conditions]
