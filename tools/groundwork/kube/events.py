"""Events, as far as they tell what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundwork.kube.values import text, when

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An event about an object."""

    namespace: str
    kind: str
    """Kind of the object."""
    name: str
    """Name of the object."""
    reason: str
    message: str
    at: datetime | None
    """Time at which it was last seen."""


def read_event(item: Any) -> Event:
    """An event of core/v1, as either recorder writes it (eventTime, or lastTimestamp)."""
    return Event(
        namespace=text(item, "metadata", "namespace"),
        kind=text(item, "involvedObject", "kind"),
        name=text(item, "involvedObject", "name"),
        reason=text(item, "reason"),
        message=text(item, "message"),
        at=when(item, "series", "lastObservedTime")
        or when(item, "lastTimestamp")
        or when(item, "eventTime")
        or when(item, "metadata", "creationTimestamp"),
    )
