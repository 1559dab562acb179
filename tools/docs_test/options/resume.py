"""Options of `docs-test resume`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.shared import add_root

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

EPILOG = """\
The steps before the one that failed are not run again, so you must not change them; you may change later ones.

exit status: 0 the page passed; 1 it failed, and is kept again; 2 it cannot be read, nothing is kept, or what has
run was edited; 3 the cluster is gone, or the machine lacks something; 130 interrupted, and everything has ended.
"""


def add_options(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test resume`."""
    which = "page to continue; with a line: up to the step there (default: the only one that is kept)"
    parser.add_argument("page", nargs="?", default="", metavar="PAGE[:LINE]", help=which)
    parser.add_argument("--discard", action="store_true", help="clean up instead, as at the end of a run")
    parser.add_argument("--list", action="store_true", help="list the pages that are kept")
    parser.add_argument(
        "--when", action="append", default=[], metavar="KEY=VALUE", help="this variant of the page"
    )
    parser.add_argument("--step", action="store_true", help="ask before each step: run, skip, a shell, quit")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    parser.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    add_root(parser)
