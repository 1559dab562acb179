"""Reading JSON whose shape nobody has checked: what is not of the shape asked for counts as absent.

Each function takes a value and the keys that lead to the one meant: `text(item, "metadata", "name")`.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
"""A JSON object."""


def part(value: Any, *keys: str) -> Any:
    """The value at these keys of nested objects; None where there is none, or null."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def mapping(value: Any, *keys: str) -> Json:
    """The object there; {} where there is none."""
    found = part(value, *keys)
    return found if isinstance(found, dict) else {}


def sequence(value: Any, *keys: str) -> list[Any]:
    """The list there; [] where there is none."""
    found = part(value, *keys)
    return found if isinstance(found, list) else []


def entries(value: Any, *keys: str) -> list[Json]:
    """The objects of the list there."""
    return [entry for entry in sequence(value, *keys) if isinstance(entry, dict)]


def text(value: Any, *keys: str) -> str:
    """The string there; "" where there is none."""
    found = part(value, *keys)
    return found if isinstance(found, str) else ""


def number(value: Any, *keys: str) -> int | float | None:
    """The number there, which a boolean is not; None if there is none."""
    found = part(value, *keys)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def lenient_number(value: Any, *keys: str) -> float | None:
    """As `number`, or a number written as text; a finite one: "inf" and "nan" count nothing."""
    found = part(value, *keys)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        read = float(found)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def integer(value: Any, *keys: str) -> int | None:
    """As `lenient_number`, without its fraction."""
    found = lenient_number(value, *keys)
    return None if found is None else int(found)


def when(value: Any, *keys: str) -> datetime | None:
    """The time there (RFC 3339), in UTC where it names no zone; None where there is none."""
    found = text(value, *keys)
    try:
        read = datetime.fromisoformat(found) if found else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read


def from_text(written: str) -> Json:
    """The JSON object in a text; {} if it has none."""
    try:
        return mapping(json.loads(written))
    except ValueError:
        return {}
