"""The validator alone, as the program `dynamo-validate`: `docs-test validate` with Dynamo's rules."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from docs_test.commands import validate as command
from docs_test.options import validate
from groundwork.base.arguments import Parser
from groundwork.base.program import add_debug, program

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "dynamo-validate"
DESCRIPTION = "Say what an API server with Dynamo's CRDs, and Dynamo's admission, would say of manifests."
PRODUCT = ("--product", "dynamo")
"""Option that comes first: a folder whose mkdocs.yml names no product has Dynamo's manifests, too."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status, as of `docs-test validate`."""
    return program(NAME, _main, arguments)


def _main(words: Sequence[str]) -> int:
    said = [*PRODUCT, *words]
    form = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog=NAME, description=DESCRIPTION, epilog=validate.EPILOG, formatter_class=form)
    validate.add_options(parser, said)
    add_debug(parser)
    return command.run(parser.read(said))
