"""What pages printed in an earlier run, from its results file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.names import named
from docs_test.reporting import results
from docs_test.updating.observed import Ran
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult
    from docs_test.tutorials.build import TutorialPages


def ran_before(file: Path, read: TutorialPages, tutorials: Sequence[Tutorial]) -> list[Ran]:
    """Pages as they ran earlier.

    Args:
        file: the results file.
        read: the pages as they are.
        tutorials: the runs that are wanted; those that the file does not have are left out.

    Raises:
        UserError: the file cannot be read, has none of them, or a page has changed since.
    """
    found = results.read(file)
    if found is None:
        raise UserError(f"no such file: {str(file)!r}", hint="`docs-test run` writes build/docs-test/results.json")
    known = {(page.path, tuple(sorted(page.variant.items()))): page for page in found.pages}
    words = frozenset(read.vocabulary.capabilities)
    whole = {one.key: one for one in read.tutorials(capabilities=words)}
    pages = {page.page.path: page.page for page in read.pages}
    made = [
        Ran(pages[one.path], _narrowed(whole[one.key], known[one.key], file), known[one.key])
        for one in tutorials
        if one.key in known
    ]
    if not made:
        raise UserError(f"{str(file)!r} has no result of these pages", hint="run them without --from-results")
    return made


def _narrowed(tutorial: Tutorial, result: PageResult, file: Path) -> Tutorial:
    """The page with the steps that it was run with.

    Raises:
        UserError: it has changed since.
    """
    if dict(result.inputs) != dict(tutorial.inputs):
        changed = sorted(dict(set(result.inputs.items()) ^ set(tutorial.inputs.items())))
        fact = f"{changed[0]!r} has changed since {named(tutorial.path, tutorial.variant)} ran for {str(file)!r}"
        raise UserError(fact, hint="run it without --from-results", where=Position(tutorial.path, 1))
    at = {step.location: step for step in tutorial.steps}
    steps = tuple(at[step.position] for step in result.steps if step.position in at)
    if len(steps) != len(result.steps):
        fact = f"the steps of {named(tutorial.path, tutorial.variant)} are not those of {str(file)!r}"
        raise UserError(fact, hint="run it without --from-results", where=Position(tutorial.path, 1))
    return replace(tutorial, steps=steps, lacks="")
