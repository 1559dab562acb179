"""Where the report of a check goes: `--format` and `--output`, of `docs-test validate` and `docs-test --lint`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.reporting.reporters import REPORTERS, summary

if TYPE_CHECKING:
    from argparse import Namespace, _ArgumentGroup

    from groundwork.reporting.report import Report

DEFAULT = "text"


def add_options(parser: _ArgumentGroup, note: str = "") -> None:
    """Add `--format` and `--output`; they are None where they are not given.

    Args:
        parser: the group of the parser's options that they belong to.
        note: stands before their help: with which option they go.
    """
    formats = f"{note}default: {DEFAULT}"
    parser.add_argument("--format", choices=sorted(REPORTERS), help=formats)
    to_file = f"{note}write it to FILE, a summary to the terminal"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=to_file)


def refuse(options: Namespace, why: str) -> None:
    """Hold that neither is given.

    Raises:
        UserError: one is.
    """
    for given, name in ((options.format, "--format"), (options.output, "--output")):
        if given:
            raise UserError(f"{name}: {why}")


def write(report: Report, form: str | None, file: Path | None) -> None:
    """Print a report, or write it to a file and print its summary.

    Raises:
        UserError: the file cannot be written.
    """
    text = REPORTERS[form or DEFAULT](report)
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"--output {str(file)!r}: cannot be written: {error.strerror}") from error
    print(summary(report), file=sys.stderr)
