"""Parts of a manifest, checked against their part of the schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from dynamo_crd.schemas import release_schemas
from groundwork.base.errors import UserError
from kube_manifests.structure.fragments import check_fragment, inner, parse

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def thing():
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    return release_schemas.of_crds([crd]).find("probe.example.com/v1", "Thing")


@pytest.mark.parametrize(
    ("at", "value", "expected"),
    [
        ("$.spec.mo.k", {"a": "x"}, []),
        ("$.spec.mo.k", {"b": "x"}, [("a",), ("b",)]),
        ("$.spec.mo['a.b']", {}, [("a",)]),
        ("$.spec.lm[]", {"name": "a", "zz": 1}, [("zz",)]),
        ("$.spec.lm[0]", {"name": 1}, [("name",)]),
        ("$.spec.lm", [{"name": "a"}, {"name": "a"}], [(1,)]),
        ("$.spec.i", 11, [()]),
        ("$.spec", {}, [("s",)]),
        ("$.spec.pany.anything[3]", {"x": 1}, []),
        ("$.spec.po.o", {"zz": 1}, [("zz",)]),
        ("$.spec.emb", {"kind": "A"}, [("apiVersion",)]),
        ("$.spec.emb.metadata", {"nam": "a"}, [("nam",)]),
        ("$.metadata", {"labels": {"a": "b c"}}, [("labels", "a")]),
        ("$.metadata.labels", {"a": "b c"}, [("a",)]),
        ("$.metadata.annotations", {"a": 1}, [("a",)]),
        ("$.metadata.finalizers", ["a b"], [(0,)]),
        ("$", {"apiVersion": "probe.example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}, [("spec",)]),
        ("$.spec.mo", None, [()]),
        ("$.spec.nul", None, []),
    ],
)
def test_a_part_is_held_to_its_part_of_the_schema(thing, at, value, expected):
    assert [one.path for one in check_fragment(value, thing, at)[1]] == expected


def test_a_part_gets_its_defaults(thing):
    assert check_fragment({"a": "x"}, thing, "$.spec.mo.k") == ({"a": "x", "z": 3}, [])


@pytest.mark.parametrize(
    ("at", "fact", "hint"),
    [
        ("$.spec.hostnam", "$.spec has no field 'hostnam'", "did you mean 'hostname'?"),
        ("$.spec.lm.name", "$.spec.lm is a list", "its items are $.spec.lm[]"),
        ("$.spec.s[]", "$.spec.s is not a list", "it is of type string"),
        ("$.spec.one1.c", "$.spec.one1 has no field 'c'", "there are: a, b"),
        ("$.metadata.label", "$.metadata has no field 'label'", "did you mean 'labels'?"),
        ("spec.s", "'spec.s' is not a path within an object", "such as"),
        ("$.spec..s", "'$.spec..s' is not a path within an object from '..s' on", "such as"),
        ("$.spec.s x", "from ' x' on", "such as"),
    ],
)
def test_a_path_that_is_not_there_is_told(thing, at, fact, hint):
    with pytest.raises(UserError) as caught:
        check_fragment({}, thing, at)
    assert fact in caught.value.fact
    assert hint in caught.value.hint


def test_paths_are_read():
    assert parse("$.spec.a[].b[2]['c.d'][\"e\"]") == ("spec", "a", 0, "b", 2, "c.d", "e")
    assert parse(" $ ") == ()


@pytest.mark.parametrize(
    ("under", "at", "value", "expected"),
    [
        ("$.spec.mo", "$.spec.mo.k", {"k": {"a": "x"}}, ({"a": "x"}, ("k",))),
        ("$", "$.spec.mo.k", {"spec": {"mo": {"k": 1}}}, (1, ("spec", "mo", "k"))),
        ("$.spec", "$.spec.lm[2]", {"lm": [{"name": "a"}]}, ({"name": "a"}, ("lm", 0))),
        ("$.spec.i", "$.spec.i", 11, (11, ())),
    ],
)
def test_a_part_is_found_below_its_parent_keys(under, at, value, expected):
    assert inner(value, at, under) == expected


@pytest.mark.parametrize(
    ("under", "at", "value", "fact"),
    [
        ("$.spec", "$.spec.mo", {"mp": {}}, "is here, only the key 'mo' was expected"),
        ("$", "$.spec.mo", {"spec": []}, "is here, only the key 'mo' was expected"),
        ("$", "$.spec.mo", {"spec": {}, "kind": "A"}, "only the key 'spec' was expected"),
        ("$.spec", "$.spec.lm[]", {"lm": [1, 2]}, "is here, a list of one item was expected"),
        ("$.spec.lm", "$.spec.mo", {}, "$.spec.mo is not within $.spec.lm"),
    ],
)
def test_other_keys_around_a_part_are_refused(under, at, value, fact):
    with pytest.raises(UserError, match=re.escape(fact)):
        inner(value, at, under)
