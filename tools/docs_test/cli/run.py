"""The command line: `docs-test [PAGES...]`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.cli import output
from docs_test.cli.options import check_where, environment_options, parser, require_writable, selection
from docs_test.cli.selection import Wanted, chosen
from docs_test.clusters.environment import GIVEN, open_environment
from docs_test.clusters.fit import report
from docs_test.model import Outcome, PageResult
from docs_test.reporting import results
from docs_test.reporting.junit import write_junit
from docs_test.reporting.text import ConsoleReporter, skipped_lines, summary_of
from docs_test.running import killed_runs
from docs_test.running.page_run import run_page
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.structure import lint
from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.system.progress import Progress
from groundwork.system.records import abandoned
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from docs_test.model import Environment, Tutorial
    from groundwork.base.problems import Problem

BUG = 70
CAPABILITIES = frozenset({"gpu", "cluster-scope"})
"""What the default environment has: GPUs that Pods can ask for, and a cluster of the run's own."""
GIVEN_CAPABILITIES = frozenset({"gpu"})
"""What is assumed of a given cluster before it was looked at: what lies outside a namespace is not a page's."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run docs-test; returns its exit status."""
    options = parser().parse_args(arguments)
    handle_signals()
    # A job in the background of a script inherits Ctrl-C as ignored; whoever sends it to us means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The pages' macros read the results file for their status lines; a run must not depend on an earlier one.
    os.environ["DOCS_TEST_RESULTS"] = ""
    try:
        return _run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        _show_bugs(error.problems, options)
        return error.status
    except KeyboardInterrupt:
        print("interrupted; everything that was started has ended", file=sys.stderr)
        return ExitStatus.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: a bug of ours, said as such
        print(f"docs-test: a bug, please report it: {type(error).__name__}: {error}", file=sys.stderr)
        if options.debug:
            traceback.print_exc()
        else:
            print("hint: --debug shows where", file=sys.stderr)
        return BUG


def _run(options: argparse.Namespace) -> int:
    root = options.root.resolve()
    if options.lint:
        return _lint(root, options)
    output.refuse(options, "goes with --lint alone")
    assumed = GIVEN_CAPABILITIES if options.kubeconfig else CAPABILITIES
    read = read_tutorials(root, options.pages, select=selection(options.when))
    if not read.pages:
        raise UserError(f"no tutorial under {root}: no page's front matter has 'tutorial:'")
    progress = Progress()
    wanted = Wanted(shard=options.shard, since=options.changed_since, only_changed=options.only_changed)
    tutorials = chosen(read.tutorials(capabilities=assumed), wanted, root, progress.line)
    if options.list:
        return _list(tutorials)
    if not tutorials:
        progress.line("nothing to run")
        return ExitStatus.OK
    check_where(options)
    platform = "cluster" if options.kubeconfig else options.platform
    path = options.results or root / "build" / "docs-test" / results.NAMES[platform]
    require_writable("--results", path)
    require_writable("--junit", options.junit)
    old = results.read(path)
    killed_runs.sweep(progress.line)
    with abandoned(GIVEN):
        pass  # A killed run's claim: nothing was made.
    started_at = _now()
    pages: list[PageResult] = []
    interrupted = False
    try:
        with open_environment(environment_options(options), progress) as environment:
            reporter = ConsoleReporter(progress, colour=_colour(options))
            if environment.inventory:
                seen = read.tutorials(capabilities=environment.capabilities, inventory=environment.inventory)
                runs = {tutorial.key: tutorial for tutorial in seen}
                tutorials = [runs[tutorial.key] for tutorial in tutorials]
                for line in report(environment.inventory, tutorials):
                    progress.line(line)
            interrupted = _run_pages(tutorials, environment, reporter, pages)
    finally:
        # Also where a later page, or the end of the environment, ended the run: what ran, ran.
        if pages:
            # First: what fails to be written does not take the verdict with it.
            reporter.summary(pages, progress.stages, environment, not_run=tutorials[len(pages) :])
            _write(
                options,
                path,
                old,
                environment=environment,
                pages=pages,
                progress=progress,
                started_at=started_at,
            )
    if interrupted:
        raise KeyboardInterrupt
    outcomes = {page.outcome for page in pages}
    if outcomes == {Outcome.SKIPPED}:
        return ExitStatus.ENVIRONMENT  # Nothing was tested: that must not look like success.
    return ExitStatus.FAILED if Outcome.FAILED in outcomes else ExitStatus.OK


def _run_pages(
    tutorials: Sequence[Tutorial], environment: Environment, reporter: ConsoleReporter, pages: list[PageResult]
) -> bool:
    """Run them one after the other, each result put into `pages` at once; returns whether one was interrupted."""
    for tutorial in tutorials:
        if tutorial.lacks:
            pages.append(PageResult(tutorial, Outcome.SKIPPED, _now(), 0.0, ()))
            continue
        with reporter.progress.stage(f"run {tutorial.path}") as stage:
            page, interrupted = run_page(tutorial, environment, reporter)
            stage.note = page.outcome.value
        pages.append(page)
        if interrupted:
            return True
    return False


def _write(
    options: argparse.Namespace,
    path: Path,
    old: dict[str, object] | None,
    *,
    environment: Environment,
    pages: list[PageResult],
    progress: Progress,
    started_at: str,
) -> None:
    new = results.document(environment, pages, progress.stages, started_at=started_at, finished_at=_now())
    writers: list[tuple[Path, Callable[[], None]]] = [
        (path, lambda: results.write(path, results.merge(old, new))),
    ]
    if options.junit:
        writers.append((options.junit, lambda: write_junit(options.junit, pages)))
    unwritten = []
    for file, write in writers:
        try:
            write()
        except OSError as error:
            unwritten.append(f"{str(file)!r}: cannot be written: {error.strerror}")
    if unwritten:
        raise EnvironmentFault("\n".join(unwritten))


def _lint(root: Path, options: argparse.Namespace) -> int:
    report = lint(root, options.pages)
    output.write(report, options.format, options.output)
    _show_bugs(report.problems, options)
    return ExitStatus.USAGE if report.errors else ExitStatus.OK


def _show_bugs(problems: Iterable[Problem], options: argparse.Namespace) -> None:
    for problem in problems:
        if problem.bug is not None and options.debug:
            traceback.print_exception(problem.bug)


def _list(tutorials: Sequence[Tutorial]) -> int:
    for tutorial in tutorials:
        print(f"{tutorial.path}: {len(tutorial.steps)} steps, {len(tutorial.skipped)} blocks skipped")
        for step in tutorial.steps:
            marks = [word for word, on in (("background", step.background), ("clean-up", step.cleanup)) if on]
            print(f"  {step} {step.kind} {summary_of(step)}" + (f" ({', '.join(marks)})" if marks else ""))
        for line in skipped_lines(tutorial):
            print(f"  {line}")
    return ExitStatus.OK


def _colour(options: argparse.Namespace) -> bool:
    return sys.stderr.isatty() and not options.no_color and not os.environ.get("NO_COLOR")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
