"""Results files of version 1, which docs-test wrote before failures were data: read as those of today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docs_test.inventory import Fact
from docs_test.model import SkipKind, StepKind
from docs_test.outcomes import Failure, FailureKind, Outcome, StepResult
from docs_test.page_results import PageResult, RanOn, Results, RunInfo, SkippedBlock, StageTime
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
FIRST_LINE = re.compile(r"(\S+?:\d+|[^:\s]+): (.*)")


def read(data: Mapping[str, Any]) -> Results:
    """The results of a file's content.

    Raises:
        KeyError, TypeError, ValueError: it is not of that version.
    """
    run = f"of-version-1-{data['started_at']}"
    stages = tuple(StageTime(**{name: stage[name] for name in _STAGE}) for stage in data["stages"])
    info = RunInfo(run, "", data["started_at"], data["finished_at"], stages)
    return Results(_ran_on(data["environment"]), (info,), tuple(_page(page, run) for page in data["pages"]))


_STAGE = ("name", "seconds", "ok", "note")


def _ran_on(environment: Mapping[str, str]) -> RanOn:
    tier, operator = environment["tier"], environment["operator"]
    title = "operator as of" if tier == "mock" and operator else "operator"
    return RanOn(
        platform=environment["platform"],
        title="",
        tier=tier,
        kubernetes=environment["kubernetes"],
        gpus=environment["gpus"],
        facts=(
            Fact("runtime", "Dynamo runtime", environment["runtime"]),
            Fact("operator", title, operator),
        ),
    )


def _page(page: Mapping[str, Any], run: str) -> PageResult:
    steps = tuple(_step(step) for step in page["steps"])
    told = {step["error"] for step in page["steps"]}
    skipped = page["counts"]["skipped"]
    return PageResult(
        path=page["path"],
        title=page["title"],
        variant=dict(page["variant"]),
        outcome=Outcome(page["outcome"]),
        run=run,
        started_at=page["started_at"],
        seconds=float(page["seconds"]),
        lacks=page.get("lacks", ""),
        steps=steps,
        skipped=tuple(
            SkippedBlock(Position.read(skip["location"]), SkipKind(skip["kind"]), skip["reason"])
            for skip in skipped
        ),
        failures=tuple(
            _failure(error, Position(page["path"])) for error in page["cleanup_errors"] if error not in told
        ),
        leftovers=tuple(page["leftovers"]),
        inputs=dict(page["inputs"]),
    )


def _step(step: Mapping[str, Any]) -> StepResult:
    position, outcome = Position.read(step["location"]), Outcome(step["outcome"])
    return StepResult(
        kind=StepKind(step["kind"]),
        position=position,
        end_line=position.line,
        code="",
        outcome=outcome,
        started=float(step["started"]),
        seconds=float(step["seconds"]),
        attempts=0 if outcome is Outcome.NOT_RUN else step["attempts"],
        exit_status=step["exit_status"],
        failure=_failure(step["error"], position) if outcome is Outcome.FAILED else None,
    )


def _failure(error: str, position: Position) -> Failure:
    """The text of a failure begins with its position."""
    first, _, more = error.partition("\n")
    if found := FIRST_LINE.fullmatch(first):
        position, first = Position.read(found[1]), found[2]
    return Failure(FailureKind.OLDER, position, first, more=more)
