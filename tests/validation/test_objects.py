"""Kubernetes' own objects: what an API server refuses is refused at its place, what it warns of is advised."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynamo_crd.admission.rule import RELEASES
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from groundwork.text.documents import read
from kube_manifests.check import Item, Validator
from kube_manifests.objects import built_in
from kube_manifests.pods.found import WARNING

Object = dict[str, Any]
KINDS: dict[str, Object] = yaml.safe_load((Path(__file__).parent / "objects.yaml").read_text(encoding="utf-8"))


def good(kind: str) -> Object:
    return {
        "kind": kind.split("#", maxsplit=1)[0],
        "metadata": {"name": "a"},
        **copy.deepcopy(KINDS[kind]["good"]),
    }


def changed(kind: str, row: Object) -> Object:
    made = good(kind)
    without = row.get("without", [])
    for keys in [without] if isinstance(without, str) else without:
        holder, last = _at(made, keys)
        holder.pop(last, None)
    for keys, value in row.get("set", {}).items():
        holder, last = _at(made, keys)
        holder[last] = copy.deepcopy(value)
    return made


def _at(item: Any, keys: str) -> tuple[Any, Any]:
    *steps, last = (int(key) if key.isdigit() else key for key in keys.split())
    for step in steps:
        item = item[step] if isinstance(step, int) else item.setdefault(step, {})
    return item, last


def _paths(row: Object, key: str) -> set[str]:
    value = row.get(key, [])
    return {value} if isinstance(value, str) else set(value)


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(release_schemas.of_release(), DynamoRules(RELEASES[-1]))


@pytest.mark.parametrize("kind", KINDS)
def test_each_change_is_judged_at_its_place(kind: str, validator: Validator) -> None:
    apart = []
    for row in [KINDS[kind].get("itself", {}), *KINDS[kind]["rows"]]:
        found = validator.check(map(Item, read(json.dumps(changed(kind, row)), "a.json")))
        refused = {one.path.removeprefix("$.") for one in found if one.counts}
        advised = {one.path.removeprefix("$.") for one in found if not one.counts and one.code == WARNING}
        if refused != _paths(row, "path") or (not refused and advised != _paths(row, "warns")):
            apart.append(f"{row}\n  refused {sorted(refused)}, advice {sorted(advised)}")
    assert not apart, "\n".join(apart)


@pytest.mark.apiserver
def test_an_api_server_judges_each_change_alike(server: Any) -> None:
    apart = []
    for kind, known in KINDS.items():
        for row in [known.get("itself", {}), *known["rows"]]:
            answer = server(yaml.safe_dump(changed(kind, row)))
            if answer.valid == bool(row.get("path")):
                apart.append(f"{kind} {row}\n  server: {answer.said}")
            elif answer.valid and bool(answer.warnings) != bool(row.get("warns")):
                apart.append(f"{kind} {row}\n  server: {answer.warnings}")
    assert not apart, "\n".join(apart)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [None, [], "x", 5, {"a": [None, 5]}, [[1]], {"rules": {}, "items": "x"}])
def test_any_shape_gets_an_answer(kind: str, value: Any) -> None:
    item = good(kind)
    for key in list(item):
        if key != "kind":
            shaped = {**item, key: value}
            assert isinstance(built_in.check(shaped) + built_in.warnings_of(shaped), list)
