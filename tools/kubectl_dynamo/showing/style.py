"""Colour, on a terminal only; what is said is said without it as well."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from kubectl_dynamo.judging.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_OUTCOMES = {
    Outcome.DEPLOYED: "green",
    Outcome.FAILED: "red",
    Outcome.GOING: "yellow",
    Outcome.REVIEW: "yellow",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How texts are set off."""

    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """For a stream: colour if it is a terminal, unless NO_COLOR is set or the terminal is a dumb one."""
        dumb = os.environ.get("TERM") == "dumb"
        return cls(stream.isatty() and not os.environ.get("NO_COLOR") and not dumb)

    def paint(self, text: str, *names: str) -> str:
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"

    def outcome(self, text: str, outcome: Outcome) -> str:
        return self.paint(text, *([_OUTCOMES[outcome]] if outcome in _OUTCOMES else []))


def columns(rows: Sequence[Sequence[str]], gap: str = "   ") -> list[str]:
    """Rows as lines with aligned columns; the last column is as long as it is."""
    if not rows:
        return []
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
