"""What a run says on the terminal: a line a step, failures whole, a summary at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.model import SkipKind, StepKind
from docs_test.names import named
from docs_test.outcomes import FailureKind, Outcome
from docs_test.reporting.again import Again, ways_on
from docs_test.reporting.failures import failure_text
from groundwork.base.masking import mask
from groundwork.base.printable import printable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.model import Step, Tutorial
    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult, RanOn, SkippedBlock, StageTime
    from groundwork.base.positions import Position
    from groundwork.system.progress import Progress, Stage

RED, GREEN, RESET = "\x1b[31m", "\x1b[32m", "\x1b[0m"
TITLE_WIDTH = 60


@dataclass(slots=True)
class ConsoleReporter:
    """Prints steps as they end; on a terminal the step under way is the moving line of the progress."""

    progress: Progress
    colour: bool = False
    again: Again = field(default_factory=Again)
    """Options of the run that the command to run a failed page again repeats."""
    differs: str = "FAILED"
    """Word for a step that failed only because it printed something else than the page shows."""
    _shown: tuple[Position | None, str] = (None, "")
    """Place of the step that began last, and its summary."""

    def step_started(self, step: Step, number: int, total: int) -> None:
        """Show what runs now."""
        summary = summary_of(step)
        self._shown = step.location, summary
        self.progress.detail(lambda: f"[{number}/{total}] {step} {summary}")

    def step_ended(self, result: StepResult, number: int, total: int) -> None:
        """One line: number, place, command, verdict, time."""
        good = result.outcome is Outcome.PASSED
        differs = result.failure is not None and result.failure.kind is FailureKind.MISMATCH
        bad = self.differs if differs else "FAILED"
        word = self._painted("ok" if good else bad, GREEN if good else RED)
        tries = f", attempt {result.attempts}" if result.attempts > 1 else ""
        place, summary = self._shown
        if place is not result.position:
            summary = summary_of(result)
        head = f"[{number}/{total}] {result.position} {summary}"
        self.progress.line(f"  {head}: {word} {result.seconds:.1f} s{tries}")

    def said(self, text: str) -> None:
        """A line of its own."""
        self.progress.line(visible(text))

    def summary(
        self,
        pages: Sequence[PageResult],
        stages: Sequence[Stage | StageTime],
        environment: RanOn,
        *,
        not_run: Sequence[Tutorial] = (),
    ) -> None:
        """Failures, leftovers, what was skipped and why, the time of each stage, and the closing count."""
        for page in pages:
            self._failures(page)
        self.progress.line("")
        self.progress.line(_where(environment))
        for page in pages:
            self._page(page)
        for tutorial in not_run:
            self.progress.line(f"{named(tutorial.path, tutorial.variant)}: not run to its end")
        self._stages(stages)
        passed = sum(page.outcome is Outcome.PASSED for page in pages)
        failed = sum(page.outcome is Outcome.FAILED for page in pages)
        skipped = sum(len(page.skipped) for page in pages)
        partial = sum(page.outcome is Outcome.PARTIAL for page in pages)
        unmet = sum(page.outcome is Outcome.SKIPPED for page in pages)
        flaky = sum(page.repeats is not None and page.repeats.flaky for page in pages)
        left = len(not_run) + sum(page.outcome is Outcome.NOT_RUN for page in pages)
        rest = f", {unmet} not run for what they need" if unmet else ""
        rest += f", {partial} run in part" if partial else ""
        rest += f", {left} not run" if left else ""
        rest += f", {flaky} of the failed flaky" if flaky else ""
        self.progress.line(f"Runs of pages: {passed} passed, {failed} failed{rest}. Blocks: {skipped} skipped.")

    def _page(self, page: PageResult) -> None:
        if page.outcome is Outcome.NOT_RUN:
            self.progress.line(f"{named(page.path, page.variant)}: {self._painted('not run', RED)}: {page.lacks}")
            return
        counts = Counter(result.outcome for result in page.steps)
        verdict = self._painted(page.outcome.value, GREEN if page.outcome is Outcome.PASSED else RED)
        self.progress.line(
            f"{named(page.path, page.variant)}: {verdict} in {page.seconds:.1f} s, "
            f"{counts[Outcome.PASSED]} steps passed, {counts[Outcome.FAILED]} failed, "
            f"{counts[Outcome.NOT_RUN]} not run, {len(page.skipped)} blocks skipped"
        )
        if page.outcome is Outcome.SKIPPED:
            self.progress.line(f"  {page.lacks}")
            return
        if page.in_part:
            self.progress.line(f"  {page.in_part}: no test of the page, its last whole result stays")
        for line in (*_about_run(page), *skipped_lines(page.skipped)):
            self.progress.line(f"  {line}")
        for one in page.attachments:
            self.progress.line(visible(f"  {one.name}: {one.left_out or f'kept as {one.file}'}"))

    def _failures(self, page: PageResult) -> None:
        shown = [failure_text(step.failure, step) for step in page.steps if step.failure]
        shown += [failure_text(failure) for failure in page.failures]
        for text in shown:
            self.progress.line("")
            self.progress.line(text)
        if page.leftovers:
            from docs_test.clusters.leftovers import removal  # noqa: PLC0415

            self.progress.line("")
            self.progress.line(f"{page.path}:1: the page left {len(page.leftovers)} objects in the cluster")
            self.progress.line("hint: remove them, and let the page's clean-up do it:\n" + removal(page.leftovers))
        for line in ways_on(page, self.again):
            self.progress.line(line)

    def _stages(self, stages: Sequence[Stage | StageTime]) -> None:
        if not stages:
            return
        width = max(len(stage.name) for stage in stages)
        self.progress.line("time of each stage:")
        for stage in stages:
            note = f"  {stage.note}" if stage.note else ""
            self.progress.line(f"  {stage.name:{width}}  {stage.seconds:7.1f} s{note}")

    def _painted(self, word: str, colour: str) -> str:
        return f"{colour}{word}{RESET}" if self.colour else word


def summary_of(step: Step | StepResult) -> str:
    """The first line of a step's code, or the file it saves."""
    if step.kind is StepKind.FILE:
        return f"save {step.file_name}"
    line = next((line.strip() for line in step.code.split("\n") if line.strip()), "")
    short = printable(mask(line))
    return short if len(short) <= TITLE_WIDTH else short[: TITLE_WIDTH - 3] + "..."


def skipped_lines(skipped: Sequence[SkippedBlock]) -> list[str]:
    """A line a skipped block; blocks of other variants only as a count."""
    lines = [
        visible(f"skipped {one.position}: {one.reason}")
        for one in skipped
        if one.kind is not SkipKind.NOT_SELECTED
    ]
    others = len(skipped) - len(lines)
    return [*lines, f"not selected: {others} blocks of other variants"] if others else lines


def _about_run(page: PageResult) -> Iterator[str]:
    """What else is to be known of how a page ran: what set it up, and how its other runs ended."""
    if page.set_up_by:
        yield f"started from the set-up of {', '.join(page.set_up_by)}"
    if page.repeats is None:
        return
    flaky = "flaky: " if page.repeats.flaky else ""
    yield f"{flaky}passed {page.repeats.passed} of {page.repeats.count} times"
    for one in page.repeats.differing:
        yield f"  {one.position}: failed {one.failed} of {page.repeats.count} times"


def _where(environment: RanOn) -> str:
    facts = [(fact.title, fact.text) for fact in environment.facts]
    known = [*facts, ("Kubernetes", environment.kubernetes), ("GPUs", environment.gpus)]
    parts = [environment.title or environment.platform, *(f"{title} {text}" for title, text in known if text)]
    return "ran on: " + ", ".join(parts)
