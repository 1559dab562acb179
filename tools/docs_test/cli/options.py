"""The options of each command of docs-test, and the exit statuses that its help names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.base.wording import either
from kube_manifests.structure import engines

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Sequence

    from docs_test.ports.platform import Platform

FORMATS = ("github", "json", "junit", "text")
"""Formats of a report (`groundwork.reporting.reporters`)."""
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


def add_run(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test run`, with those of the platform if the words have one, or ask for help."""
    from docs_test.ports import registry, settings  # noqa: PLC0415 - help of other commands needs neither

    said = _peek(words, "--platform")
    usual = settings.usual_platform(said.root)
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
        help="run although the cluster lacks ConfigMap kube-system/docs-test-allowed",
    )
    where.add_argument(
        "--platform",
        default="",
        metavar="NAME",
        help=f"what makes the cluster: {either(registry.platforms())} (default: {usual})",
    )
    where.add_argument("--no-sandbox", action="store_true", help="let pages see all that you see on this machine")
    out = parser.add_argument_group("what to write")
    out.add_argument(
        "--results", type=Path, metavar="FILE", help="results file (default: build/docs-test/results.json)"
    )
    out.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    # Pages without a cluster run where what makes clusters is not even loaded.
    asked = {"-h", "--help"}.intersection(words) or parser.parse_known_args(words)[1]
    if asked and (platform := settings.chosen_platform(said.root, said.platform)):
        platform.add_options(where)


def add_list(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test list`."""
    _add_pages(parser, "pages to list")
    _add_choice(parser)
    as_if = "as a run in this cluster would have it; nobody looks there"
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE", help=as_if)


def add_lint(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test lint`."""
    _add_pages(parser, "pages to check")
    _add_root(parser)
    _add_report(parser.add_argument_group("what to print"))


def add_validate(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test validate`, with those of the product that the words or the site name."""
    from docs_test.ports import registry  # noqa: PLC0415
    from docs_test.ports.settings import product_of_manifests  # noqa: PLC0415

    said = _peek(words, "--product")
    product = product_of_manifests(said.root, said.product)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what to check")
    rules = parser.add_argument_group("against what")
    rules.add_argument(
        "--product",
        default="",
        metavar="NAME",
        help=f"whose rules: {either(registry.products())} (default: the site's; without mkdocs.yml the only one)",
    )
    product.manifests.add_options(rules)
    where = rules.add_mutually_exclusive_group()
    where.add_argument(
        "--crds", type=Path, metavar="DIR", help="the CRDs in a folder instead of the product's own"
    )
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


def add_report(parser: ArgumentParser, _: Sequence[str]) -> None:
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


def check_where(options: Namespace, platform: Platform | None) -> None:
    """Hold that the options of where to run go together.

    Raises:
        UserError: two of them do not, or a file is not there.
    """
    for given, name in ((options.context, "--context"), (options.allow_context, "--allow-context")):
        if given and not options.kubeconfig:
            raise UserError(f"{name}: goes with --kubeconfig alone")
    if options.platform and options.kubeconfig:
        raise UserError(f"--platform {options.platform}: does not go with --kubeconfig")
    if platform:
        platform.check(options)


def with_platform(options: Namespace, platform: Platform) -> Namespace:
    """The options, with those of the platform: where the words have none of them, their defaults."""
    from argparse import ArgumentParser, Namespace  # noqa: PLC0415 - loaded by who calls

    own = ArgumentParser(add_help=False)
    platform.add_options(own.add_argument_group())
    return Namespace(**{**vars(own.parse_args([])), **vars(options)})


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


def _peek(words: Sequence[str], name: str) -> Namespace:
    """The root and one option more, read before the parser knows all options: it gets some of them from there."""
    from argparse import ArgumentError, ArgumentParser  # noqa: PLC0415 - loaded by who calls

    first = ArgumentParser(add_help=False, exit_on_error=False)
    _add_root(first)
    first.add_argument(name, default="")
    try:
        return first.parse_known_args(words)[0]
    except ArgumentError:  # The whole parser tells of it.
        return first.parse_known_args([])[0]


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
