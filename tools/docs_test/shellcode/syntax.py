"""The syntax tree of shell code, from tree-sitter's grammar of bash."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Code:
    """Code as tree-sitter sees it: bytes, whose offsets are turned into those of characters."""

    text: str
    data: bytes
    columns: tuple[int, ...]
    """Offset in characters of each byte; () if they are the same, in ASCII."""

    def offset(self, byte: int) -> int:
        """The character at a byte."""
        if not self.columns:
            return byte
        return self.columns[byte] if byte < len(self.columns) else len(self.text)

    def span(self, node: Any) -> tuple[int, int]:
        """Start and end of a node, in characters."""
        return self.offset(node.start_byte), self.offset(node.end_byte)

    def of(self, node: Any) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]


def code(text: str) -> Code:
    """Make code ready."""
    data = text.encode("utf-8", "replace")
    if len(data) == len(text):
        return Code(text, data, ())
    columns = [number for number, character in enumerate(text) for _ in character.encode("utf-8", "replace")]
    return Code(text, data, tuple(columns))


@functools.cache
def _parser() -> Any:
    import tree_sitter  # noqa: PLC0415 - only where there is code that was not read before
    import tree_sitter_bash  # noqa: PLC0415

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def available() -> bool:
    """Whether the packages are installed."""
    try:
        _parser()
    except ImportError:
        return False
    return True


def tree(source: Code) -> Any:
    """The root node of the code."""
    return _parser().parse(source.data).root_node


def children(node: Any) -> Iterator[tuple[str, Any]]:
    """The children of a node, each with the name of its field ("" for none)."""
    for number, child in enumerate(node.children):
        yield node.field_name_for_child(number) or "", child
