"""`python -m docs_site.scaling`: keep what planners did in a run, for the pictures and lines of the pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docs_site.scaling import recording
from docs_site.scaling.reading import scaling_of
from docs_site.scaling.rules import RULES, lines_of
from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.paths import root
from groundwork.base.positions import Position
from groundwork.base.program import add_debug, cannot_write, program

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    return program(recording.COMMAND, _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog=recording.COMMAND, description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", metavar="FILE", help="results file of docs-test")
    parser.add_argument(
        "--write", type=Path, default=root() / recording.FILE, metavar="FILE", help=f"default: {recording.FILE}"
    )
    add_debug(parser)
    options = parser.read(words)
    for file in options.results:
        if not file.is_file():
            raise UserError(
                f"no such file: {str(file)!r}", hint="`docs-test run` writes build/docs-test/results.json"
            )
    found = [run for file in options.results for run in recording.of_results(file)]
    if not found:
        fact = "no page that passed has kept the log of a planner"
        hint = "./nox -s docs-test -- docs/planner/sla-planner-quickstart.md docs/planner/by-hand.md"
        raise UserError(fact, where=Position(str(options.results[0])), hint=hint)
    for run in found:
        scaling_of(run)
        if missing := [name for name, rule in RULES.items() if rule.page == run.page and not lines_of(rule, run)]:
            fact = f"the run of {run.page} has no line that shows {', '.join(missing)}"
            raise UserError(fact, hint="run the page again: what happens depends on the load of the machine")
    kept = recording.newest(recording.read(options.write), found)
    try:
        recording.write(options.write, kept.values())
    except OSError as error:
        raise cannot_write(options.write, error) from None
    for run in kept.values():
        print(f"{options.write}: {run.page}, run of {run.started_at}")
    return ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
