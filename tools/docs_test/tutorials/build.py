"""Tutorials: the steps of each page that has `tutorial:`, for one selection of variants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from docs_test.pages.source import front_matter_of
from docs_test.ports.settings import product_of
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.builder import Builder, on_cluster
from docs_test.tutorials.order import Links, links_of, ordered, used_pages
from docs_test.tutorials.structure import LintedPage, lint_page
from docs_test.tutorials.variants import check_selection, selections
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from pathlib import Path

    from docs_test.inventory import Inventory
    from docs_test.language.needs import Vocabulary
    from docs_test.model import Tutorial
    from docs_test.pages.source import PageSource

problem = partial(Problem, code="tutorial")

NOWHERE: tuple[frozenset[str], Inventory | None, bool] = (frozenset(), None, True)
"""Environment of pages that need no cluster: what a cluster has is nothing to them."""


@dataclass(frozen=True, slots=True)
class TutorialPages:
    """Pages that were read and found right, from which runs are made for an environment."""

    pages: tuple[LintedPage, ...]
    """Pages in the order to run them."""
    selected: Mapping[str, str]
    """Variant name -> value, for those pages that have it."""
    vocabulary: Vocabulary
    """The site's words for what a cluster has."""
    links: Mapping[str, Links] = field(default_factory=dict)
    """Paths that each page comes after and starts from."""
    asked: frozenset[str] = frozenset()
    """Paths of the pages that were asked for; the others are there because those start from them."""
    _known: dict[tuple[object, ...], tuple[Inventory | None, Tutorial]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def tutorials(
        self,
        *,
        capabilities: frozenset[str] = frozenset(),
        inventory: Inventory | None = None,
        cluster: bool = True,
    ) -> list[Tutorial]:
        """The runs of these pages, in order.

        A page with variants is one tutorial with the first value of each, and one for each other value of each
        that is not selected: all that a reader can choose is run, though not all of it with all else.

        Args:
            capabilities: what the environment has of what `data-needs` and `needs` name.
            inventory: its cluster, which numbers, models and versions in `needs` are compared with.
            cluster: whether it has a cluster.

        Raises:
            UserError: a promise names no step that a variant runs.
        """
        where = (frozenset(capabilities), inventory, cluster)
        return [
            self._built(page, chosen, *(where if on_cluster(page) else NOWHERE))
            for page in self.pages
            for chosen in selections(page.page.front_matter.variants, self.selected)
        ]

    def _built(
        self,
        page: LintedPage,
        chosen: dict[str, str],
        capabilities: frozenset[str],
        inventory: Inventory | None,
        cluster: bool,  # noqa: FBT001
    ) -> Tutorial:
        """A run, which is made once for each environment: before one is open, and then as it is there."""
        key = (page.page.path, *chosen.items(), capabilities, id(inventory), cluster)
        if key not in self._known:
            links = self.links.get(page.page.path, Links())
            builder = Builder(page, chosen, capabilities, inventory, self.vocabulary, cluster, links)
            self._known[key] = inventory, builder.build()  # As long as it is here, no other one has its `id`.
        return self._known[key][1]


def read_tutorials(
    root: Path,
    pages: Sequence[str] = (),
    *,
    select: Mapping[str, str] | None = None,
    past: Container[str] = (),
) -> TutorialPages:
    """Read the tutorials of the site at `root`.

    Args:
        root: the site's top folder, with mkdocs.yml.
        pages: paths relative to the root; none: every page whose front matter has `tutorial:`.
        select: variant name -> value, for those pages that have it.
        past: codes of problems that do not keep a page from being read.

    Returns:
        The pages in the order to run them: that of `pages` (else of their paths), each after the pages that its
        `after` and `uses` name. Pages that `uses` names are read, too.

    Raises:
        UserError: all problems of all these pages, each at its line; or no such site, page or variant, or a page
            that is no tutorial.
    """
    selected = dict(select or {})
    with pages_of(root) as site:
        asked = _chosen(site, pages)
        paths = _with_used(site, asked)
        linted: list[LintedPage] = []
        problems: list[Problem] = []
        for path in paths:
            try:
                found = lint_page(site, path)
                linted.append(found)
                problems += [one for one in found.problems if one.counts and one.code not in past]
            except UserError as error:
                if not error.problems:
                    raise
                problems += error.problems
        links = {page.page.path: links_of(site, page, set(paths), problems) for page in linted}
        in_order = ordered(linted, links, problems)
        if problems:
            raise UserError.of(*problems)
        check_selection(linted, selected)
    return TutorialPages(tuple(in_order), selected, product_of(root).vocabulary, links, frozenset(asked))


def link_problems(root: Path, tutorials: Sequence[LintedPage]) -> list[Problem]:
    """The mistakes in what the tutorials of a site come after and start from."""
    problems: list[Problem] = []
    with pages_of(root) as site:
        # Those that cannot be read have mistakes enough; whether they are tutorials is known all the same.
        paths = {path for path in site.page_paths if front_matter_of(site, path).tutorial}
        links = {page.page.path: links_of(site, page, paths, problems) for page in tutorials}
    ordered(tutorials, links, problems)
    return problems


def _chosen(site: PageSource, pages: Sequence[str]) -> list[str]:
    if not pages:
        return [path for path in site.page_paths if front_matter_of(site, path).tutorial]
    chosen = list(dict.fromkeys(site.relative(path) for path in pages))
    for path in chosen:
        if not front_matter_of(site, path).tutorial:
            if mistakes := lint_page(site, path).problems:  # In its front matter, perhaps.
                raise UserError.of(*mistakes)
            hint = "only pages with `tutorial:` in their front matter are run"
            raise UserError.of(problem(Position(path, 1), "this page is not a tutorial", hint))
    return chosen


def _with_used(site: PageSource, paths: Sequence[str]) -> list[str]:
    """The pages, with those tutorials whose set-up they start from."""
    found = dict.fromkeys(paths)
    waiting = list(paths)
    while waiting:
        for path in used_pages(site, front_matter_of(site, waiting.pop(0))):
            if path not in found and front_matter_of(site, path).tutorial:
                found[path] = None
                waiting.append(path)
    return list(found)
