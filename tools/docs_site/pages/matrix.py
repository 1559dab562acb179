"""The matrix of tutorials and releases: which was run with which runtime, when, and how it ended."""

from __future__ import annotations

import posixpath
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from docs_test.outcomes import Outcome
from dynamo_api.releases import run_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docs_test.reporting.verdicts import Verdict
    from docs_test.tutorials.index import IndexedPage

FILE = "docs/reference/runs.json"
"""Path of the verdicts, relative to the root; `docs-test report --matrix` writes them."""
TIER = "mock"
"""Tier of the runs that are shown: those of one kind of cluster, so that the runtime alone differs."""
NOT_RUN = "not run"


def matrix(pages: Sequence[IndexedPage], verdicts: Sequence[Verdict], folder: str) -> str:
    """The table in Markdown, and below it what is not run of a release.

    Args:
        pages: all tutorials.
        verdicts: those of the file.
        folder: path of the folder from which pages are linked, relative to the root.
    """
    shown = [one for one in verdicts if one.tier == TIER]
    names = [row.name for row in run_here()]
    gated = {_column(one) for one in shown} - {(name, "") for name in names}
    columns = sorted(
        [*((name, "") for name in names), *(one for one in gated if one[0] in names)],
        key=lambda column: (names.index(column[0]), column[1]),
    )
    lines = [f"| Tutorial | {' | '.join(map(_head, columns))} |", f"| --- |{' --- |' * len(columns)}"]
    for page in pages:
        for variant in _variants(page.variants):
            own = {_column(one): one for one in _newest_last(shown, page.path, variant)}
            link = f"[{page.title}]({posixpath.relpath(page.path, folder)})"
            name = ", ".join([link, *(f"`{value}`" for value in variant.values())])
            lines.append(f"| {name} | {' | '.join(_cell(own.get(column)) for column in columns)} |")
    return "\n".join([*lines, "", *_reasons()])


def _reasons() -> Iterator[str]:
    for row in run_here():
        if row.not_run:
            yield f"- {row.name}: {' and '.join(row.runs)} are run; {row.not_run}."


def _column(one: Verdict) -> tuple[str, str]:
    """Release of the runtime, and the feature gates that were on."""
    return one.facts.get("runtime", ""), one.facts.get("gates", "")


def _head(column: tuple[str, str]) -> str:
    return f"{column[0]}, `{column[1]}`" if column[1] else column[0]


def _newest_last(verdicts: Sequence[Verdict], page: str, variant: Mapping[str, str]) -> list[Verdict]:
    own = [one for one in verdicts if one.page == page and dict(one.variant) == dict(variant)]
    return sorted(own, key=lambda one: one.day)


def _variants(names: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    for values in product(*names.values()):
        yield dict(zip(names, values, strict=True))


def _cell(one: Verdict | None) -> str:
    if one is None or one.outcome is Outcome.SKIPPED:
        return NOT_RUN
    day = date.fromisoformat(one.day)
    return f"{one.outcome.value}, {day.day} {day:%B %Y}"
