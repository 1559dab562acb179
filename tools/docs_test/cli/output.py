"""Where the report of a check goes: `--format` and `--output`, of `docs-test validate` and `docs-test lint`."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.base.program import cannot_write
from groundwork.reporting.reporters import REPORTERS, summary

if TYPE_CHECKING:
    from pathlib import Path

    from groundwork.reporting.report import Report

REPLACED = "--results"
"""Option of a file that is replaced by another one, not written into."""


def write(report: Report, form: str, file: Path | None) -> None:
    """Print a report, or write it to a file and print its summary.

    Raises:
        UserError: the file cannot be written.
    """
    text = REPORTERS[form](report)
    if file is None:
        if form != "text":
            in_utf_8()
        sys.stdout.write(text)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise cannot_write(f"--output {str(file)!r}", error) from error
    print(summary(report), file=sys.stderr)


def in_utf_8() -> None:
    """Write what a program reads in UTF-8, whatever people's language here is."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def require_writable(option: str, path: Path | None) -> None:
    """Make the folder of a file that the run will write, and hold that it can: after the run is too late.

    Args:
        option: what names the file.
        path: the file; None if there is none.

    Raises:
        UserError: it cannot be written, or is a folder.
    """
    if path is None:
        return
    if path.is_dir():
        raise UserError(f"{option} {str(path)!r}: is a folder, expected a file", hint=f"{option} {path}/FILE")
    if path.exists() and not path.is_file() and option == REPLACED:
        raise UserError(f"{option} {str(path)!r}: is a device or a pipe, expected a file")
    import tempfile  # noqa: PLC0415 - for runs alone

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Neither makes the file: a run that comes to no page leaves none.
        with path.open("ab") if path.exists() else tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise cannot_write(f"{option} {str(path)!r}", error) from None
