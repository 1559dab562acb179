"""Options of `docs-test show`."""

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
    """The options of `docs-test show`."""
    help_text = "page to show, relative to the root; with a line: what `docs-test run PAGE:LINE` would do"
    parser.add_argument("pages", nargs="+", metavar="PAGE[:LINE]", help=help_text)
    parser.add_argument("--when", action="append", default=[], metavar="KEY=VALUE", help="this variant")
    as_if = "as a run in this cluster would have it; the cluster is not asked"
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE", help=as_if)
    add_root(parser)
