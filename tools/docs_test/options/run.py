"""Options of `docs-test run`, with those of the platform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.shared import add_choice, add_pages, add_root, peek
from groundwork.base.errors import UserError
from groundwork.base.wording import either

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Sequence

    from docs_test.ports.platform import Platform
    from docs_test.reporting.again import Again

MOST = 1000
"""Largest number of rounds, and of pages at the same time."""
ONCE = ("--provision", "--yes")
"""Options of where to run that have done their work when a page fails."""
EPILOG = """\
exit status: 0 every page passed; 1 a page failed; 2 a page or the command line cannot be read, nothing was run;
3 the machine or the cluster lacks something; 130 interrupted, and everything that was started has ended.
"""


def add_options(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test run`, with those of the platform if the words have one, or ask for help."""
    add_pages(parser, "pages to run; PAGE:LINE runs one up to the step at that line")
    add_choice(parser)
    order = parser.add_argument_group("in which order, and how often")
    order.add_argument(
        "--shuffle", nargs="?", const="", metavar="SEED", help="in an order drawn by lot; prints the seed"
    )
    order.add_argument(
        "--jobs",
        type=_count,
        default=1,
        metavar="N",
        help="so many pages at the same time, as far as they allow it (default: 1)",
    )
    order.add_argument("--repeat", type=_count, default=1, metavar="N", help="run each page N times (default: 1)")
    how = parser.add_argument_group("how to run")
    how.add_argument(
        "--keep",
        action="store_true",
        help="after a failure keep the page as it is, its cluster too, for `docs-test resume`",
    )
    how.add_argument("--step", action="store_true", help="ask before each step: run, skip, a shell, quit")
    where = add_where(parser, words)
    out = parser.add_argument_group("what to write")
    out.add_argument(
        "--results", type=Path, metavar="FILE", help="results file (default: build/docs-test/results.json)"
    )
    out.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    out.add_argument("--html", type=Path, metavar="FILE", help="also write a report with the pages as rendered")
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    add_of_platform(parser, where, words)


def add_where(parser: ArgumentParser, words: Sequence[str]) -> _ArgumentGroup:
    """The options of where to run, without those of the platform: these come last (`add_of_platform`)."""
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
    add_platform(where, words)
    where.add_argument(
        "--no-sandbox", action="store_true", help="let pages see everything that you see on this machine"
    )
    return where


def add_platform(where: _ArgumentGroup, words: Sequence[str]) -> None:
    """The option that names the platform."""
    from docs_test.ports import registry, settings  # noqa: PLC0415 - help of other commands needs neither

    usual = settings.usual_platform(peek(words, "--platform").root)
    where.add_argument(
        "--platform",
        default="",
        metavar="NAME",
        help=f"what makes the cluster: {either(registry.platforms())} (default: {usual})",
    )


def add_of_platform(parser: ArgumentParser, where: _ArgumentGroup, words: Sequence[str]) -> None:
    """The options of the platform, if the words have one that is not yet known, or ask for help."""
    from docs_test.ports import settings  # noqa: PLC0415 - help of other commands does not need it

    said = peek(words, "--platform")
    # Pages without a cluster run where what makes clusters is not even loaded.
    asked = {"-h", "--help"}.intersection(words) or parser.parse_known_args(words)[1]
    if asked and (platform := settings.chosen_platform(said.root, said.platform)):
        platform.add_options(where)


def check_where(options: Namespace, platform: Platform | None) -> None:
    """Hold that the options of where to run go together.

    Raises:
        UserError: two of them do not, or a file is not there.
    """
    for given, name in ((options.context, "--context"), (options.allow_context, "--allow-context")):
        if given and not options.kubeconfig:
            raise UserError(f"{name}: works only with --kubeconfig")
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


def again(options: Namespace, platform: Platform | None) -> Again:
    """What a command line says of a later run of one of its pages.

    It repeats where to run, with the platform's own options, as far as it is not the default. It leaves out which
    pages, in which order and what to write, and what has been installed by now.
    """
    from argparse import ArgumentParser, Namespace  # noqa: PLC0415 - loaded by who calls

    from docs_test.reporting.again import Again  # noqa: PLC0415 - help needs none of it

    known = ArgumentParser(add_help=False)
    add_root(known)
    known.add_argument("--keep", action="store_true")
    where = add_where(known, ["--root", str(options.root)])
    if platform:
        platform.add_options(where)
    words: list[str] = []
    for name, usual in vars(known.parse_args([])).items():
        value, option = getattr(options, name, usual), f"--{name.replace('_', '-')}"
        if value == usual or option in ONCE:
            continue
        for one in value if isinstance(value, list) else [value]:
            words += [option] if one is True else [option, str(one)]
    try:
        check_where(Namespace(**{**vars(options), "keep": True}), platform)
    except UserError:
        return Again(tuple(words))
    return Again(tuple(words), may_keep="--keep" not in words)


def _count(word: str) -> int:
    from argparse import ArgumentTypeError  # noqa: PLC0415 - loaded by who calls

    if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= MOST):
        raise ArgumentTypeError(f"{word!r}, allowed: 1 to {MOST}")
    return int(word)
