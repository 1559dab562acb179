"""What a run writes when it has ended: its summary for people, the results file, JUnit XML."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.cli.version import program_version
from docs_test.page_results import Results, RunInfo, StageTime
from docs_test.reporting import results
from docs_test.reporting.again import Again
from docs_test.reporting.attachments import Store
from docs_test.reporting.junit import write_junit
from docs_test.reporting.text import ConsoleReporter
from docs_test.running.columns import pointed
from groundwork.base.errors import EnvironmentFault
from groundwork.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TextIO

    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult, RanOn


def now() -> str:
    """The time, as results have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def colour(*, no_color: bool, stream: TextIO | None = None) -> bool:
    """Whether lines on a stream, by default standard error, may have colours."""
    return (stream or sys.stderr).isatty() and not no_color and not os.environ.get("NO_COLOR")


@dataclass(slots=True)
class Written:
    """A run, and the files that it writes at its end."""

    root: Path
    """The site's top folder."""
    path: Path
    """The results file."""
    junit: Path | None = None
    no_color: bool = False
    progress: Progress = field(default_factory=Progress)
    html: Path | None = None
    """File for the report with the pages as rendered; None: none is written."""
    again: Again = field(default_factory=Again)
    """Options of the run that the command to run a failed page again repeats."""
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    """Identifier of the run."""
    started_at: str = field(default_factory=now)

    @property
    def store(self) -> Store:
        """Keeper of the pages' files beside the results."""
        return Store(self.path)

    def reporter(self) -> ConsoleReporter:
        """What says on the terminal how the pages go on."""
        return ConsoleReporter(self.progress, colour=colour(no_color=self.no_color), again=self.again)

    def finish(
        self,
        pages: Sequence[PageResult],
        where: RanOn,
        old: Results | None,
        *,
        not_run: Sequence[Tutorial] = (),
    ) -> None:
        """Say how it went, and write the files.

        Args:
            pages: of this run.
            where: where they ran.
            old: results of before, whose other pages stay.
            not_run: pages that it did not come to.

        Raises:
            EnvironmentFault: a file cannot be written.
        """
        stages, pages = self.progress.stages, [pointed(page, self.root) for page in pages]
        # First: what fails to be written does not take the verdict with it.
        self.reporter().summary(pages, stages, where, not_run=not_run)
        self.write(pages, where, old)

    def write(self, pages: Sequence[PageResult], where: RanOn, old: Results | None) -> None:
        """Write the files; arguments and errors as of `finish`."""
        stages = self.progress.stages
        times = tuple(StageTime(stage.name, stage.seconds, stage.ok, stage.note) for stage in stages)
        info = RunInfo(self.run, program_version(), self.started_at, now(), times, self.again.options)
        new = results.merge(old, Results(where, (info,), tuple(pages)))
        writers: list[tuple[Path, Callable[[], None]]] = []
        if new.pages:
            writers.append((self.path, lambda: results.write(self.path, new)))
        if junit := self.junit:
            writers.append((junit, lambda: write_junit(junit, pages)))
        if html := self.html:
            writers.append((html, lambda: self._write_html(html, Results(where, (info,), tuple(pages)))))
        unwritten = []
        for file, write in writers:
            try:
                write()
            except OSError as error:
                unwritten.append(f"{str(file)!r}: cannot be written: {error.strerror}")
        if unwritten:
            raise EnvironmentFault("\n".join(unwritten))
        with suppress(OSError):
            self.store.prune(new)

    def _write_html(self, file: Path, ran: Results) -> None:
        from docs_test.html_report.report import write  # noqa: PLC0415 - only this renders pages

        write(file, ran, self.root)
