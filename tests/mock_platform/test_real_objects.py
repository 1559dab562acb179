"""What the real operator made of models, replicas and overrides, beside what the stand-in makes of the same."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
import yaml

from dynamo_api.facts import kinds
from groundwork.base.paths import root
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.models.service import model_hash, model_service
from mock_platform.operator.overriding.merge import apply
from mock_platform.operator.requests.job import profiling_job
from mock_platform.operator.webhook.admission import review
from mock_platform.operator.webhook.defaults import default_review
from support.profiled import GRAPH

Object = dict[str, Any]
FOLDER = root().parent / "shared" / "upstream" / "real-operator"
EVENT = re.compile(r"^  \('DynamoModel', '(\w+)', '(\w+)', '(\w+)', '(\w+)', '(\w+)',", re.MULTILINE)
CONDITIONS = re.compile(r"^## .* dm/(\w+): .*ServicesFound=(\w+)/(\w+); EndpointsReady=(\w+)/(\w+)$", re.MULTILINE)

pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/upstream/real-operator beside the project"),
]


def real(name: str) -> str:
    return (FOLDER / name / "real.txt").read_text(encoding="utf-8")


def manifests(name: str) -> list[Object]:
    return list(yaml.safe_load_all((FOLDER / name / "manifest.yaml").read_text(encoding="utf-8")))


def asked(item: Object, operation: str = "CREATE", old: Object | None = None) -> Object:
    about = {"uid": "u", "operation": operation, "object": item, "oldObject": old}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": about}


def model(kind: str, base: str) -> Object:
    spec: Object = {"modelName": base, "baseModelName": base, "modelType": "lora" if kind == "lora" else "base"}
    spec |= {"source": {"uri": "hf://a/b"}} if kind == "lora" else {}
    metadata = {"name": kind, "namespace": "demo"}
    return {"apiVersion": kinds.ALPHA_API, "kind": kinds.MODEL, "metadata": metadata, "spec": spec}


def test_replicas_that_are_left_out_are_written_as_the_real_webhook_writes_them() -> None:
    (graph,) = manifests("15-replicas-default")
    answer = default_review(asked(graph), OperatorConfig("1.5.0"))["response"]
    written = {step["path"]: step["value"] for step in json.loads(base64.b64decode(answer["patch"]))}
    told = re.search(r"replicas\}\s+-> 0\n\s+(\d+)", real("15-replicas-default"))
    assert told
    assert written["/spec/components/0/replicas"] == int(told[1])


def test_models_say_what_they_say_on_the_real_operator(
    api: Any, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker serves the base model and cannot load adapters, as there."""
    monkeypatch.setattr("mock_platform.operator.models.adapters._done", lambda *_: False)
    base = manifests("16-model")[0]["spec"]["baseModelName"]
    for service in ("g-worker-0", "dynamo-model-0"):
        labels = {"nvidia.com/dynamo-base-model-hash": model_hash(base), "kubernetes.io/service-name": service}
        pod = {"addresses": ["10.0.0.1"], "targetRef": {"kind": "Pod", "name": "p", "uid": "u"}}
        about = {"name": service, "namespace": "demo", "labels": labels}
        api.create(
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": about, "endpoints": [pod]}
        )
    for kind, of in (("base", base), ("lora", base), ("none", "nobody/none")):
        api.create(model(kind, of))
    operator.settle()
    ours = {
        item["metadata"]["name"]: [
            part for one in item["status"]["conditions"] for part in (one["status"], one["reason"])
        ]
        for item in api.of_kind(kinds.MODEL)
    }
    text = real("probe-22_model")
    assert ours == {found[0]: list(found[1:]) for found in CONDITIONS.findall(text)}
    for item in api.of_kind(kinds.MODEL):
        api.delete(item)
    operator.settle()
    told = {
        (event["regarding"]["name"], event["type"], event["reason"], event["action"], event["reportingController"])
        for event in api.events
        if event["regarding"]["kind"] == kinds.MODEL
    }
    assert told == set(EVENT.findall(text))


def test_the_service_of_a_model_is_the_real_operator_s() -> None:
    graph = manifests("16-model")[1]
    worker = graph["spec"]["components"][1]
    about = {"name": "g-worker", "namespace": "demo", "uid": "u"}
    made = model_service(
        {"apiVersion": kinds.BETA_API, "kind": kinds.COMPONENT, "metadata": about, "spec": worker}
    )
    assert made
    text = real("probe-22_model")
    line = re.search(
        r"^  svc/dynamo-model-HASH8 .*labels=(\{.*?\}) ann=(\{.*?\})\n((?:      .*\n)+)", text, re.MULTILINE
    )
    assert line
    assert made["metadata"]["labels"] == json.loads(line[1])
    assert made["metadata"]["annotations"] == json.loads(line[2])
    assert made["metadata"]["name"] in text
    spec = yaml.safe_load(line[3])
    assert {key: str(spec[key]) for key in ("clusterIP", "type")} == {"clusterIP": "None", "type": "ClusterIP"}
    assert (made["spec"]["ports"], made["spec"]["selector"]) == (spec["ports"], spec["selector"])
    assert made["spec"]["clusterIP"] == "None"


@pytest.mark.parametrize(("change", "title"), [({"baseModelName": "x"}, "base"), ({"modelName": "x"}, "name")])
def test_a_model_s_changes_are_judged_as_the_real_webhook_judges_them(change: Object, title: str) -> None:
    old = model("base", "m")
    answer = review(asked({**old, "spec": old["spec"] | change}, "UPDATE", old))["response"]
    block = real("probe-22_model").partition(f"-- {title}\n")[2].partition("\n-- ")[0]
    taken = re.search(r"-> (\d)$", block, re.MULTILINE)
    assert taken
    assert answer["allowed"] is (taken[1] == "0")
    assert bool(answer.get("warnings")) is ("Warning: Changing" in block.partition("\n$ ")[0])


def test_an_override_arrives_as_on_the_real_operator() -> None:
    (request,) = manifests("17-overrides-dgd")
    merged, _ = apply(GRAPH, request["spec"]["overrides"]["dgd"])
    told = re.search(r'"labels":(\{.*?\}),"name":"(\w+)"', real("17-overrides-dgd"))
    assert told
    assert merged["metadata"]["labels"].items() >= json.loads(told[1]).items()
    assert request["spec"]["overrides"]["dgd"]["metadata"]["name"] == told[2]
    request["metadata"] |= {"namespace": "demo", "uid": "u"}
    pod = profiling_job(request, OperatorConfig("1.5.0", image="x"))["spec"]["template"]["spec"]
    assert [container["name"] for container in pod["initContainers"]] == ["dgd-override-installer"]
