"""Pages whose commands are said to have printed something, updated without running them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.matching.compare import EMPTY, compare
from docs_test.outcomes import FailureKind, Outcome
from docs_test.running.record import ended_result, page_result, step_result
from docs_test.shell.bash import Ended
from docs_test.tutorials.build import read_tutorials
from docs_test.updating.drafting import draft
from docs_test.updating.observed import Ran, observed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult
    from docs_test.updating.drafting import Draft
    from docs_test.updating.observed import Observed

SEPARATOR = "%%\n"
"""Line between the outputs of a case."""


def ran(tutorial: Tutorial, outputs: Sequence[str], fails: str = "") -> PageResult:
    """The result of a page whose steps with an `.output` printed this, the others nothing.

    Args:
        tutorial: the page.
        outputs: what these steps printed, in order.
        fails: a text in the code of the step that ends with another status; steps after it are not run.
    """
    left = list(outputs)
    results = []
    failed = False
    for step in tutorial.steps:
        if failed:
            results.append(step_result(step))
            continue
        output = left.pop(0) if step.expectation else ""
        failed = bool(fails) and fails in step.code
        ended = Ended(step.exit_status + 1 if failed else step.exit_status, output, 1)
        wrong = compare(step.expectation, output) if step.expectation and not failed else None
        results.append(ended_result(step, ended, wrong))
    assert not left or failed, f"{tutorial.path}: more outputs than steps that show one"
    good = all(result.outcome is Outcome.PASSED for result in results)
    page = page_result(tutorial, Outcome.PASSED if good else Outcome.FAILED, run="x", started_at="")
    return replace(page, steps=tuple(results))


def updated(
    root: Path, outputs: Mapping[str, Sequence[str]] | Callable[[Tutorial], Sequence[str]], fails: str = ""
) -> tuple[Observed, Draft]:
    """What an update of pages would write.

    Args:
        root: the site's top folder.
        outputs: what the steps of each page printed; or how that is known of a page in a variant.
        fails: as of `ran`.
    """
    known = outputs if callable(outputs) else lambda tutorial: outputs[tutorial.path]
    pages = read_tutorials(root, [] if callable(outputs) else list(outputs), past={EMPTY})
    by_path = {page.page.path: page.page for page in pages.pages}
    runs = [Ran(by_path[one.path], one, ran(one, known(one), fails)) for one in pages.tutorials()]
    found = observed(runs)
    digests = {name: digest for one in runs for name, digest in one.tutorial.inputs.items()}
    shown = [page for page in by_path.values() if page.path not in found.blocked]
    return found, draft(root.resolve(), shown, found.proposals, digests)


def is_mismatch(result: PageResult) -> bool:
    """Whether a page failed for what it printed alone."""
    return all(step.failure is None or step.failure.kind is FailureKind.MISMATCH for step in result.steps)


def outputs_of(text: str) -> Callable[[Tutorial], Sequence[str]]:
    """What a page's steps printed, by a case's text: its parts in the order of the page's `.output` fences."""
    parts = text.split(SEPARATOR)

    def outputs(tutorial: Tutorial) -> list[str]:
        shown = [step for step in tutorial.steps if step.expectation]
        if len(shown) < len(parts):  # Of a variant: each has one part.
            first = next(iter(tutorial.variant.values())) == "v1beta1"
            return parts[:1] if first else parts[1:]
        return parts

    return outputs
