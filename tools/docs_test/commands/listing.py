"""`docs-test list`: pages, steps, and what is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.cli.preparing import prepared_for
from docs_test.cli.selection import read_runs
from docs_test.names import named
from docs_test.planning.drawing import drawn
from docs_test.planning.plan import planned
from docs_test.reporting.text import skipped_lines, summary_of
from docs_test.running.record import skipped_blocks
from groundwork.base.errors import ExitStatus
from groundwork.system.progress import Progress

if TYPE_CHECKING:
    import argparse

    from docs_test.model import Step


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    read, tutorials = read_runs(options, Progress().line)
    if options.graph:
        for line in drawn(planned(tutorials).rounds[0] if tutorials else ()):
            print(line)
        return ExitStatus.OK
    for tutorial in tutorials:
        name = named(tutorial.path, tutorial.variant)
        print(f"{name}: {len(tutorial.steps)} steps, {len(tutorial.skipped)} blocks skipped")
        for what in prepared_for([tutorial.needs], read.vocabulary, options).values():
            print(f"  prepared by a run: {what}")
        for step in tutorial.steps:
            print(f"  {step} {step.kind} {summary_of(step)}{_marks(step)}")
        for line in skipped_lines(skipped_blocks(tutorial)):
            print(f"  {line}")
    return ExitStatus.OK


def _marks(step: Step) -> str:
    marks = [word for word, on in (("background", step.background), ("clean-up", step.cleanup)) if on]
    return f" ({', '.join(marks)})" if marks else ""
