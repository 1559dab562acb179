"""Every address in the built site that leads inside it resolves: pages, anchors, images, downloads."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urlsplit

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ATTRIBUTES = {"href", "src", "data", "poster", "xlink:href"}
"""Attributes whose value is an address; `srcset` is a list of them."""
LOADED = {"script", "img", "iframe", "source", "video", "audio", "object", "embed", "image", "use", "link"}
"""Tags whose address a browser fetches by itself, unlike the links that a reader follows."""
STYLE = re.compile(r"""(?:@import\s+|url\()\s*['"]?([^'")\s]+)""")
"""Addresses that a style sheet loads."""
ELSEWHERE = re.compile(r"(?:\w[\w+.-]*:)?//|(?:mailto|javascript|data|blob|tel):")
REFRESH = re.compile(r"url=\s*['\"]?([^'\"]+)", re.IGNORECASE)
IGNORED = frozenset({"404.html"})
"""Pages that are shown at any address, so that their own addresses start at the host's root."""


@dataclass(slots=True)
class Document(HTMLParser):
    """The addresses and anchors of one HTML file."""

    anchors: set[str] = field(default_factory=set)
    addresses: list[tuple[int, str, bool]] = field(default_factory=list)
    """Addresses, each with its line before it and, after it, whether the browser fetches it by itself."""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a tag names and where it leads."""
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(filter(None, (values.get("id"), values.get("name") if tag == "a" else None)))
        line = self.getpos()[0]
        canonical = tag == "link" and values.get("rel") in {"canonical", "prev", "next", "alternate"}
        for name in ATTRIBUTES & values.keys():
            self.addresses.append((line, values[name], tag in LOADED and not canonical))
        for part in values.get("srcset", "").split(","):
            if part.strip():
                self.addresses.append((line, part.split()[0], True))
        if values.get("http-equiv", "").lower() == "refresh" and (found := REFRESH.search(values["content"])):
            self.addresses.append((line, found[1], False))


def read(text: str) -> Document:
    """The addresses and anchors of a page."""
    document = Document()
    document.feed(text)
    return document


def check(site: Path) -> list[UserError]:
    """Every dead address, and everything a page would fetch from another host.

    Args:
        site: the built site's folder.

    Returns:
        One mistake for each, at the line of the built file, by file.
    """
    pages = {
        file.relative_to(site).as_posix(): read(file.read_text(encoding="utf-8"))
        for file in sorted(site.rglob("*.html"))
    }
    wrong: list[UserError] = []
    for name, page in pages.items():
        for line, address, loaded in [] if name in IGNORED else page.addresses:
            fact = _fault(site, pages, name, address, loaded=loaded)
            if fact:
                wrong.append(UserError(fact, where=Position(name, line)))
    return [*wrong, *(fault for file in sorted(site.rglob("*.css")) for fault in _of_style(site, pages, file))]


def _of_style(site: Path, pages: dict[str, Document], file: Path) -> Iterator[UserError]:
    name = file.relative_to(site).as_posix()
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        for address in STYLE.findall(text):
            if fact := _fault(site, pages, name, address, loaded=True):
                yield UserError(fact, where=Position(name, number))


def _fault(site: Path, pages: dict[str, Document], here: str, address: str, *, loaded: bool) -> str:
    """What is wrong with an address of the file `here`; "" if nothing is."""
    if ELSEWHERE.match(address):
        outside = loaded and not address.startswith(("data:", "blob:"))
        return f"{address!r} is fetched from another host, allowed: files of the site" if outside else ""
    path, fragment = urldefrag(address)
    path = unquote(urlsplit(path).path)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
    if target.startswith(("/", "../")):
        return f"{address!r} leads out of the site"
    if (site / target).is_dir():
        target = posixpath.normpath(f"{target}/index.html")
    if not (site / target).is_file():
        return f"{address!r} leads nowhere: the site has no {target!r}"
    if fragment and target in pages and unquote(fragment) not in pages[target].anchors:
        return f"{address!r} leads to no anchor: {target!r} has no {unquote(fragment)!r}"
    return ""
