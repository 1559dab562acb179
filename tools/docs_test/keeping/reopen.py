"""Opens a page that was kept: its shell, its clock and its background steps as they were."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.clusters.leftovers import removal
from docs_test.reporting.failures import failure_text
from docs_test.running.conduct import WHOLE
from docs_test.running.killed_runs import end_processes
from docs_test.running.page_run import Folder, carry_out, open_page, page_record
from docs_test.running.session import Session
from docs_test.running.watch import watch
from docs_test.shell.background import Background
from docs_test.shell.folder import OUTPUTS, SCRIPTS
from docs_test.shell.output import Output
from docs_test.shell.readiness import answers
from groundwork.base.masking import learn
from groundwork.system.processes import Adopted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docs_test.keeping.kept import KeptBackground, Taken
    from docs_test.model import Environment, Step, Tutorial
    from docs_test.page_results import PageResult
    from docs_test.running.artifacts import Keep
    from docs_test.running.conduct import Conduct
    from docs_test.running.page import Reporter
    from docs_test.running.session import Keeper


def resume_page(
    taken: Taken,
    tutorial: Tutorial,
    environment: Environment,
    reporter: Reporter,
    *,
    conduct: Conduct = WHOLE,
    run: str = "",
    keep: Keep | None = None,
    keeper: Keeper,
) -> PageResult:
    """Go on with a page that was kept, to its end.

    Args:
        taken: the page as it was kept; its record is forgotten as soon as this process has one of its own.
        tutorial: the page as it is read now, of which nothing that has run was changed (`edits`).
        environment: where it ran, opened again.
        reporter: hears how it goes on.
        conduct: as of `run_page`, as are the following.
        run: identifies the run of docs-test.
        keep: takes the artifacts.
        keeper: has kept the page, and keeps it if it fails again.
    """
    with _session(taken, tutorial, environment, reporter, keeper) as (session, becomes):
        session.conduct = conduct
        session.keep_with(keeper)
        page = carry_out(session, keep, becomes)
    return replace(page, run=run)


def discard_page(taken: Taken, environment: Environment, reporter: Reporter, keeper: Keeper) -> list[str]:
    """Clean up a page that was kept, as it was read when it ran; returns what went wrong and what it left."""
    with _session(taken, taken.kept.tutorial, environment, reporter, keeper) as (session, becomes):
        session.ended, session.quit = [], True
        page = carry_out(session, None, becomes)
    failed = [step for step in page.steps if step.failure and step.cleanup]
    said = [failure_text(step.failure, step) for step in failed if step.failure]
    said += [failure_text(failure) for failure in page.failures]
    if page.leftovers:
        said.append(
            f"it left {len(page.leftovers)} objects in the cluster\nhint: remove them:\n{removal(page.leftovers)}"
        )
    if page.interrupted:
        raise KeyboardInterrupt
    return said


@contextmanager
def _session(
    taken: Taken, tutorial: Tutorial, environment: Environment, reporter: Reporter, keeper: Keeper
) -> Iterator[tuple[Session, list[Folder]]]:
    """The open session of a kept page, which from here on is this process's; all its processes end with it."""
    folder = taken.folder
    with page_record(folder, tutorial) as becomes:
        becomes.append(Folder.UNFINISHED)  # Whatever comes between: another process finishes it.
        keeper.forget(folder)
        taken.record.forget()
        session = reopened(taken, tutorial, environment, reporter)
        becomes.clear()
        yield session, becomes
        if not becomes:
            end_processes(folder)  # Also those that have left their process groups.


def reopened(taken: Taken, tutorial: Tutorial, environment: Environment, reporter: Reporter) -> Session:
    """The session of a page that was kept, with the page as it is read now."""
    kept, folder = taken.kept, taken.folder
    state = folder / SCRIPTS / kept.state if kept.state else None
    learn(kept.env, environment.page_kubeconfig, environment.cluster_kubeconfig)
    seen = watch(tutorial, environment, folder, kept.env, frozenset(kept.before))
    page = open_page(kept.tutorial, environment, reporter, folder, kept.env, state=state)
    page.before, page.started = state, time.monotonic() - kept.seconds
    session = Session(page, seen, kept.at, next=kept.next, skipped=list(kept.skipped))
    steps = session.steps
    page.results = {id(steps[int(index)]): result for index, result in kept.results.items()}
    living = {one.index: _adopted(one, steps[one.index], folder) for one in kept.backgrounds}
    page.backgrounds = [background for background in living.values() if background]
    ran = enumerate(steps[: kept.next])
    session.ended = [step for index, step in ran if step.background and not living.get(index)]
    session.adopt(tutorial)
    return session


def _adopted(kept: KeptBackground, step: Step, folder: Path) -> Background | None:
    """A background step that goes on; None if it has ended, or does not answer any more."""
    output = Output.again(folder / OUTPUTS, kept.output)
    background = Background(step, Adopted(kept.pid, kept.since), output)
    if background.process.poll() is None and answers(step.ready):
        return background
    background.close()
    return None
