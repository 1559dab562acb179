"""Steps and pages as results keep them: what a page wrote, without secrets, beside what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs_test.capture import captured
from docs_test.outcomes import Expected, Outcome, StepResult
from docs_test.page_results import PageResult, RanOn, SkippedBlock
from docs_test.running.failure import failure_of
from groundwork.base.masking import mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.matching.compare import Mismatch
    from docs_test.model import Environment, Expectation, Step, Tutorial
    from docs_test.shell.bash import Ended
    from groundwork.base.positions import Position


def step_result(
    step: Step, outcome: Outcome = Outcome.NOT_RUN, *, started: float = 0.0, **known: Any
) -> StepResult:
    """A step before it ran, or with what is known of its run; what is known later is set with `replace`."""
    return StepResult(
        kind=step.kind,
        position=step.location,
        end_line=_end(step.location, step.lines),
        code=mask(step.code),
        outcome=outcome,
        file_name=step.file_name,
        identifier=step.identifier,
        cleanup=step.cleanup,
        background=step.background,
        expected_status=step.exit_status,
        expected=_expected(step.expectation) if step.expectation else None,
        started=started,
        **known,
    )


def ended_result(
    step: Step, ended: Ended, mismatch: Mismatch | None = None, attempts: int = 1, **known: float
) -> StepResult:
    """A step whose code has ended, well or not.

    Args:
        step: the step.
        ended: how.
        mismatch: how its output differs from what the page shows; None if it does not.
        attempts: the number of tries.
        known: its times.
    """
    good = not ended.problem and ended.status == step.exit_status and not mismatch
    return step_result(
        step,
        Outcome.PASSED if good else Outcome.FAILED,
        **known,
        attempts=attempts,
        exit_status=ended.status,
        output=captured(ended.output, ended.left_out),
        failure=None if good else failure_of(step, ended, mismatch, attempts),
    )


def skipped_blocks(tutorial: Tutorial) -> tuple[SkippedBlock, ...]:
    """The blocks of a page that are not run."""
    return tuple(SkippedBlock(skip.location, skip.kind, skip.reason) for skip in tutorial.skipped)


def page_result(tutorial: Tutorial, outcome: Outcome, *, run: str, started_at: str) -> PageResult:
    """A page before it ran; what is known later is set with `replace`."""
    return PageResult(
        path=tutorial.path,
        title=tutorial.title,
        variant=tutorial.variant,
        outcome=outcome,
        run=run,
        started_at=started_at,
        lacks=tutorial.lacks,
        skipped=skipped_blocks(tutorial),
        inputs=tutorial.inputs,
    )


def ran_on(environment: Environment) -> RanOn:
    """What tells people where pages ran."""
    return RanOn(
        platform=environment.platform,
        title=environment.title,
        tier=environment.tier,
        kubernetes=environment.kubernetes,
        gpus=environment.gpus,
        facts=environment.facts,
    )


def _expected(expectation: Expectation) -> Expected:
    at = expectation.location
    return Expected(at, _end(at, expectation.lines), expectation.match, mask(expectation.text))


def _end(first: Position, lines: Sequence[Position]) -> int:
    """The last line of a block in the file where it begins: lines that it includes stand in others."""
    return max([first.line, *(line.line for line in lines if line.file == first.file)])
