"""`docs-test lint`: every mistake in pages and examples/."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.checks.lint import lint
from docs_test.cli import output
from docs_test.tutorials.build import link_problems
from docs_test.tutorials.index import Index, IndexedPage, indexed, write
from groundwork.base.errors import ExitStatus

if TYPE_CHECKING:
    import argparse

    from docs_test.tutorials.structure import LintedPage


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    root = options.root.resolve()
    pages: list[IndexedPage] = []
    tutorials: list[LintedPage] = []

    def seen(page: LintedPage) -> None:
        pages.append(indexed(page))
        if page.page.front_matter.tutorial:
            tutorials.append(page)

    report = lint(root, options.pages, seen=seen)
    if not options.pages:
        write(root, Index(tuple(sorted(pages, key=lambda page: page.path))))
        report = replace(report, problems=(*report.problems, *link_problems(root, tutorials)))
    output.write(report, options.format, options.output)
    for problem in report.problems:
        if problem.bug is not None and options.debug:
            traceback.print_exception(problem.bug)
    return ExitStatus.USAGE if report.errors else ExitStatus.OK
