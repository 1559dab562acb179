"""Options of `docs-test lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.options.shared import add_format, add_pages, add_root

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

EPILOG = """\
exit status: 0 no mistake; 2 a page has one, or the command line cannot be read.
"""


def add_options(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test lint`."""
    add_pages(parser, "pages to check")
    add_root(parser)
    add_format(parser.add_argument_group("what to print"))
