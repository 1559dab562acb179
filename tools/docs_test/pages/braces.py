"""Braces of other languages in a page: Jinja takes those of Go templates, of bash and of attributes for its own.

Where it fails on them, what to write instead; where it does not, and takes code for a comment, that code would be
missing from the page and from the run, and nobody would be told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

RAW = "put {% raw %} before the block and {% endraw %} after it"
OTHERS: tuple[tuple[str, str], ...] = (
    (r"\$\{\{", f"these are GitHub's braces, not Jinja's: {RAW}"),
    (r"\$\{#", f"`${{#` of bash begins a comment of Jinja: {RAW}"),
    (r"(?<!\$)\{#[A-Za-z][\w-]*(?:\s[^{}#]*)?\}", "`{#` begins a comment of Jinja: write `{ #id }`, with blanks"),
    (
        r"\{\{-?\s*(?:/\*|[.$]|(?:range|end|if|else|with|define|template|block|index|len|printf|toYaml|json|join)\b)",
        f"these are braces of a Go template, as kubectl and Helm have them, not Jinja's: {RAW}",
    ),
)
"""Patterns of braces that are not Jinja's, each with what to do."""
ANY = re.compile(r"\{[{%#]")
FENCE = re.compile(r"^[>\s]*(?:(?:[-*+]|\d+[.)])\s+)*(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
OUTPUT = ".output"
HIDDEN = "this begins a comment of Jinja: the text from here to `#}` is missing from the page, and is not run"


class Swallowed(NamedTuple):
    """Code that Jinja takes for a comment."""

    line: int
    """Its line in the template, from 1."""
    column: int
    hint: str
    printed: bool = False
    """Whether it is no code but what a command prints: a run compares that."""


def explained(line: str) -> tuple[int, str]:
    """What to do about a line that Jinja cannot read: the column of the braces, 0 if not known, and a hint."""
    for pattern, hint in OTHERS:
        if found := re.search(pattern, line):
            return found.start() + 1, hint
    return 0, f"if these braces are not for Jinja, {RAW}" if ANY.search(line) else ""


def swallowed(source: str, environment: Environment) -> Iterator[Swallowed]:
    """The code in a template that Jinja takes for a comment; a comment in prose, `{# so #}`, is one."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if environment.comment_start_string not in source:
        return
    lines = source.split("\n")
    fenced = _fenced(lines)
    for start, end in _comments(source, environment):
        first, last = source.count("\n", 0, start), source.count("\n", 0, end)
        column = start - (source.rfind("\n", 0, start) + 1) + 1
        rest = lines[first][column - 1 :]
        before = source[start - 1 : start]
        if before == "$":
            yield Swallowed(first + 1, column - 1, OTHERS[1][1])
        elif re.match(OTHERS[2][0], rest):
            yield Swallowed(first + 1, column, OTHERS[2][1])
        elif any(fenced[first : last + 1]):
            printed = all(OUTPUT in info for info in fenced[first : last + 1])
            yield Swallowed(first + 1, column, f"if it is code, {RAW}; write a comment outside of code", printed)


def _comments(source: str, environment: Environment) -> Iterator[tuple[int, int]]:
    """Start and end of each comment, by Jinja's own lexer: raw sections have none."""
    at = start = 0
    try:
        for _, kind, value in environment.lexer.tokeniter(source, None):
            at = source.find(value, at) if value else at
            if at < 0:
                return
            if kind == "comment_begin":
                start = at
            at += len(value)
            if kind == "comment_end":
                yield start, at
    except TemplateSyntaxError:
        return  # Rendering it says so.


def _fenced(lines: list[str]) -> list[str]:
    """The opening line of the fence that each line is in, which is one of it; "" outside of fences."""
    found, opened, info = [], "", ""
    for line in lines:
        fence = FENCE.match(line)
        closes = bool(fence and opened and fence["fence"].startswith(opened) and not fence["info"].strip())
        if fence and not opened and not (fence["fence"][0] == "`" and "`" in fence["info"]):
            opened, info = fence["fence"], line
        found.append(info)
        if closes:
            opened = info = ""
    return found
