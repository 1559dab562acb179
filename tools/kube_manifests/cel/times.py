"""Times for the engine: within dicts and lists it knows a Python value's type by its `DESCRIPTOR` only."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar


class _Named:
    def __init__(self, full_name: str) -> None:
        self.full_name = full_name


class _Timestamp(dt.datetime):
    DESCRIPTOR: ClassVar[_Named] = _Named("google.protobuf.Timestamp")


class _Duration(dt.timedelta):
    DESCRIPTOR: ClassVar[_Named] = _Named("google.protobuf.Duration")


def timestamp(text: str) -> dt.datetime:
    """A date, or a date and time, as a CEL timestamp; UTC where it names no zone.

    Raises:
        ValueError: it is neither.
    """
    found = dt.datetime.fromisoformat(text)
    return _Timestamp.combine(found.date(), found.time(), found.tzinfo or dt.UTC)


def duration(microseconds: float) -> dt.timedelta:
    """Microseconds as a CEL duration.

    Raises:
        OverflowError: longer than Python can say.
    """
    return _Duration(microseconds=microseconds)
