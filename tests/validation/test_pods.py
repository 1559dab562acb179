"""Pods and what makes them: what an API server's code refuses is refused here, at its place."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynamo_crd.admission.rule import RELEASES
from dynamo_crd.advice import advice
from groundwork.base.field_paths import dotted
from kube_manifests.objects import built_in
from support.validation.object_changes import GOOD

Object = dict[str, Any]
ROWS = yaml.safe_load((Path(__file__).parent / "pods.yaml").read_text(encoding="utf-8"))
POD_SPEC = "{containers: [{name: main, image: nginx}]}"
CASES = [(kind, row) for kind, rows in ROWS.items() for row in rows]


def good(kind: str) -> Object:
    body = {"Pod": {"apiVersion": "v1", "spec": yaml.safe_load(POD_SPEC)}, **GOOD}[kind]
    return {"kind": kind, "metadata": {"name": "a"}, **copy.deepcopy(body)}


def changed(item: Object, row: Object) -> Object:
    made = copy.deepcopy(item)
    for keys, value in row.get("set", {}).items():
        holder, last = _at(made, keys)
        holder[last] = value
    if "remove" in row:
        holder, last = _at(made, row["remove"])
        del holder[last]
    return made


def _at(item: Any, keys: str) -> tuple[Any, Any]:
    *steps, last = (int(key) if key.isdigit() else key for key in keys.split())
    for step in steps:
        item = item[step] if isinstance(step, int) else item.setdefault(step, {})
    return item, last


def paths(item: Object) -> list[str]:
    return [dotted(error.path).removeprefix("$.") for error in built_in.check(item)]


@pytest.mark.parametrize(
    ("kind", "row"), CASES, ids=lambda value: value if isinstance(value, str) else str(value["path"])
)
def test_it_is_refused_at_its_place(kind: str, row: Object) -> None:
    assert paths(good(kind)) == []
    assert paths(changed(good(kind), row)) == [row["path"]]


@pytest.mark.apiserver
@pytest.mark.parametrize(
    ("kind", "row"), CASES, ids=lambda value: value if isinstance(value, str) else str(value["path"])
)
def test_an_api_server_refuses_it_as_well(kind: str, row: Object, server: Any) -> None:
    assert server(yaml.safe_dump(good(kind))).valid
    answer = server(yaml.safe_dump(changed(good(kind), row)))
    assert not answer.valid


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS["Pod"] if row.get("advice", True)],
    ids=lambda row: row["path"],
)
def test_a_component_gets_advice(row: Object, make: Any) -> None:
    graph = make("DGD beta")
    spec = graph["spec"]["components"][0]["podTemplate"]["spec"]
    assert "advice/pod" not in {error.code for _, error in advice.check([graph], RELEASES[-1])}
    graph["spec"]["components"][0]["podTemplate"]["spec"] = changed({"spec": spec}, row)["spec"]
    found = [dotted(error.path) for _, error in advice.check([graph], RELEASES[-1]) if error.code == "advice/pod"]
    assert found == [f"$.spec.components[0].podTemplate.{row['path']}"]


@pytest.mark.parametrize(
    "value", [None, [], "x", 5, {"containers": "x"}, {"containers": [None, 5]}, {"volumes": {"a": 1}}]
)
def test_any_shape_gets_an_answer(value: Any) -> None:
    built_in.check({"kind": "Pod", "spec": value})
    built_in.check(
        {"kind": "Deployment", "spec": {"template": {"spec": value, "metadata": value}, "selector": value}}
    )
    built_in.check({"kind": "Service", "spec": value})


def test_v1alpha1_has_its_parts_elsewhere(make: Any) -> None:
    graph = make("DGD alpha")
    worker = graph["spec"]["services"]["VllmWorker"]
    worker["envs"] = [{"name": "A=b"}]
    worker["extraPodSpec"]["mainContainer"]["volumeMounts"] = [{"name": "a", "mountPath": "/a"}]
    worker["extraPodSpec"]["tolerations"] = [{"operator": "exists"}]
    worker["readinessProbe"] = {"httpGet": {"port": 0}}
    found = {dotted(error.path) for _, error in advice.check([graph], RELEASES[-1]) if error.code == "advice/pod"}
    at = "$.spec.services.VllmWorker"
    assert found == {
        f"{at}.envs[0].name",
        f"{at}.extraPodSpec.mainContainer.volumeMounts[0].name",
        f"{at}.extraPodSpec.tolerations[0].operator",
        f"{at}.readinessProbe.httpGet.port",
    }


@pytest.mark.parametrize(
    ("kind", "name", "release", "said"),
    [
        ("DGD beta", "7b-chat", RELEASES[-1], True),
        ("DGD alpha", "7b-chat", "v0.7.1", True),
        ("DGDR beta", "7b-chat", RELEASES[-1], True),
        ("DGD beta", "chat-7b", RELEASES[-1], False),
        ("DGD alpha", "llama-3.1", "v0.7.1", True),
        ("DGD alpha", "llama-3.1", RELEASES[-1], False),
    ],
)
def test_names_that_no_service_can_have(make: Any, kind: str, name: str, release: str, said: bool) -> None:  # noqa: FBT001
    found = advice.check([make(kind, {"metadata name": name})], release)
    assert ("advice/derived-name" in {error.code for _, error in found}) == said


@pytest.mark.parametrize(
    ("name", "said"), [("Worker", False), ("vllm_worker", True), ("a.b", True), ("VllmDecode", False)]
)
def test_names_of_services_that_no_object_can_have(make: Any, name: str, said: bool) -> None:  # noqa: FBT001
    graph = make("DGD alpha")
    graph["spec"]["services"] = {name: graph["spec"]["services"]["VllmWorker"]}
    found = {error.code for _, error in advice.check([graph], RELEASES[-1])}
    assert ("advice/derived-name" in found) == said


@pytest.mark.parametrize(
    ("mode", "hint"),
    [(644, "a mode is octal: write 0644"), (600, "a mode is octal: write 0600"), (999, ""), (-1, "")],
)
def test_a_mode_that_is_meant_as_octal(mode: int, hint: str) -> None:
    volumes = [{"name": "a", "configMap": {"name": "b", "defaultMode": mode}}]
    found = built_in.check(changed(good("Pod"), {"set": {"spec volumes": volumes}}))
    assert [error.hint for error in found] == [hint]
