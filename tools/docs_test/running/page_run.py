"""Runs a tutorial: its steps in order, its clean-up whatever happens, and a look at what is left.

A page that is kept instead goes on here, too, in another process.
"""

from __future__ import annotations

import enum
import secrets
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.running import ending, killed_runs
from docs_test.running.artifacts import collect
from docs_test.running.conduct import WHOLE
from docs_test.running.page import Page
from docs_test.running.session import Session
from docs_test.running.watch import watch
from docs_test.shell.bash import Shell
from docs_test.shell.folder import SCRIPTS, page_environment
from docs_test.shell.readiness import require_free
from docs_test.shell.sandbox import confined, sandbox, unconfined
from groundwork.base.masking import learn
from groundwork.system.records import recorded
from groundwork.system.signals import deferred

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docs_test.model import Environment, Tutorial
    from docs_test.page_results import PageResult
    from docs_test.running.artifacts import Keep
    from docs_test.running.conduct import Conduct
    from docs_test.running.page import Reporter
    from docs_test.running.session import Held, Keeper


class Folder(enum.Enum):
    """What becomes of a page's folder."""

    GONE = "gone"
    UNFINISHED = "unfinished"
    """Folder of a page whose clean-up is not at its end: the next run finishes it."""
    KEPT = "kept"


def run_page(
    tutorial: Tutorial,
    environment: Environment,
    reporter: Reporter,
    *,
    run: str = "",
    keep: Keep | None = None,
    conduct: Conduct = WHOLE,
    keeper: Keeper | None = None,
    held: Held | None = None,
) -> PageResult:
    """Run a tutorial in a fresh, empty folder.

    Args:
        tutorial: the page, in one variant.
        environment: where it runs.
        reporter: hears how it goes on.
        run: identifies the run of docs-test.
        keep: takes the files that the page names under `artifacts`; None: they are not looked for.
        conduct: how far it is run, and what happens after a failure.
        keeper: keeps a page that does not come to its end; None: it is cleaned up.
        held: called when all steps have passed, before clean-up, to run what starts from what they made.

    Returns:
        The result; it says if the page was interrupted (Ctrl-C, SIGTERM). Everything started has ended, unless the
        page is kept.

    Raises:
        EnvironmentFault: a port that the page needs is taken; nothing of the page is left.
    """
    for step in tutorial.steps:
        if step.background:
            require_free(step.ready, step.location)
    folder = Path(tempfile.gettempdir(), f"docs-test-{secrets.token_hex(6)}")
    with page_record(folder, tutorial) as becomes:
        session = begin(tutorial, environment, reporter, folder, conduct)
        session.keep_with(keeper)
        session.held = held and partial(_held, held, session.page, environment)
        page = carry_out(session, keep, becomes)
    return replace(page, run=run)


@contextmanager
def page_record(folder: Path, tutorial: Tutorial) -> Iterator[list[Folder]]:
    """The record of a page, by which a later run finds what this one left.

    The block says what becomes of the page's folder: the last item of the list; GONE if it is empty.
    """
    becomes: list[Folder] = []
    with recorded(killed_runs.KIND, folder=str(folder), page=tutorial.path) as record:
        try:
            yield becomes
        except KeyboardInterrupt:
            # Between two of its lines. Once steps have run, clean-up is due, and the next run sees to it.
            if not becomes and (folder / SCRIPTS).exists():
                becomes.append(Folder.UNFINISHED)
            raise
        finally:
            last = becomes[-1] if becomes else Folder.GONE
            if last is Folder.GONE:
                shutil.rmtree(folder, ignore_errors=True)
            if last is not Folder.UNFINISHED:
                record.settled()


def begin(
    tutorial: Tutorial, environment: Environment, reporter: Reporter, folder: Path, conduct: Conduct
) -> Session:
    """Make a page's folder and shell, and look at the cluster before it."""
    folder.mkdir(mode=0o700)
    env = page_environment(tutorial, environment, folder)
    learn(env, environment.page_kubeconfig, environment.cluster_kubeconfig)
    seen = watch(tutorial, environment, folder, env)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = open_page(tutorial, environment, reporter, folder, env)
    return Session(page, seen, at, conduct)


def open_page(
    tutorial: Tutorial,
    environment: Environment,
    reporter: Reporter,
    folder: Path,
    env: Mapping[str, str],
    *,
    state: Path | None = None,
) -> Page:
    """A page with a shell in its folder, which goes on from a state, if there is one."""
    around = sandbox(folder, environment.path_prefix) if environment.sandboxed else unconfined()
    shell = Shell(folder, folder / "work", env, state, around)
    return Page(tutorial, folder, dict(env), reporter, shell, around, started=time.monotonic())


def carry_out(
    session: Session, keep: Keep | None, becomes: list[Folder], *, steps: bool = True, interrupted: bool = False
) -> PageResult:
    """Run the steps of an open page, then keep it, or clean up.

    Args:
        session: the open page.
        keep: as of `run_page`.
        becomes: gets what becomes of its folder.
        steps: whether its next steps are run; else it ends where it stands.
        interrupted: whether a person has interrupted it already.
    """
    page, kept = session.page, False
    fault: Exception | None = None
    try:
        try:
            try:
                if steps:
                    session.go_on()
                    session.hold()
            finally:
                if keep:  # Before clean-up, which may remove them.
                    page.attachments = collect(page.work, page.tutorial.artifacts, keep)
            kept = _kept(session)
        except KeyboardInterrupt:
            interrupted = True
        except Exception as error:  # noqa: BLE001 - whatever it is, what the page made goes first
            fault = error
        if kept:
            becomes.append(Folder.KEPT)
            return replace(ending.result(session, ending.Ending(), interrupted=False), kept=True)
        ended = ending.end(page, session.watch, patient=not interrupted)
    finally:
        if not kept:
            page.end_backgrounds()
            page.shell.close()
            if not confined(page.sandbox):  # What was too stubborn for its supervisor.
                killed_runs.end_processes(page.folder)
    if not ended.reached:
        becomes.append(Folder.UNFINISHED)
    if fault:
        raise fault
    return ending.result(session, ended, interrupted=interrupted or ended.interrupted)


def _held(held: Held, page: Page, environment: Environment) -> frozenset[str]:
    """Run other pages, and know this one's secrets again after them."""
    try:
        return held()
    finally:
        learn(page.env, environment.page_kubeconfig, environment.cluster_kubeconfig)


def _kept(session: Session) -> bool:
    """Keep a page of which a step failed, or that stops before its last one, if that is wanted."""
    keeper, whole = session.keeper, WHOLE.steps(session.page.tutorial)
    if keeper is None or session.quit or (session.next == len(whole) and not keeper.others):
        return False
    try:
        with deferred(session.page.reporter.said):
            keeper.keep(session)
    except BaseException:
        keeper.forget(session.page.folder)
        raise
    session.stays = session.next == len(whole)
    return True
