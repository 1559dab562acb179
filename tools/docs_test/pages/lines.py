"""Lines that remember where they stand, and how they keep it through Jinja.

A page's text passes through Jinja (macros, includes) before Markdown sees it. To know afterwards which line of
which file a line came from, every newline of a template's plain text gets a private mark before it, where Jinja's
own lexer says the text is plain: blocks, comments, expressions and raw sections are not disturbed.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Self

from jinja2.ext import Extension
from jinja2.lexer import Token

from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2.lexer import TokenStream

OPEN, CLOSE = "\U0010f8f0", "\U0010f8f1"
"""Plane 16's private use area: nobody writes these in a page."""
MARK = re.compile(f"{OPEN}([+-]?)([^{OPEN}{CLOSE}]*):(\\d+){CLOSE}")
"""A sign (`+`: what follows is included by this line, `-`: up to here), the template's file, the line."""
STRAY = re.compile(f"[{OPEN}{CLOSE}]")


class Line(str):
    """A line of text and where it stands.

    A `str`, so that libraries which sort, indent or select lines keep the origin without knowing of it.
    """

    __slots__ = ("origin",)
    origin: Position

    def __new__(cls, text: str, origin: Position) -> Self:
        """Make a line of a text and its place."""
        line = super().__new__(cls, text)
        line.origin = origin
        return line

    def __radd__(self, prefix: str) -> Line:
        """`indent + line`, as pymdownx.snippets indents what it inserts."""
        return Line(prefix + str(self), self.origin)


class MarkOrigins(Extension):
    """Jinja extension: marks the origin of each line of plain text as Jinja's lexer delivers it."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Pass the tokens on, with marks inside the `data` ones.

        The mark names the template (nothing for the page itself) and the line. A blank piece that does not end its
        line gets none: the indentation before an `{% include %}` is not where the included line comes from.
        """
        name = stream.filename if stream.name else ""
        last = None
        for last in _around_includes(stream, name or ""):
            if last.type == "data" and not last.value.startswith(OPEN):
                yield Token(last.lineno, "data", _marked(last.value, name or "", last.lineno))
            else:
                yield last
        if last is not None and last.type == "variable_end":  # `{{ x }}` at the very end: no text carries a mark.
            yield Token(last.lineno, "data", f"{OPEN}{name}:{last.lineno}{CLOSE}")


def _around_includes(stream: TokenStream, name: str) -> Iterator[Token]:
    """The tokens, with a mark before and after each `{% include %}`."""
    begin: Token | None = None
    including = False
    for token in stream:
        if begin is not None:
            including = token.type == "name" and token.value == "include"
            if including:
                yield Token(begin.lineno, "data", f"{OPEN}+{name}:{begin.lineno}{CLOSE}")
            yield begin
            begin = None
        if token.type == "block_begin":
            begin = token
            continue
        yield token
        if token.type == "block_end" and including:
            yield Token(token.lineno, "data", f"{OPEN}-:0{CLOSE}")
            including = False
    if begin is not None:
        yield begin


def _marked(text: str, name: str, number: int) -> str:
    pieces = text.split("\n")
    ended = [f"{piece}{OPEN}{name}:{number + i}{CLOSE}" for i, piece in enumerate(pieces[:-1])]
    final = pieces[-1]
    mark = f"{OPEN}{name}:{number + len(ended)}{CLOSE}" if final.strip() else ""
    return "\n".join([*ended, final + mark])


def read_marks(rendered: str, page: str, offset: int) -> list[Line]:
    """Split marked text into lines with origins, and remove the marks.

    Args:
        rendered: what Jinja made of marked templates.
        page: the page's path, for marks that name no template.
        offset: how many lines of front matter stand before the template's first line.

    Returns:
        One entry a line. A line without a mark (output of a macro) takes the next mark: the line of the call.
    """
    texts = rendered.split("\n")
    places: list[Position | None] = []
    includers: list[Position] = []
    for text in texts:
        places.append(None)
        for sign, name, number in MARK.findall(text):
            here = Position(name or page, int(number) + (0 if name else offset), via=tuple(reversed(includers)))
            if sign == "+":
                includers.append(here)
            elif sign == "-":
                del includers[-1:]
            else:
                places[-1] = places[-1] or here
    following: Position | None = None
    for index in range(len(places) - 1, -1, -1):
        following = places[index] = places[index] or following
    end = next((place for place in reversed(places) if place), Position(page, offset + 1))
    return [
        Line(STRAY.sub("", MARK.sub("", text)), place or end) for text, place in zip(texts, places, strict=True)
    ]


def align(lines: Sequence[Line], truth: Sequence[str]) -> list[Line]:
    """Carry origins over to the true text, should the marks have changed what a filter did (`trim`, `length`).

    Changed lines take the origins of those they stand for; added ones that of the line before.
    """
    if [str(line) for line in lines] == list(truth):
        return list(lines)
    matcher = difflib.SequenceMatcher(None, [str(line) for line in lines], list(truth), autojunk=False)
    origins: dict[int, Position] = {}
    for _, start, end, to, to_end in matcher.get_opcodes():
        pairs = zip(range(to, to_end), range(start, end), strict=False)
        origins.update({index: lines[source].origin for index, source in pairs})
    aligned: list[Line] = []
    place = lines[0].origin if lines else Position("", 1)
    for index, text in enumerate(truth):
        place = origins.get(index, place)
        aligned.append(Line(text, place))
    return aligned


def follow(texts: Sequence[str], start: Position) -> list[Line]:
    """Give each text an origin: its own, else the line after the one before it (a library rebuilt the string)."""
    lines: list[Line] = []
    place = start
    for text in texts:
        place = text.origin if isinstance(text, Line) else Position(place.file, place.line + 1, via=place.via)
        lines.append(text if isinstance(text, Line) else Line(text, place))
    return lines
