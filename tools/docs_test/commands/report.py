"""`docs-test report`: results files, of shards perhaps, put together and told to people and to GitHub."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.reporting import results, verdicts
from docs_test.reporting.attachments import Store
from docs_test.reporting.github import annotation_lines, markdown, where
from docs_test.times import history
from docs_test.times.trends import trends
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.positions import Position
from groundwork.base.program import cannot_write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.page_results import PageResult, Results

NOTHING = "### Tutorials: nothing was run\n\n"


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status: 0 also where a page failed, because the run has said so."""
    if options.history:
        entries = history.read(options.history)
        sys.stdout.writelines(f"{line}\n" for line in trends(entries))
        if not entries:
            print(f"{options.history}: no page has passed yet")
    if not options.files:
        if options.history:
            return ExitStatus.OK
        raise UserError("no results file is named", hint="docs-test report build/docs-test/results.json")
    files = [path for path in options.files if path.exists()] if options.allow_none else options.files
    read = _read(files)
    if options.matrix:
        return _record(options.matrix, list(read.values()), options.root.resolve())
    data = together(read) if read else None
    if options.write and data:
        _write(options.write, data, read)
    if options.html and data:
        _write_html(options.html, data, options.root.resolve())
    _say(markdown(data) if data else NOTHING, options.summary)
    if options.annotations and data:
        sys.stdout.writelines(f"{line}\n" for line in annotation_lines(data))
    return ExitStatus.OK


def _say(text: str, summary: Path | None) -> None:
    """Append a text to the summary, or print it where there is none."""
    if summary is None:
        sys.stdout.write(text)
        return
    try:
        with summary.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise cannot_write(f"--summary {str(summary)!r}", error) from None


def _record(path: Path, found: Sequence[Results], root: Path) -> int:
    """Put the verdicts of results, of different environments perhaps, into a file."""
    rows = verdicts.added(verdicts.read(path), found, root)
    try:
        verdicts.write(path, rows)
    except OSError as error:
        raise cannot_write(f"--matrix {str(path)!r}", error) from None
    print(f"{path}: {len(rows)} verdicts")
    return ExitStatus.OK


def _write_html(path: Path, data: Results, root: Path) -> None:
    from docs_test.html_report.report import write  # noqa: PLC0415 - only this needs the site

    try:
        write(path, data, root)
    except OSError as error:
        raise cannot_write(f"--html {str(path)!r}", error) from None


def together(read: Mapping[Path, Results]) -> Results:
    """The results of several files as one; a page in two of them is taken from the later run.

    Args:
        read: the results of each file, those of the earliest run first.

    Raises:
        UserError: two ran in different environments.
    """
    (first, data), *others = read.items()
    for path, found in others:
        if found.environment != data.environment:
            here, there = where(found.environment), where(data.environment)
            fact = f"ran in another environment than {first}: {here} There: {there}"
            raise UserError(fact, where=Position(str(path)), hint="report them apart")
        data = results.merge(data, found)
    return data


def _read(files: Sequence[Path]) -> dict[Path, Results]:
    """The results of each file, those of the earliest run first.

    Raises:
        UserError: a file is not there or cannot be read.
    """
    read = {}
    for path in files:
        found = results.read(path)
        if found is None:
            hint = "docs-test writes it, also when a page fails"
            raise UserError("not there", where=Position(str(path)), hint=hint)
        read[path] = found
    return dict(sorted(read.items(), key=lambda item: item[1].started_at))


def _write(target: Path, data: Results, read: Mapping[Path, Results]) -> None:
    """Write one results file, and beside it the files that pages have kept."""
    store = Store(target)
    origin = {(page.run, page.key): path for path, found in read.items() for page in found.pages}

    def taken(page: PageResult) -> PageResult:
        return store.take(page, origin[page.run, page.key])

    try:
        whole = replace(data, pages=tuple(map(taken, data.pages)))
        results.write(target, whole)
        store.prune(whole)
    except OSError as error:
        raise cannot_write(f"--write {str(target)!r}", error) from None
