"""Options of `docs-test report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.shared import add_root

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

HISTORY = Path("build/docs-test/history.jsonl")
"""Path of the history, relative to the site's top folder."""
EPILOG = """\
exit status: 0 also where a page failed, because the run has said so; 2 a file cannot be read.
"""


def add_options(parser: ArgumentParser, _: Sequence[str]) -> None:
    """The options of `docs-test report`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="results files that runs have written")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write them as one results file")
    parser.add_argument(
        "--matrix", type=Path, metavar="FILE", help="put each page's verdict into a file that is kept, and no more"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a report with the pages as rendered")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="append a summary in Markdown")
    parser.add_argument(
        "--annotations", action="store_true", help="print GitHub annotations at the lines that failed"
    )
    parser.add_argument(
        "--allow-none", action="store_true", help="leave out files that are not there: a run had nothing to run"
    )
    parser.add_argument(
        "--history",
        nargs="?",
        const=HISTORY,
        type=Path,
        metavar="FILE",
        help=f"print how long pages took in earlier runs (default: {HISTORY})",
    )
    add_root(parser)
