"""A run as GitHub shows it: annotations at the lines of pages, and a summary in Markdown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docs_test.inventory import PLAIN
from docs_test.names import NONE
from docs_test.outcomes import Outcome
from docs_test.reporting.failures import failure_lines, failure_text
from groundwork.base.positions import Position
from groundwork.base.printable import visible
from groundwork.reporting.github import annotation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.outcomes import Failure, StepResult
    from docs_test.page_results import PageResult, RanOn, Results

MOST_BYTES = 900 * 1024
"""Bytes of a summary, at most: GitHub refuses summaries beyond a mebibyte."""


def annotation_lines(results: Results) -> Iterator[str]:
    """A workflow command for each failure, at its line, and for each page whose clean-up left something."""
    for page in results.pages:
        for failure, step in _failures(page):
            yield _annotation(failure.position, failure_text(failure, step))
        if page.leftovers:
            left = f"left in the cluster: {', '.join(page.leftovers)}"
            yield _annotation(Position(page.path, 1), left)


def markdown(results: Results) -> str:
    """A table of the pages, then each failure whole, folded; of very many the last ones without details."""
    lines = [
        f"### Tutorials: {_count(results.pages)}",
        "",
        where(results.environment),
        "",
        "| Page | Outcome | Steps run | Skipped | Seconds |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {_cell(page.path)}{_cell(_variant(page))} | {_cell(_outcome(page))} | {len(page.run_steps)} "
        f"| {len(page.skipped)} | {page.seconds:.0f} |"
        for page in results.pages
    ]
    room = MOST_BYTES
    for page in results.pages:
        for failure, step in _failures(page):
            folded = _folded(failure, step)
            room -= sum(len(line.encode()) + 1 for line in folded)
            lines += folded if room > 0 else ["", f"- {_cell(failure.headline)} (details: the results file)"]
    return "\n".join([*lines, "", ""])


def where(environment: RanOn) -> str:
    """What pages ran on, in a sentence."""
    # A given cluster may hold stand-ins: that must not read like the real thing.
    if environment.platform == NONE:
        return f"Platform {NONE}."
    tier = f", tier {environment.tier}" if environment.tier != environment.platform else ""
    facts = [*((fact.title, fact.text) for fact in environment.facts), ("Kubernetes", environment.kubernetes)]
    known = ", ".join(f"{title} {text or 'unknown'}" for title, text in facts)
    gpus = environment.gpus or ("" if environment.tier == PLAIN else "no GPUs")
    return f"Platform {environment.platform}{tier}: {', '.join(filter(None, [known, gpus]))}."


def _failures(page: PageResult) -> Iterator[tuple[Failure, StepResult | None]]:
    yield from ((step.failure, step) for step in page.steps if step.failure)
    yield from ((failure, None) for failure in page.failures)


def _count(pages: Sequence[PageResult]) -> str:
    counts = Counter(page.outcome for page in pages)
    words = ((Outcome.SKIPPED, "skipped"), (Outcome.NOT_RUN, "not run"))
    rest = "".join(f", {counts[outcome]} {word}" for outcome, word in words if counts[outcome])
    flaky = sum(page.repeats is not None and page.repeats.flaky for page in pages)
    rest += f", {flaky} of the failed flaky" if flaky else ""
    return f"{counts[Outcome.PASSED]} passed, {counts[Outcome.FAILED]} failed{rest}"


def _outcome(page: PageResult) -> str:
    if page.outcome is Outcome.NOT_RUN:
        return f"not run: {page.lacks}"
    if page.repeats is None:
        return page.outcome.value
    flaky = "flaky: " if page.repeats.flaky else ""
    return f"{page.outcome}, {flaky}passed {page.repeats.passed} of {page.repeats.count} times"


def _variant(page: PageResult) -> str:
    return "".join(f" ({name} {value})" for name, value in sorted(page.variant.items()))


def _folded(failure: Failure, step: StepResult | None) -> list[str]:
    # Indented, not fenced: whatever a program printed, it cannot end the block.
    body = [f"    {line}" for line in failure_lines(failure, step)]
    head = f"<summary>{_cell(failure.headline)}</summary>"
    return ["", "<details>", head, "", *body, "", "</details>"]


def _cell(text: str) -> str:
    text = visible(text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;"), ("\n", " ")):
        text = text.replace(character, entity)
    return text


def _annotation(position: Position, message: str) -> str:
    column = {"col": position.column} if position.column else {}
    return annotation("error", message, file=position.file, line=max(position.line, 1), **column)
