"""The order of pages: each after those that its front matter names."""

from __future__ import annotations

from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.pages.source import PageSource
    from docs_test.tutorials.structure import LintedPage

problem = partial(Problem, code="tutorial")


def ordered(site: PageSource, pages: Sequence[LintedPage], problems: list[Problem]) -> list[LintedPage]:
    """Pages after those they name; among the rest the given order stays."""
    known = {page.page.path: page for page in pages}
    graph: dict[str, list[str]] = {}
    for path, page in known.items():
        front = page.page.front_matter
        graph[path] = []
        for name in front.after:
            target = next((p for p in (name, f"{site.docs_dir}/{name}") if p in site.page_paths), None)
            if target is None:
                hint = did_you_mean(name, site.page_paths) or "a path from the top folder, docs/…"
                problems.append(
                    problem(front.positions["after"], f"'after' names {name!r}, which is no page", hint)
                )
            elif target in known:
                graph[path].append(target)
    try:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        where = known[cycle[-1]].page.front_matter.positions["after"]
        order = " after ".join(reversed(cycle))
        problems.append(problem(where, f"'after' goes in a circle: {order}", "drop one of them"))
        return list(pages)
    rank = {path: index for index, path in enumerate(known)}
    ordered: list[LintedPage] = []
    ready = sorted(sorter.get_ready(), key=rank.__getitem__)
    while ready:
        path = ready.pop(0)
        ordered.append(known[path])
        sorter.done(path)
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
    return ordered
