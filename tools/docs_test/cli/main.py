"""The program `docs-test`: its commands, of which only the one that is asked for is loaded.

Validation answers in the blink between saving and looking up, and help at once: neither may load what running
tutorials needs.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from docs_test.cli.older import todays
from groundwork.base.arguments import Parser
from groundwork.base.program import add_debug, program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COLLECTED = 600_000
"""Objects made before Python looks for garbage; its own number is 700. Of a lint of this site 200,000 stay."""
DESCRIPTION = "Runs the pages of a site, word for word, and compares what they print with what they show."
EPILOG = (
    "`docs-test COMMAND --help` shows more. Exit statuses of all: 70 a bug, 130 Ctrl-C, 141 the output is closed."
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of docs-test: what the list of commands says of it, and its name in two folders."""

    module: str
    """Name of its module in `docs_test.commands`, with `run(options) -> int`, and of that in `docs_test.options`,
    with `EPILOG` and `add_options(parser, words)`."""
    does: str
    """Description for the list of commands."""
    description: str


COMMANDS = {
    "run": Command(
        "run",
        "run tutorials in a cluster",
        "Run the site's tutorials, word for word, in a Kubernetes cluster.",
    ),
    "resume": Command(
        "resume",
        "continue a page that `run --keep` kept after a failure",
        "Continue from the step that failed, with the current page.",
    ),
    "update": Command(
        "update",
        "rewrite what pages show from what their commands print",
        "Run pages, and rewrite their .output fences where what they print is not what they show.",
    ),
    "watch": Command(
        "watch",
        "run pages, and what an edit changes of them as soon as it is saved",
        "Run pages and stay: each save is checked, and what it changes runs.",
    ),
    "list": Command(
        "listing",
        "list tutorials and their steps, and what is skipped",
        "List pages, steps, and what is skipped and why; run nothing.",
    ),
    "show": Command(
        "show",
        "show what a run of a page would do, step by step",
        "Show what a run of pages would do, step by step; run nothing.",
    ),
    "script": Command(
        "script",
        "print a tutorial as a plain bash script",
        "Print a tutorial as a bash script that does what the page does; run nothing.",
    ),
    "lint": Command(
        "lint",
        "check the blocks of all pages, and examples/",
        "Read pages, check their blocks and examples/; run nothing.",
    ),
    "validate": Command(
        "validate",
        "check manifests as the API server would",
        "Say what an API server with the product's CRDs, and its admission, would say of manifests.",
    ),
    "cluster": Command(
        "cluster",
        "make a cluster as pages have it, and keep it for your own commands",
        "Make a cluster with the platform in it, keep it, and print how a shell reaches it.",
    ),
    "report": Command(
        "report",
        "put results files together, for people and for GitHub",
        "Put results files, of shards perhaps, together, and tell people and GitHub of them.",
    ),
}


class _Version(argparse.Action):
    """Prints the version: reading it costs more than all of the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from docs_test.cli.version import program_version  # noqa: PLC0415

        print(program_version())
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    # Modules and pages are made and kept: looking for garbage among them takes a twentieth of a short command.
    gc.set_threshold(COLLECTED)
    return program("docs-test", _main, arguments)


def _main(words: Sequence[str]) -> int:
    said = todays(words, COMMANDS)
    given = parser(said).read(said)
    # The pages' macros read the results file for their status lines; what a page is must not depend on a run.
    os.environ["DOCS_TEST_RESULTS"] = ""
    run: Callable[[argparse.Namespace], int] = import_module(
        f"docs_test.commands.{COMMANDS[given.command].module}"
    ).run
    return run(given)


def parser(words: Sequence[str] = ()) -> Parser:
    """The parser of a command line: it knows all commands, and the options of the one that the words name."""
    made = Parser(prog="docs-test", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("--version", nargs=0, action=_Version, help="print the version")
    # With `prog`: argparse would load what measures the terminal to make it up.
    commands = made.add_subparsers(prog=made.prog, dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name,
            help=command.does,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in words[:1]:
            options: Any = import_module(f"docs_test.options.{command.module}")
            # Which options there are may depend on the words of the command line.
            one.epilog = options.EPILOG
            options.add_options(one, words[1:])
        add_debug(one)
    return made


if __name__ == "__main__":
    sys.exit(main())
