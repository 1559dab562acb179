"""The site builds without a warning, leads to its landing page, and hands out the examples."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Build

LOADED = "link[href], script[src], img[src], iframe[src], source[src], video[src], audio[src], object[data], image"
"""What a browser fetches by itself, unlike the links that a reader follows."""


def test_strict_build_has_no_warning(site: Build) -> None:
    assert site.status == 0, site.log
    assert not re.search(r"WARNING|ERROR|Traceback", site.log), site.log


def test_root_leads_to_the_landing_page(site: Build) -> None:
    page = site.soup("index.html")
    refresh = page.select_one('meta[http-equiv="refresh"]')
    assert refresh is not None
    target = refresh["content"].partition("url=")[2]
    assert (site.folder / target / "index.html").is_file()
    logo = site.soup("contribute/tutorials/index.html").select_one("a.md-logo")
    assert logo is not None
    assert logo["href"] == "../../kubernetes/"


def test_examples_are_downloaded_as_they_are(site: Build, root: Path) -> None:
    for file in (root / "examples").rglob("*.yaml"):
        name = file.relative_to(root)
        assert (site.folder / name).read_bytes() == file.read_bytes()


def test_page_shows_the_bytes_that_it_offers_for_download(site: Build) -> None:
    page = site.soup("kubernetes/quick-deploy/index.html")
    shown = page.select_one(".highlight.file code")
    link = page.select_one("a[download]")
    assert shown is not None
    assert link is not None
    name = page.select_one(".highlight.file .filename")
    assert name is not None
    assert link["download"] == name.get_text()
    offered = site.folder / "kubernetes/quick-deploy" / link["href"]
    assert shown.get_text() == offered.read_text(encoding="utf-8")


def test_nothing_is_loaded_from_another_host(site: Build) -> None:
    found = []
    for file in sorted(site.folder.rglob("*.html")):
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for tag in soup.select(LOADED):
            address = str(tag.get("href") or tag.get("src") or tag.get("data") or tag.get("xlink:href"))
            if re.match(r"(?:\w+:)?//", address):
                found.append(f"{file.name}: {tag}")
    for file in sorted(site.folder.rglob("*.css")):
        text = file.read_text(encoding="utf-8")
        found += [f"{file.name}: {use}" for use in re.findall(r"(?:@import|url\()\s*['\"]?(?:\w+:)?//[^)]*", text)]
    assert found == []


@pytest.mark.parametrize("attribute", ["href", "src"])
def test_internal_addresses_resolve(site: Build, attribute: str) -> None:
    """MkDocs checks Markdown links; this holds those written in HTML, templates and macros too."""
    dead = []
    for file in sorted(site.folder.rglob("*.html")):
        if file.name == "404.html":  # Its addresses start at the host's root.
            continue
        here = file.relative_to(site.folder).as_posix()
        for link in dict.fromkeys(str(tag[attribute]) for tag in site.soup(here).select(f"[{attribute}]")):
            address, fragment = urldefrag(link)
            if re.match(r"\w+:|//", address):
                continue
            target = site.folder / urljoin(here, address).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (fragment and not _has_anchor(target, fragment)):
                dead.append(f"{here}: {link}")
    assert dead == []


def _has_anchor(file: Path, fragment: str) -> bool:
    return fragment in _anchors(file)


@functools.cache
def _anchors(file: Path) -> frozenset[str]:
    """All of a page at once: reference pages link thousands of times to each other."""
    soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    return frozenset(str(tag[key]) for key in ("id", "name") for tag in soup.select(f"[{key}]"))


def test_searches_like_prose_better_than_the_long_pages_of_the_api(site: Build) -> None:
    index = json.loads((site.folder / "search/search_index.json").read_text(encoding="utf-8"))
    boosts = {entry["location"].partition("#")[0]: entry.get("boost", 1) for entry in index["docs"]}
    api = {page: boost for page, boost in boosts.items() if page.startswith("reference/api/dynamo")}
    assert len(api) == 10
    assert max(api.values()) < 0.5
    assert boosts["kubernetes/production-deploy/"] == 1
