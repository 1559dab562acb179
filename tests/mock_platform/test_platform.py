"""The installed platform in a real cluster: what `kubectl apply` of a DynamoGraphDeployment leads to."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import pytest

from dynamo_api import releases
from dynamo_api.facts import installation, kinds, names
from dynamo_crd.schemas.compile import crds
from groundwork.base.errors import EnvironmentFault
from groundwork.base.versions import version
from groundwork.system.progress import Progress
from kind_cluster.registry import path_of
from mock_platform.install import (
    CONVERSION,
    KINDS,
    KUBECTL_NAME,
    install,
    operator_objects,
    planner_images,
    runtime_images,
    wait_for_webhook,
)
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.kube.events import (
    ADAPTER_REPORTER,
    COMPONENT_REPORTER,
    GRAPH_REPORTER,
    MODEL_REPORTER,
    REQUEST_REPORTER,
)
from mock_platform.operator.requests.job import COPIER_IMAGE
from support.shared_cluster import GPUS

if TYPE_CHECKING:
    from kind_cluster.kind import Cluster

Object = dict[str, Any]


def test_every_object_of_the_operator_says_that_it_is_a_mock() -> None:
    objects = operator_objects("registry.invalid/operator:1")
    assert {item["metadata"]["labels"]["dynamo-docs/mock"] for item in objects} == {"true"}
    (deployment,) = [item for item in objects if item["kind"] == "Deployment"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "registry.invalid/operator:1"
    assert {item["name"]: item["value"] for item in container["env"]} == {
        "OPERATOR_VERSION": releases.operator().number,
        "MOCK_OPERATOR_IMAGE": container["image"],
    }


def test_the_operator_may_do_nothing_beyond_its_list() -> None:
    for item in operator_objects("registry.invalid/operator:1"):
        for rule in item.get("rules", []):
            assert "*" not in [*rule["verbs"], *rule["resources"], *rule["apiGroups"]]
            if "secrets" in rule["resources"]:
                assert item["kind"] == "Role"
                assert rule["resourceNames"] == [installation.WEBHOOK_SECRET]


def test_the_webhook_s_parts_find_each_other() -> None:
    objects = {(item["kind"], item["metadata"]["name"]): item for item in operator_objects("x.invalid/operator:1")}
    configuration = objects["ValidatingWebhookConfiguration", installation.VALIDATING_WEBHOOK]
    service = objects["Service", installation.WEBHOOK_SERVICE]
    assert ("Secret", installation.WEBHOOK_SECRET) in objects
    (pod,) = [item["spec"]["template"] for (kind, _), item in objects.items() if kind == "Deployment"]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    (container,) = pod["spec"]["containers"]
    assert {"name": "webhook", "containerPort": 9443} in container["ports"]
    for hook in configuration["webhooks"]:
        assert hook["failurePolicy"] == "Fail"
        assert hook["clientConfig"]["service"]["name"] == installation.WEBHOOK_SERVICE
        assert "caBundle" not in hook["clientConfig"], "the operator's, which a second install must not take away"
    asked = [resource for hook in configuration["webhooks"] for resource in hook["rules"][0]["resources"]]
    kinds = ("graphdeployments", "componentdeployments", "graphdeploymentrequests", "models")
    assert asked == [f"dynamo{kind}" for kind in kinds]


def test_defaults_and_conversion_lead_to_the_same_service() -> None:
    objects = {(item["kind"], item["metadata"]["name"]): item for item in operator_objects("x.invalid/operator:1")}
    hooks = objects["MutatingWebhookConfiguration", installation.DEFAULTING_WEBHOOK]["webhooks"]
    asked = {hook["rules"][0]["resources"][0]: hook["rules"][0]["operations"] for hook in hooks}
    assert asked == {
        "dynamographdeploymentrequests": ["CREATE"],
        "dynamographdeployments": ["CREATE", "UPDATE"],
        "dynamocomponentdeployments": ["CREATE"],
    }
    policies = {hook["matchPolicy"] for hook in hooks}
    assert policies == {"Equivalent"}, "what is written in v1alpha1 gets the defaults, too"
    definitions = {item["metadata"]["name"]: item["spec"] for item in crds(kinds=KINDS, conversion=CONVERSION)}
    converted = [name for name, spec in definitions.items() if spec["conversion"]["strategy"] == "Webhook"]
    assert sorted(converted) == sorted(kind.definition for kind in kinds.CONVERTED)
    clients = [definitions[name]["conversion"]["webhook"]["clientConfig"] for name in converted]
    mutating = [(hook["clientConfig"], "/mutate") for hook in hooks]
    for client, path in [*mutating, *((client, "/convert") for client in clients)]:
        service = {"name": installation.WEBHOOK_SERVICE, "namespace": installation.NAMESPACE, "path": path}
        assert client["service"].items() >= service.items()
        assert "caBundle" not in client
    for name in converted:
        versions = {item["name"]: (item["served"], item["storage"]) for item in definitions[name]["versions"]}
        assert versions == {"v1alpha1": (True, False), "v1beta1": (True, True)}


def test_the_runtime_stands_under_the_names_that_manifests_use() -> None:
    registry = "nvcr.io/nvidia/ai-dynamo"
    # The second is what a request that names no image generates.
    for tag in (version("dynamo.runtime"), releases.operator().number):
        assert f"{registry}/vllm-runtime:{tag}" in runtime_images()
        assert f"{registry}/dynamo-planner:{tag}" in planner_images()
    # The v1alpha1 request of examples/ profiles with it.
    assert f"{registry}/vllm-runtime:0.6.1" in planner_images()
    assert not {*runtime_images()} & {*planner_images()}


def test_what_the_operator_names_itself_is_served() -> None:
    assert OperatorConfig(releases.operator().number).profiler_image in planner_images()
    assert path_of(COPIER_IMAGE) == path_of(KUBECTL_NAME)


def in_the_cluster(test: Any) -> Any:
    """Mark a test that needs the cluster with the platform; it runs beside those that run docs-test there."""
    marks = (pytest.mark.cluster, pytest.mark.image, pytest.mark.xdist_group("requests"))
    return functools.reduce(lambda marked, mark: mark(marked), marks, test)


@pytest.fixture
def manifest(facts: Object) -> Object:
    """The graph of the facts as a user writes it, one worker."""
    graph: Object = facts["graph"]
    graph["metadata"] = {"name": "agg"}
    graph["spec"]["components"][1]["replicas"] = 1
    return graph


def ready_condition(graph: Object) -> Object:
    conditions = (graph.get("status") or {}).get("conditions") or [{}]
    found: Object = conditions[0]
    return found


@in_the_cluster
def test_a_graph_gets_ready_answers_and_goes_without_a_trace(namespace: Any, manifest: Object) -> None:
    model = "Qwen/Qwen3-0.6B"
    manifest["spec"]["components"][1]["modelRef"] = {"name": model}
    assert namespace.apply(manifest) == "dynamographdeployment.nvidia.com/agg created"
    for name, more in (("base", {}), ("adapter", {"modelType": "lora", "source": {"uri": "hf://a/b"}})):
        spec = {"modelName": name, "baseModelName": model, **more}
        about = {"apiVersion": kinds.ALPHA_API, "kind": kinds.MODEL, "metadata": {"name": name}}
        namespace.apply({**about, "spec": spec})
    namespace.kubectl("wait", "--for=condition=Ready", "dynamographdeployment/agg", "--timeout=3m")
    namespace.kubectl("wait", "--for=condition=EndpointsReady", "dynamomodel/base", "--timeout=1m")
    assert namespace.get("dynamomodel/base")["status"]["totalEndpoints"] == 1, "the one decode worker"
    adapter = namespace.wait_for(
        "dynamomodel/adapter", lambda found: bool(found.get("status", {}).get("endpoints"))
    )
    assert said(adapter)[1] == "EndpointsReady False NotReady", "the mock engine has no LoRA"
    namespace.kubectl("delete", "dynamomodel", "--all", "--timeout=1m")
    graph = namespace.get("dynamographdeployment/agg")
    assert graph["status"]["state"] == "successful"
    assert ready_condition(graph)["reason"] == "all_resources_are_ready"

    pods = namespace.get("pods")["items"]
    worker = next(pod for pod in pods if "decode" in pod["metadata"]["name"])
    assert worker["spec"]["containers"][0]["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    namespace.serves("agg", model)

    namespace.kubectl("delete", "dynamographdeployment", "agg", "--timeout=3m")
    rest = "dynamocomponentdeployments,deployments,replicasets,pods,services,roles"
    namespace.wait_for(rest, lambda found: not found["items"])


FAILURES = {
    "crash": {"command": ["sh", "-c", "exit 3"], "args": []},
    "image": {"image": "nvcr.example/nvidia/ai-dynamo/vllm-runtime:9.9.9"},
    "gpus": {"resources": {"limits": {"nvidia.com/gpu": str(GPUS + 1)}}},
}
"""What is wrong with a worker's container; all at once, as each takes its time."""


@in_the_cluster
def test_workers_that_do_not_come_up_are_told_as_in_the_facts(
    namespace: Any, manifest: Object, facts: Object
) -> None:
    worker = manifest["spec"]["components"][1]
    container = worker["podTemplate"]["spec"]["containers"][0]
    for name, fault in FAILURES.items():
        template = {"spec": {"containers": [{**container, **fault}]}}
        components = [{**worker, "podTemplate": template}]
        namespace.apply({**manifest, "metadata": {"name": name}, "spec": {"components": components}})
    for name, known in facts["failures"].items():
        chosen = f"nvidia.com/dynamo-graph-deployment-name={name}"
        phase, *reasons = known["pod"]
        pod = namespace.wait_for(
            ("pods", "-l", chosen), lambda found, wanted=set(reasons): told(found) & wanted, 120
        )["items"][0]
        assert pod["status"]["phase"] == phase
        # A Pod may fail before the operator has counted it.
        (component,) = namespace.wait_for(
            ("dynamocomponentdeployments", "-l", chosen), lambda found: all(map(counted, found["items"]))
        )["items"]
        assert said(component) == facts["conditions"]["component"]["not ready"]
        graph = namespace.wait_for(
            f"dynamographdeployment/{name}", lambda found: bool(found.get("status", {}).get("components"))
        )
        assert (graph["status"]["state"], said(graph)) == ("pending", facts["conditions"]["graph"]["pending"])
        assert graph["status"]["components"]["decode"]["readyReplicas"] == 0
        assert graph["status"]["conditions"][0]["message"].count(component["metadata"]["name"]) == 1
        about = ("events", "--field-selector", f"type=Warning,involvedObject.name={pod['metadata']['name']}")
        namespace.wait_for(about, lambda found, known=known: set(known["events"]) <= reasons_of(found))
    warnings = namespace.get(("events", "--field-selector", "type=Warning"))["items"]
    # Kubernetes may warn of a Service, too: on a busy machine its controllers get in each other's way.
    about = {event["involvedObject"]["kind"] for event in warnings}
    assert {"Pod"} <= about <= {"Pod", "Service", "Endpoints", "EndpointSlice"}, "none is about Dynamo's"
    assert not {event.get("reportingComponent") for event in warnings} & REPORTERS, "none is the operator's"


REPORTERS = {GRAPH_REPORTER, COMPONENT_REPORTER, ADAPTER_REPORTER, MODEL_REPORTER, REQUEST_REPORTER}


def counted(component: Object) -> bool:
    """Whether the operator has counted a component's Pods: its first status, as it takes it up, has none."""
    return "component" in component.get("status", {})


def told(pods: Object) -> set[str]:
    """The reasons that the first Pod's status gives: what its container waits for, why it is not scheduled."""
    found = set()
    for pod in pods["items"][:1]:
        containers = pod["status"].get("containerStatuses", [])
        found |= {item["state"].get("waiting", {}).get("reason", "") for item in containers}
        found |= {item.get("reason", "") for item in pod["status"].get("conditions", [])}
    return found


def said(item: Object) -> list[str]:
    """TYPE STATUS REASON of each condition."""
    return [f"{entry['type']} {entry['status']} {entry['reason']}" for entry in item["status"]["conditions"]]


def reasons_of(events: Object) -> set[str]:
    return {event["reason"] for event in events["items"]}


@in_the_cluster
def test_a_typo_is_refused(namespace: Any, manifest: Object) -> None:
    manifest["spec"]["components"][0]["replica"] = 1
    with pytest.raises(EnvironmentFault, match=r'unknown field "spec\.components\[0\]\.replica"'):
        namespace.apply(manifest)


@in_the_cluster
def test_the_webhook_meets_an_object_before_the_schema_does(namespace: Any, manifest: Object) -> None:
    """Wrong types are its to refuse, in v1alpha1 the conversion's; what is left out, it fills in."""
    parts = manifest["spec"]["components"]
    parts[0]["replicas"] = "two"
    wanted = (
        r'"mdynamographdeployment\.kb\.io" denied the request: .*cannot unmarshal string .*components\.replicas'
    )
    with pytest.raises(EnvironmentFault, match=wanted):
        namespace.apply(manifest)
    alpha = {"services": {"Frontend": {"componentType": "frontend", "replicas": "two"}}}
    with pytest.raises(
        EnvironmentFault, match=r"conversion webhook .*cannot unmarshal string .*Frontend\.replicas"
    ):
        namespace.apply({**manifest, "apiVersion": kinds.ALPHA_API, "spec": alpha})
    del parts[0]["replicas"]
    parts[0].pop("name")
    with pytest.raises(EnvironmentFault, match=r'components\[0\]\.name: Invalid value: ""'):
        namespace.apply(manifest)
    parts[0]["name"] = "Frontend"
    said_back = namespace.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", stdin=manifest)
    made = json.loads(said_back)
    assert made["spec"]["components"][0]["replicas"] == 1
    assert made["metadata"]["annotations"][names.ORIGIN_VERSION] == releases.operator().number


@in_the_cluster
def test_what_no_schema_forbids_is_refused_at_admission(namespace: Any, manifest: Object) -> None:
    container = manifest["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
    image, container["image"] = container["image"], "registry.invalid/x:latest"
    wanted = r'"agg" is invalid: spec\.components\[1\]\.runtimeVersionOverride: Required value: .*x:latest'
    with pytest.raises(EnvironmentFault, match=wanted):
        namespace.apply(manifest)
    assert namespace.get("dynamographdeployments")["items"] == []
    container["image"] = image
    namespace.apply(manifest)
    manifest["spec"]["components"][1]["name"] = "other"
    with pytest.raises(EnvironmentFault, match=r"is invalid: spec\.components: Forbidden: .*added: other"):
        namespace.apply(manifest)


@pytest.mark.alone
@in_the_cluster
def test_a_restarted_operator_keeps_its_certificate(platform: Cluster, namespace: Any, manifest: Object) -> None:
    def bundles() -> set[str]:
        what = ("get", "validatingwebhookconfiguration", installation.VALIDATING_WEBHOOK, "-o", "json")
        hooks = json.loads(platform.run_kubectl(*what))["webhooks"]
        return {hook["clientConfig"]["caBundle"] for hook in hooks}

    before = bundles()
    platform.run_kubectl(
        "-n", installation.NAMESPACE, "rollout", "restart", f"deployment/{installation.DEPLOYMENT}"
    )
    platform.run_kubectl(
        "-n", installation.NAMESPACE, "rollout", "status", f"deployment/{installation.DEPLOYMENT}", "--timeout=3m"
    )
    wait_for_webhook(platform)
    assert bundles() == before
    assert len(before) == 1
    assert namespace.apply(manifest) == "dynamographdeployment.nvidia.com/agg created"


@in_the_cluster
def test_multinode_is_accepted_and_reported(namespace: Any, manifest: Object) -> None:
    manifest["spec"]["components"][1]["multinode"] = {"nodeCount": 2}
    namespace.apply(manifest)
    graph = namespace.wait_for("dynamographdeployment/agg", lambda found: bool(ready_condition(found)))
    assert ready_condition(graph)["reason"] == "no_multinode_orchestrator_available"
    assert graph["status"]["state"] == "failed"
    assert namespace.get("dynamocomponentdeployments,deployments,pods")["items"] == []


@in_the_cluster
def test_changed_workers_replace_the_old_ones_without_a_gap(namespace: Any, manifest: Object) -> None:
    manifest["spec"]["components"][1]["replicas"] = 2
    namespace.apply(manifest)
    namespace.kubectl("wait", "--for=condition=Ready", "dynamographdeployment/agg", "--timeout=3m")
    (old,) = generations(namespace)
    container = manifest["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
    container["args"] = ["--model-path", "Qwen/Qwen3-0.6B", "--max-num-seqs", "8"]
    namespace.apply(manifest)
    namespace.kubectl("wait", "--for=condition=Ready", "dynamographdeployment/agg", "--timeout=4m")
    graph = namespace.get("dynamographdeployment/agg")
    new = graph["metadata"]["annotations"]["nvidia.com/current-worker-hash-v2"]
    assert graph["status"]["rollingUpdate"]["phase"] == "Completed", "the wait ended half way"
    assert new != old
    assert generations(namespace) == {new}


def generations(namespace: Any) -> set[str]:
    """The generations of workers that there are; a Deployment may outlive its component for a moment."""
    found = (item["metadata"]["labels"] for item in namespace.get("dynamocomponentdeployments")["items"])
    return {labels[names.WORKER_HASH] for labels in found if names.WORKER_HASH in labels}


@pytest.mark.alone
@in_the_cluster
def test_installing_again_changes_nothing(platform: Cluster) -> None:
    from mock_platform.images import ensure_images  # noqa: PLC0415  Only where there is Docker.

    # Without those of a chart, and one that is still going because a test restarted the operator.
    own = ("-n", installation.NAMESPACE, "get", "pods", "-l", "dynamo-docs/mock", "-o", "json")

    def pods() -> list[str]:
        found = [item["metadata"] for item in json.loads(platform.run_kubectl(*own))["items"]]
        return sorted(item["name"] for item in found if "deletionTimestamp" not in item)

    progress = Progress()
    images = ensure_images(progress)
    install(platform, images, progress)
    before = pods()
    assert before
    install(platform, images, progress)
    assert pods() == before
    assert progress.stages[-1].note == "unchanged", "nothing is applied"
    definition = ("crd", f"dynamographdeployments.{kinds.GROUP}")
    change = [{"op": "replace", "path": "/spec/names/shortNames", "value": ["changed"]}]
    platform.run_kubectl("patch", *definition, "--type=json", "-p", json.dumps(change))
    install(platform, images, progress)
    assert progress.stages[-1].note == "", "what was changed is installed again"
    assert "dgd" in platform.run_kubectl("get", *definition, "-o", "jsonpath={.spec.names.shortNames}")
    assert pods() == before
    deployment = platform.run_kubectl(
        "-n", installation.NAMESPACE, "get", "deployment", installation.DEPLOYMENT, "-o", "json"
    )
    assert json.loads(deployment)["metadata"]["annotations"]["dynamo-docs/mock"]
