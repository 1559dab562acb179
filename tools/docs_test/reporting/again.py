"""The commands with which a person continues after a page has failed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.names import named, program
from docs_test.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.page_results import PageResult


@dataclass(frozen=True, slots=True)
class Again:
    """What the command line of a run says of a later run of one of its pages."""

    options: tuple[str, ...] = ()
    """Options that a page's outcome depends on, as words."""
    may_keep: bool = False
    """Whether `--keep`, which was not given, goes with them."""


def ways_on(page: PageResult, again: Again) -> list[str]:
    """What a person may do about a page that has not passed, a line each."""
    if page.kept:
        prefix = program()
        if all(step.outcome is Outcome.PASSED for step in page.steps if not step.cleanup):
            # A set-up: nothing of it is to be edited.
            return [f"{named(page.path, page.variant)} is kept with it, and cleaned up after it"]
        stands = next((step.position for step in page.steps if step.outcome is not Outcome.PASSED), page.path)
        return [
            f"{named(page.path, page.variant)} is kept at {stands}: its cluster, files, shell, background steps",
            f"edit the page and continue from there: {prefix} resume {page.path}",
            f"or clean up: {prefix} resume --discard {page.path}",
        ]
    if page.outcome is not Outcome.FAILED:
        return []
    lines = [f"run it again: {run_again(page, again.options)}"]
    if again.may_keep:
        lines.append(
            "with --keep the page is kept after a failure, and `resume` continues from there after an edit"
        )
    return lines


def run_again(page: PageResult, options: Sequence[str]) -> str:
    """The shortest command that runs a page as it ran, with options as of `Again.options`."""
    often = ["--repeat", str(page.repeats.count)] if page.repeats else []
    return command(page.path, page.variant, [*often, *options])


def command(path: str, variant: Mapping[str, str], options: Sequence[str]) -> str:
    """The command that runs a page in one variant."""
    prefix, words = program(), [path]
    for name, value in sorted(variant.items()):
        words += ["--when", f"{name}={value}"]
    run = prefix if prefix.startswith("./nox") else f"{prefix} run"
    return f"{run} {shlex.join([*words, *options])}"
