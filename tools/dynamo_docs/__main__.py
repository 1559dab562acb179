"""`python -m dynamo_docs`: what this project does for itself; `intake` reads a new release of Dynamo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dynamo_docs.intake import command
from groundwork.base.arguments import Parser
from groundwork.base.program import add_debug, program

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    return program("dynamo_docs", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m dynamo_docs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    intake = commands.add_parser(
        "intake",
        help="report what a new release changes, and what of this project that touches",
        description=command.__doc__,
        epilog=command.EPILOG,
    )
    command.add_options(intake)
    add_debug(intake)
    add_debug(parser)
    return command.run(parser.read(words))


if __name__ == "__main__":
    sys.exit(main())
