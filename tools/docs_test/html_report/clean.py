"""A page's HTML made fit for a report: nothing that runs or asks for anything, every tag closed, names of its own.

What a page may say in HTML is the site's; in a report it must neither run nor break what stands around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Protocol

from docs_test.html_report.text import prose, safe
from groundwork.base.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VOID = frozenset({"br", "hr", "wbr", "img"})
DROPPED = frozenset(
    {
        *("script", "style", "template", "noscript", "iframe", "object", "video", "audio", "canvas", "math"),
        *("button", "select", "textarea", "title", "head", "form", "dialog", "label", "svg"),
    }
)
"""Elements that are left out with all that is in them."""
BLOCKS = frozenset(
    {
        *("p", "div", "ul", "ol", "li", "dl", "dt", "dd", "pre", "blockquote", "details", "summary"),
        *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "figure", "figcaption", "section"),
    }
)
INLINE = frozenset(
    {
        *("a", "code", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "kbd", "abbr", "small"),
        *("span", "mark", "q", "cite", "dfn", "samp", "var", "time"),
    }
)
ATTRIBUTES = frozenset(
    {"class", "title", "colspan", "rowspan", "open", "lang", "dir", "start", "align", "datetime"}
)
LINKED = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
NO_BLOCKS_IN = INLINE | {"p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "summary"}
"""Elements in which what is inserted would end them, or be lost."""
HEADING = re.compile("h([1-6])")
STATUS = "data-docs-test-status"
"""Attribute of what a macro says of a page's last run: a report says it itself."""
PERMALINK = "headerlink"


class Around(Protocol):
    """What a page's HTML needs of the report around it."""

    def inserted(self, attributes: dict[str, str]) -> str:
        """The HTML for a mark after a fence; "" for none."""

    def commented(self, text: str) -> str:
        """The HTML for a comment; "" for none."""

    def link(self, target: str) -> str:
        """The address that a relative link leads to in the report; "" for nowhere."""

    def image(self, source: str) -> str:
        """An image as a `data:` address; "" if it is left out."""


@dataclass(slots=True)
class _Open:
    tag: str
    written: str
    """End tag; "" if the element is unwrapped."""
    tabs: list[str] | None = None
    """Names of the tabs that are still to come, of a set of tabs; None for any other element."""


class Cleaner(HTMLParser):
    """Rewrites the HTML of one page."""

    def __init__(self, around: Around, prefix: str, mark: str) -> None:
        """Begin a page.

        Args:
            around: the report.
            prefix: of all anchors of the page in the report.
            mark: the attribute of the marks after fences.
        """
        super().__init__(convert_charrefs=True)
        self._around, self._prefix, self._mark = around, prefix, mark
        self._out: list[str] = []
        self._text: list[str] = []
        self._open: list[_Open] = []
        self._waiting: list[str] = []
        self._dropped: list[str] = []
        self._label: list[str] | None = None
        self._titled = False
        """Whether the page's title was met, which the section has above."""

    def cleaned(self, html: str) -> str:
        """The page's HTML, rewritten."""
        self.feed(html)
        self.close()
        while self._open:
            self._end()
        self._put("")
        return "".join([*self._out, *self._waiting])

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if self._dropped:
            if tag == self._dropped[0]:
                self._dropped.append(tag)
        elif self._mark in given:
            self._open.append(_Open(tag, ""))
            self._insert(self._around.inserted(given))
        elif tag in DROPPED or STATUS in given or PERMALINK in classes or (tag == "h1" and not self._titled):
            self._titled = self._titled or tag == "h1"
            self._drop(tag, given)
        elif tag == "img":
            self._put(self._image(given))
        elif tag in VOID:
            self._put(f"<{tag}>")
        elif tag not in {"input", "link", "meta", "base", "source", "embed", "area", "col"}:
            self._begin(tag, given, classes)

    def handle_endtag(self, tag: str) -> None:
        """Look at an end tag."""
        if self._dropped:
            if tag == self._dropped[0]:
                self._dropped.pop()
            if not self._dropped and self._label is not None:
                if (tabs := self._tabs()) is not None:
                    tabs.append(" ".join("".join(self._label).split()))
                self._label = None
        elif any(one.tag == tag for one in self._open):
            while self._end() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Look at text."""
        if self._label is not None:
            self._label.append(data)
        if not self._dropped:
            self._text.append(data)

    def handle_comment(self, data: str) -> None:
        """Look at a comment."""
        if not self._dropped:
            self._insert(self._around.commented(data))

    def _put(self, html: str) -> None:
        """Write HTML after the text before it, which is masked as a whole: a secret may have several colours."""
        if self._text:
            self._out.append(prose(mask("".join(self._text))))
            self._text = []
        self._out.append(html)

    def _drop(self, tag: str, given: dict[str, str]) -> None:
        self._dropped.append(tag)
        if tag == "label":
            self._label = []
        elif tag == "svg":
            self._put(_left_out("a picture", given.get("aria-label", "")))

    def _begin(self, tag: str, given: dict[str, str], classes: Sequence[str]) -> None:
        heading = HEADING.fullmatch(tag)
        known = tag if tag in BLOCKS or tag in INLINE else ""
        # Below the heading of its section.
        written = f"h{min(int(heading[1]) + 1, 6)}" if heading else known
        in_code = any(one.tag == "pre" for one in self._open)
        if in_code and tag == "span":  # Colours of code: they are half of a page's size.
            written = ""
        if written:
            self._put(f"<{written}{''.join(self._attributes(tag, given))}>")
        self._open.append(_Open(tag, written, [] if "tabbed-set" in classes else None))
        if "tabbed-block" in classes and (tabs := self._tabs()):
            self._put(f'<p class="tab">Tab: {safe(tabs.pop(0))}</p>')

    def _tabs(self) -> list[str] | None:
        """The names of the innermost set of tabs."""
        return next((one.tabs for one in reversed(self._open) if one.tabs is not None), None)

    def _attributes(self, tag: str, given: dict[str, str]) -> Iterator[str]:
        for name, value in given.items():
            if name == "id":
                yield f' id="{safe(self._prefix + value)}"'
            elif name == "href" and tag == "a":
                if target := self._target(value):
                    yield f' href="{safe(target)}"'
            elif name in ATTRIBUTES:
                yield f' {name}="{safe(value)}"'
        if tag == "pre":
            yield ' tabindex="0"'

    def _target(self, address: str) -> str:
        if address.startswith("#"):
            return f"#{self._prefix}{address[1:]}"
        return address if LINKED.match(address) else self._around.link(address)

    def _image(self, given: dict[str, str]) -> str:
        source, alt = given.get("src", ""), given.get("alt", "")
        found = self._around.image(source)
        return f'<img src="{safe(found)}" alt="{safe(alt)}">' if found else _left_out("the image", alt or source)

    def _insert(self, html: str) -> None:
        if html:
            self._waiting.append(html)
        self._flush()

    def _flush(self) -> None:
        if self._waiting and not any(one.tag in NO_BLOCKS_IN for one in self._open):
            for html in self._waiting:
                self._put(html)
            self._waiting = []

    def _end(self) -> str:
        closed = self._open.pop()
        if closed.written:
            self._put(f"</{closed.written}>")
        self._flush()
        return closed.tag


def _left_out(what: str, name: str) -> str:
    said = f" ({safe(name)})" if name else ""
    return f'<span class="left-out">[{what}{said} is left out of this report]</span>'
