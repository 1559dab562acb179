"""The commands with which a person goes on after a page has failed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docs_test.names import named
from docs_test.outcomes import Outcome

if TYPE_CHECKING:
    from docs_test.page_results import PageResult


def ways_on(page: PageResult) -> list[str]:
    """What a person may do about a page that has not passed, a line each."""
    if page.kept:
        program = _program()
        if all(step.outcome is Outcome.PASSED for step in page.steps if not step.cleanup):
            # A set-up: nothing of it is to be edited.
            return [f"{named(page.path, page.variant)} is kept with it, and cleaned up after it"]
        stands = next((step.position for step in page.steps if step.outcome is not Outcome.PASSED), page.path)
        return [
            f"{named(page.path, page.variant)} is kept at {stands}: its cluster, files, shell, background steps",
            f"edit the page and go on from there: {program} resume {page.path}",
            f"or clean up: {program} resume --discard {page.path}",
        ]
    return [f"run it again: {run_again(page)}"] if page.outcome is Outcome.FAILED else []


def run_again(page: PageResult) -> str:
    """The command that runs a page again, and keeps it if it fails."""
    program = _program()
    command = program if program.startswith("./nox") else f"{program} run"
    variant = "".join(f" --when {name}={value}" for name, value in sorted(page.variant.items()))
    return f"{command} {page.path}{variant} --keep --keep-cluster --cluster-name dev"


def _program() -> str:
    # Under nox docs-test is in nox's own environment, not on the PATH of who reads this.
    return "./nox -s docs-test --" if os.environ.get("NOX_CURRENT_SESSION") else "docs-test"
