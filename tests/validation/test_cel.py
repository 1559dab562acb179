"""CEL rules: every rule of Dynamo's CRDs both ways, and an API server's behaviour around them."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dynamo_crd.schemas import releases
from dynamo_crd.schemas.compile import crds
from groundwork.base.paths import root
from groundwork.base.problems import Stage
from kube_manifests.cel import cel, engine, quantities, texts

CASES = {case["rule"]: case for case in yaml.safe_load((Path(__file__).parent / "cel_rules.yaml").read_text())}
OBJECT = {"type": "object"}


def typed(*values):
    """A schema that fits all the values."""
    known = [value for value in values if value is not None]
    first = known[0]
    if isinstance(first, dict):
        keys = sorted({key for value in known for key in value})
        properties = {key: typed(*[value[key] for value in known if key in value]) for key in keys}
        return {"type": "object", "properties": properties}
    if isinstance(first, list):
        items = [item for value in known for item in value]
        return {"type": "array", "items": typed(*items) if items else {"type": "string"}}
    if isinstance(first, bool):
        return {"type": "boolean"}
    names = {str: "string", int: "integer", float: "number"}
    return {"type": names[type(first)]}


def with_rule(schema, rule, **more):
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more}]}


def rules_in(schema):
    """All rules of a schema, with the schema of the value each stands at."""
    if isinstance(schema, dict):
        yield from ((rule["rule"], schema) for rule in schema.get("x-kubernetes-validations", ()))
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for one in inner:
        yield from rules_in(one)


def schemas(definitions):
    return [version["schema"]["openAPIV3Schema"] for crd in definitions for version in crd["spec"]["versions"]]


def case_schema(case):
    annotation = case["rule"].startswith('!("')
    schema = typed(case["good"], case["bad"], case.get("old"))
    if annotation:
        schema = {"type": "object", "additionalProperties": {"type": "string"}}
    optional = {"optionalOldSelf": True} if case.get("optional") else {}
    return with_rule(schema, case["rule"], message="broken", **optional)


def facts(value, schema, **more):
    return [problem.fact for problem in cel.check(value, schema, **more)]


SINCE_1_5 = "!has(oldSelf.type) || (has(self.type) && self.type == oldSelf.type)"

# The rules of Dynamo


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_rule_accepts_its_good_case_and_refuses_its_bad_one(case):
    schema, old = case_schema(case), case.get("old")
    assert cel.check(case["good"], schema, old=old) == []
    (problem,) = cel.check(case["bad"], schema, old=old)
    assert problem.fact.startswith("broken")
    assert (problem.stage, problem.code, problem.path) == (Stage.RULE, "rule", ())


def test_every_rule_of_our_crds_compiles_and_has_a_case():
    found = schemas(crds(release=releases.newest()))
    ours = {rule for schema in found for rule, _ in rules_in(schema)}
    assert ours
    assert ours - set(CASES) == set()
    assert [cel.not_compiling(cel.index(schema)) for schema in found] == [{}] * len(found)


@pytest.mark.upstream
@pytest.mark.parametrize("release", ["v0.6.1", "v0.7.1", "v1.0.2", "v1.1.0", "main-1.4.0", "main-1.5.0", "1.6.1"])
def test_every_rule_of_upstream_compiles(release):
    folder = root().parent / "shared" / "upstream" / "crds" / release
    if not folder.is_dir():
        pytest.skip(f"../shared/upstream/crds/{release} is not there")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    definitions = [yaml.load(path.read_text(), loader) for path in sorted(folder.glob("*.yaml"))]  # noqa: S506  safe
    found = {rule for schema in schemas(definitions) for rule, _ in rules_in(schema)}
    assert found
    assert [cel.not_compiling(cel.index(schema)) for schema in schemas(definitions)] == [{}] * len(
        schemas(definitions)
    )
    if release == "main-1.5.0":  # The others came with 1.5.0; 1.6.1 has no DynamoCheckpoint any more.
        assert set(CASES) - found == {SINCE_1_5}
    if release == "1.6.1":
        assert SINCE_1_5 in found <= set(CASES)


def test_a_rule_that_does_not_compile_is_told_and_not_held_against_the_manifest():
    rules = cel.index(with_rule({"type": "string"}, "isURL(self)", message="must be a URL"))
    assert list(cel.not_compiling(rules)) == ["isURL(self)"]
    (problem,) = cel.check("x", rules)
    assert (problem.stage, problem.code) == (Stage.ADVICE, "rule-not-run")
    assert "isURL" in problem.fact
    assert "must be a URL" in problem.fact


# Where rules run


def test_rules_are_found_at_every_depth_and_told_at_their_value():
    leaf = with_rule({"type": "string"}, "self == 'ok'", message="no")
    schema = {
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {"type": "object", "properties": {"a": leaf}}},
            "map": {"type": "object", "additionalProperties": leaf},
        },
    }
    value = {"list": [{"a": "ok"}, {"a": "x"}], "map": {"k": "y", "l": "ok"}}
    assert [problem.path for problem in cel.check(value, schema)] == [("list", 1, "a"), ("map", "k")]


def test_rules_under_all_of_run():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "allOf": [
            with_rule({"properties": {"a": with_rule({}, "self != 'x'", message="a")}}, "has(self.a)", message="b")
        ],
    }
    assert facts({"a": "x"}, schema)[0].startswith("a (")
    assert facts({}, schema) == ["b"]


def test_references_are_followed():
    schema = {
        "$defs": {"leaf": with_rule({"type": "integer"}, "self > 1", message="small")},
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/leaf"}},
    }
    assert facts({"a": 1}, schema) == ["small (value 1)"]


@pytest.mark.parametrize("value", [{}, {"a": None}])
def test_absent_and_null_values_have_no_rules(value):
    schema = {"type": "object", "properties": {"a": with_rule({"type": "string"}, "false")}}
    assert cel.check(value, schema) == []


@pytest.mark.parametrize(
    "value", [1, "text", [], True, {"a": 3}, {"a": {"b": "x"}}, {"a": {"b": 10**40}}, {"a": {"b": float("inf")}}]
)
def test_values_of_the_wrong_type_break_no_rule(value):
    inner = with_rule({"type": "object", "properties": {"b": {"type": "integer"}}}, "self.b > 1 && false")
    schema = with_rule({"type": "object", "properties": {"a": inner}}, "!has(self.a) || self.a.b > 1")
    assert cel.check(value, schema) == []


def test_a_value_nested_too_deep_breaks_no_rule():
    deep = {}
    for _ in range(900):
        deep = {"x": deep}
    schema = with_rule(
        {"type": "object", "properties": {"a": {"x-kubernetes-preserve-unknown-fields": True}}}, "false"
    )
    assert cel.check({"a": deep}, with_rule(schema, "self == self")) == []


def test_wrong_values_beside_what_a_rule_looks_at_do_not_keep_it_from_running():
    schema = with_rule(typed({"a": 1, "b": 1}), "self.a > 1", message="small")
    assert facts({"a": 1, "b": "wrong"}, schema) == ["small"]


def test_where_a_required_field_is_missing_no_rule_that_needs_it_runs():
    schema = with_rule({**typed({"a": 1, "b": 1}), "required": ["a"]}, "self.a > 1")
    assert cel.check({"b": 1}, schema) == []
    assert len(cel.check({"a": 1}, schema)) == 1
    beside = with_rule({**typed({"a": 1, "b": 1}), "required": ["a"]}, "self.b > 1")
    assert len(cel.check({"b": 1}, beside)) == 1


@pytest.mark.parametrize(("nullable", "broken"), [(True, 1), (False, 0)])
@pytest.mark.parametrize("rule", ["self.l.all(x, x != null)", "self.m.all(k, self.m[k] != null)"])
def test_null_in_lists_and_maps_is_a_value_where_it_is_allowed(rule, nullable, broken):
    inner = {"type": "string", "nullable": nullable}
    properties = {"l": {"type": "array", "items": inner}, "m": {"type": "object", "additionalProperties": inner}}
    schema = with_rule({"type": "object", "properties": properties}, rule)
    assert len(cel.check({"l": ["a", None], "m": {"a": "b", "c": None}}, schema)) == broken


def test_null_items_of_which_fields_are_used():
    item = {**typed({"a": 1}), "nullable": True}
    schema = with_rule({"type": "array", "items": item}, "self.all(x, has(x.a))")
    assert facts([{"a": 1}, None], schema)[0].startswith("a rule could not be evaluated")
    assert (
        cel.check([{"a": 1}, None], with_rule({**schema, "items": typed({"a": 1})}, "self.all(x, has(x.a))")) == []
    )


# Old values


TRANSITION = with_rule(typed({"a": 1}), "self.a >= oldSelf.a", message="shrunk")


def test_transition_rules_need_an_old_value():
    assert facts({"a": 1}, TRANSITION) == []
    assert facts({"a": 1}, TRANSITION, old={"a": 1}) == []
    assert facts({"a": 1}, TRANSITION, old={"a": 2}) == ["shrunk"]


@pytest.mark.parametrize("rule", ["self == 'oldSelf'", "self == 'x' // not oldSelf", 'self == r"\\" + "oldSelf"'])
def test_old_self_in_a_literal_or_comment_makes_no_transition_rule(rule):
    assert len(cel.check("other", with_rule({"type": "string"}, rule))) == 1


@pytest.mark.parametrize(
    ("old", "broken"), [(None, False), ({"a": 1}, False), ({"a": 2}, True), ({}, False)], ids=str
)
def test_an_optional_old_value(old, broken):
    rule = "!oldSelf.hasValue() || oldSelf.?a.orValue(0) <= self.a // as before"
    schema = with_rule(typed({"a": 1}), rule, optionalOldSelf=True)
    assert bool(cel.check({"a": 1}, schema, old=old)) is broken


@pytest.mark.parametrize(("kind", "expected"), [("map", ["shrunk"]), ("atomic", [])])
def test_only_items_of_map_lists_have_old_values(kind, expected):
    item = {**TRANSITION, "properties": {**TRANSITION["properties"], "name": {"type": "string"}}}
    keys = {"x-kubernetes-list-map-keys": ["name"]} if kind == "map" else {}
    schema = {"type": "array", "items": item, "x-kubernetes-list-type": kind, **keys}
    new = [{"name": "x", "a": 5}, {"name": "y", "a": 1}]
    assert facts(new, schema, old=[{"name": "y", "a": 2}, {"name": "x", "a": 5}]) == expected


def test_fields_of_atomic_objects_have_no_old_values():
    schema = {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"in": TRANSITION}}
    assert facts({"in": {"a": 1}}, schema, old={"in": {"a": 2}}) == []


@pytest.mark.parametrize(
    ("schema", "old"),
    [
        ({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}, ["b", "a"]),
        (
            {
                "type": "array",
                "items": typed({"name": "", "a": 1}),
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
            },
            [{"name": "b", "a": 1}, {"name": "a", "a": 2}],
        ),
    ],
    ids=["set", "map"],
)
def test_sets_and_maps_are_equal_to_old_ones_in_any_order(schema, old):
    schema = with_rule({"type": "object", "properties": {"list": schema}}, "self.list == oldSelf.list")
    assert cel.check({"list": old[::-1]}, schema, old={"list": old}) == []
    assert len(cel.check({"list": old[:1]}, schema, old={"list": old})) == 1
    atomic = json.loads(json.dumps(schema).replace('"set"', '"atomic"').replace('"map"', '"atomic"'))
    assert len(cel.check({"list": old[::-1]}, atomic, old={"list": old})) == 1


# Types


@pytest.mark.parametrize(
    ("schema", "value", "rule"),
    [
        ({"type": "number"}, 1, "self / 2.0 == 0.5"),
        ({"type": "number"}, 0.5, "self < 1"),
        ({"type": "integer"}, 3, "self / 2 == 1"),
        ({"x-kubernetes-int-or-string": True}, 3, "type(self) == int && self > 2"),
        ({"x-kubernetes-int-or-string": True}, "50%", "type(self) == string && self.endsWith('%')"),
        ({"type": "string"}, "é😀", "self.size() == 2 && self.matches('^é.$')"),
        ({"type": "string", "format": "date-time"}, "2024-01-02T03:04:05Z", "self.getHours() == 3"),
        ({"type": "string", "format": "date"}, "2024-01-02", "self < timestamp('2024-01-03T00:00:00Z')"),
        ({"type": "string", "format": "duration"}, "1h30m", "self == duration('90m')"),
        ({"type": "string", "format": "byte"}, "YWI=", "self == b'ab'"),
        (typed(["a"]), ["a", "b"], "self.exists_one(x, x == 'a') && self.map(x, x + x) == ['aa', 'bb']"),
        (typed([1]), [1, 2], "self.isSorted() && self.sum() == 3 && self.max() == 2 && self.indexOf(2) == 1"),
        (typed([1]), [1, 2], "sets.contains(self, [2]) && sets.equivalent(self, [2, 1, 1])"),
        (typed(["a"]), ["a", "b"], "self.join('-') == 'a-b' && !sets.intersects(self, ['c'])"),
        ({"x-kubernetes-preserve-unknown-fields": True}, {"a": [None, 1.5]}, "self.a[0] == null"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_values_have_the_types_of_their_schema(schema, value, rule):
    assert cel.check(value, with_rule(schema, rule)) == []
    assert len(cel.check(value, with_rule(schema, f"!({rule})"))) == 1


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        *(("a", "a"), ("a-b.c/d", "a__dash__b__dot__c__slash__d"), ("x__y", "x__underscores__y")),
        *(("namespace", "__namespace__"), ("in", "__in__"), ("a b", None), ("1a", None), ("", None), ("é", None)),
    ],
)
def test_names_are_escaped(name, escaped):
    assert texts.escaped(name) == escaped
    if escaped:
        schema = {"type": "object", "properties": {name: {"type": "string"}}}
        assert cel.check({name: "x"}, with_rule(schema, f"self.{escaped} == 'x'")) == []


def test_keys_of_maps_are_not_escaped():
    schema = with_rule({"type": "object", "additionalProperties": {"type": "string"}}, "self['a-b/c'] == 'x'")
    assert cel.check({"a-b/c": "x"}, schema) == []


def test_null_in_an_object_is_absent():
    schema = with_rule(
        {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}, "!has(self.a)"
    )
    assert cel.check({"a": None}, schema) == []


def test_preserved_fields_count_when_objects_are_compared():
    part = {**OBJECT, "properties": {"a": {"type": "string"}}, "x-kubernetes-preserve-unknown-fields": True}
    schema = with_rule({"type": "object", "properties": {"x": part, "y": part}}, "self.x == self.y")
    assert len(cel.check({"x": {"z": 1}, "y": {"z": 2}}, schema)) == 1


@pytest.mark.parametrize(
    ("one", "sign", "other"),
    [
        *(("1Gi", ">", "1G"), ("1500m", "=", "1.5"), ("2k", "=", "2e3"), ("1n", ">", "0"), ("0.1n", "=", "1n")),
        *(("-1", "<", "0"), ("1E", "<", "1Ei"), (".5", "=", "500m"), ("5.", "=", "5"), ("0e-400", "=", "0")),
        *(("1e-400", "=", "1n"), ("1e400", "=", "9223372036854775807"), ("0.3", "=", "300m")),
    ],
)
def test_quantities_are_compared_exactly(one, sign, other):
    signs = {-1: "<", 0: "=", 1: ">"}
    first, second = quantities.parse(one), quantities.parse(other)
    assert signs[(first > second) - (first < second)] == sign
    rule = f"self.compareTo(quantity('{other}')) == {'<=>'.index(sign) - 1}".replace("self", "quantity(self)")
    assert cel.check(one, with_rule({"type": "string"}, rule)) == []


@pytest.mark.parametrize("text", ["", "1K", "Mi", "Three", "1,5", "1 Gi", ".", "1ki", "٣", "1" * 5000])
def test_what_is_no_quantity(text):
    with pytest.raises(ValueError, match="not a quantity"):
        quantities.parse(text)
    assert cel.check(text, with_rule({"type": "string"}, "!isQuantity(self)")) == []
    (fact,) = facts(text, with_rule({"type": "string"}, "quantity(self).sign() >= 0", message="m"))
    assert fact.startswith("a rule could not be evaluated")


@pytest.mark.parametrize(
    "rule", ["quantity(self) > quantity('0')", "quantity(self) == '1'", "quantity(self) == 1"]
)
def test_a_quantity_is_no_string_and_no_number(rule):
    assert cel.not_compiling(cel.index(with_rule({"type": "string"}, rule))) != {}


def test_arithmetic_of_quantities():
    rule = "quantity(self).add(quantity('20k')).sub(1000).asInteger() == 69000 && quantity(self).sign() == 1"
    assert cel.check("50k", with_rule({"type": "string"}, rule)) == []


@pytest.mark.parametrize("rule", ["quantity(self).asApproximateFloat() < 1", "self.size() <= 2.5", "1.5 > 1"])
def test_numbers_of_different_types_are_compared(rule):
    assert cel.check("1m", with_rule({"type": "string"}, rule)) == []


# Messages


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "this must be true: self == 'a' (value 'b')"),
        ({"message": " two\nlines "}, "two lines (value 'b')"),
        ({"message": "m", "messageExpression": "'not ' + self"}, "not b (value 'b')"),
        ({"message": "m", "messageExpression": "self.nothing"}, "m (value 'b')"),
        ({"message": "m", "messageExpression": "'a\\nb'"}, "m (value 'b')"),
        ({"message": "m", "messageExpression": "' '"}, "m (value 'b')"),
        ({"message": "m", "messageExpression": "1"}, "m (value 'b')"),
        ({"message": "m", "messageExpression": "nonsense("}, "m (value 'b')"),
        ({"message": "m", "reason": "FieldValueForbidden"}, "forbidden: m (value 'b')"),
        ({"message": "m", "reason": "FieldValueInvalid"}, "m (value 'b')"),
    ],
)
def test_the_message_of_a_broken_rule(more, expected):
    assert facts("b", with_rule({"type": "string"}, "self == 'a'", **more)) == [expected]


def test_long_values_are_not_shown():
    assert facts("b" * 100, with_rule({"type": "string"}, "false", message="m")) == ["m"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        *((".a", ("a",)), (".a.b-c", ("a", "b-c")), (".a['x.y'].z", ("a", "x.y", "z"))),
        *((r".a['it\'s']", ("a", "it's")), ("", ()), ("a", None), (".a[0]", None)),
    ],
)
def test_a_field_path_is_added_to_the_path(text, path):
    assert texts.field_path(text) == path
    (problem,) = cel.check({"m": {}}, {**OBJECT, "properties": {"m": with_rule(OBJECT, "false", fieldPath=text)}})
    assert problem.path == ("m", *(path or ()))


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("self.a == 1", "no such key"),
        ("self.list[3] == 1", "Index error"),
        ("1 / self.zero == 1", "divide by zero"),
        ("self.list.startsWith('a')", "no function or operator"),
        ("self.list", "the result is list<dyn>, not bool"),
        ("self.zero + 9223372036854775807 + 1 > 0", "overflow"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_a_problem(rule, why):
    schema = with_rule(typed({"list": [1], "zero": 0}), rule, message="m")
    (problem,) = cel.check({"list": [1], "zero": 0}, schema)
    assert problem.stage is Stage.RULE
    assert why in problem.fact
    assert problem.fact.startswith("a rule could not be evaluated")


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\u2028"])
def test_odd_characters_do_not_raise(text):
    schema = with_rule({"type": "object", "additionalProperties": {"type": "string"}}, "self.all(k, k == self[k])")
    assert cel.check({text: text}, schema) == []


# What a rule can see


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        ("has(self.a) && self.b == 'self.c'", ("a", "b")),
        ("self.?a.hasValue() // self.c", ("a",)),
        ("self . a == 1", ("a",)),
        ("self.a.size() > 1", ("a",)),
        ("self.size() > 1", None),
        ("self.a in self", None),
        ("[self].size() == 1", None),
        ("self == oldSelf", None),
        ("true", ()),
    ],
)
def test_the_fields_that_a_rule_can_see(rule, seen):
    assert texts.fields(rule, "self") == seen


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        ("self.all(c, has(c.a) && c.b == 1)", ("a", "b")),
        ("self.all(c, self.filter(d, d.x == c.y).size() == 1)", ("x", "y")),
        ("self.filter(c, (c.a) == 1).size() < 2 && self.size() > 1", ("a",)),
        ("self.exists(c, c.list.all(x, x == c.b))", ("b", "list")),
        ("self.filter(c, c.a == 1)[0].b == 1", None),
        ("self.filter(c, c.a == 1).all(d, d.b)", None),
        ("self.all(c, c in self)", None),
        ("self.all(i, c, c.a == i)", None),
        ("self[0].a == 1", None),
        ("self.all(c, f(c))", None),
        ("size(self) == 1", None),
    ],
)
def test_the_fields_of_items_that_a_rule_can_see(rule, seen):
    assert texts.item_fields(rule, "self") == seen


# Caching


def test_an_index_survives_json_and_pickle():
    for schema in schemas(crds()):
        rules = cel.index(schema)
        assert cel.Rules.from_json(json.loads(json.dumps(rules.to_json()))) == rules
        assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301  its own


def test_programs_are_compiled_once():
    before = engine._program.cache_info()
    rules = cel.index(with_rule({"type": "array", "items": {"type": "integer"}}, "self.size() < 400000"))
    for _ in range(5):
        cel.check([1], rules)
    after = engine._program.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 4)


def test_the_engine_is_not_loaded_where_no_rule_applies():
    program = (
        "import sys; from kube_manifests.cel import cel;"
        "rules = cel.index({'type': 'object', 'properties': {'a': {'type': 'string',"
        " 'x-kubernetes-validations': [{'rule': 'false'}]}}});"
        "cel.check({}, rules); assert not any(name.startswith('cel_expr') for name in sys.modules);"
        "assert cel.check({'a': 'x'}, rules); assert 'cel_expr_python.cel' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": str(root() / "tools")})
