"""Options of `docs-test update`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.run import add_of_platform, add_where
from docs_test.options.shared import add_choice, add_pages

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

EPILOG = """\
Text that still matches does not change. If a step of a page failed, the page is not written.

exit status: 0 every page shows what its commands print; 1 something differs: with --check, or because it was
declined, cannot be rewritten, or a step failed; 2 a page or the command line cannot be read; 3 the machine or the
cluster lacks something; 130 interrupted, and everything that was started has ended.
"""


def add_options(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test update`, with those of the platform as `docs-test run` has them."""
    add_pages(parser, "pages to update")
    add_choice(parser)
    where = add_where(parser, words)
    out = parser.add_argument_group("what to write")
    out.add_argument(
        "--check", action="store_true", help="write nothing: print the diff, exit with 1 if there is one"
    )
    from_file = "run nothing: take what pages printed from a results file, if they are as they were then"
    out.add_argument("--from-results", type=Path, metavar="FILE", help=from_file)
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    add_of_platform(parser, where, words)
