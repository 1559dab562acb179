"""What the theme and `python -m docs_site` put around pages: kind, checks, source, the count of the ways."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from mkdocs.config import load_config

from docs_site.build.llms import entries
from docs_site.build.readability import measure
from docs_site.pages.page_note import Shown, Validation, load_validation, note
from groundwork.base.errors import UserError
from groundwork.base.paths import root as project_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Build

RULES = "Dynamo of the test"
FILE = '<div class="language-yaml file highlight"><pre></pre></div>'
COMMAND = '<div class="language-bash skip highlight"><pre></pre></div>'
OUTPUT = '<div class="language-console skip highlight"><pre></pre></div>'
WHEN = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


def test_every_page_shows_kind_checks_and_source(site: Build, root: Path) -> None:
    for entry in entries(load_config(str(root / "mkdocs.yml")).nav):
        soup = site.soup(entry.built)
        (kind,) = soup.select("article > .kind")
        assert kind["data-kind"] in {"tutorial", "how-to", "concept", "reference"}, entry
        assert len(soup.select(".tested, .page-note")) >= 1, entry
        (source,) = soup.select(".page-foot code:last-of-type")[-1:]
        assert (root / source.get_text()).is_file(), entry
        assert soup.select("a[rel=edit]") == [], "the project has no public address unless the build is told one"


def test_edit_link_leads_to_the_source(
    monkeypatch: pytest.MonkeyPatch, build_with: Callable[..., Build], results: dict[str, Any]
) -> None:
    monkeypatch.setenv("DOCS_EDIT_BASE", "https://git.example/o/r/edit/main/")
    built = build_with(results)
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


def test_blocks_of_a_page_are_counted() -> None:
    assert Shown.of(FILE + COMMAND + OUTPUT + COMMAND) == Shown(manifests=1, commands=2)


@pytest.mark.parametrize(
    ("html", "validation", "said"),
    [
        ("<p></p>", Validation(), "Nothing on this page is run."),
        (COMMAND, Validation(), "1 block of commands on this page is not run."),
        (FILE, Validation(), "It shows 1 manifest; this build was given no result of their validation."),
        (FILE, Validation(WHEN, RULES), f"It shows 1 manifest, validated on 24 November 2026 against {RULES}."),
        (
            FILE,
            Validation(WHEN, RULES, frozenset({"page.md"})),
            f"on 24 November 2026 the validation against {RULES} found an error",
        ),
        (FILE, Validation(WHEN.replace(year=2020), RULES), "the page has changed since their validation"),
    ],
)
def test_note_says_what_was_checked(tmp_path: Path, html: str, validation: Validation, said: str) -> None:
    source = tmp_path / "page.md"
    source.write_text("")
    os.utime(source, (WHEN.timestamp() - 60, WHEN.timestamp() - 60))
    assert said in note(html, tmp_path, validation, name="page.md")


@pytest.mark.parametrize("fence", ['data-from="examples/a.yaml"', '--8<-- "a.yaml"'])
@pytest.mark.parametrize("seconds", [-60, 60])
def test_note_knows_when_a_file_that_the_page_shows_has_changed(tmp_path: Path, fence: str, seconds: int) -> None:
    (tmp_path / "examples").mkdir()
    example, page = tmp_path / "examples" / "a.yaml", tmp_path / "page.md"
    for file, text, at in ((example, "", seconds), (page, fence, -60)):
        file.write_text(text)
        os.utime(file, (WHEN.timestamp() + at, WHEN.timestamp() + at))
    said = note(FILE, tmp_path, Validation(WHEN, RULES), name="page.md")
    assert ("<code>examples/a.yaml</code> has changed since their validation" in said) == (seconds > 0)


def test_an_error_in_a_file_is_one_of_every_page_that_shows_it(tmp_path: Path) -> None:
    finding = {"file": "examples/a.yaml", "included_at": ["docs/a:b.md:7:1", "docs/c.md:9:1"]}
    findings = [{**finding, "level": "error"}, {**finding, "level": "advice", "included_at": ["docs/d.md:1:1"]}]
    file = tmp_path / "validation.json"
    file.write_text(json.dumps({"version": 1, "rules": RULES, "findings": findings}))
    assert load_validation(file).failed == {"examples/a.yaml", "docs/a:b.md", "docs/c.md"}


def test_page_with_a_status_line_needs_no_note(tmp_path: Path) -> None:
    assert note('<details class="tested tested--passed">', tmp_path, Validation(), name="page.md") == ""


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
    assert {way["name"] for way in report["ways"]} == {"A model that answers", "Production"}
    for way in report["ways"]:
        assert way["pages"] >= 2
        assert way["words"] > 100
        assert way["commands"] > 3
        assert f"{way['name']}: {way['pages']} pages, {way['words']} words" in site.said


def way(folder: Path, first: str, second: str = "<article><p>five</p></article>") -> Path:
    (folder / "a.html").write_text(first)
    (folder / "b.html").write_text(second)
    return folder


def test_count_of_a_way(tmp_path: Path) -> None:
    block = '<div class="language-bash run highlight"><pre>kubectl get pods</pre></div>'
    tabs = f'<div class="tabbed-block">three</div><div class="tabbed-block">not counted {block}</div>'
    folded = f"<details><summary>four</summary><p>not counted</p>{block}</details>"
    first = f'<article><p>one <a href="b.html#x">two</a></p>{block}{tabs}{folded}</article>'
    (counted,) = measure(way(tmp_path, first), {"W": ["a.md", "b.md"]})
    assert (counted.pages, counted.words, counted.commands) == (2, 5, 1)


def test_gap_in_a_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'W' has a gap: no link from here to 'b\.md'"):
        measure(way(tmp_path, "<article><a href='c.html'></a></article>"), {"W": ["a.md", "b.md"]})
    with pytest.raises(UserError, match=r"'W' leads over 'd\.md', which is no page"):
        measure(tmp_path, {"W": ["d.md"]})


def test_landing_page_is_where_the_ways_begin() -> None:
    extra = load_config(str(project_root() / "mkdocs.yml")).extra
    assert {pages[0] for pages in extra["ways"].values()} == {"kubernetes/README.md"}
