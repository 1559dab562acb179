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
    compiling.add_argument(
        "--release", default="", metavar="R", help="as this release of Dynamo had them (0.7.1); else the newest"
    )
    comparing = commands.add_parser(
        "diff", help="what sets two sets of CRDs apart, a line each; status 1 if anything"
    )
    comparing.add_argument("old", type=Path, metavar="OLD", help="a folder of CRDs in YAML")
    comparing.add_argument(
        "new", type=Path, metavar="NEW", nargs="?", help="another; the compiled ones if left out"
    )
    comparing.add_argument("--release", default="", metavar="R", help="of the compiled ones; else the newest")
    options = parser.parse_args(arguments)
    try:
        if options.command == "diff":
            return _diff(options.old, options.new, options.release)
        if options.output:
            for path in compiler.write(options.output, release=options.release):
                print(path)
        else:
            made = compiler.crds(release=options.release)
            print(compiler.HEADER + "---\n".join(compiler.text(crd) for crd in made), end="")
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


def _diff(old: Path, new: Path | None, release: str) -> int:
    made = compare.read(new) if new else compiler.crds(release=release)
    found = compare.differences(compare.read(old), made)
    for difference in found:
        print(difference)
    return ExitStatus.FAILED if found else ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
