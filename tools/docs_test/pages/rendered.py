"""What is read of a page's finished HTML: which fences, comments and headings the reader gets, and other code.

Marks tell of which line of the page they are: Markdown passes on text, and forgets where it stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

TOKEN = "data-docs-test-fence"  # noqa: S105 - a mark in HTML, no secret.
COMMENT = "docs-test-comment"

ZERO = 0xF8F2
"""The first of ten characters of Unicode's private use area that stand for digits, in a heading's mark."""
END = "\uf8fc"
MARK = re.compile(f"[{chr(ZERO)}-{chr(ZERO + 9)}]+{END}")
DIGITS = {digit: chr(ZERO + digit - ord("0")) for digit in range(ord("0"), ord("9") + 1)}
NUMBERS = {ord(mark): chr(digit) for digit, mark in DIGITS.items()}
ATX = re.compile(r"[>\s]*(?:(?:[-*+]|\d+[.)])\s+)*#{1,6}(?!#)[ \t]*(?=\S)")
"""Pattern of `## Title`, perhaps in a list or a quote, up to its text."""
SETEXT = re.compile(r"[>\s]*(?=[^\W\d_])")
"""Pattern of what may come before the text of a title that is underlined."""
UNDERLINE = re.compile(r"[>\s]*(?:=+|-+)\s*")
TITLE = re.compile("h([1-6])")
PERMALINK = "headerlink"
"""The class of the link that `toc` adds to a heading."""


def tagged(lines: list[str], numbers: list[int]) -> list[str]:
    """Give each comment and each heading the number of its line.

    Args:
        lines: of the page.
        numbers: the number of each.
    """
    following = [*lines[1:], ""]
    return [_tagged(*found) for found in zip(lines, numbers, following, strict=True)]


def _tagged(line: str, number: int, following: str) -> str:
    heading = ATX.match(line) or (SETEXT.match(line) if UNDERLINE.fullmatch(following) else None)
    if heading:
        # Before its text: attributes may stand at its end. It has no letters or digits, so its anchor stays.
        mark = str(number).translate(DIGITS) + END
        line = line[: heading.end()] + mark + line[heading.end() :]
    return line.replace("<!--", f"<!--{COMMENT}:{number}:") if "<!--" in line else line


@dataclass(slots=True)
class Title:
    """A heading of the HTML."""

    level: int
    anchor: str
    text: str = ""
    line: int | None = None
    """The number of its line, where a mark tells it."""


class Html(HTMLParser):
    """Reads the finished HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fences: list[int] = []
        """Numbers of the fences that it holds."""
        self.comments: list[tuple[int, str]] = []
        """The line of each comment of the page, and its text."""
        self.other: list[str] = []
        """Blocks of code that are no fence."""
        self.titles: list[Title] = []
        self._pre = 0
        self._title: Title | None = None
        self._skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        if tag == "pre":
            token = dict(attrs).get(TOKEN)
            self._pre += 1
            if token is not None:
                self.fences.append(int(token))
            else:
                self.other.append("")
        elif tag == "a" and self._title:
            self._skipped = PERMALINK in (dict(attrs).get("class") or "").split()
        elif level := TITLE.fullmatch(tag):
            self._title = Title(int(level[1]), dict(attrs).get("id") or "")
            self.titles.append(self._title)

    def handle_endtag(self, tag: str) -> None:
        """Look at an end tag."""
        if tag == "pre":
            self._pre -= 1
        elif tag == "a":
            self._skipped = False
        elif TITLE.fullmatch(tag):
            self._title = None

    def handle_data(self, data: str) -> None:
        """Look at text."""
        if self._title and not self._skipped:
            if (mark := MARK.search(data)) and self._title.line is None:
                self._title.line = int(mark[0].removesuffix(END).translate(NUMBERS))
            self._title.text += MARK.sub("", data)
        if self._pre > 0 and self.other:
            self.other[-1] += MARK.sub("", data)

    def handle_comment(self, data: str) -> None:
        """Look at a comment."""
        if data.startswith(COMMENT):
            _, number, text = data.split(":", 2)
            self.comments.append((int(number), MARK.sub("", text)))
