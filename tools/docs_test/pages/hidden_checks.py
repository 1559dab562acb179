"""Hidden checks: `<!-- check: COMMAND -->`, a step that runs and that the reader does not see.

What only real GPUs can prove says so: `<!-- check data-needs="real-gpu": COMMAND -->`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docs_test.language import values
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.pages.lines import Line
    from groundwork.base.positions import Position

problem = partial(Problem, code="hidden-check")

HEAD = re.compile(r"""\s*check(?:\s+data-needs=(["'])([^"']*)\1)?\s*""")
CHECK_HINT = "a hidden check reads `<!-- check: COMMAND -->`"


@dataclass(frozen=True, slots=True)
class HiddenCheck:
    """A `<!-- check: … -->`: a command that runs and is not shown."""

    location: Position
    code: str
    lines: tuple[Position, ...]
    needs: tuple[str, ...] = ()
    """Needs, words as written; the claim is not checked if the environment lacks one of them."""
    says_needs: bool = False
    """Whether it has `data-needs`, perhaps an empty one."""


def comment_end(lines: Sequence[Line], start: int) -> int:
    """The line after a comment's last; counted in the page, as a fence inside it is one line of the HTML."""
    if "-->" in lines[start].rpartition("<!--")[2]:
        return start + 1
    return next((n + 1 for n in range(start + 1, len(lines)) if "-->" in lines[n]), start + 1)


def read_check(
    number: int, text: str, fence_mark: str, lines: Sequence[Line], problems: list[Problem]
) -> HiddenCheck | None:
    """Read an HTML comment of the page.

    Args:
        number: the index of its first line.
        text: what stands between `<!--` and `-->`.
        fence_mark: what a fence inside it has become.
        lines: the page.
        problems: mistakes are added here.

    Returns:
        The check; None for any other comment.
    """
    where = lines[number].origin
    word, colon, code = text.partition(":")
    head = HEAD.fullmatch(word)
    if not colon or not head:
        if re.match(r"\s*checks?\b(?!\s*:\s)\s*[^\s:]|\s*checks\s*:", text):
            problems.append(problem(where, "not a hidden check", CHECK_HINT))
        return None
    if fence_mark in code:
        problems.append(problem(where, "a fence inside a hidden check", CHECK_HINT))
        return None
    pairs = [(line, lines[min(number + i, len(lines) - 1)].origin) for i, line in enumerate(code.split("\n"))]
    while pairs and not pairs[-1][0].strip():
        pairs.pop()
    while pairs and not pairs[0][0].strip():
        pairs.pop(0)
    if not pairs:
        problems.append(problem(where, "the hidden check is empty", CHECK_HINT))
        return None
    return HiddenCheck(
        where,
        "\n".join(line.strip() if i == 0 else line.rstrip() for i, (line, _) in enumerate(pairs)),
        tuple(origin for _, origin in pairs),
        tuple(values.words(head[2] or "")),
        says_needs=bool(head[1]),
    )
