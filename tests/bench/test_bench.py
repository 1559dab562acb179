"""The benchmark's own parts: it cannot pass by comparing nothing."""

from __future__ import annotations

import random
import sys
from itertools import islice

import pytest
import yaml

from bench import discovery, reading, start, steps
from bench.validate import compared, graphs, identical, proven, timed
from support.nestings import cases
from support.validation.closed import closed

GOOD = {"ours": 0.1, "kubectl-validate": 1.0, "kubeconform": 0.04, "ours, cold": 0.1, "import": 0.06}


@pytest.mark.parametrize(("name", "seconds"), [("kubectl-validate", 0.9), ("kubeconform", 0.03), ("import", 0.04)])
def test_each_bound_can_be_missed(name, seconds):
    assert all(bound.kept for bound in compared(GOOD))
    missed = [bound for bound in compared(GOOD | {name: seconds}) if not bound.kept]
    assert len(missed) == 1
    assert str(missed[0]).startswith("MISSED")


READING = {
    "mkdocs build": 1.0,
    "lint, cold": 0.7,
    "lint, warm": 0.15,
    "validate, cold": 0.8,
    "validate, warm": 0.2,
}


@pytest.mark.parametrize("name", [name for name in READING if name != reading.BUILD])
def test_each_bound_of_reading_can_be_missed(name):
    assert all(bound.kept for bound in reading.compared(READING))
    missed = [bound for bound in reading.compared(READING | {name: 0.81}) if not bound.kept]
    assert [bound.what for bound in missed] == [f"{name}, of the build"]


def test_graphs_are_of_the_examples_and_have_names_of_their_own():
    found = [yaml.safe_load(text) for text in islice(graphs(), 20)]
    assert {one["kind"] for one in found} == {"DynamoGraphDeployment"}
    assert len({one["metadata"]["name"] for one in found}) == 20


def test_a_validator_that_refuses_nothing_is_not_timed(tmp_path):
    with pytest.raises(SystemExit, match="status 0 for a bad graph"):
        proven(["true"], tmp_path, "spec:\n  a: 1\n")
    with pytest.raises(SystemExit, match="status 1 for a good graph"):
        proven(["false"], tmp_path, "spec:\n  a: 1\n")
    proven(["sh", "-c", '! grep spoc "$0"'], tmp_path, "spec:\n  a: 1\n")


def test_a_command_that_fails_is_not_timed():
    assert len(timed({"a": ["true"]}, 2)["a"]) == 2
    with pytest.raises(SystemExit, match="a: status 1"):
        timed({"a": ["false"]}, 1)


def test_output_that_varies_is_seen():
    assert identical([sys.executable, "-c", "print(1)"], 3)
    assert not identical([sys.executable, "-c", "import os; print(os.getpid())"], 3)


def test_schemas_are_closed_where_fields_are_listed():
    schema = {
        "type": "object",
        "properties": {
            "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"a": {}}},
            "map": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": True}},
            "none": {"type": "string", "nullable": True},
        },
    }
    assert closed(schema) == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "any": {"type": "object", "properties": {"a": {}}},
            "map": {"type": "object", "additionalProperties": {"type": ["integer", "string"]}},
            "none": {"type": ["string", "null"]},
        },
    }


def test_a_slow_start_is_a_missed_bound():
    kept, missed = start.compared({"import": 1.0, "a": 2.9, "b": 3.1})
    assert (kept.kept, missed.kept) == (True, False)
    assert set(start.user_times({"a": ["true"]}, 2)) == {"a"}


def test_a_step_that_costs_more_is_a_missed_bound():
    good = {steps.OURS: 1.0, "byexample": 1.0, "mdoctest": 3.0, "prysk": 0.1}
    assert all(bound.kept for bound in steps.compared(good))
    for name, cost in ((steps.OURS, 1.2), ("byexample", 0.8), ("mdoctest", 2.0)):
        assert not all(bound.kept for bound in steps.compared(good | {name: cost}))


def test_what_a_step_costs_is_told_from_the_start():
    def spent(start: float, step: float, count: int) -> list[steps.Spent]:
        return [steps.Spent(start + count * step, 2 * (start + count * step))] * 3

    cost = steps.cost(spent(5.0, 0.5, steps.FEW), spent(5.0, 0.5, steps.MANY))
    assert cost == pytest.approx(steps.Cost(0.5, 5.0, 1.0, 10.0))


def test_a_program_that_fails_has_no_cost(tmp_path):
    with pytest.raises(SystemExit, match="a: status 1"):
        steps.costs({"a": ["false"]}, 1, tmp_path)
    assert set(steps.costs({"a": ["true"]}, 1, tmp_path)) == {"a"}


def test_each_program_gets_the_same_steps(tmp_path):
    steps.write(tmp_path, "x", range(3), wrong=1)
    for text in (tmp_path / "docs" / "x.md", tmp_path / "x.md", tmp_path / "x.t"):
        found = text.read_text()
        assert [found.count(f"echo {number}") for number in range(4)] == [1, 1, 1, 0]
        assert found.count("another") == 1


def test_what_is_found_is_counted_word_for_word():
    made = list(cases(random.Random(1)))  # noqa: S311
    all_right = {name: [case.code] for name, case in discovery.named(made)}
    assert discovery.counted(made, all_right).of["all"] == (len(made), len(made))
    first = next(iter(all_right))
    for wrong in ([], ["another"], [made[0].code, "more"]):
        found = discovery.counted(made, all_right | {first: wrong}).of
        assert (found["all"], found["fence"][0]) == ((len(made) - 1, len(made)), found["fence"][1] - 1)


def test_docs_test_finds_all_in_a_site_of_its_own(tmp_path):
    made = list(cases(random.Random(2)))[:40]  # noqa: S311
    assert discovery.counted(made, discovery.ours(made, tmp_path)).of["all"] == (40, 40)
