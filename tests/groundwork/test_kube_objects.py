"""Reading objects whose shape nobody has checked: what is of another shape counts as absent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from groundwork.kube.objects import (
    annotations_of,
    being_deleted,
    condition_is_current,
    condition_of,
    conditions,
    controller_of,
    group_version,
    holds,
    is_current,
    key_of,
    labels_of,
    owned_by,
    owner_reference,
)
from groundwork.kube.values import (
    entries,
    integer,
    lenient_number,
    mapping,
    number,
    part,
    sequence,
    text,
    when,
)

ODD: list[Any] = [None, True, 3, 2.5, "text", [], ["x"], {}, {"a": None}, {"a": 5}, {"a": []}, {"a": {"b": "c"}}]
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "p",
        "namespace": "demo",
        "generation": 3,
        "labels": {"app": "x", "odd": 5},
        "annotations": None,
        "ownerReferences": [{"kind": "Node", "uid": "n"}, {"kind": "Job", "uid": "j", "controller": True}],
    },
    "status": {
        "observedGeneration": 2,
        "conditions": [
            "not an object",
            {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-25T01:18:10Z"},
            {"type": "Failed", "status": "False", "reason": "Why", "observedGeneration": 3},
            {"type": "Old", "observedGeneration": 2},
        ],
    },
}


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_each_reader_takes_anything(value: Any) -> None:
    for keys in ((), ("a",), ("a", "b")):
        assert isinstance(mapping(value, *keys), dict)
        assert isinstance(sequence(value, *keys), list)
        assert all(isinstance(entry, dict) for entry in entries(value, *keys))
        assert isinstance(text(value, *keys), str)
        assert not isinstance(number(value, *keys), bool)
    for reader in (key_of, labels_of, annotations_of, group_version, being_deleted, is_current, conditions):
        reader(value)
        reader({"metadata": value, "status": value, "apiVersion": value})
    assert controller_of({"metadata": {"ownerReferences": value}}) is None


def test_what_is_there_is_found() -> None:
    value = {"a": {"b": "c", "d": [1, {"e": 2}], "n": 1.5, "i": 4, "t": "2026-11-25T01:18:10Z", "z": None}}
    assert part(value, "a", "b") == text(value, "a", "b") == "c"
    assert mapping(value, "a") is value["a"]
    assert sequence(value, "a", "d") == [1, {"e": 2}]
    assert entries(value, "a", "d") == [{"e": 2}]
    assert (number(value, "a", "n"), number(value, "a", "i")) == (1.5, 4)
    assert when(value, "a", "t") == datetime(2026, 11, 25, 1, 18, 10, tzinfo=UTC)
    assert (part(value, "a", "z"), text(value, "a", "z"), text(value, "a", "i")) == (None, "", "")


@pytest.mark.parametrize(
    ("value", "strict", "lenient", "whole"),
    [
        (3, 3, 3.0, 3),
        (2.9, 2.9, 2.9, 2),
        ("3.5", None, 3.5, 3),
        ("four", None, None, None),
        ("inf", None, None, None),
        ("nan", None, None, None),
        (float("inf"), float("inf"), None, None),
        (10**400, 10**400, None, None),
        (True, None, None, None),
        ([3], None, None, None),
    ],
    ids=repr,
)
def test_numbers(value: Any, strict: Any, lenient: Any, whole: Any) -> None:
    assert (number(value), lenient_number(value), integer(value)) == (strict, lenient, whole)


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01T00:00:00Z", 5])
def test_what_is_not_a_time(value: Any) -> None:
    assert when(value) is None


def test_metadata() -> None:
    assert key_of(POD) == ("demo", "p")
    assert labels_of(POD) == {"app": "x"}
    assert annotations_of(POD) == {}
    assert group_version(POD) == ("", "v1")
    assert group_version({"apiVersion": "apps/v1"}) == ("apps", "v1")
    assert not being_deleted(POD)
    assert being_deleted({"metadata": {"deletionTimestamp": "2026-11-25T01:18:10Z"}})


def test_labels_are_a_copy() -> None:
    labels_of(POD)["new"] = "x"
    assert "new" not in labels_of(POD)


def test_an_owner_is_the_object_not_one_of_its_name() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job", "uid": "j"}}
    assert controller_of(POD) == {"kind": "Job", "uid": "j", "controller": True}
    assert owned_by(POD, job)
    assert not owned_by(POD, {**job, "metadata": {"name": "job", "uid": "later"}})
    made = {"metadata": {"ownerReferences": [owner_reference(job)]}}
    assert owned_by(made, job)
    assert not owned_by({"metadata": {}}, job)


def test_conditions() -> None:
    assert [entry.type for entry in conditions(POD)] == ["Ready", "Failed", "Old"]
    ready = condition_of(POD, "Ready")
    assert ready
    assert ready.since == datetime(2026, 11, 25, 1, 18, 10, tzinfo=UTC)
    assert [holds(POD, kind) for kind in ("Ready", "Failed", "Absent")] == [True, False, False]


def test_a_status_may_be_about_an_earlier_spec() -> None:
    assert not is_current(POD)
    assert is_current({**POD, "status": {}})
    assert [condition_is_current(POD, kind) for kind in ("Ready", "Failed", "Old", "Absent")] == [
        True,
        True,
        False,
        True,
    ]
