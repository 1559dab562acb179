"""Pages that are run on a fake kubectl, whose cluster is a file with a line an object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.model import Environment, Expectation, Match, Step, StepKind, Tutorial
from docs_test.running.page_run import run_page
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from docs_test.page_results import PageResult

FAKES = Path(__file__).parents[1] / "docs_test" / "fakes"


class Quiet:
    """A reporter that tells nobody."""

    def step_started(self, *_: object) -> None: ...

    def step_ended(self, *_: object) -> None: ...

    def said(self, _: str) -> None: ...


def fake_cluster(folder: Path) -> Environment:
    """The environment of a fake cluster; what it left has no time to go."""
    objects = folder / "objects"
    objects.write_text("", encoding="utf-8")
    return Environment(kubeconfig=str(objects), path_prefix=(str(FAKES),))


def step(line: int, code: str, **more: Any) -> Step:
    """A step whose fence opens at a line of docs/x.md."""
    lines = tuple(Position("docs/x.md", line + 1 + number) for number, _ in enumerate(code.splitlines()))
    return Step(StepKind.RUN, Position("docs/x.md", line), code, lines, **more)


def shown(line: int, text: str, match: Match = Match.LINES) -> Expectation:
    """What a fence at a line of docs/x.md shows."""
    lines = tuple(Position("docs/x.md", line + 1 + number) for number, _ in enumerate(text.splitlines()))
    return Expectation(Position("docs/x.md", line), match, text, lines)


def run(environment: Environment, *steps: Step, keep: Any = None, **more: Any) -> PageResult:
    """Run a page of these steps."""
    return run_page(Tutorial("docs/x.md", "X", steps, **more), environment, Quiet(), run="one", keep=keep)
