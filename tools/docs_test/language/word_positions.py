"""The column of a word, or of a text, in a line of a file: looked up where there is a mistake to point at."""

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
    before = "" if word.startswith("$") else r"(?<![\w.-])"
    found = list(re.finditer(rf"{before}{re.escape(word)}(?![\w-])", written(root, line))) if word else []
    return replace(line, column=found[0].start() + 1) if len(found) == 1 else line


def at_text(root: Path, line: Position, text: str, index: int = 0) -> Position:
    """A position of a line, with the column of a character of a text, if the file has the text there once.

    Args:
        root: the folder that the position's file is relative to.
        line: the position of the line.
        text: what the line says, perhaps without its indentation; blanks around it do not count.
        index: of the character; at the end of the text it is the last one.
    """
    whole = written(root, line)
    bare = text.strip()
    if not bare or whole.count(bare) != 1:
        return line
    inside = min(max(index - (len(text) - len(text.lstrip())), 0), len(bare) - 1)
    return replace(line, column=whole.index(bare) + inside + 1)


def written(root: Path, line: Position) -> str:
    """The line as its file has it; "" if there is no such line."""
    try:
        return (root / line.file).read_text(encoding="utf-8-sig").split("\n")[line.line - 1]
    except (OSError, ValueError, IndexError):
        return ""
