"""`python -m dynamo_crd`: the CRDs as YAML, and what sets two sets of them apart."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dynamo_crd import compare
from dynamo_crd import compile as compiler
from project.errors import ExitStatus, UserError


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
    comparing = commands.add_parser(
        "diff", help="what sets two sets of CRDs apart, a line each; status 1 if anything"
    )
    comparing.add_argument("old", type=Path, metavar="OLD", help="a folder of CRDs in YAML")
    comparing.add_argument(
        "new", type=Path, metavar="NEW", nargs="?", help="another; the compiled ones if left out"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "diff":
            return _diff(options.old, options.new)
        if options.output:
            for path in compiler.write(options.output):
                print(path)
        else:
            print(compiler.HEADER + "---\n".join(compiler.text(crd) for crd in compiler.crds()), end="")
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


def _diff(old: Path, new: Path | None) -> int:
    found = compare.differences(compare.read(old), compare.read(new) if new else compiler.crds())
    for difference in found:
        print(difference)
    return ExitStatus.FAILED if found else ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
