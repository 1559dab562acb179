"""`python -m docs_site`: finish the site that `mkdocs build` made. `nox -s docs` does both."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config import load_config

from docs_site.build.finish import finish
from docs_site.pages.runs import load_runs, results_path
from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root
from groundwork.base.program import add_debug, program

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status: 0, 1 for a dead link, 2 for what cannot be read."""
    return program("docs_site", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m docs_site", description=__doc__)
    parser.add_argument("--site", type=Path, default=root() / "site", metavar="DIR", help="the built site")
    parser.add_argument(
        "--report", type=Path, default=root() / "build/site.json", metavar="FILE", help="what was counted"
    )
    add_debug(parser)
    options = parser.read(words)
    ran = [run.page for run in load_runs(results_path(root())).pages]
    wrong = finish(options.site, load_config(str(root() / "mkdocs.yml")), options.report, print, ran)
    for dead in wrong:
        print(dead, file=sys.stderr)
    return ExitStatus.FAILED if wrong else ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
