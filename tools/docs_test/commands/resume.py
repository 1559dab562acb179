"""`docs-test resume`: a page that was kept goes on from the step that failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.cli.output import require_writable
from docs_test.cli.written import Written
from docs_test.clusters.stay import Stay
from docs_test.keeping.again import KeptPage, discard, environment_of, kept_pages, set_ups_of, take
from docs_test.keeping.edits import first_edit
from docs_test.keeping.kept import PageKeeper
from docs_test.keeping.reopen import resume_page
from docs_test.names import NONE
from docs_test.options.shared import selection
from docs_test.outcomes import Outcome
from docs_test.pages.source import Paths
from docs_test.reporting import results
from docs_test.running import killed_runs
from docs_test.running.conduct import Conduct
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.places import place_on_page, split_line
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.masking import mask
from groundwork.base.positions import Position
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from docs_test.keeping.kept import Kept, Taken
    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    handle_signals()
    root, progress = options.root.resolve(), Progress()
    killed_runs.sweep(progress.line)
    pages = kept_pages(root)
    if options.list:
        for page in pages:
            print(f"{page.name}: kept at {page.at}")
        return ExitStatus.OK
    page, line = _chosen(root, pages, options)
    if options.discard:
        return _discard(root, page, Written(root, Path(), no_color=options.no_color, progress=progress))
    require_writable("--junit", options.junit)
    outcomes: set[Outcome] = set()
    following = [page]
    while following:
        page = following.pop(0)
        with take(page) as held:
            tutorial = _as_now(root, held.kept)
            conduct = Conduct(last=place_on_page(root, tutorial, line).number) if line else Conduct()
            written = Written(root, Path(held.kept.where.results), options.junit, options.no_color, progress)
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
    following = [page]
    while following:
        page = following.pop(0)
        with written.progress.stage(f"clean up {page.name}"):
            said += discard(page, written.reporter(), written.progress)
        following = set_ups_of(page, root)
    for text in said:
        written.progress.line(text)
    return ExitStatus.FAILED if said else ExitStatus.OK


def _go_on(page: KeptPage, held: Taken, tutorial: Tutorial, conduct: Conduct, written: Written) -> PageResult:
    """Run the rest of the page; its result is written as any other."""
    where, stay = held.kept.where, Stay()
    old = results.read(written.path)
    result = None
    try:
        with (
            environment_of(page, held, stay, written.progress) as environment,
            written.progress.stage(f"go on with {page.name}") as stage,
        ):
            result = resume_page(
                held,
                tutorial,
                environment,
                written.reporter(),
                conduct=conduct,
                run=written.run,
                keep=written.store.keep,
                keeper=PageKeeper(where, stay),
            )
            stage.note = result.outcome.value
    finally:
        if result is not None:
            written.finish([result], where.ran_on, old)
    return result


def _chosen(root: Path, pages: list[KeptPage], options: argparse.Namespace) -> tuple[KeptPage, int]:
    """The page that is asked for, and the line up to which it goes on; 0 for its end.

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


def _as_now(root: Path, kept: Kept) -> Tutorial:
    """The page as it is now, if nothing that has run was changed.

    Raises:
        UserError: it cannot be read, or something was; names the first line.
    """
    path, variant = kept.tutorial.path, kept.tutorial.variant
    read = read_tutorials(root, [path])
    # Pages that it uses are read with it.
    front = next(one.page.front_matter for one in read.pages if one.page.path == path)
    select = {name: value for name, value in variant.items() if value in front.variants.get(name, ())}
    read = read_tutorials(root, [path], select=select)
    cluster = kept.where.platform != NONE
    every = read.tutorials(capabilities=frozenset(kept.where.capabilities), cluster=cluster)
    tutorials = [one for one in every if one.path == path]
    tutorial = next((one for one in tutorials if dict(one.variant) == dict(variant)), tutorials[0])
    _require_unchanged(kept, tutorial, front.positions)
    return tutorial


def _require_unchanged(kept: Kept, now: Tutorial, positions: Mapping[str, Position]) -> None:
    edit = first_edit(kept.tutorial, now, kept.next, positions)
    if edit is None:
        return
    hint = f"undo that, or run the page anew: docs-test run {now.path} --keep"
    where = edit.position if edit.position.line else Position(edit.position.file, 1)
    raise UserError(f"edited after it ran: {mask(edit.fact)}", where=where, hint=hint)
