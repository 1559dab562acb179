"""What runs of a page came to against the files as they are now: passed, failed, changed, or not yet run."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from docs_test.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_site.pages.runs import PageRun
    from docs_test.page_results import PageResult


class State(enum.StrEnum):
    """The four states of a page; also the ending of the CSS class."""

    PASSED = "passed"
    FAILED = "failed"
    CHANGED = "changed"
    """Run that is out of date: the page or a file it is made of is different now."""
    NOT_RUN = "not-run"


VERDICT = {
    State.PASSED: "Tested: passed",
    State.FAILED: "Tested: failed",
    State.CHANGED: "Changed since its last test",
    State.NOT_RUN: "Not yet run",
}
SEVERITY = (State.PASSED, State.NOT_RUN, State.CHANGED, State.FAILED)
"""States, the best first: the worst of several runs gives the line its colour."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one run of a page against the files as they are now."""

    state: State
    changed: tuple[str, ...] = ()
    """Files (relative to the root) that differ from those that ran, sorted."""


def status_of(run: PageRun | None, root: Path) -> Status:
    """Compare what ran with what is there.

    Args:
        run: the page's run, or None.
        root: the folder that the paths of its inputs are relative to.
    """
    if run is None or run.skipped_there:
        return Status(State.NOT_RUN)
    inputs = run.page.inputs
    changed = tuple(sorted(name for name, digest in inputs.items() if _sha256(root / name) != digest))
    if changed:
        return Status(State.CHANGED, changed)
    return Status(State.PASSED if run.page.outcome is Outcome.PASSED else State.FAILED)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What runs of one day came to, in the same way."""

    state: State
    day: str = ""
    variants: Sequence[str] = ()
    """Variants as words, `api v1beta1`."""

    def text(self, *, first: bool = True) -> str:
        """`Tested: passed (api v1beta1 and api v1alpha1)`; without the first word after another one."""
        verdict = VERDICT[self.state] if first else VERDICT[self.state].removeprefix("Tested: ").lower()
        names = " and ".join(filter(None, self.variants))
        return f"{verdict} ({names})" if names else verdict


def by_tier(found: Sequence[PageRun]) -> list[list[PageRun]]:
    """The runs that were not skipped, by tier, those that prove least first."""
    groups: dict[str, list[PageRun]] = {}
    for run in found:
        if not run.skipped_there:
            groups.setdefault(run.environment.tier, []).append(run)
    return list(groups.values())


def verdicts_of(group: Sequence[PageRun], root: Path) -> list[Verdict]:
    """The verdicts of a tier's runs, those alike together."""
    alike: dict[tuple[State, str], list[str]] = {}
    for run in group:
        key = status_of(run, root).state, day_of(started(run.page))
        alike.setdefault(key, []).append(chosen(run.page.variant))
    return [Verdict(state, day, names) for (state, day), names in alike.items()]


def chosen(variant: Mapping[str, str]) -> str:
    """A variant as words: `api v1beta1`."""
    return ", ".join(f"{name} {value}" for name, value in sorted(variant.items()))


def started(page: PageResult) -> datetime:
    """The time at which a page began."""
    return datetime.fromisoformat(page.started_at)


def day_of(moment: datetime) -> str:
    """`3 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"
