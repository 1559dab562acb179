"""`docs-test run`: the tutorials, in a cluster."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.cli.asked import asked
from docs_test.cli.output import require_writable
from docs_test.cli.selection import read_runs
from docs_test.cli.version import program_version
from docs_test.clusters.environment import CLAIM, EnvironmentOptions, open_environment
from docs_test.clusters.fit import report
from docs_test.names import NONE, named
from docs_test.options.run import check_where, with_platform
from docs_test.outcomes import Outcome
from docs_test.page_results import Results, RunInfo, StageTime
from docs_test.ports.registry import GIVEN
from docs_test.ports.settings import chosen_platform, product_of, usual_platform
from docs_test.reporting import results
from docs_test.reporting.attachments import Store
from docs_test.reporting.junit import write_junit
from docs_test.reporting.text import ConsoleReporter
from docs_test.running import killed_runs
from docs_test.running.page_run import run_page
from docs_test.running.record import page_result, ran_on
from groundwork.base.errors import EnvironmentFault, ExitStatus
from groundwork.system.progress import Progress
from groundwork.system.records import forget_abandoned
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docs_test.cli.asked import Asked
    from docs_test.model import Environment, Tutorial
    from docs_test.page_results import PageResult


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    handle_signals()
    try:
        return _run(options)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted; everything that was started has ended") from None


def _run(options: argparse.Namespace) -> int:
    root = options.root.resolve()
    progress = Progress()
    said = asked(root, options.pages)
    options.pages = list(said.pages)
    read, tutorials = read_runs(options, progress.line)
    tutorials = said.narrowed(tutorials, progress.line)
    if not tutorials:
        progress.line("nothing to run")
        return ExitStatus.OK
    wanted = _environment_options(options, tutorials)
    name = GIVEN if options.kubeconfig else wanted.platform.name if wanted.platform else NONE
    path = options.results or root / "build" / "docs-test" / results.name_of(name, usual_platform(root))
    require_writable("--results", path)
    require_writable("--junit", options.junit)
    old = results.read(path)
    killed_runs.sweep(progress.line)
    forget_abandoned(CLAIM)
    this = _Run(options, path, progress, said)
    try:
        with open_environment(wanted, progress) as environment:
            this.environment = environment
            inventory = environment.inventory
            seen = read.tutorials(
                capabilities=environment.capabilities, inventory=inventory, cluster=inventory is not None
            )
            runs = {tutorial.key: tutorial for tutorial in seen}
            tutorials = [runs[tutorial.key] for tutorial in tutorials]
            for line in report(inventory, tutorials, read.vocabulary) if inventory else ():
                progress.line(line)
            this.run_pages(tutorials)
    finally:
        # Also where a later page, or the end of the environment, ended the run: what ran, ran.
        if this.pages:
            this.finish(old, not_run=tutorials[len(this.pages) :])
    if any(page.interrupted for page in this.pages):
        raise KeyboardInterrupt
    outcomes = {page.outcome for page in this.pages}
    if outcomes == {Outcome.SKIPPED}:
        return ExitStatus.ENVIRONMENT  # Nothing was tested: that must not look like success.
    return ExitStatus.FAILED if Outcome.FAILED in outcomes else ExitStatus.OK


class _Run:
    """A run while it goes on: its pages, one after the other, and what is written of them."""

    environment: Environment

    def __init__(self, options: argparse.Namespace, path: Path, progress: Progress, said: Asked) -> None:
        self.pages: list[PageResult] = []
        self._id, self._started_at = secrets.token_hex(8), _now()
        self._options, self._path, self._progress = options, path, progress
        self._store, self._asked = Store(path), said
        self._reporter = ConsoleReporter(progress, colour=_colour(options))

    def run_pages(self, tutorials: Sequence[Tutorial]) -> None:
        """Run them one after the other, each result put into `pages` at once, until one is interrupted."""
        for tutorial in tutorials:
            if tutorial.lacks:
                self.pages.append(page_result(tutorial, Outcome.SKIPPED, run=self._id, started_at=_now()))
                continue
            with self._progress.stage(f"run {named(tutorial.path, tutorial.variant)}") as stage:
                page = run_page(
                    tutorial,
                    self.environment,
                    self._reporter,
                    run=self._id,
                    keep=self._store.keep,
                    conduct=self._asked.conduct(tutorial),
                )
                stage.note = page.outcome.value
            self.pages.append(page)
            if page.interrupted:
                return

    def finish(self, old: Results | None, *, not_run: Sequence[Tutorial]) -> None:
        """Tell people how it went, and write the files.

        Raises:
            EnvironmentFault: a file cannot be written.
        """
        where, stages = ran_on(self.environment), self._progress.stages
        # First: what fails to be written does not take the verdict with it.
        self._reporter.summary(self.pages, stages, where, not_run=not_run)
        times = tuple(StageTime(stage.name, stage.seconds, stage.ok, stage.note) for stage in stages)
        info = RunInfo(self._id, program_version(), self._started_at, _now(), times)
        new = results.merge(old, Results(where, (info,), tuple(self.pages)))
        writers: list[tuple[Path, Callable[[], None]]] = []
        if new.pages:
            writers.append((self._path, lambda: results.write(self._path, new)))
        junit = self._options.junit
        if junit:
            writers.append((junit, lambda: write_junit(junit, self.pages)))
        unwritten = []
        for file, write in writers:
            try:
                write()
            except OSError as error:
                unwritten.append(f"{str(file)!r}: cannot be written: {error.strerror}")
        if unwritten:
            raise EnvironmentFault("\n".join(unwritten))
        with suppress(OSError):
            self._store.prune(new)


def _environment_options(options: argparse.Namespace, tutorials: Sequence[Tutorial]) -> EnvironmentOptions:
    """Where to run.

    Raises:
        UserError: options do not go together, or name what there is not.
    """
    platform = None
    if options.platform or options.kubeconfig or any(tutorial.cluster for tutorial in tutorials):
        platform = chosen_platform(options.root, options.platform)
    if platform:
        options = with_platform(options, platform)
    check_where(options, platform)
    return EnvironmentOptions(
        product=product_of(options.root),
        platform=platform,
        own=options,
        provision=options.provision,
        assume_yes=options.yes,
        cluster_name=options.cluster_name,
        keep_cluster=options.keep_cluster,
        kubeconfig=options.kubeconfig,
        context=options.context,
        allowed=tuple(options.allow_context),
        sandbox=not options.no_sandbox,
    )


def _colour(options: argparse.Namespace) -> bool:
    return sys.stderr.isatty() and not options.no_color and not os.environ.get("NO_COLOR")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
