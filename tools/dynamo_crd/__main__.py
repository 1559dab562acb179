"""`python -m dynamo_crd compile`: the CRDs as YAML."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dynamo_crd import compile as compiler
from project.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m dynamo_crd", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compiling = commands.add_parser(
        "compile", help="write the CustomResourceDefinitions that the sources describe"
    )
    compiling.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="one file per CRD in DIR; else to stdout"
    )
    options = parser.parse_args(arguments)
    try:
        if options.output:
            for path in compiler.write(options.output):
                print(path)
        else:
            print(compiler.HEADER + "---\n".join(compiler.text(crd) for crd in compiler.crds()), end="")
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
