"""Pages that are not run whole: up to a step, past wrong output. None of them counts as a test of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.model import Tutorial
from docs_test.outcomes import FailureKind, Outcome
from docs_test.reporting import results
from docs_test.running import killed_runs
from docs_test.running.conduct import Conduct
from docs_test.running.page_run import run_page
from support.page_runs import Quiet, fake_cluster, shown, step
from support.results import of, page

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.model import Environment, Step
    from docs_test.page_results import PageResult


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    return fake_cluster(tmp_path)


def run(environment: Environment, conduct: Conduct, *steps: Step) -> PageResult:
    return run_page(Tutorial("docs/x.md", "X", steps), environment, Quiet(), conduct=conduct)


def outcomes(page: PageResult) -> list[str]:
    return [result.outcome.value for result in page.steps]


def test_a_run_up_to_a_step_ends_there_cleans_up_and_is_no_result_of_the_page(
    cluster: Environment, tmp_path: Path
) -> None:
    steps = [step(line, f"echo {line} >>{tmp_path}/trace") for line in (1, 4, 7)]
    clean_up = step(9, f"echo clean >>{tmp_path}/trace", cleanup=True)
    found = run(cluster, Conduct(last=2), *steps, clean_up)
    assert outcomes(found) == ["passed", "passed", "not-run", "passed"]
    assert (tmp_path / "trace").read_text().split() == ["1", "4", "clean"]
    assert found.outcome is Outcome.PARTIAL
    assert found.in_part == "run up to docs/x.md:4, step 2 of 4"


def test_a_step_has_the_same_number_however_many_run(cluster: Environment) -> None:
    class Numbers(Quiet):
        def step_started(self, step: Step, number: int, total: int) -> None:
            numbers.append(f"{number}/{total} {step.code}")

    steps = [step(line, f"true {line}") for line in (1, 4, 7)]
    steps += [step(line, f"true clean {line}", cleanup=True) for line in (9, 11)]
    tutorial = Tutorial("docs/x.md", "X", tuple(steps))
    for last, some in ((0, ["1/5 true 1", "2/5 true 4", "3/5 true 7"]), (1, ["1/5 true 1"])):
        numbers: list[str] = []
        run_page(tutorial, cluster, Numbers(), conduct=Conduct(last=last))
        assert numbers == [*some, "4/5 true clean 11", "5/5 true clean 9"]


def test_a_run_up_to_the_last_step_is_one_of_the_whole_page(cluster: Environment) -> None:
    found = run(cluster, Conduct(last=2), step(1, "true"), step(3, "true"), step(5, "true", cleanup=True))
    assert (found.outcome, found.in_part) == (Outcome.PASSED, "")


def test_a_failure_in_a_part_of_a_page_is_one(cluster: Environment) -> None:
    found = run(cluster, Conduct(last=1), step(1, "false"), step(3, "true"))
    assert (found.outcome, outcomes(found)) == (Outcome.FAILED, ["failed", "not-run"])
    assert found.in_part


def test_a_failing_clean_up_fails_a_part_of_a_page(cluster: Environment) -> None:
    found = run(cluster, Conduct(last=1), step(1, "true"), step(3, "true"), step(5, "false", cleanup=True))
    assert found.outcome is Outcome.FAILED


def test_a_page_goes_on_past_wrong_output_and_has_failed_all_the_same(cluster: Environment) -> None:
    wrong = step(1, "echo a", expectation=shown(4, "b"))
    found = run(cluster, Conduct(past_mismatches=True), wrong, step(7, "echo on"))
    assert outcomes(found) == ["failed", "passed"]
    assert found.outcome is Outcome.FAILED
    assert [failure.kind for failure in found.all_failures] == [FailureKind.MISMATCH]
    assert outcomes(run(cluster, Conduct(), wrong, step(7, "echo on"))) == ["failed", "not-run"]


def test_a_page_does_not_go_on_past_another_failure(cluster: Environment) -> None:
    found = run(cluster, Conduct(past_mismatches=True), step(1, "false"), step(3, "echo on"))
    assert outcomes(found) == ["failed", "not-run"]


def test_what_ran_in_part_is_never_kept_as_a_result(tmp_path: Path) -> None:
    whole, part = page("docs/a.md"), page("docs/a.md", outcome=Outcome.PARTIAL, in_part="run up to docs/a.md:7")
    old = of(whole)
    assert results.merge(old, of(part)) == old
    other = page("docs/b.md", run="two")
    assert results.merge(old, of(part, other)).pages == (whole, other)
    assert results.merge(None, of(part)).pages == ()
    failed_part = page("docs/a.md", outcome=Outcome.FAILED, in_part="run up to docs/a.md:7")
    assert results.merge(old, of(failed_part)) == old
    results.write(tmp_path / "r.json", results.merge(old, of(part)))
    assert results.read(tmp_path / "r.json") == old


def test_a_file_of_results_refuses_a_part_of_a_page(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="partial"):
        results.write(tmp_path / "r.json", of(page(outcome=Outcome.PARTIAL)))
