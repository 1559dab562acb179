"""Conversion over random objects: valid ones of the compiled schemas, edited ones, and nonsense.

`CONVERSION_OBJECTS` sets how many of each kind (a soak runs thousands), `CONVERSION_SEED` another seed.
"""

from __future__ import annotations

import copy
import json
import os
import re
from random import Random

import jsonschema
import pytest

from dynamo_api import conversion
from dynamo_api.conversion import ALPHA, BETA, convert, kept, review
from support.samples import Samples
from support.zero_values import meant

COUNT = int(os.environ.get("CONVERSION_OBJECTS", "300"))
SEED = os.environ.get("CONVERSION_SEED", "1")
VERSIONS = {ALPHA: BETA, BETA: ALPHA}
MADE: dict[tuple[str, str], list[dict]] = {}
"""Objects that tests share, by kind and version: none changes them."""
JUNK = (None, True, 7, -1.5, "x", "", [], {}, [1], [None], [{}], {"name": 3}, [{"name": "main"}, {"name": "main"}])

# What one version takes and the other does not, as "path validator": refusing it would lose what upstream takes.
ALLOWED = re.compile(
    r"type enum"  # componentType is any text in v1alpha1
    r"|(resources/(limits|requests)/.*|sharedMemory/size|sharedMemorySize) (pattern|anyOf)"  # any text, too
    r"|(modelRef/name|model|pvcName|compilationCache/pvcName|identity/model) minLength"
    r"|name (pattern|minLength)"  # services have any name
    r"|numShadows maximum"  # one in v1beta1, any number in v1alpha1
    r"|^deployment/state enum"  # upstream's v1alpha1 says '' of a deployment it only knows the name of
)


@pytest.fixture(scope="module", params=conversion.KINDS)
def kind(request, by_kind):
    assert len(by_kind[request.param]["spec"]["versions"]) == 2
    return request.param


@pytest.fixture(scope="module")
def schemas(kind, by_kind):
    """The schemas of spec and status, by version."""
    versions = by_kind[kind]["spec"]["versions"]
    return {f"nvidia.com/{one['name']}": one["schema"]["openAPIV3Schema"]["properties"] for one in versions}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_comes_back_as_it_was(kind, schemas, version):
    for obj in objects(kind, schemas, version):
        given = shown(obj)
        there = convert(obj, VERSIONS[version])
        assert shown(obj) == given, "convert changes what it is given"
        back = convert(there, version)
        assert shown(meant(back)) == shown(meant(obj))
        assert shown(convert(back, VERSIONS[version])) == shown(there)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_comes_back_however_often_it_goes(kind, schemas, version):
    for obj in objects(kind, schemas, version, COUNT // 10):
        made = obj
        for _ in range(10):
            made = convert(convert(made, VERSIONS[version]), version)
        assert shown(meant(made)) == shown(meant(obj))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_converted_object_is_one_of_the_other_version(kind, schemas, version):
    theirs = schemas[VERSIONS[version]]
    validators = {name: jsonschema.Draft202012Validator(theirs[name]) for name in ("spec", "status")}
    for obj in objects(kind, schemas, version):
        there = convert(obj, VERSIONS[version])
        for name in set(there) & set(validators):
            assert unknown(there[name], theirs[name], name) == []
            faults = [error for error in validators[name].iter_errors(there[name]) if not allowed(error)]
            assert [f"{error.json_path}: {error.message}" for error in faults] == []


@pytest.mark.parametrize("part", ["spec", "status"])
@pytest.mark.parametrize("version", VERSIONS)
def test_an_edit_in_the_other_version_wins_over_what_was_kept(kind, schemas, version, part):
    other = VERSIONS[version]
    samples = Samples(seeded(f"edits {kind} {version} {part}"))
    for obj in objects(kind, schemas, version):
        edited = convert(obj, other)
        if part in edited:
            mix(edited[part], samples.value(schemas[other][part], part), samples.random)
        again = convert(convert(edited, version), other)
        assert shown(meant(without_kept(again, kind))) == shown(meant(without_kept(edited, kind)))


@pytest.mark.parametrize("version", VERSIONS)
def test_defaults_filled_in_between_lose_nothing(kind, schemas, version):
    other = VERSIONS[version]
    for obj in objects(kind, schemas, version):
        full = obj | {"spec": filled(obj["spec"], schemas[version]["spec"])}
        there = convert(full, other)
        there["spec"] = filled(there["spec"], schemas[other]["spec"])
        back = convert(there, version)
        assert missing(meant(full)["spec"], back["spec"], "spec") == []


def test_the_random_objects_reach_every_field_of_both_versions(kind, schemas):
    for version in VERSIONS:
        samples = Samples(seeded(f"{kind} {version}"))
        for name in ("spec", "status"):
            for _ in range(300):
                samples.value(schemas[version][name], name, int(name == "status"))
            assert set(fields_of(schemas[version][name], name)) - samples.reached == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_nonsense_is_refused_at_its_place_or_converted_but_breaks_nothing(kind, schemas, version):
    random = seeded(f"junk {kind} {version}")
    refused = []
    for given in objects(kind, schemas, version):
        obj = copy.deepcopy(given)
        for _ in range(random.randint(1, 3)):
            spoil(obj, random)
        obj |= {"apiVersion": version, "kind": kind}
        asked = {"uid": "u", "desiredAPIVersion": VERSIONS[version], "objects": [obj]}
        body = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview", "request": asked}
        message = review(body)["response"]["result"].get("message", "")
        assert re.fullmatch(r"|\$.*: .* \(.*\)", message), f"{message}: {obj}"
        refused += [message] if message else []
    assert len(refused) > COUNT / 30


def test_annotations_written_by_hand_do_no_harm(kind, schemas):
    random = seeded(f"annotations {kind}")
    for version, other in VERSIONS.items():
        for obj in objects(kind, schemas, version, COUNT // 3):
            there = convert(obj, other)
            plain = without_kept(there, kind)
            annotations = there["metadata"].setdefault("annotations", {})
            for name in kept.names(kind):
                told = json.loads(annotations.get(name, '{"version": 1, "spec": {"model": "x"}}'))
                spoil(told, random)
                annotations[name] = random.choice([json.dumps(told), "", "{", "[]", json.dumps(plain), "null"])
            back = convert(there, version)
            assert shown(without_kept(convert(back, other), kind)) == shown(plain)


def seeded(what):
    return Random(f"{SEED} {what}")  # noqa: S311 - Tests, not keys.


def objects(kind, schemas, version, count=COUNT):
    made = MADE.setdefault((kind, version), [])
    samples = Samples(seeded(f"{kind} {version}"))
    for number in range(len(made), count):
        obj = {"apiVersion": version, "kind": kind, "metadata": {"name": f"x{number}", "labels": {"a": "b"}}}
        obj["spec"] = samples.value(schemas[version]["spec"], "spec")
        if number % 2:
            obj["status"] = samples.value(schemas[version]["status"], "status", 1)
        made.append(obj)
    return made[:count]


def mix(value, donor, random):
    """Take some fields of a value from another, or away."""
    for _ in range(random.randint(1, 3)):
        spot, source = value, donor
        while True:
            if nested(spot) and nested(source):
                spot, source = random.choice(spot), random.choice(source)
                continue
            keys = (
                sorted({*spot, *source} - {"name"}) if isinstance(spot, dict) and isinstance(source, dict) else []
            )
            if not keys:
                break
            key = random.choice(keys)
            inner = spot.get(key), source.get(key)
            if all(isinstance(one, (dict, list)) and one for one in inner) and random.random() < 0.8:
                spot, source = inner
                continue
            spot.pop(key, None)
            if key in source:
                spot[key] = copy.deepcopy(source[key])
            break


def nested(value):
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def spoil(value, random):
    """Put nonsense somewhere into a value."""
    spot = value
    while spot:
        key = random.choice(list(range(len(spot))) if isinstance(spot, list) else list(spot))
        if isinstance(spot[key], (dict, list)) and spot[key] and random.random() < 0.8:
            spot = spot[key]
        else:
            spot[key] = copy.deepcopy(random.choice(JUNK))
            return


def allowed(error):
    return ALLOWED.search("/".join(str(step) for step in error.absolute_path) + f" {error.validator}")


def without_kept(obj, kind):
    metadata = dict(obj["metadata"])
    annotations = metadata.pop("annotations", {})
    others = {name: text for name, text in annotations.items() if name not in kept.names(kind)}
    if others:
        metadata["annotations"] = others
    return obj | {"metadata": metadata}


def filled(value, schema):
    """A copy with the schema's defaults, as the API server fills them in."""
    if isinstance(value, list):
        return [filled(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    fields = schema.get("properties", {})
    made = {name: copy.deepcopy(field["default"]) for name, field in fields.items() if "default" in field} | value
    more = schema.get("additionalProperties")
    return {
        name: filled(item, fields.get(name) or (more if isinstance(more, dict) else {}))
        for name, item in made.items()
    }


def unknown(value, schema, path):
    """Paths of fields that a schema does not have."""
    if isinstance(value, list):
        return [fact for item in value for fact in unknown(item, schema.get("items", {}), f"{path}[]")]
    if not isinstance(value, dict) or schema.get("x-kubernetes-preserve-unknown-fields") or "type" not in schema:
        return []
    found = []
    for name, item in value.items():
        inner = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        found += unknown(item, inner, f"{path}.{name}") if isinstance(inner, dict) else [f"{path}.{name}"]
    return found


def missing(wanted, found, path):
    """Paths of what one value says and the other does not."""
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        return [] if shown(wanted) == shown(found) else [path]
    return [
        fact
        for key, value in wanted.items()
        for fact in (missing(value, found[key], f"{path}.{key}") if key in found else [f"{path}.{key}"])
    ]


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


def shown(value):
    """A value as text in which true is not 1, and 1 is 1.0."""
    return json.dumps(numbers(value), sort_keys=True)


def numbers(value):
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
