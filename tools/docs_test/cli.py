"""The command line: `docs-test [PAGES...]`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test import killed, results
from docs_test.environment import GIVEN, EnvironmentOptions, open_environment
from docs_test.junit import write_junit
from docs_test.lint import lint
from docs_test.model import Outcome
from docs_test.problems import PageErrors
from docs_test.report import ConsoleReporter, skipped_lines, summary_of
from docs_test.runner import run_page
from docs_test.tutorial import load_tutorials
from project.errors import ExitStatus, UserError
from project.progress import Progress
from project.records import abandoned
from project.signals import as_interrupt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.model import Environment, PageResult, Tutorial

BUG = 70
CAPABILITIES = frozenset({"gpu"})
"""What the default environment has: GPUs that Pods can ask for (mock ones)."""

EPILOG = """\
exit status: 0 every page passed; 1 a page failed; 2 a page or the command line cannot be read, nothing was run;
3 the machine or the cluster lacks something; 130 interrupted, and everything that was started has ended.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run docs-test; returns its exit status."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, as_interrupt)
    # A job in the background of a script inherits Ctrl-C as ignored; whoever sends it to us means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The pages' macros read the results file for their status lines; a run must not depend on an earlier one.
    os.environ["DOCS_TEST_RESULTS"] = ""
    try:
        return _run(options)
    except UserError as error:
        print(error, file=sys.stderr)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="docs-test",
        description="Run the site's tutorials, word for word, in a Kubernetes cluster.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "pages", nargs="*", metavar="PAGE", help="pages to run, relative to the root (default: all)"
    )
    what = parser.add_argument_group("what to do")
    what.add_argument("--list", action="store_true", help="list pages and steps, run nothing")
    what.add_argument(
        "--lint", action="store_true", help="read all pages, check their blocks and examples/, run nothing"
    )
    what.add_argument("--when", action="append", default=[], metavar="KEY=VALUE", help="run this variant only")
    what.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the folder with mkdocs.yml (default: .)"
    )
    where = parser.add_argument_group("where to run")
    where.add_argument("--provision", action="store_true", help="install what the machine lacks first (asks)")
    where.add_argument("--yes", action="store_true", help="do not ask")
    where.add_argument("--cluster-name", default="", metavar="NAME", help="use, or make, the kind cluster NAME")
    where.add_argument(
        "--keep-cluster", action="store_true", help="leave the cluster running; the next run reuses it"
    )
    where.add_argument("--kubeconfig", type=Path, metavar="FILE", help="run in this cluster as it is")
    where.add_argument(
        "--gpu-profile", default="h100x8", metavar="NAME", help="mock GPUs of the node (a name or .toml)"
    )
    out = parser.add_argument_group("what to write")
    out.add_argument(
        "--results", type=Path, metavar="FILE", help="results file (default: build/docs-test/results.json)"
    )
    out.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    out.add_argument("--debug", action="store_true", help="show the traceback of a bug")
    parser.add_argument("--version", action="version", version=f"docs-test {package_version('dynamo-docs')}")
    return parser


def _run(options: argparse.Namespace) -> int:
    root = options.root.resolve()
    if options.lint:
        return _lint(root, options.pages)
    tutorials = load_tutorials(root, options.pages, select=_selection(options.when), capabilities=CAPABILITIES)
    if options.list:
        return _list(tutorials)
    if not tutorials:
        raise UserError(f"no tutorial under {root}: no page's front matter has 'tutorial:'")
    progress = Progress()
    killed.sweep(progress.line)
    with abandoned(GIVEN):
        pass  # A killed run's claim: nothing was made.
    path = options.results or root / "build" / "docs-test" / "results.json"
    old = results.read(path)
    started_at = _now()
    pages: list[PageResult] = []
    interrupted = False
    try:
        with open_environment(_environment_options(options), progress) as environment:
            reporter = ConsoleReporter(progress, colour=_colour(options))
            for tutorial in tutorials:
                with progress.stage(f"run {tutorial.path}") as stage:
                    page, interrupted = run_page(tutorial, environment, reporter)
                    stage.note = page.outcome.value
                pages.append(page)
                if interrupted:
                    break
    finally:
        # Also where a later page, or the end of the environment, ended the run: what ran, ran.
        if pages:
            _write(
                options,
                path,
                old,
                root=root,
                environment=environment,
                pages=pages,
                progress=progress,
                started_at=started_at,
            )
            reporter.summary(pages, progress.stages, environment, not_run=tutorials[len(pages) :])
    if interrupted:
        raise KeyboardInterrupt
    return ExitStatus.OK if all(page.outcome is Outcome.PASSED for page in pages) else ExitStatus.FAILED


def _write(
    options: argparse.Namespace,
    path: Path,
    old: dict[str, object] | None,
    *,
    root: Path,
    environment: Environment,
    pages: list[PageResult],
    progress: Progress,
    started_at: str,
) -> None:
    new = results.document(root, environment, pages, progress.stages, started_at=started_at, finished_at=_now())
    results.write(path, results.merge(old, new))
    if options.junit:
        write_junit(options.junit, pages)


def _lint(root: Path, pages: Sequence[str]) -> int:
    errors = lint(root, pages)
    if errors:
        raise PageErrors(errors)
    print("every block has a role, every example its place; no mistake found")
    return ExitStatus.OK


def _list(tutorials: Sequence[Tutorial]) -> int:
    for tutorial in tutorials:
        print(f"{tutorial.path}: {len(tutorial.steps)} steps, {len(tutorial.skipped)} blocks skipped")
        for step in tutorial.steps:
            marks = [word for word, on in (("background", step.background), ("clean-up", step.cleanup)) if on]
            print(f"  {step} {step.kind} {summary_of(step)}" + (f" ({', '.join(marks)})" if marks else ""))
        for line in skipped_lines(tutorial):
            print(f"  {line}")
    return ExitStatus.OK


def _selection(words: Sequence[str]) -> dict[str, str]:
    selection = {}
    for word in words:
        key, separator, value = word.partition("=")
        if not (key and separator and value):
            raise UserError(f"--when {word!r}: expected KEY=VALUE", hint="--when api=v1beta1")
        selection[key] = value
    return selection


def _environment_options(options: argparse.Namespace) -> EnvironmentOptions:
    return EnvironmentOptions(
        provision=options.provision,
        assume_yes=options.yes,
        cluster_name=options.cluster_name,
        keep_cluster=options.keep_cluster,
        kubeconfig=options.kubeconfig,
        gpu_profile=options.gpu_profile,
    )


def _colour(options: argparse.Namespace) -> bool:
    return sys.stderr.isatty() and not options.no_color and not os.environ.get("NO_COLOR")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
