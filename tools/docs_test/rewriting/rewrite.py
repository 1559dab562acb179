"""What a fence is to show instead: its lines, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docs_test.model import Match


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line that a fence is to show."""

    text: str
    kept: int | None = None
    """Index of the expected line that it is, unchanged; None for a line that is written."""
    instead_of: int | None = None
    """Index of the expected line whose place it takes; None for a line that is added."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What a fence is to show."""

    match: Match
    """Comparison: the author's, or that of kubectl's output if the author wrote none."""
    lines: tuple[NewLine, ...]
    notes: tuple[str, ...] = ()
    """Sentences that its author should know."""

    @property
    def text(self) -> str:
        """The text of the fence."""
        return "\n".join(line.text for line in self.lines)


class Refused(Exception):
    """An expectation that cannot be rewritten; its text says why."""
