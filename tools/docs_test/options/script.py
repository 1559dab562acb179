"""Options of `docs-test script`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.shared import READ_EPILOG as EPILOG
from docs_test.options.shared import add_root

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

__all__ = ["EPILOG", "add_options"]


def add_options(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test script`."""
    parser.add_argument("page", metavar="PAGE", help="the tutorial, relative to the root")
    parser.add_argument(
        "--when", action="append", default=[], metavar="KEY=VALUE", help="this variant (default: the first)"
    )
    parser.add_argument(
        "--without-checks",
        action="store_true",
        help="leave out promises, and checks that the page does not show",
    )
    own = "with what only a cluster of its own may suffer: fences that need cluster-scope"
    parser.add_argument("--own-cluster", action="store_true", help=own)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it to FILE, executable")
    add_root(parser)
