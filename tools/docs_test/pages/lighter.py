"""Less work for the renderer: what can hold neither a fence nor a comment nor a heading is not rendered.

Most of a page is paragraphs and tables, and most of the time of a rendering goes into their inline markup. Its
blocks are parsed all the same: they decide what is a fence. What is left out then has no placeholder of raw HTML
(a fence is one) and no `<`, so nothing that comes after it could make a tag of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown.treeprocessors import Treeprocessor
from markdown.util import STX

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown import Markdown

BEFORE_INLINE = 20.5
"""Python-Markdown's priority of inline markup is 20."""
KEPT = ("pre", "h1", "h2", "h3", "h4", "h5", "h6")
"""Blocks of code, and headings: their anchors come from their text."""
LEFT_OUT = frozenset({"p", "table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "dl", "dt", "dd"})
"""Elements that no extension looks for once blocks are parsed."""
MARKUP = re.compile(f"[<{STX}]")


def lighten(md: Markdown, step: Any) -> None:
    """Have an instance of Markdown do only what fences, comments and headings need.

    Args:
        md: a fresh instance, used for this page alone.
        step: its superfences.
    """
    md.treeprocessors.register(_Pruned(md), "docs-test-pruned", BEFORE_INLINE)
    for entry in step.extension.superfences:
        if entry["formatter"] == step.highlight:
            entry["formatter"] = _Plain(entry["formatter"])


class _Plain:
    """Stands in for the highlighter, whose HTML nobody reads here."""

    def __init__(self, highlight: Any) -> None:
        self._highlight = highlight

    def __call__(self, **given: Any) -> str:
        # Options may be refused, whatever the code and its language are: then the block is no fence.
        return str(self._highlight(**given | {"src": "", "language": "text"})) if given["options"] else ""


class _Pruned(Treeprocessor):
    """Takes out of the tree what cannot matter."""

    def run(self, root: Element) -> None:
        left = [root]
        while left:
            parent = left.pop()
            for child in list(parent):
                if child.tag in LEFT_OUT and not _matters(child):
                    parent.remove(child)
                elif len(child):
                    left.append(child)


def _matters(element: Element) -> bool:
    """Whether an element may hold what is looked for, or is followed by it."""
    texts = "".join((*element.itertext(), element.tail or ""))
    return bool(MARKUP.search(texts)) or any(next(element.iter(tag), None) is not None for tag in KEPT)
