"""The links in Markdown, and the anchors that links can lead to, as they are written in a page's lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
"""Pattern of code within a line: what it has is text."""
COMMENT = re.compile(r"<!--.*?(?:-->|$)")
LINKS = (
    re.compile(r"\]\(\s*<?(?P<to>[^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"),
    re.compile(r"^\s{0,3}\[[^\]^]+\]:\s+<?(?P<to>[^\s>]+)"),
)
"""Patterns of `[text](to)` and `![text](to)`, and of `[name]: to`; HTML leads to built files, which come later."""
ANCHORS = (
    re.compile(r"\{:?[^{}]*#(?P<name>[^\s{}#.]+)[^{}]*\}"),
    re.compile(r"<[a-z][^>]*?\s(?:id|name)=[\"'](?P<name>[^\"']+)"),
)
"""Patterns of `{ #name }` and of HTML."""
ELSEWHERE = re.compile(r"[A-Za-z][\w+.-]*:|//")
"""Beginning of an address of another host, or of a mail."""


def links(line: str) -> Iterator[str]:
    """Where the links of a line lead, if that is within the site: `dgd.md#structure`."""
    plain = COMMENT.sub("", CODE.sub(lambda found: " " * len(found[0]), line))
    for pattern in LINKS:
        for found in pattern.finditer(plain):
            if not ELSEWHERE.match(found["to"]):
                yield found["to"]


def anchors(line: str) -> Iterator[str]:
    """The anchors that a line names."""
    for pattern in ANCHORS:
        for found in pattern.finditer(line):
            yield found["name"]


def parts(link: str) -> tuple[str, str]:
    """Path and anchor of a link; "" for what it does not have."""
    path, _, anchor = link.partition("#")
    return unquote(path.partition("?")[0]), unquote(anchor)
