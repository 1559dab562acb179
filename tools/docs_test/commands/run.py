"""`docs-test run`: the tutorials, in a cluster."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from docs_test.cli.asked import asked
from docs_test.cli.output import require_writable
from docs_test.cli.selection import read_runs
from docs_test.cli.stepper import require_terminal, stepper_of
from docs_test.cli.where import as_there, environment_options, sweep, usual_results
from docs_test.cli.written import Written
from docs_test.clusters.environment import EnvironmentOptions, open_environment
from docs_test.clusters.fit import report
from docs_test.keeping.again import discard_kept, keeper_of, with_kept
from docs_test.keeping.again import sweep as sweep_kept
from docs_test.options.run import again
from docs_test.orchestration.in_turn import How, InTurn
from docs_test.orchestration.repeats import together
from docs_test.orchestration.workers import Workers
from docs_test.outcomes import Outcome
from docs_test.planning.plan import absent, planned, seed_of
from docs_test.reporting import results
from docs_test.running.columns import pointed_fault
from docs_test.running.record import ran_on
from docs_test.times import history
from docs_test.times.trends import slower
from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from docs_test.cli.asked import Asked
    from docs_test.keeping.kept import PageKeeper
    from docs_test.language.needs import Vocabulary
    from docs_test.model import Environment, Tutorial
    from docs_test.page_results import PageResult, RanOn
    from docs_test.planning.plan import Plan


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
    wanted = environment_options(options, tutorials, jobs=options.jobs)
    _check(options)
    path = options.results or usual_results(root, wanted)
    for option, file in (("--results", path), ("--junit", options.junit), ("--html", options.html)):
        require_writable(option, file)
    old = results.read(path)
    sweep_kept(progress)
    sweep(progress.line)
    seed = seed_of(options.shuffle, progress.line)
    plan_of = partial(planned, repeat=options.repeat, seed=seed, share=not (options.keep or options.step))
    # What cannot be planned is known before there is a cluster.
    plan = plan_of(tutorials)
    absent(plan, progress.line)
    discard_kept(root, plan.runs, progress)
    told = again(wanted.own, wanted.platform)
    written = Written(root, path, options.junit, options.no_color, progress, options.html, told)
    this = _Run(written)
    try:
        with open_environment(wanted, progress) as environment:
            this.environment = environment
            plan = plan_of(as_there(read, tutorials, environment))
            said = this.attended(options, said, wanted)
            for line in report(environment.inventory, plan.runs, read.vocabulary) if environment.inventory else ():
                progress.line(line)
            this.run(plan, said, read.vocabulary)
    finally:
        # Also where a later page, or the end of the environment, ended the run: what ran, ran.
        if this.results:
            pages = together(this.results)
            where = ran_on(this.environment)
            written.finish(pages, where, old, not_run=this.missing(plan))
            this.remember(where, options.jobs)
    if any(page.interrupted for page in this.results):
        raise KeyboardInterrupt
    outcomes = {page.outcome for page in this.results}
    if outcomes == {Outcome.SKIPPED}:
        return ExitStatus.ENVIRONMENT  # Nothing was tested: that must not look like success.
    return ExitStatus.FAILED if outcomes & {Outcome.FAILED, Outcome.NOT_RUN} else ExitStatus.OK


def _check(options: argparse.Namespace) -> None:
    """Hold that what a person asks for while pages run goes together.

    Raises:
        UserError: it does not, or there is no terminal.
    """
    for wanted, name in ((options.keep, "--keep"), (options.step, "--step")):
        if wanted and options.jobs > 1:
            raise UserError(f"{name}: does not go with --jobs {options.jobs}", hint="run one page after the other")
    if options.step:
        require_terminal()


class _Run:
    """A run while it goes on: the results of its pages."""

    environment: Environment

    def __init__(self, written: Written) -> None:
        self.results: list[PageResult] = []
        """Results in the order in which they came; of a page that is repeated, several."""
        self.keeper: Callable[[], PageKeeper] | None = None
        self._written = written
        self._reporter = written.reporter()

    def attended(self, options: argparse.Namespace, said: Asked, wanted: EnvironmentOptions) -> Asked:
        """What is asked of the pages where a person attends: to be asked, or to go on after an edit."""
        written, environment = self._written, self.environment
        if options.keep:
            self.keeper = partial(
                keeper_of, wanted, environment, written.root, written.path, written.again.options
            )
        if not options.step:
            return said
        cluster = bool(environment.kubeconfig)
        where = (written.root, environment.capabilities, written.progress, written.again.options)
        stepper = stepper_of(*where, cluster=cluster)
        return replace(said, stepper=stepper)

    def run(self, plan: Plan, said: Asked, vocabulary: Vocabulary) -> None:
        """Run the plan, each result put into `results` at once, until a page is interrupted, or kept."""
        written = self._written
        if self.environment.side_by_side:
            where = (self.environment, written.progress, vocabulary)
            own = (*where, written.run, written.path, said.conduct, self.results)
            Workers(*own, colour=self._reporter.colour).go(plan)
            return
        how = How(written.run, written.store.keep, said.conduct, self.keeper)
        try:
            InTurn(self.environment, self._reporter, written.progress, how, self.results).go(plan)
        except EnvironmentFault as fault:
            raise pointed_fault(with_kept(fault), written.root) from None

    def missing(self, plan: Plan) -> list[Tutorial]:
        """The runs of a plan that have no result in any round."""
        ran = {page.key for page in self.results}
        return [run for run in plan.runs if run.key not in ran]

    def remember(self, where: RanOn, jobs: int) -> None:
        """Say which pages became slower than they used to be, and add their times to the history."""
        path = self._written.path.with_name(history.NAME)
        try:
            past = history.read(path)
        except UserError as error:
            self._written.progress.line(f"{error}")
            return
        entries = history.entries_of(self.results, history.environment_of(where, jobs))
        if notes := list(slower(past, entries)):
            self._written.progress.line("slower than usual, which fails nothing:")
        for note in notes:
            self._written.progress.line(f"  {note}")
        if entries:
            with suppress(OSError):
                history.write(path, [*past, *entries])
