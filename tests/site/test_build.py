"""The site builds without a warning, leads to its landing page, and hands out the examples."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Build


def test_strict_build_has_no_warning(site: Build) -> None:
    assert site.status == 0, site.log
    assert not re.search(r"WARNING|ERROR|Traceback", site.log), site.log


def test_root_leads_to_the_landing_page(site: Build) -> None:
    page = site.soup("index.html")
    refresh = page.select_one('meta[http-equiv="refresh"]')
    assert refresh is not None
    target = refresh["content"].partition("url=")[2]
    assert (site.folder / target).is_file()
    logo = site.soup("contribute/tutorials.html").select_one("a.md-logo")
    assert logo is not None
    assert logo["href"] == "../kubernetes/index.html"


def test_examples_are_downloaded_as_they_are(site: Build, root: Path) -> None:
    for file in (root / "examples").rglob("*.yaml"):
        name = file.relative_to(root)
        assert (site.folder / name).read_bytes() == file.read_bytes()


def test_page_shows_the_bytes_that_it_offers_for_download(site: Build) -> None:
    page = site.soup("kubernetes/quick-deploy.html")
    shown = page.select_one(".highlight.file code")
    link = page.select_one("a[download]")
    assert shown is not None
    assert link is not None
    name = page.select_one(".highlight.file .filename")
    assert name is not None
    assert link["download"] == name.get_text()
    offered = site.folder / "kubernetes" / link["href"]
    assert shown.get_text() == offered.read_text(encoding="utf-8")


def test_searches_like_prose_better_than_the_long_pages_of_the_api(site: Build) -> None:
    index = json.loads((site.folder / "search/search_index.json").read_text(encoding="utf-8"))
    boosts = {entry["location"].partition("#")[0]: entry.get("boost", 1) for entry in index["docs"]}
    api = {page: boost for page, boost in boosts.items() if page.startswith("reference/api/dynamo")}
    assert len(api) == 10
    assert max(api.values()) < 0.5
    assert boosts["kubernetes/production-deploy.html"] >= 1
