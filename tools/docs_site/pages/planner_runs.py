"""The newest run of each planner's tutorial, as pictures and as lines of its log, each with its date and place."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from docs_site.pages.runs import results_files
from docs_site.pages.status import where_it_ran
from docs_site.pages.verdicts import day_of
from docs_site.scaling import recording
from docs_site.scaling.chart import figure
from docs_site.scaling.pictures import PICTURES
from docs_site.scaling.reading import scaling_of
from docs_site.scaling.rules import RULES, lines_of
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docs_site.scaling.recording import Recorded

MISSING = "Not yet run: no recording of a run was given to this build of the site."


@dataclass(frozen=True, slots=True)
class PlannerRuns:
    """What a build of the site knows of planners' runs."""

    newest: Mapping[str, Recorded]
    """Newest run of each page, by its path."""
    committed: Mapping[str, Recorded]
    """Runs of the recording in the repository, which has every line that a page asks for."""

    @classmethod
    def of(cls, root: Path, results: Path | None) -> PlannerRuns:
        """The recording, and what a results file and those beside it have kept.

        Raises:
            UserError: one of them cannot be understood.
        """
        committed = recording.read(root / recording.FILE)
        fresh = [run for file in results_files(results) for run in recording.of_results(file)]
        return cls(recording.newest(committed, fresh), recording.newest(committed))

    def picture(self, name: str, page: str) -> str:
        """A picture of a page's newest run, as HTML; where there is none, that it was not yet run.

        Raises:
            UserError: there is no such picture, or the run cannot be drawn.
        """
        if name not in PICTURES:
            raise UserError(f"there is no picture {name!r} of a planner", hint=f"one of {', '.join(PICTURES)}")
        if (run := self.newest.get(page)) is None:
            return f'<p class="chart-missing">{MISSING}</p>'
        picture = PICTURES[name](scaling_of(run))
        return figure(picture.chart, f"{picture.facts} Run of {_when(run)}. {where_it_ran(run.environment)}.")

    def lines(self, name: str, folder: str) -> str:
        """Lines of a planner's log that show a rule, as Markdown, with the run that they are from.

        Args:
            name: the rule.
            folder: path of the folder of the page that asks, relative to the root.

        Raises:
            UserError: there is no such rule, or no run shows it.
        """
        if (rule := RULES.get(name)) is None:
            raise UserError(f"there is no rule {name!r} of a planner", hint=f"one of {', '.join(RULES)}")
        runs = [run for known in (self.newest, self.committed) if (run := known.get(rule.page))]
        if not runs:
            return MISSING
        for run in runs:
            if found := lines_of(rule, run):
                link = f"[{run.title}]({posixpath.relpath(run.page, folder)})"
                text = "\n".join(found)
                source = f"{link}, run of {_when(run)}, {_release(run)}."
                return f'```text\n{text}\n```\n\n<small class="log-source">{source}</small>'
        raise UserError(f"no run of {rule.page} shows the rule {name!r}", hint=recording.HINT)


def _when(run: Recorded) -> str:
    at = datetime.fromisoformat(run.started_at)
    return f"{day_of(at)}, {at:%H:%M} UTC"


def _release(run: Recorded) -> str:
    return ", ".join(f"{fact.title} {fact.text}" for fact in run.environment.facts[:1])
