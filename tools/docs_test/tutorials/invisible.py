"""Signs in code that nobody sees: a reader who copies them gets another command than the one on the page."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from docs_test.language.roles import Use
from docs_test.language.word_positions import at_text
from docs_test.model import Role
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from docs_test.pages.hidden_checks import HiddenCheck
    from groundwork.base.positions import Position

problem = partial(Problem, code="invisible")

TURNING = "\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"
"""Signs that turn the order of others around: what is read is not what is run."""
CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
IN_OUTPUT = re.compile(f"[{TURNING}]")
"""Pattern of what no fence may have; programs do print other signs that cannot be seen."""
IN_CODE = re.compile(
    f"[{TURNING}{CONTROL}\xa0\xad\u1680\u180e\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
)
BLANK = "Zs"


def invisible(root: Path, parts: Iterable[Use | HiddenCheck]) -> list[Problem]:
    """A problem for the first such sign of each line.

    Args:
        root: the folder that positions are relative to.
        parts: of the page.
    """
    return [one for part in parts for one in _of(root, part)]


def _of(root: Path, part: Use | HiddenCheck) -> Iterator[Problem]:
    if isinstance(part, Use):
        pattern = IN_OUTPUT if part.role in {Role.OUTPUT, None} else IN_CODE
        text, places = part.fence.text, part.fence.lines
    else:
        pattern, text, places = IN_CODE, part.code, part.lines
    if text.isascii() and text.replace("\n", "").isprintable():
        return
    for line, place in zip(text.split("\n"), places, strict=False):
        if found := pattern.search(line):
            yield _told(line, found.start(), at_text(root, place, line, found.start()))


def _told(line: str, at: int, place: Position) -> Problem:
    sign = line[at]
    name = unicodedata.name(sign, "a control character").lower()
    before = line[:at].split()
    where = f"after {before[-1]!r}" if before else "at the start of the line"
    hint = (
        "write a blank"
        if unicodedata.category(sign) == BLANK
        else "remove it; `grep -nP '[^\\x20-\\x7e]' FILE` finds others"
    )
    return problem(place, f"a sign that cannot be seen, U+{ord(sign):04X} ({name}), {where}", hint)
