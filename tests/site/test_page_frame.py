"""What the theme and `python -m docs_site` put around pages: kind, checks, source, the count of the ways."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from mkdocs.config import load_config

from docs_site.build.readability import measure
from docs_site.pages.navigation import entries
from docs_site.pages.page_note import Validation, load_validation, note
from docs_site.pages.status import shown_only
from docs_test.tutorials.index import Block, IndexedPage
from groundwork.base.errors import UserError
from groundwork.base.paths import root as project_root
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Build

RULES = "Dynamo of the test"
WHEN = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


def block(language: str, role: str, runs_on: str = "", *files: str) -> Block:
    return Block(Position("page.md", 1), language, role, "", runs_on, "", files)


def page(*blocks: Block, tutorial: bool = False) -> IndexedPage:
    return IndexedPage("page.md", "Page", "how-to", tutorial, {}, {}, (), blocks)


FILE, COMMAND, OUTPUT = block("yaml", "file"), block("bash", "skip"), block("console", "skip")


def test_every_page_shows_kind_checks_and_source(site: Build, root: Path) -> None:
    for entry in entries(load_config(str(root / "mkdocs.yml")).nav):
        soup = site.soup(entry.built)
        (kind,) = soup.select("article > .kind")
        assert kind["data-kind"] in {"tutorial", "how-to", "concept", "reference"}, entry
        assert len(soup.select(".tested, .page-note")) >= 1, entry
        (source,) = soup.select(".page-foot code:last-of-type")[-1:]
        assert (root / source.get_text()).is_file(), entry
        assert soup.select("a[rel=edit]") == [], "the project has no public address unless the build is told one"


def test_site_that_knows_its_address_links_its_source_and_itself(
    monkeypatch: pytest.MonkeyPatch, build_with: Callable[..., Build], results: dict[str, Any], site: Build
) -> None:
    monkeypatch.setenv("DOCS_EDIT_BASE", "https://git.example/o/r/edit/main/")
    monkeypatch.setenv("DOCS_SITE_URL", "https://docs.example/dynamo/")
    built = build_with(results)
    page = "https://docs.example/dynamo/kubernetes/quick-deploy.html"
    assert [link["href"] for link in built.soup("kubernetes/quick-deploy.html").select("link[rel=canonical]")] == [
        page
    ]
    assert f"<loc>{page}</loc>" in (built.folder / "sitemap.xml").read_text(encoding="utf-8")
    assert "/dynamo/kubernetes/index.html" in {link["href"] for link in built.soup("404.html").select("a")}
    assert site.soup("kubernetes/quick-deploy.html").select("link[rel=canonical]") == []
    hrefs = {
        page: [link["href"] for link in built.soup(page).select("a[rel=edit]")]
        for page in ("kubernetes/quick-deploy.html", "examples/index.html", "reference/status-words.html")
    }
    base = "https://git.example/o/r/edit/main/"
    assert hrefs == {
        "kubernetes/quick-deploy.html": [f"{base}docs/kubernetes/quick-deploy.md"],
        "examples/index.html": [f"{base}examples/README.md"],
        "reference/status-words.html": [f"{base}tools/dynamo_api/words.yaml"],
    }


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([COMMAND, OUTPUT, COMMAND], "2 blocks of commands on this page are not run by the tests."),
        ([FILE, block("yaml", "output"), block("yaml", "fragment")], "It shows 2 manifests"),
    ],
)
def test_blocks_of_a_page_are_counted(tmp_path: Path, blocks: list[Block], said: str) -> None:
    assert said in note(page(*blocks), tmp_path, Validation())


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        (block("bash", "skip", "helm"), 1),
        (block("sh", "skip", "gpu"), 1),
        (COMMAND, 0),
        (block("bash", "run"), 0),
        (block("console", "skip", "helm"), 0),
    ],
)
def test_what_counts_as_shown_only(shown: Block, count: int) -> None:
    assert shown_only(page(shown)) == count


@pytest.mark.parametrize(
    ("blocks", "validation", "said"),
    [
        ([], Validation(), "Nothing on this page is run."),
        ([COMMAND], Validation(), "1 block of commands on this page is not run by the tests. It says why."),
        ([FILE], Validation(), "It shows 1 manifest; this build was given no result of their validation."),
        ([FILE], Validation(WHEN, RULES), f"It shows 1 manifest, validated on 24 November 2026 against {RULES}."),
        (
            [FILE],
            Validation(WHEN, RULES, frozenset({"page.md"})),
            f"on 24 November 2026 the validation against {RULES} found an error",
        ),
        ([FILE], Validation(WHEN.replace(year=2020), RULES), "the page has changed since their validation"),
    ],
)
def test_note_says_what_was_checked(
    tmp_path: Path, blocks: list[Block], validation: Validation, said: str
) -> None:
    source = tmp_path / "page.md"
    source.write_text("")
    os.utime(source, (WHEN.timestamp() - 60, WHEN.timestamp() - 60))
    assert said in note(page(*blocks), tmp_path, validation)


@pytest.mark.parametrize("seconds", [-60, 60])
def test_note_knows_when_a_file_that_the_page_shows_has_changed(tmp_path: Path, seconds: int) -> None:
    (tmp_path / "examples").mkdir()
    for name, at in (("examples/a.yaml", seconds), ("page.md", -60)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (WHEN.timestamp() + at, WHEN.timestamp() + at))
    shown = block("yaml", "file", "", "examples/a.yaml", "examples/gone.yaml")
    said = note(page(shown), tmp_path, Validation(WHEN, RULES))
    assert ("<code>examples/a.yaml</code> has changed since their validation" in said) == (seconds > 0)


def test_an_error_in_a_file_is_one_of_every_page_that_shows_it(tmp_path: Path) -> None:
    finding = {"file": "examples/a.yaml", "included_at": ["docs/a:b.md:7:1", "docs/c.md:9:1"]}
    findings = [{**finding, "level": "error"}, {**finding, "level": "advice", "included_at": ["docs/d.md:1:1"]}]
    file = tmp_path / "validation.json"
    file.write_text(json.dumps({"version": 1, "rules": RULES, "findings": findings}))
    assert load_validation(file).failed == {"examples/a.yaml", "docs/a:b.md", "docs/c.md"}


def test_page_with_a_status_line_needs_no_note(tmp_path: Path) -> None:
    assert note(page(COMMAND, tutorial=True), tmp_path, Validation()) == ""


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 9, "rules": "", "findings": []}', '{"version": 1}'])
def test_report_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "validation.json"
    file.write_text(text)
    with pytest.raises(UserError) as error:
        load_validation(file)
    assert str(error.value.where) == f"{file}:1"


def test_ways_are_counted_and_kept(site: Build) -> None:
    assert site.report is not None
    report = json.loads(site.report.read_text(encoding="utf-8"))
    assert report["pages"] > 5
    assert len(report["ways"]) >= 3
    for way in report["ways"]:
        assert way["words"] > 100
        assert way["commands"] > 3
        assert way["pages"] <= 3
        assert f"{way['name']}: {way['clicks']} clicks, {way['words']} words" in site.said
    first = report["ways"][0]
    assert first["name"] == "A first answer, with a cluster and nothing else"
    assert first["clicks"] <= 1
    assert first["words"] + first["folded"] <= 900


def way(folder: Path, first: str, second: str = "<article><p>five</p></article>") -> Path:
    (folder / "a.html").write_text(first)
    (folder / "b.html").write_text(second)
    return folder


def test_count_of_a_way(tmp_path: Path) -> None:
    block = '<div class="language-bash run highlight"><pre>kubectl get pods</pre></div>'
    tabs = f'<div class="tabbed-block">three</div><div class="tabbed-block">not counted {block}</div>'
    folded = f"<details><summary>four</summary><p>counted apart</p>{block}</details>"
    first = f'<article><p>one <a href="b.html#x">two</a></p>{block}{tabs}{folded}</article>'
    (counted,) = measure(way(tmp_path, first), {"W": ["a.md", "b.md"]})
    assert (counted.pages, counted.clicks, counted.words, counted.folded, counted.commands) == (2, 1, 5, 2, 1)


def test_way_that_ends_with_a_section_is_counted_up_to_its_end(tmp_path: Path) -> None:
    page = "<article><h2 id='x'>one</h2><h3>two</h3><p>three</p>{}<h2>next</h2><p>not counted</p></article>"
    block = '<div class="language-bash run highlight"><pre>kubectl get pods</pre></div>'
    (counted,) = measure(way(tmp_path, page.format(block)), {"W": ["a.md#x"]})
    assert (counted.pages, counted.clicks, counted.words, counted.commands) == (1, 0, 3, 1)
    with pytest.raises(UserError, match=r"'W' ends at 'y', which is not a heading of 'a\.md'"):
        measure(tmp_path, {"W": ["a.md#y"]})


def test_gap_in_a_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'W' has a gap: no link from here to 'b\.md'"):
        measure(way(tmp_path, "<article><a href='c.html'></a></article>"), {"W": ["a.md", "b.md"]})
    with pytest.raises(UserError, match=r"'W' leads over 'd\.md', which is not a page"):
        measure(tmp_path, {"W": ["d.md"]})


def test_landing_page_is_where_the_ways_begin() -> None:
    extra = load_config(str(project_root() / "mkdocs.yml")).extra
    assert {pages[0].partition("#")[0] for pages in extra["ways"].values()} == {"kubernetes/README.md"}
