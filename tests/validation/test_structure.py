"""Each thing that a structural schema can say, wrong once: path and code of what is found; and what is no fault.

The expectations are those of kube-apiserver 1.35.4, asked with strict field validation and dry run.
"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from dynamo_crd.schemas import release_schemas
from groundwork.base.field_paths import dotted
from groundwork.base.problems import Stage
from kube_manifests.structure import jsonschema_engine, structure, walk

HERE = Path(__file__).parent
GOOD = yaml.safe_load((HERE / "probe-good.yaml").read_text(encoding="utf-8"))
DROP = object()


@pytest.fixture(scope="module")
def thing():
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    return release_schemas.of_crds([crd]).find("probe.example.com/v1", "Thing")


def changed(path, value):
    made = copy.deepcopy(GOOD)
    at = made
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split("|")]
    for step in steps:
        at = at[step] if isinstance(at, list) else at.setdefault(step, {})
    if value is DROP:
        del at[last]
    elif isinstance(at, list) and last == len(at):
        at.append(value)
    else:
        at[last] = value
    return made


def found(value, schema, engine=walk.check):
    problems = structure.check(value, schema, engine=engine)[1]
    return [(dotted(one.path).removeprefix("$."), one.code) for one in problems if one.stage is not Stage.ADVICE]


WRONG = [
    # unknown fields: at every level, in what replaced a scalar, not below what preserves them
    ("extra", 1, [("extra", "unknown-field")]),
    ("spec|zz", None, [("spec.zz", "unknown-field")]),
    ("spec|mo|k|zz", 1, [("spec.mo.k.zz", "unknown-field")]),
    ("spec|lm|0|zz", 1, [("spec.lm[0].zz", "unknown-field")]),
    ("spec|po|o|zz", 1, [("spec.po.o.zz", "unknown-field")]),
    ("spec|pl|0|o|zz", 1, [("spec.pl[0].o.zz", "unknown-field")]),
    ("spec|many|a", {"zz": 1}, [("spec.many.a.zz", "unknown-field")]),
    ("spec|e", {"zz": 1}, [("spec.e", "type"), ("spec.e.zz", "unknown-field")]),
    ("status|zz", 1, [("status.zz", "unknown-field")]),
    # types
    ("spec|i", "3", [("spec.i", "type")]),
    ("spec|i", 1.5, [("spec.i", "type")]),
    ("spec|i", True, [("spec.i", "type")]),
    ("spec|i64", 2**63, [("spec.i64", "type")]),
    ("spec|b", "true", [("spec.b", "type")]),
    ("spec|b", 1, [("spec.b", "type")]),
    ("spec|s", 8000, [("spec.s", "type")]),
    ("spec|n", "1.5", [("spec.n", "type")]),
    ("spec|set", "a", [("spec.set", "type")]),
    ("spec|mi", [], [("spec.mi", "type")]),
    ("spec|mi|b", "x", [("spec.mi.b", "type")]),
    ("spec|ios", True, [("spec.ios", "type")]),
    ("spec|ios", 1.5, [("spec.ios", "type")]),
    ("spec|at|0", 1, [("spec.at[0]", "type")]),
    ("spec|seti|0", None, [("spec.seti[0]", "type")]),
    ("spec|pany", float("nan"), [("spec.pany", "type")]),
    ("spec", "x", [("spec", "type"), ("spec.i", "type")]),
    # limits
    ("spec|s", "a", [("spec.s", "length")]),
    ("spec|s", "abcdef", [("spec.s", "length")]),
    ("spec|s", "abc\n", [("spec.s", "pattern")]),
    ("spec|s", "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", [("spec.s", "length")]),
    ("spec|nul", "a", [("spec.nul", "length")]),
    ("spec|i", 0, [("spec.i", "minimum")]),
    ("spec|i", 11, [("spec.i", "maximum")]),
    ("spec|i", -1, [("spec.i", "minimum")]),
    ("spec|n", 0.25, [("spec.n", "multiple")]),
    (
        "spec|n",
        0,
        [("spec.n", "minimum"), ("spec.n", "multiple")],
    ),  # of a fraction, says the server
    ("spec|n", 1.75, [("spec.n", "multiple")]),
    ("spec|ni", 4, [("spec.ni", "multiple")]),
    ("spec|iosmax", 6, [("spec.iosmax", "maximum")]),
    ("spec|iosmax", "abcd", [("spec.iosmax", "length")]),
    ("spec|q", "1.5GB", [("spec.q", "quantity")]),
    ("spec|seti", [], [("spec.seti", "items")]),
    ("spec|seti", [1, 2, 3, 4, 5], [("spec.seti", "items")]),
    ("spec|mi", {}, [("spec.mi", "items")]),
    ("spec|mi", {"a": 1, "b": 2, "c": 3}, [("spec.mi", "items")]),
    # enums, also within allOf; null is in none of them
    ("spec|e", "A", [("spec.e", "enum")]),
    ("spec|eall", "x", [("spec.eall", "enum")]),
    ("spec|eint", 3, [("spec.eint", "enum")]),
    ("spec|enull", None, [("spec.enull", "enum")]),
    # formats
    ("spec|date_time", "2026-11-24", [("spec.date_time", "format")]),
    ("spec|date_time", "2026-02-30T10:00:00Z", [("spec.date_time", "format")]),
    ("spec|date", "2026-02-29", [("spec.date", "format")]),
    ("spec|duration", "1 fortnight", [("spec.duration", "format")]),
    ("spec|email", "a@b.c.", [("spec.email", "format")]),
    ("spec|uri", "a/b", [("spec.uri", "format")]),
    ("spec|hostname", "a_b", [("spec.hostname", "format")]),
    ("spec|ipv4", "1.2.3", [("spec.ipv4", "format")]),
    ("spec|ipv6", "1.2.3.4", [("spec.ipv6", "format")]),
    ("spec|cidr", "1.2.3.4/33", [("spec.cidr", "format")]),
    ("spec|mac", "aa:bb", [("spec.mac", "format")]),
    ("spec|uuid", "x", [("spec.uuid", "format")]),
    ("spec|byte", "aGk", [("spec.byte", "format")]),
    ("spec|k8s_short_name", "A", [("spec.k8s_short_name", "format")]),
    # required, also of what null was pruned from
    ("spec", DROP, [("spec", "required")]),
    ("spec|s", None, [("spec.s", "required")]),
    ("spec|mo|k|a", DROP, [("spec.mo.k.a", "required")]),
    ("spec|lm|0", {}, [("spec.lm[0].name", "required")]),
    # combinations
    (
        "spec|any1",
        {"c": 1},
        [
            ("spec.any1", "any-of"),
            ("spec.any1.a", "required"),
            ("spec.any1.b", "required"),
            ("spec.any1.c", "minimum"),
        ],
    ),
    ("spec|one1", {"a": "", "b": ""}, [("spec.one1", "one-of")]),
    ("spec|all1", {"b": "b"}, [("spec.all1.a", "required"), ("spec.all1.b", "length")]),
    ("spec|not1", {"a": "x"}, [("spec.not1", "not")]),
    # sets and maps, after defaults
    ("spec|set", ["a", "b", "a"], [("spec.set[2]", "duplicate-item")]),
    ("spec|seto", [{"a": "x"}, {"a": "x", "b": 1}], [("spec.seto[1]", "duplicate-item")]),
    ("spec|lm", [{"name": "a"}, {"name": "a", "v": 1}], [("spec.lm[1]", "duplicate-item")]),
    ("spec|lm2", [{"port": 1}, {"port": 1, "proto": "TCP"}], [("spec.lm2[1]", "duplicate-item")]),
    ("spec|lm", ["a"], [("spec.lm[0]", "type")]),
    # objects within the object
    ("spec|emb", {"spec": {}}, [("spec.emb.apiVersion", "required"), ("spec.emb.kind", "required")]),
    ("spec|emb|apiVersion", "a/b/c", [("spec.emb.apiVersion", "name")]),
    ("spec|emb|kind", "A b", [("spec.emb.kind", "name")]),
    ("spec|emb|kind", 1, [("spec.emb.kind", "type")]),
    ("spec|emb|metadata|nam", "x", [("spec.emb.metadata.nam", "unknown-field")]),
    ("spec|emb|metadata|name", "a/b", [("spec.emb.metadata.name", "name")]),
    ("spec|emb|metadata|namespace", "A", [("spec.emb.metadata.namespace", "namespace")]),
    ("spec|emb|metadata|labels|a", 1, [("spec.emb.metadata.labels.a", "type")]),
    ("spec|embp|zz", 1, [("spec.embp.zz", "unknown-field")]),
    # the head
    ("kind", "Think", [("kind", "type")]),
    ("apiVersion", DROP, [("apiVersion", "required")]),
]


def in_words(one):
    """A part of a test's name; it is the same in each process."""
    return "dropped" if one is DROP else str(one)[:40]


@pytest.mark.parametrize(("path", "value", "expected"), WRONG, ids=in_words)
def test_a_fault_is_found_at_its_path(thing, path, value, expected):
    wrong = changed(path, value)
    assert sorted(found(wrong, thing)) == sorted(expected)
    assert found(wrong, thing, jsonschema_engine.check) == found(wrong, thing)


RIGHT = [
    ("spec|i", 3.0),  # as YAML's 3.0 comes to the server
    ("spec|i32", 3_000_000_000),  # a CRD's int32 is not checked
    ("spec|s", "abcde"),
    ("spec|ios", 5),
    ("spec|q", 1),
    ("spec|q", "1e3"),
    ("spec|nul", None),
    ("spec|def", None),  # null is absence, and its default comes in
    ("spec|e", None),
    ("spec|mi|a", 0),
    ("spec|mi|b", None),
    ("spec|ld|0", None),  # an item's default
    ("spec|at|0", None),
    ("spec|pany", None),
    ("spec|pany", {"a": [{"b": None}]}),
    ("spec|date_time", ["x"]),  # so the server's validator has it
    ("spec|date_time", "2026-11-24t18:00:00+01:00"),
    ("spec|duration", "2 days"),
    ("spec|nonsense", "x"),  # an unknown format says nothing
    ("spec|any1", {"b": "x", "c": 5}),
    ("spec|set", []),
    ("spec|seto", [{"a": "x"}, {"a": "x", "b": 2}]),
    ("spec|lm2", [{"port": 1, "proto": "UDP"}, {"port": 1}]),
    ("spec|pl|0|zz", {"y": 1}),
    ("spec|emb|metadata", None),
    ("status", {"r": "x"}),  # dropped on create
    ("status", "x"),
]


@pytest.mark.parametrize(("path", "value"), RIGHT, ids=lambda one: str(one)[:40])
def test_what_the_server_takes_is_no_fault(thing, path, value):
    right = changed(path, value)
    assert found(right, thing) == []
    assert found(right, thing, jsonschema_engine.check) == []


def test_the_value_comes_back_as_the_server_validates_it(thing):
    value = {
        "apiVersion": "probe.example.com/v1",
        "kind": "Thing",
        "metadata": {"generateName": "a-", "labels": None},
        "spec": {
            "s": "abc", "i": 3.0, "nul": None, "nuldef": None, "def": None, "e": None, "midef": {"a": None},
            "mo": {"k": {"a": "v"}}, "ldo": [None, {"k": "v"}], "reqdef": {}, "zz": 1,
            "free": {"x": None, "y": 2.0},
            "po": {"u": 1, "o": {"zz": 1}},
        },
        "status": {"r": 1},
    }  # fmt: skip
    given = copy.deepcopy(value)
    made, problems = structure.check(value, thing)
    assert [(one.path, one.code) for one in problems] == [
        (("spec", "po", "o", "zz"), "unknown-field"),
        (("spec", "zz"), "unknown-field"),
    ]
    assert value == given
    assert made["metadata"]["name"].startswith("a-")
    assert "labels" not in made["metadata"]
    assert "status" not in made
    assert made["spec"] == {
        "s": "abc", "i": 3, "nul": None, "nuldef": None, "def": "dd", "midef": {"a": 7},
        "mo": {"k": {"a": "v", "z": 3}},
        "ldo": [{"k": "w", "d": 5}, {"k": "v", "d": 5}], "reqdef": {"k": "kk"}, "free": {"x": None, "y": 2},
        "po": {"u": 1, "o": {}}, "nest": {"deep": {"x": {"y": 4}}},
    }  # fmt: skip
    assert isinstance(made["spec"]["i"], int)


def test_defaults_are_not_shared_between_documents(thing):
    first, _ = structure.check(GOOD, thing)
    first["spec"]["ldo"].append("x")
    bare = changed("spec|nest", DROP)
    structure.check(bare, thing)[0]["spec"]["nest"]["deep"]["x"]["y"] = 9
    assert structure.check(bare, thing)[0]["spec"]["nest"]["deep"]["x"]["y"] == 4


def test_all_faults_are_told_in_the_order_of_their_paths(thing):
    wrong = changed("spec|lm", [{"name": "a"}] * 12)
    wrong["spec"] |= {"zz": 1, "b": 1, "s": "A"}
    paths = [one.path for one in structure.check(wrong, thing)[1]]
    assert paths[:3] == [("spec", "b"), ("spec", "lm", 1), ("spec", "lm", 2)]
    assert paths[-3:] == [("spec", "lm", 11), ("spec", "s"), ("spec", "zz")]
    assert structure.check(copy.deepcopy(wrong), thing)[1] == structure.check(wrong, thing)[1]


@pytest.mark.parametrize(
    ("path", "value", "fact", "hint"),
    [
        ("spec|k8sShortName", "x", "unknown field 'k8sShortName'", "did you mean 'k8s_short_name'?"),
        ("spec|pasword", "x", "unknown field 'pasword'", "did you mean 'password'?"),
        ("spec|one1|c", 1, "unknown field 'c'", "known here: a, b"),
        ("spec|i", "3", "expected integer, got string '3'", "without quotes: 3"),
        ("spec|i", "9" * 5000, f"expected integer, got string '{'9' * 58}…", ""),
        ("spec|s", 8000, "expected string, got integer 8000", 'in quotes: "8000"'),
        ("spec|b", "True", "expected boolean, got string 'True'", "without quotes"),
        ("spec|set", {"a": 1}, "expected array, got an object of 1", ""),
        ("spec|e", "A", "'A' is none of 'a', 'b'", "did you mean 'a'?"),
        ("spec|s", "abcdef", "6 characters, of 5 at most: 'abcdef'", ""),
        ("spec|s", "ABC", "'ABC' does not match ^[a-z]+$", ""),
        ("spec|q", "1.5GiB", "'1.5GiB' is no quantity", "write 1.5Gi"),
        ("spec|i", 11, "11 is above the maximum, 10", ""),
        ("spec|n", -1, "-1 is below the minimum, above 0", ""),
        ("spec|set", ["a", "a"], "'a' is in this set already, at index 0", ""),
        ("spec|lm", [{"name": "a"}] * 2, "an item with name 'a' is in this list already, at index 0", ""),
        ("spec|date", "today", "'today' is no date", "such as 2026-11-24"),
        ("spec|seti", [1, 2, 3, 4, 5], "5 items, of 4 at most", ""),
        ("metadata|name", "My_App", "'My_App': lower-case letters", "'my-app' would do"),
        ("metadata|lables", {}, "unknown field 'lables'", ""),
    ],
)  # fmt: skip
def test_facts_and_hints_read_well(thing, path, value, fact, hint):
    first = next(one for one in structure.check(changed(path, value), thing)[1] if one.stage is not Stage.ADVICE)
    assert first.fact.startswith(fact)
    if hint:
        assert first.hint == hint


def test_a_misspelt_required_field_is_told_once(thing):
    wrong = changed("spec|mo|k", {"A": "x"})
    (only,) = structure.check(wrong, thing)[1]
    assert (only.path[-1], only.code, only.hint, only.at_key) == ("A", "unknown-field", "did you mean 'a'?", True)
