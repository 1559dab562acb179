"""`docs-test update`: what pages show, rewritten from what their commands print."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docs_test.cli.selection import read_runs
from docs_test.cli.where import as_there, environment_options, sweep
from docs_test.cli.written import colour
from docs_test.clusters.environment import open_environment
from docs_test.matching.compare import EMPTY
from docs_test.orchestration.in_turn import How, InTurn
from docs_test.outcomes import Outcome
from docs_test.planning.plan import absent, planned
from docs_test.reporting.text import ConsoleReporter
from docs_test.running.conduct import Conduct
from docs_test.stored.source import pages as pages_of
from docs_test.updating import writing
from docs_test.updating.diff import unified
from docs_test.updating.drafting import draft, parts
from docs_test.updating.observed import Ran, observed
from docs_test.updating.older_results import ran_before
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.wording import counted
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult
    from docs_test.pages.page import Page
    from docs_test.updating.drafting import Draft, Part
    from docs_test.updating.observed import Observed

CONDUCT = Conduct(past_mismatches=True)
DIFFERS = "prints something else than the page shows"
"""Verdict of a step, or a page, whose output is to be updated."""


class PastMismatches(InTurn):
    """Pages run one after the other; wrong output alone keeps none from being run that needs the page."""

    def verdict(self, page: PageResult) -> Outcome:
        """What a result is for pages that need this one."""
        return Outcome.PASSED if self.only_differs(page) else page.outcome

    def note(self, page: PageResult) -> str:
        """Not "failed": the next lines show the new output."""
        return DIFFERS if self.only_differs(page) else page.outcome.value

    def only_differs(self, page: PageResult) -> bool:
        """Whether the page failed only because it prints something else than it shows."""
        failures = [step.failure for step in page.steps if step.failure]
        return bool(failures) and all(map(CONDUCT.goes_on, failures)) and not (page.failures or page.leftovers)


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    handle_signals()
    try:
        return _run(options)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted; everything that was started has ended") from None


def _run(options: argparse.Namespace) -> int:
    if not (options.check or options.yes or sys.stdin.isatty()):
        hint = "--yes writes without asking; --check writes nothing"
        raise UserError("standard input is not a terminal, so the question cannot be asked", hint=hint)
    root, progress = options.root.resolve(), Progress()
    sweep(progress.line)
    runs = _runs(options, progress)
    if not runs:
        progress.line("nothing to run")
        return ExitStatus.OK
    if any(ran.result.interrupted for ran in runs):
        raise KeyboardInterrupt
    if all(ran.result.outcome is Outcome.SKIPPED for ran in runs):
        for ran in runs:
            progress.line(f"{ran.name}: not run: {ran.result.lacks}")
        return ExitStatus.ENVIRONMENT
    found = observed(runs, may_be_partial=bool(options.from_results))
    shown = {ran.page.path: ran.page for ran in runs if ran.page.path not in found.blocked}
    digests = {name: digest for ran in runs for name, digest in ran.tutorial.inputs.items()}
    made = draft(root, list(shown.values()), found.proposals, digests)
    asking = _Asking(options)
    written = [_one(options, asking, part) for part in parts(made)]
    return _told(progress, found, made, written, _unread(root, made, shown))


def _runs(options: argparse.Namespace, progress: Progress) -> list[Ran]:
    read, tutorials = read_runs(options, progress.line, past={EMPTY})
    by_path: dict[str, Page] = {page.page.path: page.page for page in read.pages}
    if options.from_results:
        return ran_before(options.from_results, read, tutorials)
    wanted = environment_options(options, tutorials)
    plan = planned(tutorials)  # What cannot be planned is known before a cluster.
    absent(plan, progress.line)
    results: list[PageResult] = []
    with open_environment(wanted, progress) as environment:
        plan = planned(as_there(read, tutorials, environment))
        reporter = ConsoleReporter(progress, colour=colour(no_color=options.no_color), differs=DIFFERS)
        PastMismatches(environment, reporter, progress, How("update", None, lambda _: CONDUCT), results).go(plan)
    runs = {run.key: run for run in plan.runs}
    return [Ran(_shown_by(run, by_path), run, result) for result in results if (run := runs[result.key])]


def _shown_by(run: Tutorial, pages: Mapping[str, Page]) -> Page:
    """The page of a run; of steps that pages share, the first one that shows them."""
    return pages.get(run.path) or next(page for page in pages.values() if run.path in page.inputs)


class _Asking:
    """Whether a part may be written: an answer may be one for all that follow."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._for_all: bool | None = False if options.check else True if options.yes else None

    def may(self, names: str) -> bool:
        if self._for_all is not None:
            return self._for_all
        while True:
            print(f"write {names}? [y]es, [n]o, [a]ll, [q]uit: ", end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            answer = line.strip().lower()[:1] if line else "q"
            if answer in {"a", "q"}:
                self._for_all = answer == "a"
            if answer in {"y", "n", "a", "q"}:
                return answer in {"y", "a"}


def _one(options: argparse.Namespace, asking: _Asking, part: Part) -> bool:
    """Show the diff of files that belong together, and write them if that is wanted; returns whether they are."""
    coloured = colour(no_color=options.no_color, stream=sys.stdout)
    for change in part.changes:
        print("\n".join(unified(change, colour=coloured)))
    for note in part.notes:
        print(f"note: {note}")
    sys.stdout.flush()
    if not asking.may(", ".join(change.file.name for change in part.changes)):
        return False
    writing.write(options.root.resolve(), part.changes)
    return True


def _unread(root: Path, made: Draft, shown: dict[str, Page]) -> list[str]:
    """Pages that show a changed file, too, and did not run."""
    shared = {change.file.name for change in made.changes} - set(shown)
    if not shared:
        return []
    with pages_of(root) as site:
        others = {
            path: shared.intersection(site.read(path).inputs) for path in site.page_paths if path not in shown
        }
    return [
        f"{path} shows {', '.join(sorted(also))}, too, and did not run" for path, also in others.items() if also
    ]


def _told(progress: Progress, found: Observed, made: Draft, written: Sequence[bool], unread: Sequence[str]) -> int:
    """Say what was not written, and return the exit status."""
    left = [*found.blocked.values(), *found.left, *made.left]
    for one in left:
        progress.line("")
        progress.line(str(one))
    for line in unread:
        progress.line(f"note: {line}")
    fences, files = len(made.done), len(made.changes)
    if not files and not left:
        progress.line("every page shows what its commands print")
    elif files:
        state = "written" if all(written) else "not written" if not any(written) else "written in part"
        differ = "differs" if fences == 1 else "differ"
        progress.line(f"{counted(fences, 'fence')} in {counted(files, 'file')} {differ}: {state}")
    return ExitStatus.OK if all(written) and not left else ExitStatus.FAILED
