"""Words of commands: what is left of quotes, escapes and expansions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docs_test.shellcode.model import UNKNOWN, Word

if TYPE_CHECKING:
    from docs_test.shellcode.syntax import Code

EXPANSIONS = frozenset(
    ("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution")
)
IN_DOUBLE_QUOTES = '"\\$`\n'
"""Characters before which a backslash in double quotes is taken off."""


def word(source: Code, node: Any) -> Word:
    """The word of a node."""
    made = _Word(source)
    made.add(node)
    return made.word(*source.span(node))


def plain(source: Code, start: int, end: int) -> Word:
    """A part of the code that stands for itself."""
    return Word(source.text[start:end], tuple(range(start, end)), start, end)


def document(source: Code, node: Any, *, quoted: bool) -> Word:
    """The text of a here-document."""
    made = _Word(source)
    if quoted:
        made.text(*source.span(node))
    else:
        made.inside(node, IN_DOUBLE_QUOTES.replace('"', ""))
    return made.word(*source.span(node))


@dataclass(slots=True)
class _Word:
    source: Code
    characters: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def word(self, start: int, end: int) -> Word:
        return Word("".join(self.characters), tuple(self.offsets), start, end, tuple(self.unknown))

    def add(self, node: Any) -> None:
        start, end = self.source.span(node)
        if node.type in EXPANSIONS:
            self.expansion(node)
        elif node.type == "raw_string":
            self.text(start + 1, end - 1)
        elif node.type == "ansi_c_string":
            self.escaped(start + 2, end - 1, None)
        elif node.type in {"string", "translated_string"}:
            first = self.source.text.index('"', start) + 1
            self.inside(node, IN_DOUBLE_QUOTES, first, end - 1)
        elif node.type in {"concatenation", "command_name", "number"} and node.children:
            for child in node.children:
                self.add(child)
        else:
            self.escaped(start, end, None)

    def inside(self, node: Any, escapes: str, start: int | None = None, end: int | None = None) -> None:
        """What lies between the expansions of a string or a here-document, and these."""
        at = self.source.span(node)[0] if start is None else start
        last = self.source.span(node)[1] if end is None else end
        for child in node.children:
            begin, after = self.source.span(child)
            if child.type in EXPANSIONS:
                self.escaped(at, begin, escapes)
                self.expansion(child)
                at = after
        self.escaped(at, last, escapes)

    def expansion(self, node: Any) -> None:
        self.characters.append(UNKNOWN)
        self.offsets.append(self.source.span(node)[0])
        names = [child for child in node.children if child.type == "variable_name"]
        simple = node.type == "simple_expansion" or (node.type == "expansion" and len(node.children) == 3)  # noqa: PLR2004 - `${`, the name, `}`
        self.unknown.append(self.source.of(names[0]) if names and simple else "")

    def text(self, start: int, end: int) -> None:
        self.characters += self.source.text[start:end]
        self.offsets += range(start, end)

    def escaped(self, start: int, end: int, escapes: str | None) -> None:
        """Text in which a backslash takes the meaning from the next character: from any, or from `escapes`."""
        text, at = self.source.text, start
        while at < end:
            if text[at] == "\\" and at + 1 < end and (escapes is None or text[at + 1] in escapes):
                at += 1
                if text[at] == "\n":
                    at += 1
                    continue
            self.text(at, at + 1)
            at += 1
