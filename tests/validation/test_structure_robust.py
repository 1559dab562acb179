"""No value raises an error: deep, large, cyclic, of odd keys and odd types; it is told or taken."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from dynamo_crd.schemas import release_schemas
from kube_manifests.schemas import patterns
from kube_manifests.structure import budget, structure
from kube_manifests.structure.fragments import check_fragment

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def thing():
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    return release_schemas.of_crds([crd]).find("probe.example.com/v1", "Thing")


def nested(levels, wrap):
    value = 1
    for _ in range(levels):
        value = wrap(value)
    return value


def with_spec(**spec):
    return {
        "apiVersion": "probe.example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "a"},
        "spec": {"s": "abc", **spec},
    }


@pytest.mark.parametrize("wrap", [lambda one: {"a": one}, lambda one: [one]], ids=["objects", "lists"])
@pytest.mark.parametrize("field", ["free", "pany", "pl", "zz", "e", "emb"])
def test_too_deep_is_told_and_not_raised(thing, wrap, field):
    codes = {one.code for one in structure.check(with_spec(**{field: nested(100_000, wrap)}), thing)[1]}
    assert codes & {"depth", "unknown-field"}


def test_a_cycle_is_told(thing):
    cycle = {}
    cycle["a"] = cycle
    (problem,) = structure.check(with_spec(free=cycle), thing)[1]
    assert (problem.code, problem.path[:2]) == ("depth", ("spec", "free"))


def test_as_deep_as_anyone_needs_is_taken(thing):
    assert (
        structure.check(with_spec(free=nested(150, lambda one: {"a": [one]} if one == 1 else {"a": one})), thing)[
            1
        ]
        == []
    )


def test_too_large_is_told_soon(thing):
    big = [[0] * 1000] * 1000  # shared in memory, a million values in JSON
    (problem,) = structure.check(with_spec(free={"a": big}), thing)[1]
    assert problem.code == "depth"
    assert f"{budget.LARGEST:,}" in problem.fact


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "x", [], float("nan"), True, {}, {1: 2}, {"apiVersion": 1, "kind": []},
        {"spec": {None: 1, True: {}}},
        {"metadata": {1: 2, "labels": {3: 4}}}, with_spec(i=10**5000), with_spec(n=float("inf")),
        with_spec(date=dt.date(2026, 11, 24)), with_spec(e=b"x"), with_spec(set={1, 2}),
        with_spec(s="\ud800"),
        with_spec(hostname="\ud800" * 300), with_spec(mac="a" * 100_000), with_spec(q="1" * 100_000 + "!"),
        {"metadata": {"name": "\ud800", "labels": {"\ud800": "\ud800"}, "generateName": "\ud800"}},
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_odd_values_raise_nothing(thing, value):
    _, problems = structure.check(value, thing)
    assert problems
    for one in problems:
        assert "\n" not in one.fact
    check_fragment(value, thing, "$.spec")
    check_fragment(value, thing, "$.metadata")
    check_fragment(value, thing, "$.metadata.labels")


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("^a$", "a", "a\n"),
        (r"^\d+\z", "1", "\u0663"),
        ("[[:alpha:]_]+$", "a_", "1"),
        (r"^\Qa.b\E$", "a.b", "axb"),
        ("^(?i)ab$", "AB", "c"),
        ("^(a|(?i)b)c$", "Bc", "Ac"),
        ("^x(?i)y|z$", "Z", "Xy"),
        ("^a{,3}$", "a{,3}", "aa"),
        ("^[a[b]$", "[", "c"),
        ("^[^]a]$", "b", "]"),
        ("^(?<n>a)$", "a", "b"),
        (r"^\x{1F600}$", "\U0001f600", "a"),
        ("^[a&&b]$", "&", "c"),
    ],
)
def test_patterns_of_go_are_read_as_go_reads_them(pattern, right, wrong):
    regex = patterns.compiled(pattern)
    assert regex.search(right)
    assert not regex.search(wrong)


def test_a_pattern_that_python_cannot_say_is_none():
    assert patterns.compiled(r"^\pL+$") is None
    assert patterns.compiled("[[:^alpha:]]") is None
