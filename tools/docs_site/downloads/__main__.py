"""`python -m docs_site.downloads`: make the tools as files that the site offers. `nox -s tools` does it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docs_site.downloads import offer
from docs_site.downloads.make import make
from docs_site.downloads.platforms import PLATFORMS
from docs_site.downloads.platforms import here as this_platform
from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root
from groundwork.base.program import add_debug, program

if TYPE_CHECKING:
    from collections.abc import Sequence

ADDRESS = "DOCS_SITE_URL"
"""Variable that mkdocs.yml reads as well."""
HERE, ALL = "here", "all"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status: 0, 3 if the package index cannot be reached."""
    return program("docs_site.downloads", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m docs_site.downloads", description=__doc__)
    parser.add_argument(
        "--platforms", choices=(ALL, HERE), default=ALL, help="whose compiled parts: of all, or of this machine's"
    )
    parser.add_argument(
        "--address", default=os.environ.get(ADDRESS, ""), metavar="URL", help=f"of the site (default: ${ADDRESS})"
    )
    parser.add_argument("--output", type=Path, default=root() / offer.FOLDER, metavar="DIR", help="for the files")
    add_debug(parser)
    options = parser.read(words)
    here = this_platform()
    chosen = PLATFORMS if options.platforms == ALL else (here,) if here else ()
    make(options.output, chosen, (options.address or offer.PLACEHOLDER).rstrip("/"), print)
    return ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
