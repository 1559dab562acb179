"""A request's life against the file of facts: phases, conditions, events, Job, hardware, graph."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from dynamo_api.facts import kinds, names
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.requests import hardware
from mock_platform.operator.requests.job import profiling_job
from mock_platform.operator.requests.status import ACTIONS, WARNINGS

Object = dict[str, Any]
CONFIG = OperatorConfig("1.5.0")
GRAPH = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: vllm-agg-2b1f2225}
spec:
  components:
    - name: Frontend
      type: frontend
      replicas: 1
      podTemplate: {spec: {containers: [{name: main, image: "x/frontend:1.4.2"}]}}
    - name: VllmDecodeWorker
      type: worker
      replicas: 8
      podTemplate: {spec: {containers: [{name: main, image: "x/vllm:1.4.2", command: [python3, -m, dynamo.vllm]}]}}
"""


def test_job(request_facts: Object) -> None:
    facts = request_facts["job"]
    request = copy.deepcopy(request_facts["request"])
    request["metadata"]["uid"] = "UID"
    job = profiling_job(request, CONFIG)
    assert (job["metadata"]["name"], job["metadata"]["labels"]) == (facts["name"], facts["labels"])
    (owner,) = job["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == (kinds.REQUEST, "UID", True)
    assert job["spec"]["backoffLimit"] == facts["backoffLimit"]
    pod = job["spec"]["template"]["spec"]
    assert {key: pod[key] for key in facts["pod"]} == facts["pod"]
    profiler, copier = pod["containers"]
    env = {item["name"]: item.get("value") or secret(item) for item in profiler["env"]}
    assert env == facts["profiler"].pop("env")
    assert {key: profiler[key] for key in facts["profiler"]} == facts["profiler"]
    assert {key: copier[key] for key in facts["output-copier"]} == facts["output-copier"]
    assert profiler["image"] == request["spec"]["image"]
    assert profiler["args"][::2] == ["--config", "--output-dir"]
    assert "optional" not in str(profiler["env"]), "without the Secret the profiler does not start"


def secret(variable: Object) -> str:
    reference = variable["valueFrom"]["secretKeyRef"]
    return f"{reference['name']}/{reference['key']}"


def test_skus(request_facts: Object) -> None:
    assert {product: hardware.sku_of(product) for product in request_facts["skus"]} == request_facts["skus"]


def test_default_image(request_facts: Object) -> None:
    assert CONFIG.profiler_image == request_facts["default_image"]


def test_life_of_a_request_as_the_facts_tell_it(request_facts: Object, asked: Any, api: Any) -> None:
    life = request_facts["life"]
    asked.step()
    assert asked.says == life["taken up"]
    assert asked.now["metadata"]["finalizers"] == [request_facts["finalizer"]]
    asked.settle()
    assert asked.now["spec"]["hardware"] == request_facts["hardware"]
    assert asked.says == life["profiler starts"]
    assert asked.now["status"]["profilingJobName"] == request_facts["job"]["name"]
    asked.report(phase="SweepingPrefill", message="Sweeping parallelization strategies")
    assert asked.says == life["profiler sweeps"]
    assert asked.message("Profiling") == "Sweeping parallelization strategies", "the profiler's own words"
    done = {"phase": "Done", "message": "Done", "profiler_status": "success", "final_config__yaml": GRAPH}
    asked.report(**done)
    assert asked.says == life["profiler is done"]
    asked.end("Complete")
    assert asked.says == life["deploying"]
    graph = api.named(kinds.GRAPH, "my-model-dgd")
    assert graph["metadata"]["labels"] == request_facts["graph"]["labels"]
    assert "ownerReferences" not in graph["metadata"]
    selected = asked.now["status"]["profilingResults"]["selectedConfig"]
    assert selected["status"] == {"state": ""}
    assert (selected["metadata"]["name"], selected["spec"]) == ("my-model-dgd", graph["spec"])
    api.run_pods()
    asked.settle()
    assert asked.says == life["deployed"]
    assert asked.now["status"]["deploymentInfo"] == {"replicas": 9, "availableReplicas": 9}
    assert asked.now["status"]["dgdName"] == "my-model-dgd"
    assert asked.now["metadata"]["annotations"][names.GENERATED_SPEC] == "", "emptied once the graph is there"
    observed = {item["type"]: item.get("observedGeneration") for item in asked.now["status"]["conditions"]}
    assert observed == {
        "Validation": 1, "Profiling": 2, "Succeeded": 2, "SpecGenerated": 2, "DeploymentReady": None,
    }  # fmt: skip
    assert asked.now["status"]["observedGeneration"] == 2
    made = {f"{key[0].kind}/{key[2]}" for key in api.objects}
    assert set(request_facts["objects"]) <= made
    told = [
        f"{event['reportingController']} {event['action']} {event['reason']} {event['regarding']['kind']} "
        f"{event['type']}"
        for event in api.events
        if event["reportingController"] == "dynamographdeploymentrequest"
    ]
    assert list(dict.fromkeys(told)) == request_facts["events"]


def test_failure_events(request_facts: Object) -> None:
    for line in request_facts["failure_events"]:
        action, reason, kind = line.split()
        assert ACTIONS[reason] == action
        assert (reason in WARNINGS) == (kind == "Warning")


@pytest.mark.parametrize("name", ["both load fields", "SLA nobody can meet"])
def test_what_the_profiler_refuses(request_facts: Object, asked: Any, name: str) -> None:
    expected = request_facts["life"][name]
    phase = expected[0].split()[1]
    asked.settle()
    report = {"phase": phase, "message": "m", "profiler_status": "failed", "profiler_error": "what it says"}
    asked.report(**report)
    asked.end("Failed", "Job has reached the specified backoff limit")
    assert asked.says == expected
    assert "what it says" in asked.message("Profiling")
    assert "what it says" in asked.message("Succeeded")
    (event,) = asked.told("ProfilingCheckFailed")
    assert "backoff limit" in event["note"]


def test_nobody_finds_gpus(request_facts: Object, api: Any, asked: Any) -> None:
    api.delete(api.named("Node", "node-1"))
    asked.settle()
    assert asked.says == request_facts["life"]["no GPUs"]
    assert "nvidia.com/gpu.count" in asked.message("Succeeded")
    assert not api.of_kind("Job")


def test_review_before_deploying(request_facts: Object, asked: Any, api: Any) -> None:
    asked.api.edit(asked.now, {"spec": {"autoApply": False}})
    asked.settle().report(profiler_status="success", final_config__yaml=GRAPH)
    asked.end("Complete")
    assert asked.says == request_facts["life"]["ready for review"]
    assert not api.of_kind(kinds.GRAPH)
    assert "my-model-dgd" in asked.now["metadata"]["annotations"][names.GENERATED_SPEC]
    api.edit(asked.now, {"spec": {"autoApply": True}})
    asked.settle()
    assert asked.now["status"]["phase"] == "Deploying"
    assert api.named(kinds.GRAPH, "my-model-dgd")


def test_the_graph_is_deleted_underneath(request_facts: Object, asked: Any, api: Any) -> None:
    asked.settle().report(profiler_status="success", final_config__yaml=GRAPH)
    asked.end("Complete")
    api.run_pods()
    asked.settle()
    api.delete(api.named(kinds.GRAPH, "my-model-dgd"))
    asked.settle()
    assert asked.says == request_facts["life"]["graph deleted"]
    assert "dgdName" not in asked.now["status"]
    assert "deploymentInfo" not in asked.now["status"]
    assert not api.of_kind(kinds.GRAPH), "it is not made again"
