"""A line with parts that may differ, against a line that came, in time that grows with the line's length.

No regular expression goes over the line: with `...` five times in it, one would try every way to divide the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence

LONGEST = 80
"""Characters that a `Varying` part matches, at most: an address or a timestamp has fewer."""


class Part(Protocol):
    """A part of an expected line."""

    def ends(self, text: str, starts: Iterable[int]) -> set[int]:
        """Where it can end in a text when it begins at one of these places."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands for itself."""

    text: str

    def ends(self, text: str, starts: Iterable[int]) -> set[int]:
        """Where it can end."""
        return {start + len(self.text) for start in starts if text.startswith(self.text, start)}


@dataclass(frozen=True, slots=True)
class Varying:
    """Text of a form, such as an address."""

    form: re.Pattern[str]
    """Pattern of the form: of `LONGEST` characters, at most, and without a look at what stands around it."""

    def ends(self, text: str, starts: Iterable[int]) -> set[int]:
        """Where it can end: its form may fit the start of a longer one, too."""
        found: set[int] = set()
        for start in starts:
            if self.form.match(text, start):
                last = min(start + LONGEST, len(text))
                found.update(end for end in range(start + 1, last + 1) if self.form.fullmatch(text, start, end))
        return found


@dataclass(frozen=True, slots=True)
class Blanks:
    """At least one blank."""

    def ends(self, text: str, starts: Iterable[int]) -> set[int]:
        """Where it can end: after each blank of a run."""
        found: set[int] = set()
        for start in starts:
            end = start
            while end < len(text) and end + 1 not in found and text[end].isspace():
                end += 1
                found.add(end)
        return found


class Line:
    """An expected line: runs of parts, and between two runs any text."""

    __slots__ = ("_exact", "runs")

    def __init__(self, runs: Sequence[Sequence[Part]]) -> None:
        self.runs = runs
        """Runs of parts; between two of them stands any text."""
        (first, *more) = runs
        only = first[0] if len(first) == 1 and not more else None
        self._exact = only.text if isinstance(only, Literal) else None

    def fullmatch(self, text: str) -> bool:
        """Whether it matches all of a text."""
        if self._exact is not None:
            return self._exact == text
        first, *others = self.runs
        if not others:
            return len(text) in _ends(first, text, (0,))
        *middle, last = others
        start = min(_ends(first, text, (0,)), default=None)
        for run in middle:
            # The earliest end leaves the most room for what comes next.
            start = None if start is None else _earliest(run, text, start)
        return start is not None and _closes(last, text, start)


def _ends(run: Sequence[Part], text: str, starts: Iterable[int]) -> Iterable[int]:
    """Where a run of parts can end."""
    ends = starts
    for part in run:
        ends = part.ends(text, ends)
    return ends


def _earliest(run: Sequence[Part], text: str, start: int) -> int | None:
    """The earliest end of a run that begins at a place or later; None if it is not there."""
    if not run:
        return start
    first, *others = run
    if isinstance(first, Literal) and not others:
        at = text.find(first.text, start)
        return at + len(first.text) if at >= 0 else None
    best: int | None = None
    while start < len(text) and (best is None or start < best):
        if isinstance(first, Literal):  # Straight to where it may begin.
            start = text.find(first.text, start)
            if start < 0:
                break
        end = min(_ends(run, text, (start,)), default=None)
        if end is not None and (best is None or end < best):
            best = end
        start += 1
    return best


def _closes(run: Sequence[Part], text: str, start: int) -> bool:
    """Whether a run that begins at a place or later can end with the text."""
    if len(run) == 1 and isinstance(only := run[0], Literal):
        return len(text) - len(only.text) >= start and text.endswith(only.text)
    return not run or len(text) in _ends(run, text, range(start, len(text) + 1))
