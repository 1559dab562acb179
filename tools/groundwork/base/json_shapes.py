"""Reading JSON whose shape nobody has checked: what is not of the shape asked for counts as absent."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def mapping(value: Any, *keys: str) -> Json:
    """The object at these keys below `value`; {} where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value if it is a list; [] otherwise."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The value if it is a string; "" otherwise."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int | float | None:
    """The value if it is a number, and no boolean; None otherwise."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def group_version(item: Any) -> tuple[str, str]:
    """Group and version of an object: ("nvidia.com", "v1beta1"); ("", "v1") of a core kind."""
    group, _, version = text(mapping(item).get("apiVersion")).rpartition("/")
    return group, version


def name_of(item: Any) -> str:
    """`metadata.name`, "" where there is none."""
    return text(mapping(item, "metadata").get("name"))
