"""Conversion over random objects: valid ones of the compiled schemas, edited ones, and nonsense.

`CONVERSION_OBJECTS` sets how many of each kind (a soak runs thousands), `CONVERSION_SEED` another seed.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re

import jsonschema
import pytest

from dynamo_crd import conversion
from dynamo_crd.conversion import ALPHA, BETA, ConversionError, convert, review

COUNT = int(os.environ.get("CONVERSION_OBJECTS", "300"))
SEED = os.environ.get("CONVERSION_SEED", "1")
VERSIONS = {ALPHA: BETA, BETA: ALPHA}

WORDS = (
    *(
        "main",
        "sidecar-frontend",
        "worker",
        "prefill",
        "decode",
        "frontend",
        "a",
        "b",
        "c-1",
        "Frontend",
        "VllmWorker",
    ),
    *("nvidia.com/gpu", "cpu", "memory", "gpu", "amd.com/gpu", "zone", "topology.kubernetes.io/zone", "", "true"),
    *(
        "0",
        "0Gi",
        "1",
        "16Gi",
        "500m",
        "0.5",
        "1.5.0",
        "Ready",
        "all_resources_are_ready",
        "configmap/x",
        "a.b",
        "ü",
        "auto",
    ),
    *("nvidia.com/v1beta1", "ClusterFirst", "IntraPod"),
)
OPAQUE_KEYS = (
    *("sla", "ttft", "itl", "isl", "osl", "deployment", "modelCache", "pvcName", "modelPathInPvc", "pvcMountPath"),
    *("planner", "hardware", "sweep", "x", "a.b"),
)


class Maker:
    """Random values of structural schemas."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.reached: set[str] = set()

    def value(self, schema, depth=0, path=""):
        self.reached.add(path)
        if schema.get("x-kubernetes-int-or-string"):
            return self.rng.choice([self.text(schema), self.rng.randint(0, 9)])
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self.object(schema, depth, path)
        if kind is None:
            return self.opaque(0)
        if kind == "array":
            return self.array(schema, depth, path)
        if kind == "boolean":
            return self.rng.random() < 0.5
        if kind == "integer":
            return self.rng.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 9)))
        if kind == "number":
            return self.rng.choice([0, 1, 0.5] if "maximum" in schema else [0, 1, 0.5, 20, 500.0, 81559])
        return self.text(schema)

    def object(self, schema, depth, path):
        if "properties" not in schema and schema.get("x-kubernetes-preserve-unknown-fields"):
            made = self.opaque(3, objects=True)
            if schema.get("x-kubernetes-embedded-resource"):
                made |= {"apiVersion": BETA, "kind": "DynamoGraphDeployment", "metadata": {"name": "x"}}
            return made
        if isinstance(schema.get("additionalProperties"), dict):
            names = self.rng.sample(WORDS, self.rng.randint(0, 3))
            return {
                name: self.value(schema["additionalProperties"], depth + 1, path + "{}") for name in names if name
            }
        chance = {0: 1, 1: 0.7, 2: 0.5, 3: 0.4}.get(depth, 0.25 if depth < 7 else 0.1)
        made = {}
        for name, field in schema.get("properties", {}).items():
            if name in schema.get("required", ()) or self.rng.random() < chance:
                made[name] = self.value(field, depth + 1, f"{path}.{name}")
        return made

    def array(self, schema, depth, path):
        low = schema.get("minItems", 0)
        items = [
            self.value(schema["items"], depth + 1, path + "[]") for _ in range(self.rng.randint(low, max(low, 3)))
        ]
        keys = schema.get("x-kubernetes-list-map-keys") or ()
        if keys or schema.get("x-kubernetes-list-type") == "set" or path.endswith(("ontainers", "volumes")):
            told = {
                json.dumps([item.get(key) for key in keys or ("name",)] if isinstance(item, dict) else item): item
                for item in items
            }
            return list(told.values())
        return items

    def text(self, schema):
        enums = [one["enum"] for one in schema.get("allOf", [schema]) if "enum" in one]
        if enums:
            return self.rng.choice([word for word in enums[0] if all(word in enum for enum in enums)])
        if schema.get("format") == "date-time":
            return "2026-11-24T12:00:00Z"
        low, high, pattern = schema.get("minLength", 0), schema.get("maxLength", 999), schema.get("pattern", "")
        fitting = [word for word in WORDS if low <= len(word) <= high and re.search(pattern, word)]
        return self.rng.choice(fitting)

    def opaque(self, depth, *, objects=False):
        kind = self.rng.randint(0, 4) if objects or depth else self.rng.randint(2, 9)
        if objects or (depth and kind < 3):
            keys = self.rng.sample(OPAQUE_KEYS, self.rng.randint(0, 5))
            return {key: self.opaque(depth - 1) for key in keys}
        if depth and kind == 3:
            return [self.opaque(depth - 1) for _ in range(self.rng.randint(0, 2))]
        return self.rng.choice([None, True, False, 0, 1, 4000, 0.5, 500.0, "x", "", "claim"])


def kinds(by_kind):
    return {kind: crd for kind, crd in by_kind.items() if kind in conversion.KINDS}


@pytest.fixture(scope="module", params=conversion.KINDS)
def kind(request, by_kind):
    assert request.param in by_kind
    return request.param


@pytest.fixture(scope="module")
def schemas(kind, by_kind):
    versions = by_kind[kind]["spec"]["versions"]
    return {f"nvidia.com/{version['name']}": version["schema"]["openAPIV3Schema"] for version in versions}


def objects(kind, schemas, version, count=COUNT):
    made = MADE.setdefault((kind, version), [])
    maker = Maker(random.Random(f"{SEED} {kind} {version} {len(made)}"))
    made += [one(maker, kind, schemas, version, number) for number in range(len(made), count)]
    return made[:count]


MADE: dict[tuple[str, str], list[dict]] = {}
"""Objects that tests share, by kind and version: none changes them."""


def one(maker, kind, schemas, version, number=0):
    fields = schemas[version]["properties"]
    made = {"apiVersion": version, "kind": kind, "metadata": {"name": f"x{number}", "labels": {"a": "b"}}}
    made["spec"] = maker.value(fields["spec"], 0, "spec")
    if maker.rng.random() < 0.5:
        made["status"] = maker.value(fields["status"], 1, "status")
    return made


def without_kept(obj, kind):
    made = copy.deepcopy(obj)
    annotations = made["metadata"].get("annotations", {})
    for name in conversion.kept.names(kind):
        annotations.pop(name, None)
    if not annotations:
        made["metadata"].pop("annotations", None)
    return made


def filled(value, schema):
    """A copy with the schema's defaults, as the API server fills them in."""
    if isinstance(value, dict):
        made = dict(value)
        for name, field in schema.get("properties", {}).items():
            if name not in made and "default" in field:
                made[name] = copy.deepcopy(field["default"])
            if name in made:
                made[name] = filled(made[name], field)
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            made = {name: filled(item, more) for name, item in made.items()}
        return made
    if isinstance(value, list) and "items" in schema:
        return [filled(item, schema["items"]) for item in value]
    return value


def unknown(value, schema, path=""):
    """Paths of fields that a schema does not have."""
    if isinstance(value, dict):
        if schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("type") is None:
            return []
        fields, more = schema.get("properties", {}), schema.get("additionalProperties")
        found = []
        for name, item in value.items():
            inner = fields.get(name, more)
            found += [f"{path}.{name}"] if not isinstance(inner, dict) else unknown(item, inner, f"{path}.{name}")
        return found
    if isinstance(value, list):
        return [fact for item in value for fact in unknown(item, schema.get("items", {}), f"{path}[]")]
    return []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_comes_back_as_it_was(kind, schemas, version):
    for obj in objects(kind, schemas, version):
        given = copy.deepcopy(obj)
        there = convert(obj, VERSIONS[version])
        assert obj == given, "convert changes what it is given"
        back = convert(there, version)
        assert shown(back) == shown(obj)
        assert shown(convert(back, VERSIONS[version])) == shown(there)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_that_was_converted_twice_comes_back_after_ten_more_times(kind, schemas, version):
    for obj in objects(kind, schemas, version, COUNT // 10):
        made = obj
        for _ in range(10):
            made = convert(convert(made, VERSIONS[version]), version)
        assert shown(made) == shown(obj)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_converted_object_is_one_of_the_other_version(kind, schemas, version):
    validators = {
        name: jsonschema.Draft202012Validator(schemas[VERSIONS[version]]["properties"][name])
        for name in ("spec", "status")
    }
    for obj in objects(kind, schemas, version):
        there = convert(obj, VERSIONS[version])
        for name in set(there) & set(validators):
            assert unknown(there[name], schemas[VERSIONS[version]]["properties"][name], name) == []
            faults = [error for error in validators[name].iter_errors(there[name]) if not allowed(error)]
            assert [f"{error.json_path}: {error.message}" for error in faults] == []


# What one version takes and the other does not, as "path validator": refusing it would lose what upstream takes.
ALLOWED = re.compile(
    r"type enum"  # componentType is any text in v1alpha1
    r"|(resources/(limits|requests)/.*|sharedMemory/size|sharedMemorySize) (pattern|anyOf)"  # amounts are any text there
    r"|(modelRef/name|model|pvcName|compilationCache/pvcName|identity/model) minLength"
    r"|name (pattern|minLength)"  # services have any name
    r"|numShadows maximum"  # one in v1beta1, any number in v1alpha1
    r"|^deployment/state enum"  # upstream's v1alpha1 says '' of a deployment it only knows the name of
)


def allowed(error):
    return ALLOWED.search("/".join(str(step) for step in error.absolute_path) + f" {error.validator}")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_edit_in_the_other_version_wins_over_what_was_kept(kind, schemas, version):
    other = VERSIONS[version]
    maker = Maker(random.Random(f"{SEED} edits {kind} {version}"))
    for number, obj in enumerate(objects(kind, schemas, version)):
        there = convert(obj, other)
        edited = mixed(there, one(maker, kind, schemas, other, number), maker.rng)
        back = convert(edited, version)
        again = convert(back, other)
        assert shown(without_kept(again, kind)) == shown(without_kept(edited, kind))


def mixed(obj, donor, rng):
    """The object with some of its fields taken from another, or taken away."""
    made = copy.deepcopy(obj)
    for _ in range(rng.randint(1, 3)):
        spot, source = made["spec"], donor["spec"]
        while True:
            if (
                isinstance(spot, list)
                and spot
                and isinstance(source, list)
                and source
                and isinstance(spot[0], dict)
                and isinstance(source[0], dict)
            ):
                spot, source = rng.choice(spot), rng.choice(source)
                continue
            keys = sorted(set(spot) | set(source)) if isinstance(spot, dict) and isinstance(source, dict) else []
            keys = [key for key in keys if key != "name"]
            if not keys:
                break
            key = rng.choice(keys)
            inner = spot.get(key), source.get(key)
            if all(isinstance(value, (dict, list)) and value for value in inner) and rng.random() < 0.8:
                spot, source = inner
                continue
            if key in source:
                spot[key] = copy.deepcopy(source[key])
            else:
                spot.pop(key, None)
            break
    return made


@pytest.mark.parametrize("version", VERSIONS)
def test_defaults_filled_in_between_lose_nothing(kind, schemas, version):
    other = VERSIONS[version]
    for obj in objects(kind, schemas, version):
        full = obj | {"spec": filled(obj["spec"], schemas[version]["properties"]["spec"])}
        there = convert(full, other)
        there["spec"] = filled(there["spec"], schemas[other]["properties"]["spec"])
        back = convert(there, version)
        assert missing(full["spec"], back["spec"], "spec") == []


def missing(wanted, found, path):
    """Paths of what one value says and the other does not."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [
            fact
            for key, value in wanted.items()
            for fact in (missing(value, found[key], f"{path}.{key}") if key in found else [f"{path}.{key}"])
        ]
    return [] if shown(wanted) == shown(found) else [path]


def test_the_random_objects_reach_every_field_of_both_versions(kind, schemas):
    for version in VERSIONS:
        maker = Maker(random.Random(f"{SEED} {kind} {version}"))
        for number in range(300):
            one(maker, kind, schemas, version, number)
        for name in ("spec", "status"):
            wanted = set(fields_of(schemas[version]["properties"][name], name))
            assert wanted - maker.reached == set()


def fields_of(schema, path, depth=0):
    """Fields down to where Kubernetes' own large types begin."""
    yield path
    if depth > 4 or "Pod" in path or "Job" in path or "autoscaling" in path:
        return
    for name, field in schema.get("properties", {}).items():
        yield from fields_of(field, f"{path}.{name}", depth + 1)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), dict):
            yield from fields_of(schema[key], path + mark, depth + 1)


JUNK = (None, True, 7, -1.5, "x", "", [], {}, [1], [None], [{}], {"name": 3}, [{"name": "main"}, {"name": "main"}])


@pytest.mark.parametrize("version", VERSIONS)
def test_nonsense_is_refused_with_its_place_or_converted_but_never_breaks(kind, schemas, version):
    rng = random.Random(f"{SEED} junk {kind} {version}")
    refused = 0
    for given in objects(kind, schemas, version):
        obj = copy.deepcopy(given)
        for _ in range(rng.randint(1, 3)):
            spoil(obj, rng)
        obj["apiVersion"], obj["kind"] = version, kind
        try:
            convert(obj, VERSIONS[version])
        except ConversionError as error:
            refused += 1
            assert str(error).startswith("$")
            assert "\n" not in str(error)
        answer = review(body([obj], VERSIONS[version]))
        assert (
            answer["response"]["result"].get("message", "") == ""
            or "Error" not in answer["response"]["result"]["message"]
        )
    assert refused > COUNT / 30


def spoil(obj, rng):
    spot = obj
    while True:
        keys = list(range(len(spot))) if isinstance(spot, list) else list(spot)
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(spot[key], (dict, list)) and spot[key] and rng.random() < 0.8:
            spot = spot[key]
        else:
            spot[key] = copy.deepcopy(rng.choice(JUNK))
            return


def test_annotations_written_by_hand_do_no_harm(kind, schemas):
    rng = random.Random(f"{SEED} annotations {kind}")
    for version, other in VERSIONS.items():
        for obj in objects(kind, schemas, version, COUNT // 3):
            there = convert(obj, other)
            annotations = there["metadata"].setdefault("annotations", {})
            plain = without_kept(there, kind)
            for name in conversion.kept.names(kind):
                told = json.loads(annotations.get(name, '{"version": 1, "spec": {}}'))
                spoil(told, rng) if told else None
                annotations[name] = rng.choice([json.dumps(told), "", "{", "[]", json.dumps(plain), "null"])
            back = convert(there, version)
            assert shown(without_kept(convert(back, other), kind)) == shown(plain)


def body(objs, version):
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "ConversionReview",
        "request": {"uid": "u", "desiredAPIVersion": version, "objects": objs},
    }


def shown(value):
    """A value as text in which true is not 1, and 1 is 1.0."""
    return json.dumps(numbers(value), sort_keys=True, indent=1)


def numbers(value):
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value == int(value) else value
