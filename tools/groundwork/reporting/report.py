"""What a program checked, and what it found: data for the reporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundwork.base.problems import Problem


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and the problems found."""

    rules: str
    """Rules that the files were checked against: `Dynamo main-1.5.0`, `the CRDs in crds/`, `the rules of
    pages`."""
    files: tuple[str, ...]
    """Every file that was read, sorted."""
    documents: int
    """Number of manifests and parts of manifests, or of pages, that were checked."""
    problems: tuple[Problem, ...]
    """Problems by file, line and column."""
    command: str
    """The program that checked: `docs-test validate`."""
    noun: str
    """Noun for what `documents` counts: `manifest`."""
    pages: tuple[str, ...] = ()
    """Files that are pages, which the summary counts apart from the others."""
    notes: tuple[str, ...] = ()
    """Lines on what was not checked, and why; every form of the report has them."""

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(problem.counts for problem in self.problems)

    @property
    def advice(self) -> int:
        """How many are not."""
        return len(self.problems) - self.errors
