"""From a line and column of a text to the position in the file it came from, though a page changed both.

A text may come from a page: taken out of its nesting, lines of several files, tabs expanded, macros and
placeholders replaced. Segments say how the columns of one line moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundwork.base.field_paths import Path
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

Segment = tuple[int, int, int]
"""Column of the text from which on it holds; the column of the file; and 1 if they advance together, 0 if
something replaced the file's text: all of it then has the position at which that begins."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a line of a text comes from."""

    position: Position
    """Position of its first character."""
    segments: tuple[Segment, ...] = ()
    """Moves of its columns, as columns of the file; (): they start at the position and advance together."""
    edited: tuple[Segment, ...] = ()
    """Moves of its columns after those of `segments`."""
    joined: tuple[tuple[int, Origin], ...] = ()
    """Further lines that were joined to it: the column at which each begins, and its origin."""

    def at(self, column: int) -> Position:
        """The position of a column of the line, 1-based."""
        if self.edited:
            column = moved(self.edited, column)
        for start, origin in reversed(self.joined):
            if start <= column:
                return origin.at(column - start + 1)
        first = self.position
        column = moved(self.segments, column) if self.segments else first.column + column - 1
        return Position(first.file, first.line, column, first.via)


def moved(segments: Sequence[Segment], column: int) -> int:
    """The column that a column was before the segments' changes."""
    start, before, step = next((s for s in reversed(segments) if s[0] <= column), (column, column, 0))
    return before + (column - start) * step


@dataclass(frozen=True, slots=True)
class Source:
    """A text's lines and where they come from."""

    file: str
    origins: Sequence[Origin] | None = None
    """Origins of the lines, one for each; None if the text is the whole file."""
    via: tuple[Position, ...] = ()
    """The positions that include the whole file, the nearest first."""
    changed: Mapping[int, tuple[Segment, ...]] = field(default_factory=dict)
    """Moves by placeholders since the origins were made, by line."""

    shift: int = 0
    """Number of lines before the document whose marks are looked up."""
    breaks: Sequence[tuple[int, int]] = ()
    """Places where YAML breaks lines that editors do not: the line and column, 0-based, at which each of those
    begins."""

    def position(self, mark: tuple[int, int]) -> Position:
        """The position of a line and column of a document, both 0-based. A line after the last is the last."""
        line, column = mark
        if self.breaks and line >= 0:
            start = self.breaks[min(line, len(self.breaks) - 1)]
            line, column = start[0], start[1] + column
        line, column = line + self.shift + 1, column + 1
        if line in self.changed:
            column = moved(self.changed[line], column)
        if self.origins is None:
            return Position(self.file, line, column, self.via)
        if not self.origins:
            return Position(self.file, 1, 1)
        return self.origins[min(line, len(self.origins)) - 1].at(column)


class Positions(Mapping[Path, Position]):
    """Positions by path, made when asked for: few of them ever are."""

    __slots__ = ("_marks", "_source")

    def __init__(self, source: Source, marks: Mapping[Path, tuple[int, int]]) -> None:
        self._source, self._marks = source, marks

    def __getitem__(self, path: Path) -> Position:
        """The position of a path."""
        return self._source.position(self._marks[path])

    def __iter__(self) -> Iterator[Path]:
        """All paths, in the order of the text."""
        return iter(self._marks)

    def __len__(self) -> int:
        """How many paths there are."""
        return len(self._marks)

    def __contains__(self, path: object) -> bool:
        """Whether there is such a path; makes no position."""
        return path in self._marks

    def below(self, top: Path) -> Positions:
        """Those under a path, which becomes their top."""
        count = len(top)
        marks = {path[count:]: mark for path, mark in self._marks.items() if path[:count] == top}
        return Positions(self._source, marks)
