"""The prose of a Markdown page, each line at its number: Vale reads it instead of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"\s*(?:[-*>] )*(?P<mark>`{3,}|~{3,})")
"""First line of a block of code."""
BOX = re.compile(r"(?P<indent> *)(?:!!!|\?\?\?\+?|===[!+]?)(?= )[^\"]*(?:\"(?P<title>.*)\")?")
"""First line of an admonition, of a folded block or of a tab; what belongs to it is indented by four."""
KEPT_OF_FRONT_MATTER = re.compile(r"(?:title|description): (?P<text>.*)")
ABBREVIATION = re.compile(r"\*\[[^\]]+\]: ")
CODE = "`x`"
"""Text in place of code, and of values that only a build knows: Vale skips it."""
REPLACED = (
    (re.compile(r"\]\([^)\s]*(?: \"[^\"]*\")?\)"), "](#)"),
    (re.compile(r"\{\{.*?\}\}"), CODE),
    (re.compile(r"\{%.*?%\}"), ""),
    (re.compile(r"\{:? ?[#.][^}]*\}"), ""),
    (re.compile(r"<!--.*?-->"), ""),
    (re.compile(r"-{1,2}8<-{1,2}.*"), ""),
)
"""Patterns of parts of a line that are not prose, each with its replacement."""
STEP = 4
"""Columns by which the content of a box is indented."""


@dataclass(slots=True)
class _Reader:
    """State of reading: what a line means depends on the lines above it."""

    fence: str = ""
    """Mark that ends the block of code being read; "" outside of one."""
    comment: bool = False
    """Whether an HTML comment is open."""
    boxes: list[int] = field(default_factory=list)
    """Indentations of the open boxes."""

    def read(self, line: str) -> str:
        if self.fence:
            if line.strip().startswith(self.fence) and not line.strip().strip(self.fence[0]):
                self.fence = ""
            return ""
        if self.comment or (line.lstrip().startswith("<!--") and "-->" not in line):
            self.comment = "-->" not in line
            return ""
        if opened := FENCE.match(line):
            self.fence = opened["mark"]
            return ""
        return self._prose(line)

    def _prose(self, line: str) -> str:
        if line.strip():
            indent = len(line) - len(line.lstrip())
            while self.boxes and indent < self.boxes[-1] + STEP:
                self.boxes.pop()
        outer = STEP * len(self.boxes)
        if box := BOX.match(line):
            self.boxes.append(len(box["indent"]))
            line = box["indent"] + (box["title"] or "")
        line = line[outer:]
        if ABBREVIATION.match(line):  # Each is a sentence, though the lines follow each other.
            line = f"{ABBREVIATION.sub('', line)}."
        for pattern, text in REPLACED:
            line = pattern.sub(text, line)
        return line


def page_prose(text: str) -> str:
    """The prose of a page, as Markdown: line N is the prose of line N.

    Left out: code, front matter but for title and description, comments, macros, targets of links.
    What is in admonitions and tabs is no longer indented: plain Markdown takes it for code.
    """
    lines = text.splitlines()
    head = _front_matter(lines)
    reader = _Reader()
    return "\n".join([*map(_of_front_matter, lines[:head]), *map(reader.read, lines[head:])]) + "\n"


def _front_matter(lines: list[str]) -> int:
    """Number of lines of the front matter."""
    if lines[:1] != ["---"]:
        return 0
    return lines.index("---", 1) + 1 if "---" in lines[1:] else 0


def _of_front_matter(line: str) -> str:
    found = KEPT_OF_FRONT_MATTER.match(line)
    return found["text"].strip("\"'") if found else ""
