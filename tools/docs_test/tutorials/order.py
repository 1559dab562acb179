"""What pages come after and start from, by their front matter: a graph, and an order that respects it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.pages.front_matter import FrontMatter
    from docs_test.pages.source import PageSource
    from docs_test.tutorials.structure import LintedPage

problem = partial(Problem, code="tutorial")


@dataclass(frozen=True, slots=True)
class Links:
    """What one page comes after and starts from, as paths relative to the root."""

    after: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


def used_pages(site: PageSource, front: FrontMatter) -> list[str]:
    """The pages whose set-up a page starts from; what `uses` names beside pages is left out."""
    found = (_page(site, name) for name in front.uses)
    return [path for path in found if path]


def links_of(site: PageSource, page: LintedPage, tutorials: set[str], problems: list[Problem]) -> Links:
    """The links of a page; each mistake in them is added to the problems.

    Args:
        site: the site.
        page: the page.
        tutorials: paths of those pages that are run and could be read.
        problems: gets the mistakes.
    """
    front = page.page.front_matter
    after, uses = [], []
    for name in front.after:
        if path := _page(site, name):
            after.append(path)
        else:
            hint = did_you_mean(name, site.page_paths) or "a path from the top folder, docs/…"
            problems.append(
                problem(front.positions["after"], f"'after' names {name!r}, which is not a page", hint)
            )
    for name in front.uses:
        path = _page(site, name) or name
        wrong = _unusable(site, page, path, tutorials)
        if wrong:
            fact, hint = wrong
            problems.append(problem(front.positions["uses"], f"'uses' names {name!r}, {fact}", hint))
        else:
            uses.append(path)
    return Links(tuple(after), tuple(uses))


def _unusable(site: PageSource, page: LintedPage, path: str, tutorials: set[str]) -> tuple[str, str] | None:
    """Why a page cannot start from what a path names, and a hint; None if it can."""
    if path == page.page.path:
        return "which is this page", "drop it"
    if path in site.page_paths:
        hint = "only pages with `tutorial:` in their front matter are run"
        return None if path in tutorials else ("which is not a tutorial", hint)
    if path not in page.page.inputs:
        near = did_you_mean(path, [*site.page_paths, *page.page.inputs])
        return "which is neither a page nor a file that this page includes", near or "a path from the top folder"
    if any(part.location.file == path for part in page.parts):
        return None
    return "of which this page shows no step", "shared set-up is a file with fences, included into each page"


def _page(site: PageSource, name: str) -> str:
    return next((path for path in (name, f"{site.docs_dir}/{name}") if path in site.page_paths), "")


def ordered(pages: Sequence[LintedPage], links: dict[str, Links], problems: list[Problem]) -> list[LintedPage]:
    """Pages after those they name; among the rest the given order stays."""
    known = {page.page.path: page for page in pages}
    graph = {path: [*links[path].after, *links[path].uses] for path in known}
    try:
        order = in_order(graph)
    except CycleError as error:
        cycle: list[str] = error.args[1]
        path = cycle[-1]
        key = "after" if cycle[-2] in links[path].after else "uses"
        words = " after ".join(reversed(cycle))
        where = known[path].page.front_matter.positions[key]
        problems.append(problem(where, f"{key!r} goes in a circle: {words}", "drop one of them"))
        return list(pages)
    return [known[path] for path in order]


def in_order(graph: dict[str, list[str]]) -> list[str]:
    """The nodes of a graph, each after those that it names; among the rest the given order stays.

    Args:
        graph: node -> what comes before it; what is no node is ignored.

    Raises:
        CycleError: it has a circle.
    """
    rank = {node: number for number, node in enumerate(graph)}
    sorter = TopologicalSorter({node: [one for one in before if one in graph] for node, before in graph.items()})
    sorter.prepare()
    order: list[str] = []
    ready = sorted(sorter.get_ready(), key=rank.__getitem__)
    while ready:
        node = ready.pop(0)
        order.append(node)
        sorter.done(node)
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
    return order
