"""Runs pages, waits for a save, checks what it changed, and runs that: until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.checks.lint import lint
from docs_test.names import named
from docs_test.outcomes import Outcome
from docs_test.reporting import results
from docs_test.reporting.failures import failure_text
from docs_test.running.record import ran_on
from docs_test.tutorials.build import read_tutorials
from docs_test.watching.chain import Chain
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from docs_test.cli.written import Written
    from docs_test.model import Environment, Tutorial
    from docs_test.page_results import PageResult
    from docs_test.watching.files import Saved

SETTINGS = ("mkdocs.yml", "versions.toml")
"""Files on which all pages depend."""


def folders_of(root: Path, tutorials: Iterable[Tutorial]) -> list[str]:
    """The folders in which the files lie that pages are made of, and the top folder itself."""
    files = {file for tutorial in tutorials for file in (tutorial.path, *tutorial.inputs)}
    folders = {file.partition("/")[0] for file in files if "/" in file}
    return ["", *sorted(folders | {name for name in ("snippets", "examples") if (root / name).is_dir()})]


class Loop:
    """Pages that are watched."""

    _at_rest = False
    """Whether nothing runs: then Ctrl-C interrupts no page."""

    def __init__(
        self,
        pages: Sequence[str],
        select: Mapping[str, str],
        environment: Environment,
        written: Written,
        saved: Saved,
    ) -> None:
        self._root, self._pages, self._select = written.root, list(pages), select
        self._environment, self._written, self._saved = environment, written, saved
        self._say = written.progress.line
        self._made_of: dict[str, frozenset[str]] = {}
        """Files of each page, as of its last reading."""
        self._chain = Chain(environment, written.reporter(), written.store.keep, self._ended, written.run)
        self._shown = ""
        """Page whose chain is open."""

    def go(self) -> None:
        """Run all pages, then whatever is saved.

        Raises:
            KeyboardInterrupt: a person ended it; everything has been cleaned up.
        """
        waiting = list(self._pages)
        interrupted = False
        try:
            while True:
                while waiting and self._page(waiting[0], more=len(waiting) > 1):
                    waiting.pop(0)
                waiting = self._next(waiting)
        except KeyboardInterrupt:
            interrupted = True
            raise
        finally:
            self._chain.close(interrupted=interrupted and not self._at_rest)

    def _next(self, waiting: Sequence[str]) -> list[str]:
        """Wait for a save that concerns a page; returns the pages to run, those that it concerns first."""
        self._say("waiting for a save; Ctrl-C cleans up and ends")
        while True:
            self._at_rest = True
            changed = self._saved.wait()
            self._at_rest = False
            touched = [page for page in self._pages if self._concerns(page, changed)]
            if touched:
                return [*touched, *(page for page in waiting if page not in touched)]

    def _concerns(self, page: str, changed: frozenset[str]) -> bool:
        return bool(changed.intersection({page, *SETTINGS, *self._made_of.get(page, ())}))

    def _page(self, page: str, *, more: bool) -> bool:
        """Check a page and run what is to run of it; returns whether all of its steps have passed."""
        try:
            tutorials = self._read(page)
            if tutorials is None:
                return False
            if page != self._shown:
                self._chain.close()
            self._shown = page
            passed = self._run(tutorials)
        except EnvironmentFault as fault:
            self._say(str(fault))
            return False
        if passed and more:
            self._chain.close()
        return passed

    def _read(self, page: str) -> list[Tutorial] | None:
        """The page, after those from whose set-up it starts; None if it has mistakes, which are said."""
        report = lint(self._root, [page], seen=lambda found: self._remember(page, found.page.inputs))
        for problem in report.problems:
            self._say(str(problem))
        inventory = self._environment.inventory
        try:
            read = read_tutorials(self._root, [page], select=self._select)
            every = read.tutorials(
                capabilities=self._environment.capabilities,
                inventory=inventory,
                cluster=bool(self._environment.kubeconfig),
            )
        except UserError as error:
            # What keeps the page from being run; lint has said most of it.
            for problem in error.problems:
                if problem not in report.problems:
                    self._say(str(problem))
            if not error.problems:
                self._say(str(error))
            return None
        first: dict[str, Tutorial] = {}
        for tutorial in every:
            first.setdefault(tutorial.path, tutorial)
        own = first.pop(page)
        self._remember(page, {name for one in (own, *first.values()) for name in one.inputs})
        if own.lacks:
            self._say(f"{named(own.path, own.variant)}: not run: {own.lacks}")
            return None
        return [*first.values(), own]

    def _remember(self, page: str, files: Iterable[str]) -> None:
        self._made_of[page] = frozenset(files)

    def _run(self, tutorials: Sequence[Tutorial]) -> bool:
        own = tutorials[-1]
        name = named(own.path, own.variant)
        with self._written.progress.stage(f"run {name}") as stage:
            passed = self._chain.go(tutorials)
            stage.note = "all steps passed" if passed else "failed"
        last = self._chain.pages[-1].session
        if passed:
            self._say(f"{name}: all {counted(len(last.steps), 'step')} passed; clean-up is yet to run")
            return True
        for step in last.steps:
            result = last.page.results.get(id(step))
            if result is not None and result.failure:
                self._say(failure_text(result.failure, result))
        return False

    def _ended(self, page: PageResult) -> None:
        """Say how a page ended that was cleaned up, and write its result."""
        for step in page.steps:
            if step.failure and step.cleanup:
                self._say(failure_text(step.failure, step))
        for failure in page.failures:
            self._say(failure_text(failure))
        if page.leftovers:
            self._say(f"{page.path}:1: the page left {', '.join(page.leftovers)} in the cluster")
        self._say(f"{named(page.path, page.variant)}: {page.outcome.value} in {page.seconds:.1f} s, cleaned up")
        if page.outcome is Outcome.PASSED or not page.interrupted:
            old = results.read(self._written.path)
            self._written.write([page], ran_on(self._environment), old)
        self._written.progress.stages.clear()
