"""Every fence that the built site shows is found, with the text that the reader sees, wherever it is nested."""

from __future__ import annotations

import random
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from docs_test.pages.site import open_site
from support.nestings import GENERATED, Case, cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = 20261
INFO = "bash { .run }"


class Blocks(HTMLParser):
    """The text of each `<pre>` of a built page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def shown(html: str) -> list[str]:
    """The blocks of code that a page shows."""
    blocks = Blocks()
    blocks.feed(html)
    return [text.strip("\n") for text in blocks.found]


@pytest.fixture
def all_cases() -> dict[str, Case]:
    """Each case by the name of its page."""
    made = cases(random.Random(SEED))  # noqa: S311 - the same pages each time
    return {f"case-{number:03}.md": case for number, case in enumerate(made)}


@pytest.fixture
def root(all_cases: dict[str, Case], site_with: Callable[..., Path]) -> Path:
    made = site_with({name: case.page(INFO) for name, case in all_cases.items()})
    for case in all_cases.values():
        for name, text in case.snippets(INFO).items():
            for folder in ("snippets", "examples"):  # Of Jinja's includes, and of snippets.
                (made / folder / name).write_text(text, encoding="utf-8")
    return made


def test_all_fences_are_found_as_the_built_site_shows_them(
    root: Path, tmp_path: Path, all_cases: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)  # MkDocs looks for snippets from there.
    assert len(all_cases) > GENERATED + 60
    config = load_config(str(root / "mkdocs.yml"), site_dir=str(tmp_path / "built"), use_directory_urls=False)
    build(config)
    wrong: dict[str, object] = {}
    with open_site(root) as site:
        for name, case in all_cases.items():
            html = (tmp_path / "built" / name).with_suffix(".html").read_text(encoding="utf-8")
            page = site.read(f"docs/{name}")
            ours = [fence.text for fence in page.content.fences]
            if not (shown(html) == ours == [case.code]) or page.problems:
                wrong[case.name] = (shown(html), ours, [str(one) for one in page.problems])
    assert wrong == {}


def test_what_is_shown_is_read_of_the_html() -> None:
    html = "<p>x</p><pre><code>a &lt; <span>b</span>\n</code></pre><code>c</code><pre>d</pre>"
    assert shown(html) == ["a < b", "d"]


def test_a_generated_page_differs_from_the_others() -> None:
    made = list(cases(random.Random(SEED)))  # noqa: S311
    assert len({case.text for case in made}) == len({case.name for case in made}) == len(made)
    assert [case.text for case in made] == [case.text for case in cases(random.Random(SEED))]  # noqa: S311
