"""Options of `docs-test watch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.run import add_of_platform, add_where
from docs_test.options.shared import add_root

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

EPILOG = """\
A page stays open after a failed step, or at its end. If a save changes no step that has run, the page continues
from there; otherwise it runs again from the start. Ctrl-C cleans up and ends.

exit status: 130 ended by Ctrl-C, everything that was started has ended; 2 the command line cannot be read; 3 the
machine or the cluster lacks something.
"""


def add_options(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test watch`, with those of the platform as `docs-test run` has them."""
    parser.add_argument("pages", nargs="+", metavar="PAGE", help="page to watch, relative to the root")
    parser.add_argument("--when", action="append", default=[], metavar="KEY=VALUE", help="this variant")
    add_root(parser)
    where = add_where(parser, words)
    out = parser.add_argument_group("what to write")
    out.add_argument(
        "--results", type=Path, metavar="FILE", help="results file (default: build/docs-test/results.json)"
    )
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    add_of_platform(parser, where, words)
