"""When a CronJob runs: its schedule as Kubernetes reads it, its time zone, and the names that follow from it."""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import counted, shown
from kube_manifests.pods.found import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("the minute", 0, 59, {}),
    ("the hour", 0, 23, {}),
    ("the day", 1, 31, {}),
    ("the month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("the day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
"""Fields of a schedule: what they are, the lowest and the highest number, and names of numbers."""
_ALIAS = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly)\Z")
_EVERY = re.compile(r"@every [-+]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+\Z", re.ASCII)
_PART = re.compile(r"(?P<low>[*?]|\w+)(?:-(?P<high>\w+))?(?:/(?P<step>\w+))?\Z", re.ASCII)
_HINT = 'minute, hour, day, month and day of the week, such as "0 3 * * *"'
_KNOWN_ZONE = "Europe/London"


def schedule(value: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with a schedule."""
    if not isinstance(value, str):
        return
    fields = value.split()
    if "TZ=" in value:
        yield wrong(path, "a schedule names no time zone", "write it in timeZone")
    elif value.startswith("@"):
        if not _ALIAS.match(value) and not _EVERY.match(value):
            yield wrong(path, f"{shown(value)} is no schedule", f"@hourly, @daily, @weekly, @every 1h; or {_HINT}")
    elif len(fields) != len(_FIELDS):
        yield wrong(path, f"{shown(value)} has {counted(len(fields), 'field')}, of {len(_FIELDS)}", _HINT)
    else:
        for written, known in zip(fields, _FIELDS, strict=True):
            if fault := _field(written, known):
                yield wrong(path, f"{written} is not {known[0]} in {shown(value)}: {fault}", _HINT)


def time_zone(value: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with a time zone."""
    if isinstance(value, str) and (value in ("", "Local") or _unknown(value)):
        yield wrong(path, f"{shown(value)} is not a time zone", "such as Etc/UTC, or none")


def _field(written: str, known: tuple[str, int, int, dict[str, int]]) -> str:
    return next((fault for part in written.split(",") if (fault := _part(part, known))), "")


def _part(part: str, known: tuple[str, int, int, dict[str, int]]) -> str:
    """What is wrong with one number, range, or step of a field."""
    _, lowest, highest, words = known
    found = _PART.match(part)
    if not found or (found["low"] in "*?" and found["high"]):
        return f"{shown(part)} is not a number, a range or a step"
    low = lowest if found["low"] in "*?" else _number(found["low"], words)
    high = _number(found["high"], words) if found["high"] else low
    step = _number(found["step"], {}) if found["step"] else 1
    if low is None or high is None or step is None:
        return f"{shown(part)} is not a number"
    if step == 0:
        return "a step is 1, or more"
    if not lowest <= low <= high <= highest:
        return f"{lowest} to {highest}" if low <= high else f"{low} is after {high}"
    return ""


def _number(word: str, words: dict[str, int]) -> int | None:
    if word.lower() in words:
        return words[word.lower()]
    return int(word) if word.isdecimal() and word.isascii() else None


def _unknown(zone: str) -> bool:
    """Whether this machine knows time zones, and this one is none of them."""
    try:
        zoneinfo.ZoneInfo(_KNOWN_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        return False
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return True
    return False
