"""`python -m dynamo_docs intake`: what a new release of Dynamo changes, and what of this project that touches."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dynamo_api import releases
from dynamo_docs.intake import chart, crds, report, wheel
from dynamo_docs.intake.collect import Given, collect
from dynamo_docs.intake.tutorials import tutorials
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.paths import root
from groundwork.base.program import cannot_write

if TYPE_CHECKING:
    import argparse

EPILOG = (
    "Exit statuses: 0 the report is written, whatever it says; 2 what is given cannot be read; "
    "3 PyPI or the cluster does not answer."
)
_RELEASE = re.compile(r"\d+\.\d+\.\d+", re.ASCII)
_NAME = "a release has three numbers, such as 1.8.0"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("release", metavar="RELEASE", help="the new release, such as 1.8.0; the table may lack it")
    given = parser.add_argument_group("what is given of it (at least one)")
    given.add_argument(
        "--crds",
        type=Path,
        metavar="PATH",
        help="a folder of CRDs, a chart's .tgz with CRDs, or a cluster's kubeconfig",
    )
    given.add_argument("--wheel", metavar="WHEEL", help="a file, or ai-dynamo==VERSION, which pip downloads")
    given.add_argument(
        "--chart", type=Path, metavar="PATH", help="the chart's folder or .tgz; CRDs in it count as --crds"
    )
    given.add_argument(
        "--unread",
        action="append",
        default=[],
        metavar="CLAUSE",
        help="a part that could not be read; repeat the option for more",
    )
    other = parser.add_argument_group("what it is compared with")
    other.add_argument(
        "--against",
        default="",
        metavar="RELEASE",
        help="a release of the table (default: the one that this site follows)",
    )
    other.add_argument("--old-crds", type=Path, metavar="PATH", help="its CRDs (default: those of this project)")
    other.add_argument(
        "--old-wheel", metavar="WHEEL", help="its wheel (default: ai-dynamo==RELEASE, beside a --wheel)"
    )
    other.add_argument("--old-chart", type=Path, metavar="PATH", help="its chart (default: none)")
    parser.add_argument(
        "--run", action="store_true", help="run the tutorials with its runtime, too (in a kind cluster)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the report as Markdown (default: to stdout)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="the report as JSON, too")
    parser.add_argument("--root", type=Path, default=root(), metavar="DIR", help="the site's top folder")


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    release = str(options.release).removeprefix("v")
    if not _RELEASE.fullmatch(release):
        raise UserError(f"RELEASE {options.release!r} is no release", hint=_NAME)
    if not (options.crds or options.wheel or options.chart):
        raise UserError("nothing of the release is given", hint="give --crds, --wheel or --chart")
    new, old = _new(options, release), _old(options)
    made = collect(release, new, old, options.root.resolve(), tuple(options.unread))
    if options.run:
        made = replace(made, tutorials=tutorials(release, options.root.resolve()))
    _write("--json", options.json, report.as_json(made))
    if options.output:
        _write("--output", options.output, report.markdown(made))
        print(report.summary(made), file=sys.stderr)
    else:
        sys.stdout.write(report.markdown(made))
    return ExitStatus.OK


def _new(options: argparse.Namespace, release: str) -> Given:
    listed = {row.name for row in releases.table().releases}
    found = crds.read(options.crds) if options.crds else None
    if found is None and options.chart and options.chart.is_file():
        found = crds.of_archive(options.chart) or None
    return Given(
        releases.named(release if release in listed else releases.newest().name),
        found,
        wheel.read(options.wheel) if options.wheel else None,
        chart.read(options.chart) if options.chart else None,
    )


def _old(options: argparse.Namespace) -> Given:
    against = releases.named(options.against)
    default = f"{wheel.PACKAGE}=={against.release.number}" if options.wheel else ""
    name = options.old_wheel or default
    return Given(
        against,
        crds.read(options.old_crds) if options.old_crds else None,
        wheel.read(name) if name else None,
        chart.read(options.old_chart) if options.old_chart else None,
    )


def _write(option: str, path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise cannot_write(f"{option} {str(path)!r}", error) from error
