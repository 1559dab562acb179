"""Results of a page that ran several times, put together: one failure among them is a failure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.outcomes import Outcome
from docs_test.page_results import Differing, Repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.page_results import PageResult

WORST_FIRST = (Outcome.FAILED, Outcome.NOT_RUN, Outcome.PARTIAL, Outcome.SKIPPED, Outcome.PASSED)


def together(results: Sequence[PageResult]) -> list[PageResult]:
    """One result for each page and variant, in the order in which the first of each came."""
    of: dict[object, list[PageResult]] = {}
    for page in results:
        of.setdefault(page.key, []).append(page)
    return [_one(pages) for pages in of.values()]


def _one(pages: Sequence[PageResult]) -> PageResult:
    if len(pages) == 1:
        return pages[0]
    # The last of the worst: of those that passed that is the last one.
    worst = min(reversed(pages), key=lambda page: WORST_FIRST.index(page.outcome))
    passed = sum(page.outcome is Outcome.PASSED for page in pages)
    differing = tuple(_differing(pages)) if 0 < passed < len(pages) else ()
    interrupted = any(page.interrupted for page in pages)
    return replace(worst, interrupted=interrupted, repeats=Repeats(len(pages), passed, differing))


def _differing(pages: Sequence[PageResult]) -> list[Differing]:
    """The steps that failed in some of the runs and passed in others."""
    found = []
    for steps in zip(*(page.steps for page in pages if page.steps), strict=False):
        failed = sum(step.outcome is Outcome.FAILED for step in steps)
        if failed and any(step.outcome is Outcome.PASSED for step in steps):
            found.append(Differing(steps[0].position, failed))
    return found
