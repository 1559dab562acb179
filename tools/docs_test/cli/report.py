"""`docs-test report FILE...`: results files, of shards perhaps, put together and told to people and to GitHub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.reporting import results
from docs_test.reporting.github import annotation_lines, markdown
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence


NOTHING = "### Tutorials: nothing was run\n\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status: 0 also where a page failed, because the run has said so."""
    parser = argparse.ArgumentParser(prog="docs-test report", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="results files that runs have written")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write them as one results file")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="append a summary in Markdown")
    parser.add_argument(
        "--annotations", action="store_true", help="print GitHub annotations at the lines that failed"
    )
    parser.add_argument(
        "--allow-none", action="store_true", help="leave out files that are not there: a run had nothing to run"
    )
    options = parser.parse_args(arguments)
    files = [path for path in options.files if path.exists()] if options.allow_none else options.files
    try:
        data = together(files) if files else None
        if options.write and data:
            results.write(options.write, data)
        said = markdown(data) if data else NOTHING
        if options.summary:
            with options.summary.open("a", encoding="utf-8") as file:
                file.write(said)
        else:
            sys.stdout.write(said)
        if options.annotations and data:
            sys.stdout.writelines(f"{line}\n" for line in annotation_lines(data))
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    except OSError as error:
        print(f"{error.filename}: cannot be written: {error.strerror}", file=sys.stderr)
        return ExitStatus.USAGE
    return ExitStatus.OK


def together(files: Sequence[Path]) -> dict[str, Any]:
    """The results of several files as one; a page in two of them is taken from the later run.

    Raises:
        UserError: a file is not there or cannot be read, or two ran in different environments.
    """
    read = []
    for path in files:
        found = results.read(path)
        if found is None:
            raise UserError(
                "not there", where=Position(str(path)), hint="docs-test writes it, also when a page fails"
            )
        read.append((path, found))
    read.sort(key=lambda item: str(item[1]["started_at"]))
    first, data = read[0]
    for path, found in read[1:]:
        if found["environment"] != data["environment"]:
            raise UserError(
                f"ran in another environment than {first}: {found['environment']}, not {data['environment']}",
                where=Position(str(path)),
                hint="report them apart",
            )
        data = results.merge(data, found)
    return data
