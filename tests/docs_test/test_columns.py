"""The column of a failure: known where the page's line has what is at fault, and has it once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.model import Match, StepKind
from docs_test.outcomes import Expected, Failure, FailureKind, Outcome, Output, StepResult
from docs_test.running.columns import pointed, pointed_fault
from groundwork.base.errors import EnvironmentFault
from groundwork.base.positions import Position
from support.results import page

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
# X
- ```bash { .run data-ready="tcp://localhost:1" }
  kubectl get {{ kind }} "$NAME"
  echo one one
  a; b
  grep one \\
    here
  ```
  ```console { .output }
  NAME  AGE
  one   3s
  ```
"""
CODE = 'kubectl get pods "$NAME"\necho one one\na; b\ngrep one \\\n  here'


def failed(line: int, said: str = "", kind: FailureKind = FailureKind.STATUS, **more: object) -> StepResult:
    failure = Failure(kind, Position("docs/x.md", line), "fact")
    step = StepResult(StepKind.RUN, Position("docs/x.md", 2), 7, CODE, Outcome.FAILED, output=Output(said))
    return replace(step, failure=replace(failure, **more))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "x.md").write_text(PAGE)
    return tmp_path


def column(root: Path, step: StepResult) -> str:
    (found,) = pointed(page("docs/x.md", steps=(step,)), root).steps
    assert found.failure
    return str(found.failure.position).removeprefix("docs/x.md:")


@pytest.mark.parametrize(
    ("step", "where"),
    [
        (failed(3, "bash: line 1: NAME: unbound variable"), "3:27"),
        (failed(3, 'unknown command "get" for "kubectl"'), "3:11"),
        (failed(3, "status alone, and a macro in the line"), "3"),
        (failed(4, "echo: one: No such file or directory"), "4:3"),
        (failed(5, "two commands"), "5"),
        (failed(6, "grep: here: No such file or directory"), "7:5"),
        (failed(6, "grep: gone: No such file or directory"), "6:3"),
        (failed(2, kind=FailureKind.NOT_READY), "2:18"),
        (failed(2, kind=FailureKind.TIMEOUT), "2"),
        (failed(0, "of the file as a whole"), "docs/x.md"),
        (failed(99, "of no line"), "99"),
    ],
)
def test_what_is_at_fault_is_pointed_at(root: Path, step: StepResult, where: str) -> None:
    assert column(root, step) == where


@pytest.mark.parametrize(
    ("line", "diff", "match", "where"),
    [
        (11, ("  NAME  AGE", "- one   3s", "+ one   soon"), Match.K8S, "11:9"),
        (11, ("  NAME  AGE", "- one   3s", "+ two   5s"), Match.K8S, "11:3"),
        (11, ("- one   3s", "+ one   3m"), Match.LINES, "11:10"),
        (11, ("- one   3s",), Match.LINES, "11:3"),
        (11, ("+ one   3s",), Match.LINES, "11"),
        (11, ("- other", "+ one"), Match.LINES, "11"),
        (11, ('- "one": 1', '+ "one": 2'), Match.JSON, "11"),
    ],
)
def test_an_expectation_is_pointed_at_where_it_differs(
    root: Path, line: int, diff: tuple[str, ...], match: Match, where: str
) -> None:
    step = failed(line, kind=FailureKind.MISMATCH, diff=diff)
    assert column(root, replace(step, expected=Expected(Position("docs/x.md", 9), 11, match, ""))) == where


def test_a_port_that_is_taken_is_pointed_at(root: Path) -> None:
    found = pointed_fault(EnvironmentFault("taken", where=Position("docs/x.md", 2), hint="end it"), root)
    assert str(found) == "docs/x.md:2:18: taken\nhint: end it"
    assert str(pointed_fault(EnvironmentFault("no Docker"), root)) == "no Docker"
