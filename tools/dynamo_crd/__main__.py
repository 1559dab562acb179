"""`python -m dynamo_crd`: the CRDs as YAML, and what sets two sets of them apart."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import compare, diff_text, registry, releases
from dynamo_crd.schemas import compile as compiler
from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.program import add_debug, cannot_write, program
from kube_manifests.schemas import crd_files

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    return program("dynamo_crd", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m dynamo_crd", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compiling = commands.add_parser(
        "compile", help="write the CustomResourceDefinitions that the sources describe"
    )
    compiling.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="one file per CRD in DIR; else to stdout"
    )
    compiling.add_argument(
        "--release",
        default="",
        metavar="R",
        help="as this release of Dynamo had them (0.7.1); else the one that this site follows",
    )
    comparing = commands.add_parser(
        "diff", help="what sets two sets of CRDs apart, field by field; status 1 if anything"
    )
    what = "a release of Dynamo (0.7.1), a folder of CRDs in YAML, or - for what `kubectl get crd -o json` prints"
    comparing.add_argument("old", metavar="OLD", help=what)
    comparing.add_argument(
        "new", metavar="NEW", nargs="?", default="", help="the same; else the release that this site follows"
    )
    comparing.add_argument("--kind", metavar="KIND", help="one kind only, such as DynamoGraphDeployment or dgd")
    comparing.add_argument(
        "--own", action="store_true", help="leave out what lies inside Kubernetes' own types (pod templates, ...)"
    )
    comparing.add_argument("--format", choices=sorted(diff_text.FORMS), default="text", help="default: text")
    add_debug(parser)
    options = parser.read(words)
    if options.command == "diff":
        return _diff(options)
    if options.output:
        for path in _write(options.output, options.release):
            print(path)
    else:
        made = compiler.crds(release=options.release)
        print(compiler.HEADER + "---\n".join(compiler.text(crd) for crd in made), end="")
    return ExitStatus.OK


def _write(folder: Path, release: str) -> list[Path]:
    try:
        return compiler.write(folder, release=release)
    except OSError as error:
        raise cannot_write(f"--output {str(folder)!r}", error) from error


def _diff(options: argparse.Namespace) -> int:
    old, new = (_crds(text, options.kind) for text in (options.old, options.new))
    found = compare.differences(old, new)
    if options.own:
        found = [one for one in found if not diff_text.inside_kubernetes(one)]
    said = diff_text.FORMS[options.format](found, f"{options.old} -> {options.new or releases.named()}")
    print(said, end="")
    return ExitStatus.FAILED if found else ExitStatus.OK


def _crds(text: str, kind: str | None) -> list[dict[str, Any]]:
    """A set of CRDs by what the command line calls it; of one kind, if that is asked for.

    Raises:
        UserError: no such release, folder or kind.
    """
    if text == "-":
        found = compare.of_json(sys.stdin.read())
    elif "/" in text or (text and Path(text).is_dir()):
        found = crd_files.read(Path(text))
    else:
        found = compiler.crds(release=text)
    if kind is None:
        return found
    named = [crd["spec"]["names"] for crd in found]
    known = {word: names["kind"] for names in named for word in (names["kind"], *names.get("shortNames", ()))}
    if kind not in {word for row in registry.kinds().values() for word in (row.name, *row.short_names)} | set(
        known
    ):
        raise UserError(f"unknown kind {kind!r}", hint=f"one of {', '.join(sorted(known))}")
    return [crd for crd in found if crd["spec"]["names"]["kind"] == known.get(kind)]


if __name__ == "__main__":
    sys.exit(main())
