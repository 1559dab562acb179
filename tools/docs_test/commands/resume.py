"""`docs-test resume`: a page that was kept continues from the step that failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.cli.output import require_writable
from docs_test.cli.stepper import require_terminal, stepper_of
from docs_test.cli.written import Written
from docs_test.clusters.stay import Stay
from docs_test.keeping.again import (
    KeptPage,
    discard,
    environment_of,
    kept_pages,
    set_ups_of,
    take,
    with_kept_set_ups,
)
from docs_test.keeping.again import sweep as sweep_kept
from docs_test.keeping.edits import read_again
from docs_test.keeping.kept import PageKeeper, load
from docs_test.keeping.reopen import resume_page
from docs_test.names import NONE
from docs_test.options.shared import selection
from docs_test.outcomes import Outcome
from docs_test.pages.source import Paths
from docs_test.reporting import results
from docs_test.reporting.again import Again
from docs_test.running import killed_runs
from docs_test.running.conduct import Conduct
from docs_test.tutorials.places import place_on_page, split_line
from groundwork.base.errors import ExitStatus, UserError
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse

    from docs_test.keeping.kept import Taken
    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    handle_signals()
    root, progress = options.root.resolve(), Progress()
    sweep_kept(progress)
    killed_runs.sweep(progress.line)
    pages = kept_pages(root)
    if options.list:
        for page in pages:
            print(f"{page.name}: kept at {page.at}")
        if not pages:
            progress.line("no page is kept")
        return ExitStatus.OK
    page, line = _chosen(root, pages, options)
    if options.discard:
        return _discard(root, page, Written(root, Path(), no_color=options.no_color, progress=progress))
    require_set_ups(page, root)
    require_writable("--junit", options.junit)
    if options.step:
        require_terminal()
    outcomes: set[Outcome] = set()
    following = [page]
    while following:
        page = following.pop(0)
        with take(page) as held:
            where, ran = held.kept.where, held.kept.tutorial
            capabilities, cluster = frozenset(where.capabilities), where.platform != NONE
            tutorial = read_again(root, ran, held.kept.next, capabilities, where.options, cluster=cluster)
            last = place_on_page(root, tutorial, line).number if line else 0
            stepper = None
            if options.step:
                stepper = stepper_of(root, capabilities, progress, where.options, cluster=cluster)
            conduct = Conduct(last=last, stepper=stepper)
            again = Again(where.options)
            written = Written(root, Path(where.results), options.junit, options.no_color, progress, again=again)
            result = _go_on(page, held, tutorial, conduct, written)
        if result.interrupted:
            raise KeyboardInterrupt("interrupted; everything that was started has ended")
        outcomes.add(result.outcome)
        if not result.kept:
            following, line = set_ups_of(page, root), 0
    return ExitStatus.FAILED if Outcome.FAILED in outcomes else ExitStatus.OK


def _discard(root: Path, page: KeptPage, written: Written) -> int:
    """Clean up a page, and those from whose set-up it started; returns the exit status."""
    said: list[str] = []
    for one in with_kept_set_ups(page, root):
        with written.progress.stage(f"clean up {one.name}"):
            said += discard(one, written.reporter(), written.progress)
    for text in said:
        written.progress.line(text)
    return ExitStatus.FAILED if said else ExitStatus.OK


def require_set_ups(page: KeptPage, root: Path) -> None:
    """Hold that nothing of the set-ups from which a page started was edited since they ran.

    Raises:
        UserError: something was, at its line.
    """
    for one in with_kept_set_ups(page, root)[1:]:
        if (kept := load(one.folder)) is not None:  # Else the error comes when it is taken.
            capabilities = frozenset(kept.where.capabilities)
            cluster, words = kept.where.platform != NONE, kept.where.options
            read_again(root, kept.tutorial, kept.next, capabilities, words, cluster=cluster)


def _go_on(page: KeptPage, held: Taken, tutorial: Tutorial, conduct: Conduct, written: Written) -> PageResult:
    """Run the rest of the page; its result is written as any other."""
    where, stay = held.kept.where, Stay()
    old = results.read(written.path)
    result = None
    try:
        with (
            environment_of(page, held, stay, written.progress) as environment,
            written.progress.stage(f"continue {page.name}") as stage,
        ):
            result = resume_page(
                held,
                tutorial,
                environment,
                written.reporter(),
                conduct=conduct,
                run=written.run,
                keep=written.store.keep,
                keeper=PageKeeper(where, stay, inside=page.inside),
            )
            stage.note = result.outcome.value
    finally:
        if result is not None:
            written.finish([result], where.ran_on, old)
    return result


def _chosen(root: Path, pages: list[KeptPage], options: argparse.Namespace) -> tuple[KeptPage, int]:
    """The page that is asked for, and the line up to which it continues; 0 for its end.

    Raises:
        UserError: it is not kept, or several are and none is named.
    """
    path, line = split_line(options.page)
    path, when = Paths(root).relative(path) if path else "", selection(options.when)
    folders = {str(page.folder) for page in pages}
    first = [page for page in pages if page.inside not in folders]  # A set-up follows what started from it.
    found = [page for page in first if path in ("", page.path) and when.items() <= page.variant.items()]
    if len(found) == 1:
        return found[0], line
    if not found:
        fact = f"{path}: this page is not kept" if path else "no page is kept"
        kept = ", ".join(page.name for page in first)
        hint = f"kept: {kept}" if kept else "`docs-test run PAGE --keep` keeps a page after a step that failed"
        raise UserError(fact, hint=hint)
    fact = f"{len(found)} pages are kept: {', '.join(page.name for page in found)}"
    raise UserError(fact, hint="name one, with --when KEY=VALUE if it has variants")
