"""Results for tests, made of the types that docs-test writes: none of them can break the form of the file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from docs_test.inventory import Fact
from docs_test.model import StepKind
from docs_test.outcomes import Failure, FailureKind, Outcome, Output, StepResult
from docs_test.page_results import PageResult, RanOn, Results, RunInfo
from docs_test.reporting import results
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-11-24T01:00:00Z"
MOCK = RanOn(
    platform="mock",
    title="mock platform",
    tier="mock",
    kubernetes="1.35.4",
    gpus="8 x H100 (mock)",
    facts=(Fact("runtime", "Dynamo runtime", "1.4.2"), Fact("operator", "operator as of", "1.5.0-dev")),
)


def step(line: int = 7, **changes: Any) -> StepResult:
    """A step of docs/a.md that passed."""
    position = changes.pop("position", Position("docs/a.md", line))
    whole: dict[str, Any] = {"code": "echo x", "outcome": Outcome.PASSED, "seconds": 1.0, "attempts": 1}
    whole |= {"exit_status": 0, "output": Output("x\n", 1)}
    return StepResult(StepKind.RUN, position, position.line + 1, **(whole | changes))


def failed(fact: str, hint: str = "", **changes: Any) -> StepResult:
    """A step of docs/a.md that failed in its line 7."""
    failure = Failure(FailureKind.STATUS, Position("docs/a.md", 7), fact, hint)
    return step(6, outcome=Outcome.FAILED, exit_status=1, **({"failure": failure} | changes))


def page(path: str = "docs/a.md", **changes: Any) -> PageResult:
    """A page that passed; with a step that failed, one that failed."""
    steps = changes.pop("steps", (step(position=Position(path, 7)),))
    outcome = Outcome.FAILED if any(one.failure for one in steps) else Outcome.PASSED
    whole: dict[str, Any] = {"title": path, "variant": {}, "outcome": outcome, "run": "one", "started_at": AT}
    return PageResult(path, steps=steps, **(whole | {"seconds": 2.0} | changes))


def of(*pages: PageResult, started: str = AT, environment: RanOn = MOCK, options: tuple[str, ...] = ()) -> Results:
    """Results of one run."""
    names = dict.fromkeys(page.run for page in pages)
    runs = (RunInfo(name, "docs-test", started, started, options=options) for name in names)
    return Results(environment, tuple(runs), pages)


def write(path: Path, *pages: PageResult, started: str = AT, environment: RanOn = MOCK) -> Path:
    """A results file of one run."""
    results.write(path, of(*pages, started=started, environment=environment))
    return path


def digest(path: Path) -> str:
    """Of a file, as the inputs of a page have it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
