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

from docs_test.cli import options
from docs_test.cli.older import todays
from groundwork.base.program import add_debug, program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COLLECTED = 50_000
"""Objects made before Python looks for garbage; its own number is 700."""
DESCRIPTION = "Runs the pages of a site, word for word, and compares what they print with what they show."
EPILOG = "`docs-test COMMAND --help` tells more. Exit statuses of all: 70 a bug; 130 Ctrl-C; 141 nobody reads on."


@dataclass(frozen=True, slots=True)
class Command:
    """A command of docs-test."""

    module: str
    """Module with `run(options) -> int`."""
    does: str
    """Description for the list of commands."""
    add_options: Callable[[argparse.ArgumentParser, Sequence[str]], None]
    """Gets the words of the command line: which options there are may depend on them."""
    description: str
    epilog: str


COMMANDS = {
    "run": Command(
        "docs_test.cli.run",
        "run tutorials in a cluster",
        options.add_run,
        "Run the site's tutorials, word for word, in a Kubernetes cluster.",
        options.RUN_EPILOG,
    ),
    "list": Command(
        "docs_test.cli.listing",
        "list tutorials and their steps, and what is skipped",
        options.add_list,
        "List pages, steps, and what is skipped and why; run nothing.",
        options.READ_EPILOG,
    ),
    "lint": Command(
        "docs_test.cli.lint",
        "check the blocks of all pages, and examples/",
        options.add_lint,
        "Read pages, check their blocks and examples/; run nothing.",
        options.LINT_EPILOG,
    ),
    "validate": Command(
        "docs_test.cli.validate",
        "check manifests as the API server would",
        options.add_validate,
        "Say what an API server with the product's CRDs, and its admission, would say of manifests.",
        options.VALIDATE_EPILOG,
    ),
    "report": Command(
        "docs_test.cli.report",
        "put results files together, for people and for GitHub",
        options.add_report,
        "Put results files, of shards perhaps, together, and tell people and GitHub of them.",
        options.REPORT_EPILOG,
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
    given = parser(said).parse_args(said)
    # The pages' macros read the results file for their status lines; what a page is must not depend on a run.
    os.environ["DOCS_TEST_RESULTS"] = ""
    run: Callable[[argparse.Namespace], int] = import_module(COMMANDS[given.command].module).run
    return run(given)


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of a command line: it knows all commands, and the options of the one that the words name."""
    made = argparse.ArgumentParser(prog="docs-test", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("--version", nargs=0, action=_Version, help="print the version")
    # With `prog`: argparse would load what measures the terminal to make it up.
    commands = made.add_subparsers(prog=made.prog, dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name,
            help=command.does,
            description=command.description,
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in words[:1]:
            command.add_options(one, words[1:])
        add_debug(one)
    return made


if __name__ == "__main__":
    sys.exit(main())
