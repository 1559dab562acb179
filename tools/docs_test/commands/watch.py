"""`docs-test watch`: pages run, stay open, and go on or run anew with each save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.cli.output import require_writable
from docs_test.cli.where import environment_options, usual_results
from docs_test.cli.written import Written
from docs_test.clusters.environment import CLAIM, open_environment
from docs_test.keeping.again import discard_kept
from docs_test.keeping.again import sweep as sweep_kept
from docs_test.options.run import again
from docs_test.options.shared import selection
from docs_test.pages.source import Paths
from docs_test.reporting import results
from docs_test.running import killed_runs
from docs_test.tutorials.build import read_tutorials
from docs_test.watching.files import watched
from docs_test.watching.loop import Loop, folders_of
from groundwork.system.progress import Progress
from groundwork.system.records import forget_abandoned
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Run the command; it ends with Ctrl-C."""
    handle_signals()
    try:
        _run(options)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("ended; everything that was started has ended") from None
    return 0


def _run(options: argparse.Namespace) -> None:
    root, progress, select = options.root.resolve(), Progress(), selection(options.when)
    paths = Paths(root)
    pages = list(dict.fromkeys(paths.relative(page) for page in options.pages))
    tutorials = read_tutorials(root, pages, select=select).tutorials()
    wanted = environment_options(options, tutorials)
    path = options.results or usual_results(root, wanted)
    require_writable("--results", path)
    results.read(path)  # That it cannot be read is known before a page runs.
    sweep_kept(progress)
    killed_runs.sweep(progress.line)
    forget_abandoned(CLAIM)
    discard_kept(root, tutorials, progress)
    told = again(wanted.own, wanted.platform)
    written = Written(root, path, None, options.no_color, progress, again=told)
    with open_environment(wanted, progress) as environment, watched(root, folders_of(root, tutorials)) as saved:
        Loop(pages, select, environment, written, saved).go()
