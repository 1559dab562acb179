"""`docs-test lint`: every mistake in pages, in their shell code, and in what the house rules look at."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from docs_test.checks.check import check_pages, earlier
from docs_test.checks.links import Links
from docs_test.ports.settings import product_of
from docs_test.stored.source import CONFIG
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.files_used import files_used
from docs_test.tutorials.structure import LintedPage, Order, lint_page
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem, Stage
from groundwork.reporting.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from docs_test.pages.source import PageSource


def lint(root: Path, pages: Sequence[str] = (), *, seen: Callable[[LintedPage], object] | None = None) -> Report:
    """Every mistake in pages of the site and, where all pages are read, in what the house rules look at.

    Args:
        root: the site's top folder.
        pages: paths relative to the root; none: every page of the site.
        seen: gets each page that could be read.

    Returns:
        The mistakes, page by page, in the order of their lines; those beside the pages after them.

    Raises:
        UserError: there is no such site, product or page.
    """
    found: dict[str, list[Problem]] = {}
    read: dict[str, LintedPage] = {}
    beside: list[Problem] = []
    uses: dict[str, frozenset[str]] | None = {}
    house = product_of(root).house
    with pages_of(root) as site:
        house.of_settings(site)
        paths = pages or site.page_paths
        links = Links(site)
        site_pages = {site.relative(path) for path in paths}
        files = set(site_pages)
        for path in paths:
            try:
                linted = read[path] = lint_page(site, path)
                if seen is not None:
                    seen(linted)
                found[path] = [*linted.problems, *_of_nav(site, linted), *house.of_page(site, linted.page)]
                found[path] += links.check(linted.page)
                files.update(linted.page.inputs)
                if uses is not None:
                    uses[linted.page.path] = files_used(site, linted.page)
                continue
            except UserError as error:
                if not error.problems:
                    raise
                found[path] = list(error.problems)
            uses = None  # Not all of this page was read: what it uses is not known.
        if not pages:
            beside += house.of_site(site, uses)
            files.update(house.files(site))
        others = _with_earlier(site, read)
    checked = check_pages(root, list(read.values()), others)
    for path, linted in read.items():
        found[path] += checked.problems.get(linted.page.path, ())
        found[path].sort(key=Order(linted.page.path))
    problems = [*(one for wrong in found.values() for one in wrong), *beside]
    files |= {one.position.file for one in problems}
    rules = "the rules of pages" + (f" and {house.subject}" if house.subject and not pages else "")
    return Report(
        rules,
        tuple(sorted(files)),
        len(paths),
        tuple(problems),
        command="docs-test lint",
        noun="page",
        pages=tuple(sorted(site_pages)),
        notes=checked.notes,
    )


def _of_nav(site: PageSource, linted: LintedPage) -> Iterator[Problem]:
    """A page that no reader finds in the navigation: an error where MkDocs warns, advice where it says so."""
    path = linted.page.path
    warns = site.not_in_nav.get(path)
    if warns is not None:
        fact = f"nav of {CONFIG} does not name this page"
        hint = "name it there, or under `not_in_nav` if readers come to it otherwise"
        stage = Stage.READ if warns else Stage.ADVICE
        yield Problem(Position(path, 1), fact, hint, "nav", stage=stage)


def _with_earlier(site: PageSource, read: dict[str, LintedPage]) -> dict[str, LintedPage]:
    """Pages by their paths: those that were read, and those that run before these."""
    known = {page.page.path: page for page in read.values()}
    waiting = list(known.values())
    while waiting:
        for name in earlier(waiting.pop()):
            path = next((path for path in (name, f"{site.docs_dir}/{name}") if path in site.page_paths), None)
            if path is not None and path not in known:
                with suppress(UserError):  # A run says what is wrong with it.
                    known[path] = lint_page(site, path)
                    waiting.append(known[path])
    return known
