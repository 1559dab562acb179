"""Options of `docs-test list`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.shared import ALL, add_choice, add_pages
from docs_test.options.shared import READ_EPILOG as EPILOG

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

__all__ = ["EPILOG", "add_options"]


def add_options(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test list`."""
    add_pages(parser, "pages to list")
    add_choice(parser, ALL)
    parser.add_argument("--graph", action="store_true", help="only the order of pages, and what each needs")
    as_if = "as a run in this cluster would have it; the cluster is not asked"
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE", help=as_if)
