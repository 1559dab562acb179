"""Options that several commands have, and the exit statuses that their help names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Sequence

FORMATS = ("github", "json", "junit", "text")
"""Formats of a report (`groundwork.reporting.reporters`)."""
ALL, FIRST, CHANGED = "all", "first", "changed"
"""Values of `--variants`."""
READ_EPILOG = """\
exit status: 0 done; 2 a page or the command line cannot be read.
"""


def peek(words: Sequence[str], name: str) -> Namespace:
    """The root and one option more, read before the parser knows all options: it gets some of them from there."""
    from argparse import ArgumentError, ArgumentParser  # noqa: PLC0415 - loaded by who calls

    first = ArgumentParser(add_help=False, exit_on_error=False)
    add_root(first)
    first.add_argument(name, default="")
    try:
        return first.parse_known_args(words)[0]
    except ArgumentError:  # The whole parser tells of it.
        return first.parse_known_args([])[0]


def add_pages(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"{what} (relative to the root; default: all)")


def add_choice(parser: ArgumentParser, variants: str = "") -> None:
    """The options that choose runs; `variants`: the default of --variants, "" if that depends on the pages."""
    what = parser.add_argument_group("what to run")
    what.add_argument("--when", action="append", default=[], metavar="KEY=VALUE", help="this variant only")
    usual = variants or f"{CHANGED}; {ALL} where a page or a variant is named"
    which = "of each page all variants, the first one, or all if the page changed and else the first one"
    what.add_argument(
        "--variants", choices=(ALL, FIRST, CHANGED), default=variants, help=f"{which} (default: {usual})"
    )
    what.add_argument("--shard", default="", metavar="I/N", help="the I-th of N equal parts")
    what.add_argument("--changed-since", default="", metavar="REF", help="first what differs from a git commit")
    what.add_argument("--only-changed", action="store_true", help="with --changed-since: nothing else")
    add_root(what)


def add_root(parser: ArgumentParser | _ArgumentGroup) -> None:
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the folder with mkdocs.yml (default: .)"
    )


def add_format(parser: _ArgumentGroup) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    to_file = "write it to FILE, a summary to the terminal"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=to_file)


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
