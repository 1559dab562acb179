"""Where the columns of a fence's line stand in its file: nesting taken off, tabs expanded, macros rendered."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from groundwork.base.positions import Position
from groundwork.text.origins import Origin, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.base.positions import Position

TAB = 4
"""Markdown's tab stops (`tab_length`)."""
PREFIX = re.compile(r"[>\s]*")


def origin(text: str, where: Position, written: str) -> Origin:
    """The origin of a fence's line.

    Args:
        text: the line as the page shows it.
        where: its file and line.
        written: that line of the file.
    """
    expanded, columns = _expanded(written)
    shown, full = text.rstrip(), expanded.rstrip()
    if full.endswith(shown):
        offset = len(full) - len(shown)
        if "\t" not in written:
            return Origin(replace(where, column=offset + 1))
        runs = _runs(columns[offset:])
    else:
        runs = _rendered(shown, full, columns)
    return Origin(replace(where, column=runs[0][1]), runs)


def _expanded(written: str) -> tuple[str, list[int]]:
    """The line with blanks for tabs, and the file's column of each character and of the end."""
    text = ""
    columns: list[int] = []
    for column, character in enumerate(written, 1):
        width = TAB - len(text) % TAB if character == "\t" else 1
        text += " " * width if character == "\t" else character
        columns.extend([column] * width)
    return text, [*columns, len(written) + 1]


def _runs(columns: Sequence[int]) -> tuple[Segment, ...]:
    """Columns that advance together, as segments."""
    runs: list[Segment] = []
    for number, column in enumerate(columns, 1):
        if not runs or column != runs[-1][1] + number - runs[-1][0]:
            runs.append((number, column, 1))
    return tuple(runs)


def _rendered(shown: str, full: str, columns: Sequence[int]) -> tuple[Segment, ...]:
    """A macro made part of the line: what stands before and after it is found in the file."""
    prefix = PREFIX.match(full)
    begin = prefix.end() if prefix else 0
    body = shown.lstrip()
    indent = len(shown) - len(body)
    rest = full[begin:]
    head = _common(body, rest)
    tail = min(_common(body[::-1], rest[::-1]), len(body) - head, len(rest) - head)
    start = max(begin - indent, 0)
    return (
        (1, columns[start], 1),
        (indent + head + 1, columns[begin + head], 0),
        (len(shown) - tail + 1, columns[len(full) - tail], 1),
    )


def _common(one: str, other: str) -> int:
    """How many characters two texts share from the start."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
