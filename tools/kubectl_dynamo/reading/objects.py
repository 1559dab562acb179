"""Small readings of Kubernetes objects that every kind has."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from kubectl_dynamo.reading.model import Condition, Object


def part(value: Any, *path: str) -> Any:
    """What lies at a path of nested objects; None where any of it is absent (or null)."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """The same, as text; "" where it is absent."""
    found = part(value, *path)
    return "" if found is None else str(found)


def entries(value: Any, *path: str) -> list[Object]:
    """The same, a list of objects; empty where it is absent."""
    found = part(value, *path)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def mapping(value: Any, *path: str) -> Object:
    """The same, an object; empty where it is absent."""
    found = part(value, *path)
    return found if isinstance(found, dict) else {}


def number(value: Any, *path: str) -> float | None:
    """The same, a number (v1alpha1's free-form configuration has them as text at times); None without.

    One that is finite: "inf" and "nan" are neither counts nor anything that JSON has.
    """
    found = part(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value = float(found)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def integer(value: Any, *path: str) -> int | None:
    """The same, whole."""
    found = number(value, *path)
    return None if found is None else int(found)


def when(value: Any, *path: str) -> datetime | None:
    """The same, a time (RFC 3339)."""
    found = text(value, *path)
    try:
        return datetime.fromisoformat(found) if found else None
    except ValueError:
        return None


def key_of(item: Object) -> tuple[str, str]:
    """Namespace and name."""
    return text(item, "metadata", "namespace"), text(item, "metadata", "name")


def labels_of(item: Object) -> dict[str, str]:
    return {key: str(value) for key, value in mapping(item, "metadata", "labels").items()}


def annotations_of(item: Object) -> dict[str, str]:
    return {key: str(value) for key, value in mapping(item, "metadata", "annotations").items()}


def conditions(item: Object) -> tuple[Condition, ...]:
    """`status.conditions`, in their order."""
    return tuple(
        Condition(
            type=text(entry, "type"),
            status=text(entry, "status"),
            reason=text(entry, "reason"),
            message=text(entry, "message"),
            since=when(entry, "lastTransitionTime"),
        )
        for entry in entries(item, "status", "conditions")
    )


def condition(found: tuple[Condition, ...], kind: str) -> Condition | None:
    """The condition of a type."""
    return next((entry for entry in found if entry.type == kind), None)


def condition_is_current(item: Object, kind: str) -> bool:
    """Whether a condition is about the spec as it is; true where it does not say, or is absent."""
    found = next((entry for entry in entries(item, "status", "conditions") if entry.get("type") == kind), None)
    return _reaches(item, integer(found, "observedGeneration"))


def is_current(item: Object) -> bool:
    """Whether the status is about the spec as it is; true where the status does not say."""
    return _reaches(item, integer(item, "status", "observedGeneration"))


def _reaches(item: Object, seen: int | None) -> bool:
    return seen is None or seen >= (integer(item, "metadata", "generation") or 0)
