"""Names, labels, annotations, owners: as kube-apiserver has them on create."""

from __future__ import annotations

import pytest

from groundwork.base.problems import Stage
from kube_manifests.schemas import names
from kube_manifests.structure.metadata import check

WRONG = [
    (None, [("name", "required")]),
    ({}, [("name", "required")]),
    ("x", [("", "type")]),
    ([], [("", "type")]),
    ({"name": ""}, [("name", "required")]),
    ({"name": None}, [("name", "required")]),
    ({"name": 1}, [("name", "type")]),
    ({"name": "A"}, [("name", "name")]),
    ({"name": "a_b"}, [("name", "name")]),
    ({"name": "-a"}, [("name", "name")]),
    ({"name": "a..b"}, [("name", "name")]),
    ({"name": "a\n"}, [("name", "name")]),
    ({"name": "a" * 254}, [("name", "name")]),
    ({"generateName": "A"}, [("generateName", "name"), ("name", "name")]),
    ({"generateName": "a.-"}, [("name", "name")]),  # the server looks at the prefix as "aa"
    ({"name": "a", "generateName": "B"}, [("generateName", "name")]),
    ({"name": "a", "namespace": "a.b"}, [("namespace", "namespace")]),
    ({"name": "a", "lables": {}}, [("lables", "unknown-field")]),
    ({"name": "a", "Labels": {}}, [("Labels", "unknown-field")]),
    ({"name": "a", "labels": {"a": 1}}, [("labels.a", "type")]),
    ({"name": "a", "labels": ["a"]}, [("labels", "type")]),
    ({"name": "a", "labels": {"a b": "x"}}, [("labels.a b", "label")]),
    ({"name": "a", "labels": {"a/b/c": "x"}}, [("labels.a/b/c", "label")]),
    ({"name": "a", "labels": {"A/b": "x"}}, [("labels.A/b", "label")]),
    ({"name": "a", "labels": {"/b": "x"}}, [("labels./b", "label")]),
    ({"name": "a", "labels": {"a": "x y"}}, [("labels.a", "label")]),
    ({"name": "a", "labels": {"a": "x" * 64}}, [("labels.a", "label")]),
    ({"name": "a", "annotations": {"a b": "x"}}, [("annotations.a b", "annotation")]),
    ({"name": "a", "annotations": {"a": True}}, [("annotations.a", "type")]),
    ({"name": "a", "annotations": {"a": "x" * 262144}}, [("annotations", "annotation")]),
    ({"name": "a", "annotations": {"a": "\u00e9" * 131072}}, [("annotations", "annotation")]),
    ({"name": "a", "creationTimestamp": "yesterday"}, [("creationTimestamp", "format")]),
    ({"name": "a", "generation": 1.5}, [("generation", "type")]),
    ({"name": "a", "finalizers": ["x y"]}, [("finalizers.0", "finalizer")]),
    ({"name": "a", "finalizers": ["orphan", "foregroundDeletion"]}, [("finalizers", "finalizer")]),
    (
        {"name": "a", "ownerReferences": [{"apiVersion": "v1/", "kind": "P", "uid": "u", "nam": "x"}]},
        [
            ("ownerReferences.0.apiVersion", "required"),
            ("ownerReferences.0.nam", "unknown-field"),
            ("ownerReferences.0.name", "required"),
        ],
    ),
]
RIGHT = [
    {"name": "a.b-c"},
    {"name": "a", "labels": {"a": None, "b": "", "x.y/C_d": "E"}},
    {"name": "a", "labels": None, "annotations": None, "creationTimestamp": None},
    {"name": "a", "annotations": {"A/B": "x" * 262141}},
    {"name": "a", "generation": -1, "resourceVersion": "5", "uid": "x"},
    {"name": "a", "creationTimestamp": "2026-11-24T18:00:00.5+01:00"},
    {"name": "a", "managedFields": [{"operation": "Foo", "fieldsV1": {"f:a": {}}}]},
    {"generateName": "a-"},
    {"generateName": "a" * 70},
]


@pytest.mark.parametrize(("metadata", "expected"), WRONG, ids=lambda one: str(one)[:50])
def test_a_fault_is_found_at_its_path(metadata, expected):
    _, problems = check(metadata)
    assert sorted((".".join(map(str, one.path[1:])), one.code) for one in problems) == sorted(expected)


@pytest.mark.parametrize("metadata", RIGHT, ids=lambda one: str(one)[:50])
def test_what_the_server_takes_is_no_fault(metadata):
    assert check(metadata)[1] == []


def test_a_namespace_of_what_has_none_is_advice():
    (problem,) = check({"name": "a", "namespace": "b"}, namespaced=False)[1]
    assert problem.stage is Stage.ADVICE


def test_each_kind_has_its_own_rule_of_names():
    assert check({"name": "1a"}, name_rule=names.dns_1035_label)[1]
    assert not check({"name": "system:A"}, name_rule=names.path_segment)[1]
    assert check({"name": "a/b"}, name_rule=names.path_segment)[1]
    assert check({"name": "a.b"}, name_rule=names.dns_label)[1]
