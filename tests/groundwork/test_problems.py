"""Problems are data; an error says one of them, or several."""

from __future__ import annotations

import pytest

from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem, Stage

ONE = Problem(Position("docs/a.md", 3), "x is 1, allowed: 2", "write 2", "x")
OTHER = Problem(Position("docs/b.md", 7, 2), "y is missing")


def test_a_problem_is_its_position_its_fact_and_its_hint() -> None:
    assert str(ONE) == "docs/a.md:3: x is 1, allowed: 2\nhint: write 2"
    assert str(OTHER) == "docs/b.md:7:2: y is missing"


@pytest.mark.parametrize("stage", Stage)
def test_only_advice_does_not_count(stage: Stage) -> None:
    assert Problem(Position("a", 1), "fact", stage=stage).counts == (stage is not Stage.ADVICE)


def test_an_error_of_several_problems_says_them_all() -> None:
    error = UserError.of(ONE, OTHER)
    assert error.problems == (ONE, OTHER)
    assert str(error) == f"{ONE}\n{OTHER}"
    assert (error.fact, error.hint, error.where) == (ONE.fact, ONE.hint, ONE.position)


def test_an_error_at_a_position_is_one_problem() -> None:
    error = UserError(ONE.fact, hint=ONE.hint, where=ONE.position)
    assert [str(problem) for problem in error.problems] == [str(error)] == [str(ONE)]


def test_an_error_without_a_position_is_none() -> None:
    error = UserError("--when 'x': expected KEY=VALUE", hint="--when api=v1beta1")
    assert error.problems == ()
    assert str(error) == "--when 'x': expected KEY=VALUE\nhint: --when api=v1beta1"


def test_errors_of_problems_keep_their_kind_and_status() -> None:
    assert UserError.of(ONE).status is ExitStatus.USAGE
    assert EnvironmentFault.of(ONE).status is ExitStatus.ENVIRONMENT
    assert isinstance(EnvironmentFault.of(ONE), EnvironmentFault)


def test_a_bug_does_not_make_another_problem() -> None:
    bug = Problem(ONE.position, ONE.fact, ONE.hint, ONE.code, bug=KeyError("x"))
    assert bug == ONE
    assert hash(bug) == hash(ONE)
