"""What looks like a fence or a hidden check, and is not one: the reader sees something else, and nothing runs."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from pymdownx.superfences import RE_NESTED_FENCE_START

from docs_test.pages.page import SWALLOWED
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.pages.lines import Line
    from groundwork.base.positions import Position

problem = partial(Problem, code="fence")

CANDIDATE = re.compile(r"^(?P<prefix>[>\s]*)(?P<item>(?:[-*+]|\d+[.)])\s+)?(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
"""Pattern of an opening or closing fence, wherever it is nested; a backtick after backticks is inline code."""
LANGUAGE = re.compile(r"[\s{.]*(\w*)")
CHECK = re.compile(r"^[>\s]*<!--\s*check\s*:")
EXAMPLE = '```bash { .run data-timeout="5m" }'


def language(line: str) -> str:
    """The language that a line names which looks like a fence's opening, in lower case; "": none."""
    match = CANDIDATE.match(line)
    named = LANGUAGE.match(match["info"]) if match else None
    return named[1].lower() if named else ""


def find(
    lines: Sequence[Line],
    spans: Sequence[tuple[int, int]],
    comments: Sequence[tuple[int, int]],
    blocks: Sequence[str],
) -> list[Problem]:
    """Find them.

    Args:
        lines: the page's lines.
        spans: the lines [start, end) of each fence that is one.
        comments: the lines [start, end) of each HTML comment.
        blocks: the text of each `<pre>` of the HTML that comes from no fence.
    """
    known = {number for start, end in (*spans, *comments) for number in range(start, end)}
    problems: list[Problem] = []
    unclosed, awaited = False, ""
    for number, line in enumerate(lines):
        match = None if number in known else CANDIDATE.match(line)
        if match and not unclosed and not ("`" in match["fence"] and "`" in match["info"]):
            if match["fence"] == awaited and not match["info"].strip():
                awaited = ""  # It closes what was reported before.
                continue
            awaited = match["fence"] if match["info"].strip() else ""
            unclosed, fact, hint = _diagnosis(match, lines[number + 1 :])
            problems.append(problem(line.origin, fact, hint))
        if number not in known and CHECK.match(line):
            problems.append(problem(line.origin, "the hidden check is not a comment of the page", _check_hint()))
    reported = {number for number, line in enumerate(lines) if CANDIDATE.match(line)} - known
    for block in blocks:
        place = _place(block, lines, known)
        within = range(place, place + block.count("\n") + 1) if place is not None else ()
        if place is not None and not reported.intersection(within):
            problems.append(
                problem(
                    lines[place].origin,
                    f"a block of code that is not a fence: {lines[place].strip()!r}",
                    f"indented code and <pre> have no role; write a fence: {EXAMPLE}",
                )
            )
    return problems


def _check_hint() -> str:
    return "it is not closed by `-->`, or is inside other markup; put it on its own lines"


def _diagnosis(match: re.Match[str], following: Sequence[Line]) -> tuple[bool, str, str]:
    """Whether the rest of the page is inside it (unclosed), the fact and the hint."""
    shown = f"{match['fence']}{match['info']}".strip()
    fact = f"{shown!r} looks like a fence, but the page does not show one"
    if match["item"]:
        return False, fact, "a fence cannot start on the line of a list item's marker; put it below, indented by 4"
    header = RE_NESTED_FENCE_START.match(shown)
    if header is None or header["unrecognized"] or header["options"]:
        return False, fact, f"write role and options in braces: {EXAMPLE}"
    closing = re.compile(rf"[>\s]*{re.escape(match['fence'])}\s*$")
    if not any(closing.match(line) for line in following):
        return True, f"the fence {shown!r} is never closed", f"close it with {match['fence']!r}, indented as it is"
    return False, fact, "its indentation or that of its lines differs, or it is in indented code (4 blanks)"


def swallowed(opening: str, body: Sequence[tuple[str, Position]], where: Position) -> list[Problem]:
    """Find a second opening fence inside a fence: the first was not closed, and the page shows both as one."""
    fence = CANDIDATE.match(opening)
    outer = fence["fence"] if fence else "```"
    for text, origin in body:
        match = CANDIDATE.match(text)
        if match and match["info"].strip() and match["fence"].startswith(outer) and "`" not in match["info"]:
            return [
                problem(
                    origin,
                    f"{text.strip()!r} is inside the fence that starts at {where}",
                    "close that one first; to show a fence in a fence, make the outer one longer (````)",
                    code=SWALLOWED,
                )
            ]
    return []


def _place(block: str, lines: Sequence[Line], known: set[int]) -> int | None:
    first = next((text.strip() for text in block.split("\n") if text.strip()), None)
    if first is None:
        return None
    return next((n for n, line in enumerate(lines) if n not in known and first in line), 0 if lines else None)
