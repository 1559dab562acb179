"""The benchmark's own parts: it cannot pass by comparing nothing."""

from __future__ import annotations

import sys
from itertools import islice

import pytest
import yaml

from bench import reading, start
from bench.validate import compared, graphs, identical, proven, timed
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
