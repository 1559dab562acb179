"""The options of each command of docs-test, and the exit statuses that its help names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from kube_manifests.structure import engines

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Sequence

FORMATS = ("github", "json", "junit", "text")
"""Of a report (`groundwork.reporting.reporters`)."""
READ_EPILOG = """\
exit status: 0 done; 2 a page or the command line cannot be read.
"""
RUN_EPILOG = """\
exit status: 0 every page passed; 1 a page failed; 2 a page or the command line cannot be read, nothing was run;
3 the machine or the cluster lacks something; 130 interrupted, and everything that was started has ended.
"""
LINT_EPILOG = """\
exit status: 0 no mistake; 2 a page has one, or the command line cannot be read.
"""
VALIDATE_EPILOG = """\
Without PATH: every page of the site and every file under examples/. PATH may be a YAML or JSON file, a Markdown
page of the site, a folder of such, or - for standard input.

exit status: 0 no error (advice does not count); 1 a manifest is invalid; 2 a path or an option cannot be read, or
a path has nothing to check; 3 the cluster of --from-cluster does not answer; 130 interrupted.
"""
REPORT_EPILOG = """\
exit status: 0 also where a page failed, because the run has said so; 2 a file cannot be read.
"""


def add_run(parser: ArgumentParser) -> None:
    """The options of `docs-test run`."""
    _add_pages(parser, "pages to run")
    _add_choice(parser)
    where = parser.add_argument_group("where to run")
    where.add_argument("--provision", action="store_true", help="install what the machine lacks first (asks)")
    where.add_argument("--yes", action="store_true", help="do not ask")
    where.add_argument("--cluster-name", default="", metavar="NAME", help="use, or make, the kind cluster NAME")
    where.add_argument(
        "--keep-cluster", action="store_true", help="leave the cluster running; the next run reuses it"
    )
    where.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="run in this cluster, in a namespace of the run's own"
    )
    where.add_argument("--context", default="", metavar="NAME", help="which context of the kubeconfig")
    where.add_argument(
        "--allow-context",
        action="append",
        default=[],
        metavar="NAME",
        help="let pages run in this context's cluster although its ConfigMap docs-test-allowed does not",
    )
    where.add_argument(
        "--platform",
        choices=("mock", "helm"),
        default="mock",
        help="in kind: this project's stand-in for the operator, or a Helm chart (default: mock)",
    )
    where.add_argument("--chart", default="", metavar="URL|PATH", help="with helm (default: the released chart)")
    where.add_argument("--values", type=Path, metavar="FILE", help="with helm: the chart's values")
    where.add_argument("--no-sandbox", action="store_true", help="let pages see all that you see on this machine")
    where.add_argument(
        "--gpu-profile", default="h100x8", metavar="NAME", help="mock GPUs of the node (a name or .toml)"
    )
    out = parser.add_argument_group("what to write")
    out.add_argument(
        "--results", type=Path, metavar="FILE", help="results file (default: build/docs-test/results.json)"
    )
    out.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")


def add_list(parser: ArgumentParser) -> None:
    """The options of `docs-test list`."""
    _add_pages(parser, "pages to list")
    _add_choice(parser)
    as_if = "as a run in this cluster would have it; nobody looks there"
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE", help=as_if)


def add_lint(parser: ArgumentParser) -> None:
    """The options of `docs-test lint`."""
    _add_pages(parser, "pages to check")
    _add_root(parser)
    _add_report(parser.add_argument_group("what to print"))


def add_validate(parser: ArgumentParser) -> None:
    """The options of `docs-test validate`."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what to check")
    rules = parser.add_argument_group("against what")
    rules.add_argument(
        "--dynamo",
        metavar="RELEASE",
        help="a release, such as 0.7.1 (default: the newest known, or the one nearest to given CRDs)",
    )
    where = rules.add_mutually_exclusive_group()
    where.add_argument("--crds", type=Path, metavar="DIR", help="the CRDs in a folder instead of this project's")
    where.add_argument("--from-cluster", action="store_true", help="the CRDs of a cluster")
    rules.add_argument("--kubeconfig", type=Path, metavar="FILE", help="of the cluster (default: kubectl's own)")
    rules.add_argument("--context", metavar="NAME", help="of the cluster (default: the current one)")
    rules.add_argument(
        "--engine",
        choices=engines.NAMES,
        default=engines.BUILT_IN,
        help="what checks values against the schemas; both answer the same (default: built-in, the faster one)",
    )
    out = parser.add_argument_group("what to print")
    _add_report(out)
    out.add_argument("--no-advice", action="store_true", help="errors only")
    _add_root(parser)


def add_report(parser: ArgumentParser) -> None:
    """The options of `docs-test report`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="results files that runs have written")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write them as one results file")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="append a summary in Markdown")
    parser.add_argument(
        "--annotations", action="store_true", help="print GitHub annotations at the lines that failed"
    )
    parser.add_argument(
        "--allow-none", action="store_true", help="leave out files that are not there: a run had nothing to run"
    )


def check_where(options: Namespace) -> None:
    """Hold that the options of where to run go together.

    Raises:
        UserError: two of them do not, or a file is not there.
    """
    helm = options.platform == "helm"
    for given, name, belongs in (
        (options.chart, "--chart", helm),
        (options.values, "--values", helm),
        (options.context, "--context", options.kubeconfig),
        (options.allow_context, "--allow-context", options.kubeconfig),
        (helm, "--platform helm", not options.kubeconfig),
    ):
        if given and not belongs:
            owner = "--platform helm" if name in {"--chart", "--values"} else "--kubeconfig"
            fact = "does not go with --kubeconfig" if name == "--platform helm" else f"goes with {owner} alone"
            raise UserError(f"{name}: {fact}")
    if options.values and not options.values.is_file():
        raise UserError(f"--values {str(options.values)!r}: no such file")


def selection(words: Sequence[str]) -> dict[str, str]:
    """The variants that `--when` chooses.

    Raises:
        UserError: one is no KEY=VALUE.
    """
    selection = {}
    for word in words:
        key, separator, value = word.partition("=")
        if not (key and separator and value):
            raise UserError(f"--when {word!r}: expected KEY=VALUE", hint="--when api=v1beta1")
        selection[key] = value
    return selection


def _add_pages(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"{what}, relative to the root (default: all)")


def _add_choice(parser: ArgumentParser) -> None:
    what = parser.add_argument_group("what to run")
    what.add_argument("--when", action="append", default=[], metavar="KEY=VALUE", help="this variant only")
    what.add_argument("--shard", default="", metavar="I/N", help="the I-th of N equal parts")
    what.add_argument("--changed-since", default="", metavar="REF", help="first what differs from a git commit")
    what.add_argument("--only-changed", action="store_true", help="with --changed-since: nothing else")
    _add_root(what)


def _add_root(parser: ArgumentParser | _ArgumentGroup) -> None:
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the folder with mkdocs.yml (default: .)"
    )


def _add_report(parser: _ArgumentGroup) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    to_file = "write it to FILE, a summary to the terminal"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=to_file)
