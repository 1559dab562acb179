"""Pictures of a terminal: what a program prints, as SVG with selectable text that needs nothing from elsewhere.

A picture is written beside the pages (docs/assets/terminal/NAME.svg) and set into a page by the macro `terminal`:
inside the page its text can be selected and searched, which a browser does not allow in an image.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 100
"""Of the terminal; longer lines go on in the next one, as there."""
_CHARACTER, _LINE, _MARGIN = 7.2, 18, 16
"""Pixels: the width of a character at 12 px, the height of a line, the space around."""
_CODE = re.compile(r"\x1b\[([\d;]*)m")
_STYLES = {"1": "font-weight:bold", "2": "fill:#a9b3a4"}
_COLOURS = {"31": "#ff8f85", "32": "#8fdc7f", "33": "#f2c55c"}
"""Each of them has a contrast of at least 4.5 on the background (WCAG AA), whatever the page's theme."""
_BACKGROUND, _TEXT, _PROMPT = "#1b211a", "#e9ece6", "#b9e789"
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
"""What the reader's system has: nothing is loaded."""

Piece = tuple[str, str]
"""A text and its CSS."""


def picture(command: str, output: str, alt: str) -> str:
    """A terminal in which a command was typed, as SVG.

    Args:
        command: what was typed, without the prompt.
        output: what was printed, with the colour codes that `kubectl_dynamo.showing.style` uses.
        alt: what the picture shows, for those who do not see it.
    """
    prompt: list[Piece] = [("$ ", f"fill:{_PROMPT}"), (command, "font-weight:bold")]
    lines = [line for text in (prompt, *_styled(output)) for line in _folded(text)]
    width = round(COLUMNS * _CHARACTER + 2 * _MARGIN)
    height = len(lines) * _LINE + 2 * _MARGIN
    drawn = [_drawn(line, _MARGIN + (index + 0.75) * _LINE) for index, line in enumerate(lines) if line]
    box = f'viewBox="0 0 {width} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label="{escape(alt)}">',
            f'<rect width="{width}" height="{height}" rx="6" fill="{_BACKGROUND}"/>',
            f'<g fill="{_TEXT}" font-size="12" style="font-family:{_FONT};white-space:pre">',
            *drawn,
            "</g>",
            "</svg>\n",
        ]
    )


def _styled(output: str) -> Iterator[list[Piece]]:
    """The lines of an output as pieces of one style each."""
    css = ""
    for line in output.rstrip("\n").split("\n"):
        pieces: list[Piece] = []
        for index, part in enumerate(_CODE.split(line)):
            if index % 2:
                css = ";".join(
                    f"fill:{_COLOURS[code]}" if code in _COLOURS else _STYLES[code]
                    for code in part.split(";")
                    if code not in ("", "0")
                )
            elif part:
                pieces.append((part, css))
        yield pieces


def _folded(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Lines no longer than the terminal is wide; an empty line stays one."""
    line: list[Piece] = []
    room = COLUMNS
    for text, css in pieces:
        rest = text
        while rest:
            if not room:
                yield line
                line, room = [], COLUMNS
            line.append((rest[:room], css))
            rest, room = rest[room:], room - len(rest[:room])
    yield line


def _drawn(line: list[Piece], y: float) -> str:
    """A line of text: of its exact width, so that columns stand below each other in every font."""
    count = sum(len(text) for text, _ in line)
    spans = "".join(
        f'<tspan style="{css}">{escape(text, quote=False)}</tspan>' if css else escape(text, quote=False)
        for text, css in line
    )
    length = f'textLength="{count * _CHARACTER:.4g}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{_MARGIN}" y="{y:g}" {length} xml:space="preserve">{spans}</text>'
