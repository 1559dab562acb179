"""The runs of pages that a build of the site tells of: those of a results file, and of the files beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.outcomes import Outcome
from docs_test.reporting import results
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.page_results import PageResult, RanOn

VARIABLE = "DOCS_TEST_RESULTS"
"""Environment variable that names the results file; set but empty: no results, whatever lies around."""
DEFAULT = "build/docs-test/results.json"
"""Path to which docs-test writes it, relative to the project's root."""
TIERS = ("none", "mock", "operator", "gpu")
"""Tiers of proof, the least first: no cluster; nothing of it is real; the operator is; so are the GPUs."""
HINT = f"{results.HINT}, or name another in {VARIABLE}"


@dataclass(frozen=True, slots=True)
class PageRun:
    """How one page, in one variant, ended in an environment."""

    page: PageResult
    environment: RanOn

    @property
    def skipped_there(self) -> str:
        """Why the page was not run: what the environment lacked, or which page failed; "": it ran."""
        return self.page.lacks if self.page.outcome in {Outcome.SKIPPED, Outcome.NOT_RUN} else ""


@dataclass(frozen=True, slots=True)
class Runs:
    """Pages that ran, in one environment or in several."""

    pages: tuple[PageRun, ...] = ()

    def of(self, path: str) -> tuple[PageRun, ...]:
        """The runs of a page, one for each environment and variant, those that prove least first; perhaps none."""
        runs = [run for run in self.pages if run.page.path == path]
        return tuple(sorted(runs, key=lambda run: TIERS.index(run.environment.tier)))


def results_path(root: Path) -> Path | None:
    """Where the results file would be; None where the environment asks for none."""
    named = os.environ.get(VARIABLE)
    if named == "":
        return None
    return root / (named or DEFAULT)


def load_runs(path: Path | None) -> Runs:
    """Read a results file, and those beside it: of `results.json` also `results-helm.json`, and so on.

    Args:
        path: the file; None, or a file that is not there, means that nothing ran yet.

    Raises:
        UserError: one is there and cannot be understood: not JSON, another version, something missing.
    """
    return Runs(tuple(run for file in results_files(path) for run in _runs(file)))


def results_files(path: Path | None) -> list[Path]:
    """A results file, which need not be there, and those beside it of other platforms; none of None."""
    return [] if path is None else [path, *sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"))]


def _runs(path: Path) -> list[PageRun]:
    found = results.read(path, HINT)
    if found is None:
        return []
    if found.environment.tier not in TIERS:
        fact = f"the tier {found.environment.tier!r}, allowed: {', '.join(map(repr, TIERS))}"
        raise UserError(fact, where=Position(str(path)), hint=HINT)
    return [PageRun(page, found.environment) for page in found.pages]
