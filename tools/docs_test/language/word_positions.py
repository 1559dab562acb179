"""The column of a word in a line of a file: looked up where there is a mistake to point at."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from groundwork.base.positions import Position


def at_word(root: Path, line: Position, word: str) -> Position:
    """A position of a line, with the column of a word if the file has the word there, and once only.

    A macro may have made the line, or the word may stand in it twice: then the column is unknown.

    Args:
        root: the folder that the position's file is relative to.
        line: the position of the line.
        word: an attribute's or a class' name; "": none.
    """
    if not word:
        return line
    try:
        written = (root / line.file).read_text(encoding="utf-8-sig").split("\n")[line.line - 1]
    except (OSError, ValueError, IndexError):
        return line
    found = list(re.finditer(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", written))
    return replace(line, column=found[0].start() + 1) if len(found) == 1 else line
