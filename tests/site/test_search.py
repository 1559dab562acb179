"""The site's search, asked in a browser what readers ask, on a server and from a folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from docs_site.pages.navigation import Entry
from groundwork.base.paths import root

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from conftest import Build

pytestmark = pytest.mark.browser

SEARCHES = yaml.safe_load(Path(__file__).with_name("searches.yaml").read_text(encoding="utf-8"))
START = "kubernetes/index.html"
FIRST = 3
"""How many answers a reader looks at."""
ANSWERED = """question => {
  const input = document.querySelector("input.md-search__input");
  const meta = document.querySelector(".md-search-result__meta");
  return input.value === question && /\\d|No/.test(meta.textContent);
}"""


def open_search(page: Page, address: str) -> None:
    page.goto(address + START)
    page.locator("input.md-search__input").click()


def ask(page: Page, question: str) -> list[str]:
    """The pages that the search answers with, best first, relative to the site.

    The box is emptied first: then it says how to begin, so that whatever stands there later is the answer. The
    question is put in as a whole: the search asks when a key is released, and would answer each letter.
    """
    box = page.locator("input.md-search__input")
    box.fill("")
    page.wait_for_function("document.querySelector('.md-search-result__meta').textContent.includes('Type to')")
    box.fill(question)
    box.press("End")
    page.wait_for_function(ANSWERED, arg=question)
    links = page.eval_on_selector_all(
        ".md-search-result__item > a", "links => links.map(link => [link.href, document.baseURI])"
    )
    base = links[0][1].removesuffix(START) if links else ""
    return [unquote(urlsplit(href.removeprefix(base)).path) for href, _ in links]


def test_readers_find_their_page_among_the_first_three(open_page: Callable[..., Page], address: str) -> None:
    page = open_page()
    open_search(page, address)
    missed = []
    for search in SEARCHES:
        exist = [source for source in search["pages"] if (root() / "docs" / source).exists()]
        if search.get("pending"):
            if exist:
                missed.append(f"{search['ask']}: {exist[0]} is there: it is not pending any more")
            continue
        answers = list(dict.fromkeys(ask(page, search["ask"])))[:FIRST]
        if not {Entry((), source).built for source in search["pages"]} & set(answers):
            missed.append(f"{search['ask']}: {answers}, expected one of {search['pages']}")
    assert missed == [], "\n".join(missed)


def test_seventy_questions_have_a_page_and_a_third_was_asked_in_public() -> None:
    answered = [search for search in SEARCHES if not search.get("pending")]
    assert len({search["ask"] for search in answered}) >= 70
    assert all(search.keys() <= {"ask", "pages", "pending", "issue"} for search in SEARCHES)
    assert sum("issue" in search for search in SEARCHES) >= 30


def test_question_without_an_answer_has_none(open_page: Callable[..., Page], address: str) -> None:
    page = open_page()
    open_search(page, address)
    assert ask(page, "zzqxwv") == []


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm fetches what the search needs there; not installed")
def test_site_works_from_a_folder_with_search(open_page: Callable[..., Page], site: Build) -> None:
    page = open_page()
    requests: list[str] = []
    errors: list[Any] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    # What the next page interrupts (an icon, say) has not failed.
    page.on("requestfailed", lambda one: one.failure != "net::ERR_ABORTED" and errors.append(one.url))
    folder = f"{site.folder.as_uri()}/"
    open_search(page, folder)
    assert "kubernetes/quick-deploy.html" in ask(page, "port-forward")[:FIRST]
    page.locator(".md-search-result__item > a").first.click()
    page.wait_for_url("file://**/*.html?h=*")
    page.goto(folder + "index.html")
    page.wait_for_url(folder + START)
    page.locator("article a", has_text="Quick Deploy").first.click()
    page.wait_for_url(folder + "kubernetes/quick-deploy.html*")
    assert [url for url in requests if not url.startswith((folder, "data:", "blob:", "about:"))] == []
    assert errors == []
