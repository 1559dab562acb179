"""The scripts of a site's pages: read as a run would read them, and named for download."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.language.needs import CLUSTER_SCOPE, described, words_of
from docs_test.names import NONE
from docs_test.planning.graph import with_set_ups
from docs_test.ports.settings import product_of
from docs_test.scripting.names import file_name
from docs_test.scripting.script import About, Part, script
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.build import TutorialPages, read_tutorials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial
    from docs_test.tutorials.structure import LintedPage


@dataclass(frozen=True, slots=True)
class Script:
    """The script of one page, in one variant."""

    page: str
    """Path of the page, relative to the root."""
    variant: Mapping[str, str]
    name: str
    """Name of the file."""
    text: str


def scripts(
    root: Path,
    pages: Sequence[str] = (),
    *,
    program: str,
    select: Mapping[str, str] | None = None,
    own_cluster: bool = False,
    checks: bool = True,
) -> list[Script]:
    """The scripts of pages: of each the one with the first value of each variant, then one for each other value.

    A page's needs count as met. What it `uses` stands in its script, too.
    A fence that needs more than docs-test assumes of any cluster is a comment.

    Args:
        root: the site's top folder.
        pages: paths relative to the root; none: every tutorial.
        program: name and version of what generates them.
        select: variant name -> value, for those pages that have it.
        own_cluster: whether they are for a cluster of their own, in which they may change what is no namespace's.
        checks: whether hidden checks and promises are in them.

    Raises:
        UserError: a page has a mistake, or is no tutorial.
    """
    read = read_tutorials(root, pages, select=select)
    product = product_of(root)
    assumed = product.assumed | (frozenset({CLUSTER_SCOPE.name}) if own_cluster else frozenset())
    by_path = {page.page.path: page for page in read.pages}
    every = [tutorial for page in read.pages for tutorial in _runs(read, page, assumed)]
    found = []
    with pages_of(root) as site:
        for tutorial in every:
            if tutorial.path not in read.asked:
                continue
            page = by_path[tutorial.path]
            about = About(
                program=program,
                url=f"{site.site_url}{site.url(tutorial.path)}" if site.site_url else "",
                release=product.release,
                needs=described(page.needs, read.vocabulary) if page.page.front_matter.platform != NONE else "",
            )
            parts = [Part(run, by_path[run.path].page.content.headings) for run in with_set_ups([tutorial], every)]
            text = script(parts[-1], about, set_ups=parts[:-1], checks=checks)
            name = file_name(tutorial.path, tutorial.variant)
            found.append(Script(tutorial.path, tutorial.variant, name, text))
    return found


def _runs(read: TutorialPages, page: LintedPage, assumed: frozenset[str]) -> list[Tutorial]:
    own = TutorialPages((page,), read.selected, read.vocabulary, read.links)
    return own.tutorials(capabilities=assumed | words_of(page.needs, read.vocabulary))
