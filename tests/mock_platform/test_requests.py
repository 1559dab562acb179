"""Requests in a real cluster, with the real profiler: from `kubectl apply` to an answer, and every way to fail."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import yaml

from dynamo_api import releases
from dynamo_api.facts import names
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import root
from support.waiting import wait_until

Object = dict[str, Any]
REQUEST = "dynamographdeploymentrequests.v1beta1.nvidia.com"
ALPHA = "dynamographdeploymentrequests.v1alpha1.nvidia.com"
GRAPH = "dynamographdeployments.v1beta1.nvidia.com"
LONG = 240.0
"""Seconds. From apply to Deployed, images warm, it took the real operator 48; a busy machine takes longer."""

DISCOVERED: Object = {"gpuSku": "h100_sxm", "vramMb": 81559, "numGpusPerNode": 8, "totalGpus": 8, "rdma": False}
"""Hardware of a request that names none, on the default platform."""

pytestmark = [pytest.mark.cluster, pytest.mark.image, pytest.mark.xdist_group("requests")]


@pytest.fixture
def demo(namespace: Any) -> Any:
    """A namespace with the Secret that every profiling needs."""
    namespace.kubectl("create", "secret", "generic", "hf-token-secret", "--from-literal=HF_TOKEN=none")
    return namespace


def request(name: str = "my-model", **spec: Any) -> Object:
    small: Object = {"model": "Qwen/Qwen3-0.6B", "backend": "vllm", "hardware": {"totalGpus": 1}}
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": name},
        "spec": small | spec,
    }


def ends(demo: Any, name: str = "my-model", *wanted: str) -> Object:
    """The request once it is in a phase that lasts (or in one of the wanted)."""
    last = wanted or ("Ready", "Deployed", "Failed")
    found: Object = demo.wait_for(
        f"{REQUEST}/{name}", lambda item: item.get("status", {}).get("phase") in last, LONG
    )
    return found


def succeeded(found: Object) -> tuple[str, str, str]:
    """Phase, and reason and message of the condition Succeeded."""
    (entry,) = [item for item in found["status"]["conditions"] if item["type"] == "Succeeded"]
    return found["status"]["phase"], entry["reason"], entry["message"]


def ready_since(found: Object) -> str:
    """When the condition DeploymentReady last changed between True and False."""
    (entry,) = [item for item in found["status"]["conditions"] if item["type"] == "DeploymentReady"]
    return str(entry["lastTransitionTime"])


def events(demo: Any, name: str = "my-model") -> list[str]:
    about = f"involvedObject.kind=DynamoGraphDeploymentRequest,involvedObject.name={name}"
    listed = json.loads(demo.kubectl("get", "events", "--field-selector", about, "-o", "json"))["items"]
    return sorted(item["reason"] for item in listed)


def has_events(demo: Any, wanted: set[str], *, alone: bool = False) -> None:
    """Wait for events: the operator writes them beside what they tell of, in a thread of its own."""

    def there() -> bool:
        found = events(demo)
        return found == sorted(wanted) if alone else wanted <= set(found)

    wait_until(there, f"events {sorted(wanted)}")


def test_a_request_is_profiled_deployed_and_answers(demo: Any, record_testsuite_property: Any) -> None:
    full = request(workload={"isl": 2048, "osl": 256}, sla={"ttft": 500, "itl": 50}, hardware={"totalGpus": 2})
    began = time.monotonic()
    demo.apply(full)
    found = ends(demo)
    took = time.monotonic() - began
    record_testsuite_property("v1beta1 request: apply to Deployed, seconds", round(took))
    assert succeeded(found)[:2] == ("Deployed", "Deployed")
    assert found["spec"]["hardware"] == DISCOVERED | {"totalGpus": 2}
    assert found["spec"]["image"].startswith("nvcr.io/nvidia/ai-dynamo/dynamo-planner:")
    status = found["status"]
    assert (status["dgdName"], status["profilingJobName"]) == ("my-model-dgd", "profile-my-model")
    assert status["deploymentInfo"]["replicas"] == status["deploymentInfo"]["availableReplicas"]
    demo.serves("my-model-dgd", "Qwen/Qwen3-0.6B")
    graph = demo.get(f"{GRAPH}/my-model-dgd")
    assert status["profilingResults"]["selectedConfig"]["spec"] == graph["spec"]
    assert "ownerReferences" not in graph["metadata"]
    output = demo.get("configmap/dgdr-output-my-model")
    assert (output["data"]["phase"], output["data"]["profiler_status"]) == ("Done", "success")
    told = {"Initialized", "ProfilingJobCreated", "SpecGenerated", "DeploymentCreated", "DeploymentReady"}
    has_events(demo, told)
    with pytest.raises(EnvironmentFault, match=r'"my-model" is invalid: spec: Forbidden: .*Deployed'):
        demo.kubectl("patch", REQUEST, "my-model", "--type=merge", "-p", '{"spec":{"sla":{"ttft":1}}}')

    demo.kubectl("delete", REQUEST, "my-model", "--timeout=3m")
    demo.wait_for("jobs", lambda left: not left["items"])
    demo.wait_for(
        "configmaps", lambda left: "dgdr-output-my-model" not in [i["metadata"]["name"] for i in left["items"]]
    )
    assert demo.models("my-model-dgd") == ["Qwen/Qwen3-0.6B"], "what serves outlives the request"


@pytest.mark.soak(part="live")  # It deploys a worker on each of the eight GPUs.
def test_the_v1alpha1_request_as_it_is_in_the_examples(demo: Any, record_testsuite_property: Any) -> None:
    manifest = yaml.safe_load((root() / "examples/quickstart/dgdr-quickstart.yaml").read_text(encoding="utf-8"))
    name = manifest["metadata"]["name"]
    began = time.monotonic()
    assert "is deprecated; use nvidia.com/v1beta1" in demo.apply(manifest)
    found = ends(demo, name)
    took = time.monotonic() - began
    record_testsuite_property("v1alpha1 request: apply to Deployed, seconds", round(took))
    assert succeeded(found)[:2] == ("Deployed", "Deployed")
    assert found["spec"]["workload"] == {"isl": 2048, "osl": 256}
    alpha = demo.get(f"{ALPHA}/{name}")
    assert alpha["status"]["state"] == "Ready"
    assert alpha["spec"]["profilingConfig"] == manifest["spec"]["profilingConfig"]
    demo.serves(f"{name}-dgd", "Qwen/Qwen3-0.6B")


@pytest.mark.parametrize(
    ("spec", "reason", "step"),
    [
        ({"sla": {"ttft": 0.5, "itl": 0.01}}, "GeneratingDGDFailed", "GeneratingDGD"),
        ({"workload": {"concurrency": 4, "requestRate": 2}}, "InitializingFailed", "Initializing"),
        ({"hardware": {"gpuSku": "l40s"}}, "JobCreationFailed", None),
        ({"modelCache": {"pvcName": "none"}}, "ValidationFailed", None),
        ({"searchStrategy": "thorough"}, "ValidationFailed", None),
    ],
)
def test_what_fails_says_why(demo: Any, spec: Object, reason: str, step: str | None) -> None:
    demo.apply(request(**spec))
    found = ends(demo)
    assert succeeded(found)[:2] == ("Failed", reason)
    assert len(succeeded(found)[2]) > len("Profiling failed: ")
    assert found["status"].get("profilingPhase") == step
    assert not demo.get(GRAPH)["items"]


def test_a_missing_secret_is_told_by_the_pod_alone(namespace: Any) -> None:
    without = request()
    del without["spec"]["hardware"]
    namespace.apply(without)
    why = waits(namespace, "profiler", "CreateContainerConfigError")
    assert 'secret "hf-token-secret" not found' in why
    found = ends(namespace, "my-model", "Profiling")  # The Job, and its Pod, come before the phase.
    assert succeeded(found)[:2] == ("Profiling", "Profiling")
    assert found["spec"]["hardware"] == DISCOVERED, "all GPUs there are"


def test_an_image_that_is_not_there_is_told_by_the_pod_alone(demo: Any) -> None:
    demo.apply(request(image="nvcr.io/nvidia/ai-dynamo/dynamo-planner:99.0.0"))
    waits(demo, "profiler", "ImagePullBackOff")
    assert succeeded(ends(demo, "my-model", "Profiling"))[:2] == ("Profiling", "Profiling")
    has_events(demo, {"Initialized", "ProfilingJobCreated"}, alone=True)


def waits(namespace: Any, container: str, reason: str) -> str:
    """The message with which a container of the profiler's Pod waits for this reason."""

    def entries(pods: Object) -> list[Object]:
        listed = [entry for pod in pods["items"] for entry in pod["status"].get("containerStatuses", [])]
        waiting = [entry["state"].get("waiting", {}) for entry in listed if entry["name"] == container]
        return [entry for entry in waiting if entry.get("reason") == reason]

    found = namespace.wait_for("pods", lambda pods: bool(entries(pods)), LONG)
    return str(entries(found)[0].get("message", ""))


def test_reviewed_changed_and_deployed(demo: Any) -> None:
    over = {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "mine", "labels": {"team": "x"}},
        "spec": {"env": [{"name": "EXTRA", "value": "1"}]},
    }
    demo.apply(request(autoApply=False, overrides={"dgd": over}))
    found = ends(demo)
    assert succeeded(found)[:2] == ("Ready", "SpecGenerated")
    assert not demo.get(GRAPH)["items"]
    chosen = found["status"]["profilingResults"]["selectedConfig"]
    assert (chosen["metadata"]["name"], chosen["metadata"]["labels"]) == ("mine", {"team": "x"})
    assert chosen["spec"]["env"] == [{"name": "EXTRA", "value": "1"}]
    assert len(chosen["spec"]["components"]) == 2, "what the profiler chose is there"
    kept = yaml.safe_load(found["metadata"]["annotations"][names.GENERATED_SPEC])
    assert kept == found["status"]["profilingResults"]["selectedConfig"]
    with pytest.raises(EnvironmentFault, match="Forbidden"):
        demo.kubectl("patch", REQUEST, "my-model", "--type=merge", "-p", '{"spec":{"model":"m"}}')
    demo.kubectl("patch", REQUEST, "my-model", "--type=merge", "-p", '{"spec":{"autoApply":true}}')
    assert succeeded(ends(demo, "my-model", "Deployed"))[1] == "Deployed"


def test_a_killed_worker_and_a_deleted_graph(demo: Any) -> None:
    demo.apply(request())
    found = ends(demo)
    assert succeeded(found)[0] == "Deployed"
    before = ready_since(found)
    demo.kubectl("delete", "pod", "-l", "nvidia.com/dynamo-component-type=worker", "--wait=false")
    # On a fast machine it is Deploying for a moment that nobody need see: that it was not ready stays visible.
    has_events(demo, {"DeploymentDegraded"})
    found = demo.wait_for(
        f"{REQUEST}/my-model",
        lambda item: item["status"]["phase"] == "Deployed" and ready_since(item) > before,
        LONG,
    )
    assert succeeded(found)[1] == "Deployed"
    demo.kubectl("delete", GRAPH, "my-model-dgd", "--timeout=3m")
    found = ends(demo, "my-model", "Failed")
    assert succeeded(found)[1] == "DeploymentDeleted"
    assert not demo.get(GRAPH)["items"]


def test_refusals_at_admission(demo: Any) -> None:
    for spec, words in (
        ({"backend": "tgi"}, 'spec.backend: Unsupported value: "tgi"'),
        ({"model": ""}, "spec.model"),
        ({"searchStrategy": "thorough", "backend": "auto"}, 'spec.searchStrategy: Invalid value: "thorough"'),
        (
            {"image": "nvcr.io/nvidia/ai-dynamo/dynamo-planner:my-tag"},
            "spec.runtimeVersionOverride: Required value",
        ),
        ({"slaa": {"ttft": 1}}, 'unknown field "spec.slaa"'),
    ):
        with pytest.raises(EnvironmentFault) as refused:
            demo.apply(request(**spec))
        assert words in refused.value.fact
    assert not demo.get(REQUEST)["items"]


def test_a_v1alpha1_request_without_an_image_gets_the_default_too(demo: Any) -> None:
    spec = {"model": "Qwen/Qwen3-0.6B", "backend": "vllm", "profilingConfig": {"config": {"sla": {"ttft": 500}}}}
    alpha = request() | {"apiVersion": "nvidia.com/v1alpha1", "spec": spec}
    said = demo.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", stdin=alpha)
    made = json.loads(said[said.index("{") :])["spec"]
    image = f"nvcr.io/nvidia/ai-dynamo/dynamo-planner:{releases.operator().number}"
    assert made["profilingConfig"] == {"config": {"sla": {"ttft": 500}}, "profilerImage": image}
    assert "autoApply" not in made, "false, v1alpha1's own default, is what the operator leaves out"


def test_a_planner_is_deployed_with_its_config_and_its_adapters(demo: Any) -> None:
    planner = {"mode": "disagg", "optimization_target": "throughput"}
    demo.apply(request(hardware={"totalGpus": 4}, features={"planner": planner}, workload={"requestRate": 2}))
    ends(demo, "my-model", "Deploying", "Deployed")
    # The operator writes the phase first, makes the graph next, then its adapters and the owner of its ConfigMap.
    wait_until(lambda: demo.get(GRAPH)["items"], "the graph of a request that is Deploying")
    parts = demo.get(f"{GRAPH}/my-model-dgd")["spec"]["components"]
    scaled = sorted(part["name"] for part in parts if part.get("scalingAdapter") is not None)

    def adapted() -> list[str]:
        adapters = demo.get("dynamographdeploymentscalingadapters")["items"]
        return sorted(item["spec"]["dgdRef"]["componentName"] for item in adapters)

    wait_until(lambda: adapted() == scaled, f"adapters of {scaled}")
    (planner_part,) = [part for part in parts if part.get("type") == "planner"]
    (volume,) = planner_part["podTemplate"]["spec"]["volumes"]
    config = f"configmap/{volume['configMap']['name']}"
    owned = demo.wait_for(config, lambda item: item["metadata"].get("ownerReferences"))
    assert [item["name"] for item in owned["metadata"]["ownerReferences"]] == ["my-model-dgd"]
