"""The stand-in against the file of facts: every identifier, variable, port, probe, condition and event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynamo_api.facts import kinds
from groundwork.kube.errors import ApiError
from mock_platform.operator.components.workload import deployment, runtime_namespace, service
from mock_platform.operator.config import RUNTIME, OperatorConfig, from_environment
from mock_platform.operator.graphs.spec import component_deployments, worker_hash
from mock_platform.operator.kube import rbac

CONFIG = OperatorConfig("1.5.0")
Object = dict[str, Any]


@pytest.fixture
def generation(facts: Object) -> str:
    return worker_hash(facts["graph"], CONFIG)


@pytest.fixture
def parts(facts: Object, generation: str) -> dict[str, Object]:
    """The components by name, the hash written HASH."""
    found = component_deployments(facts["graph"], CONFIG, generation)
    return {item["metadata"]["name"].replace(generation, "HASH"): item for item in found}


def plain(value: Any, generation: str) -> Any:
    return json.loads(json.dumps(value).replace(generation, "HASH"))


def probe_in_words(probe: Object) -> str:
    delay = f"after {probe['initialDelaySeconds']} s, " if "initialDelaySeconds" in probe else ""
    return (
        f"{probe['httpGet']['path']} on {probe['httpGet']['port']}, {delay}every {probe['periodSeconds']} s, "
        f"within {probe['timeoutSeconds']} s, {probe['failureThreshold']} times"
    )


def test_components_are_named_after_graph_component_and_generation(
    facts: Object, parts: dict[str, Object]
) -> None:
    assert parts.keys() == facts["components"].keys()
    assert all(item["metadata"]["finalizers"] == [facts["finalizer"]] for item in parts.values())


@pytest.mark.parametrize("name", ["agg-frontend", "agg-decode-HASH"])
def test_deployment(facts: Object, parts: dict[str, Object], generation: str, name: str) -> None:
    expected = facts["components"][name]
    made = plain(deployment(parts[name], CONFIG), generation)
    container = made["spec"]["template"]["spec"]["containers"][0]
    assert made["metadata"]["labels"] == expected["labels"]
    assert made["spec"]["selector"] == {"matchLabels": {"nvidia.com/selector": name}}
    assert made["spec"]["template"]["metadata"] == {"labels": expected["pod_labels"]}
    assert container["command"] == expected["command"]
    assert container["args"] == expected["args"]
    env = {
        item["name"]: item.get("value") or item["valueFrom"]["fieldRef"]["fieldPath"] for item in container["env"]
    }
    assert env == expected["env"]
    assert [item["name"] for item in container["env"]] == sorted(env), "the operator sorts variables by name"
    assert {item["name"]: item["containerPort"] for item in container["ports"]} == expected["ports"]
    probes = {key: probe_in_words(item) for key, item in container.items() if key.endswith("Probe")}
    assert probes == expected["probes"]
    pod = made["spec"]["template"]["spec"]
    assert {key: pod[key] for key in facts["pod"]} == facts["pod"]


@pytest.mark.parametrize(
    ("image", "override", "as_in"),
    [
        ("x:1.4.2", None, "older_runtime"),
        ("x:custom", None, "older_runtime"),
        ("x:1.5.1", "1.4.2", "older_runtime"),
        ("x:1.5.0-rc1", None, "components"),
        ("x:custom", "1.5.0", "components"),
        ("x:1.6.1", None, "components"),
    ],
)
def test_the_runtime_s_version_decides_how_a_worker_is_watched(
    facts: Object, image: str, override: str | None, as_in: str
) -> None:
    worker = facts["graph"]["spec"]["components"][1]
    worker["podTemplate"]["spec"]["containers"][0]["image"] = image
    if override:
        worker["runtimeVersionOverride"] = override
    made = component_deployments(facts["graph"], CONFIG, "0" * 8)[1]
    container = deployment(made, CONFIG)["spec"]["template"]["spec"]["containers"][0]
    expected = facts[as_in].get("agg-decode-HASH", facts[as_in])
    env = {item["name"]: item.get("value") for item in container["env"]}
    assert env["DYN_HEALTH_CHECK_ENABLED"] == expected["env"]["DYN_HEALTH_CHECK_ENABLED"]
    assert probe_in_words(container["livenessProbe"]) == expected["probes"]["livenessProbe"]


@pytest.mark.parametrize(
    ("held", "override", "as_in"),
    [
        ("1.4.2", None, "older_runtime"),
        ("1.4.2", "1.5.1", "components"),
        ("1.6.1", None, "components"),
        ("", None, "components"),
    ],
)
def test_a_runtime_that_a_run_put_behind_the_tags_counts_in_their_place(
    facts: Object, held: str, override: str | None, as_in: str
) -> None:
    worker = facts["graph"]["spec"]["components"][1]
    worker["podTemplate"]["spec"]["containers"][0]["image"] = "x:1.5.1"
    if override:
        worker["runtimeVersionOverride"] = override
    config = from_environment({"OPERATOR_VERSION": "1.5.1", RUNTIME: held})
    made = component_deployments(facts["graph"], config, "0" * 8)[1]
    container = deployment(made, config)["spec"]["template"]["spec"]["containers"][0]
    expected = facts[as_in].get("agg-decode-HASH", facts[as_in])
    env = {item["name"]: item.get("value") for item in container["env"]}
    assert env["DYN_HEALTH_CHECK_ENABLED"] == expected["env"]["DYN_HEALTH_CHECK_ENABLED"]


@pytest.mark.parametrize(
    ("before", "after", "generations"),
    [
        (("x:custom", "1.5.0"), ("x:custom", "1.5.1"), 2),
        (("x:custom", "1.4.2"), ("x:custom", "1.5.0"), 2),
        (("x:custom", "1.4.0"), ("x:custom", "1.4.2"), 1),
        (("x:1.5.1", None), ("x:1.5.1", "1.5.1"), 1),
    ],
)
def test_another_runtime_from_1_5_0_on_is_another_generation(
    facts: Object, before: tuple[str, str | None], after: tuple[str, str | None], generations: int
) -> None:
    worker, found = facts["graph"]["spec"]["components"][1], set()
    for image, override in (before, after):
        worker["podTemplate"]["spec"]["containers"][0]["image"] = image
        worker["runtimeVersionOverride"] = override
        found.add(worker_hash(facts["graph"], CONFIG))
    assert len(found) == generations


@pytest.mark.parametrize("name", ["agg-frontend", "agg-decode-HASH"])
def test_service_leads_to_the_component_of_every_generation(
    facts: Object, parts: dict[str, Object], generation: str, name: str
) -> None:
    made = plain(service(parts[name]), generation)
    (port,) = made["spec"]["ports"]
    assert f"{port['name']} {port['port']}" == facts["components"][name]["service"]
    assert port["targetPort"] == port["name"]
    pod_labels = facts["components"][name]["pod_labels"].items()
    assert made["spec"]["selector"].items() <= pod_labels
    assert "HASH" not in json.dumps(made["spec"]["selector"])


def test_gpus_reach_the_pod(parts: dict[str, Object]) -> None:
    pod = deployment(parts["agg-decode-HASH"], CONFIG)["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"] == {"limits": {"nvidia.com/gpu": "1"}}


def test_runtime_namespace(facts: Object, parts: dict[str, Object], generation: str) -> None:
    for name, item in parts.items():
        assert (
            runtime_namespace(item).replace(generation, "HASH") == facts["components"][name]["runtime_namespace"]
        )


def test_role_of_the_pods(facts: Object) -> None:
    role = next(item for item in rbac.service_discovery(facts["graph"]) if item["kind"] == "Role")
    rules = [
        f"{rule['apiGroups'][0]}/{','.join(rule['resources'])}: {' '.join(rule['verbs'])}".removeprefix("/")
        for rule in role["rules"]
    ]
    assert rules == facts["role"]


def test_nats_and_prometheus_reach_pods_only_where_configured(facts: Object, generation: str) -> None:
    config = OperatorConfig("1.5.0", nats_server="nats://n:4222", prometheus_endpoint="http://p:9090")
    for item in component_deployments(facts["graph"], config, generation):
        env = deployment(item, config)["spec"]["template"]["spec"]["containers"][0]["env"]
        values = {entry["name"]: entry.get("value") for entry in env}
        assert values["NATS_SERVER"] == "nats://n:4222"
        assert values["PROMETHEUS_ENDPOINT"] == "http://p:9090"


def conditions(item: Object) -> list[str]:
    return [f"{entry['type']} {entry['status']} {entry['reason']}" for entry in item["status"]["conditions"]]


def test_a_graph_without_an_orchestrator_as_the_facts_tell_it(facts: Object, api: Any, operator: Any) -> None:
    facts["graph"]["spec"]["components"][1]["multinode"] = {"nodeCount": 2}
    graph = api.create(facts["graph"])
    operator.settle()
    failed = api.named(kinds.GRAPH, "agg")
    made = {f"{key[0].kind}/{key[2]}" for key in api.objects if key[0].kind != kinds.GRAPH}
    assert made == set(facts["without_orchestrator"])
    assert set(facts["annotations"]) <= failed["metadata"]["annotations"].keys()
    assert failed["metadata"]["finalizers"] == [facts["finalizer"]]
    assert (failed["status"]["state"], conditions(failed)) == (
        "failed",
        facts["conditions"]["graph"]["no orchestrator"],
    )
    (ready,) = failed["status"]["conditions"]
    assert ready["observedGeneration"] == graph["metadata"]["generation"]
    assert "observedGeneration" not in failed["status"], "the status has not caught up"
    assert {event["reportingController"] for event in api.events} == {"dynamographdeployment"}


@pytest.mark.usefixtures("graph")
def test_life_of_a_graph_as_the_facts_tell_it(facts: Object, api: Any, operator: Any) -> None:
    operator.settle()
    waiting = api.named(kinds.GRAPH, "agg")
    generation = waiting["metadata"]["annotations"]["nvidia.com/current-worker-hash-v2"]
    made = {
        f"{key[0].kind}/{key[2]}".replace(generation, "HASH") for key in api.objects if key[0].kind != kinds.GRAPH
    }
    assert made == set(facts["objects"])
    assert set(facts["annotations"]) <= waiting["metadata"]["annotations"].keys()
    assert waiting["metadata"]["finalizers"] == [facts["finalizer"]]
    assert (waiting["status"]["state"], conditions(waiting)) == (
        "pending",
        facts["conditions"]["graph"]["pending"],
    )
    assert conditions(api.named(kinds.COMPONENT, "agg-decode")) == facts["conditions"]["component"]["not ready"]

    api.run_pods()
    operator.settle()
    ready = api.named(kinds.GRAPH, "agg")
    assert (ready["status"]["state"], conditions(ready)) == (
        "successful",
        facts["conditions"]["graph"]["successful"],
    )
    assert conditions(api.named(kinds.COMPONENT, "agg-decode")) == facts["conditions"]["component"]["ready"]
    assert ready["status"]["components"]["decode"] == {
        "availableReplicas": 2,
        "componentKind": "Deployment",
        "componentNames": [f"agg-decode-{generation}"],
        "readyReplicas": 2,
        "replicas": 2,
        "runtimeNamespace": f"demo-agg-{generation}",
        "updatedReplicas": 2,
    }
    told = {
        " ".join(
            [
                event["reportingController"],
                event["action"],
                event["reason"],
                event["regarding"]["kind"],
                event["type"],
            ]
        )
        for event in api.events
    }
    assert told == set(facts["events"])
    assert {event["reportingInstance"] for event in api.events} == {
        "dynamographdeployment-test",
        "dynamocomponentdeployment-test",
    }


@pytest.mark.parametrize("length", [3, 38, 41, 46, 63])
def test_the_labels_of_a_long_graph_s_identities_are_cut_to_what_a_label_may_be(
    facts: Object, length: int
) -> None:
    facts["graph"]["metadata"]["name"] = name = "a-" + "b" * (length - 2)
    for item in rbac.service_discovery(facts["graph"]):
        (label,) = [value for key, value in item["metadata"]["labels"].items() if key == "app.kubernetes.io/name"]
        assert label == f"{name}-k8s-service-discovery"[:63].rstrip("-")
        assert len(item["metadata"]["name"]) > length, "a name may be longer"


def test_a_service_has_dashes_where_its_graph_has_dots(facts: Object, generation: str) -> None:
    facts["graph"]["metadata"]["name"] = "a.b"
    for part in component_deployments(facts["graph"], CONFIG, generation):
        made = service(part)
        assert part["metadata"]["name"].startswith("a.b-")
        assert made["metadata"]["name"] == part["metadata"]["name"].replace("a.b-", "a-b-")
        assert deployment(part, CONFIG)["metadata"]["name"] == part["metadata"]["name"]


def test_the_first_status_counts_nothing_yet(facts: Object, api: Any, operator: Any) -> None:
    api.create(facts["graph"])
    operator.settle()
    for kind, name, row in ((kinds.GRAPH, "agg", "graph"), (kinds.COMPONENT, "agg-frontend", "component")):
        full = [item for item in api.of_kind(kind) if item["metadata"]["name"].startswith(name)]
        first = next(item for item in api.versions(kind, full[0]["metadata"]["name"]) if item.get("status"))
        assert sorted(first["status"]) == facts["first_status"][row]
    assert conditions(first) == facts["conditions"]["component"]["taken up"]


def test_labels_that_a_user_gives_are_on_all_that_runs(facts: Object, api: Any, operator: Any) -> None:
    facts["graph"]["spec"]["labels"] = {"of": "graph"}
    facts["graph"]["spec"]["components"][0]["podTemplate"]["metadata"] = {"labels": {"of": "template", "two": "2"}}
    api.create(facts["graph"])
    operator.settle()
    frontend = api.named("Deployment", "agg-frontend")
    seen = {kind: api.named(kind, "agg-frontend") for kind in (kinds.COMPONENT, "Service")}
    seen |= {"Deployment": frontend, "Pod": frontend["spec"]["template"]}
    given = {"of": "template", "two": "2"}.items()
    found = {kind: given <= item["metadata"]["labels"].items() for kind, item in seen.items()}
    assert found == facts["given_labels"]
    decode = api.named("Deployment", "agg-decode")
    assert decode["metadata"]["labels"]["of"] == "graph"


def test_a_component_made_by_hand_is_labelled_by_itself(facts: Object, api: Any, operator: Any) -> None:
    spec = facts["graph"]["spec"]["components"][0] | {"name": facts["by_hand"]["name"]}
    metadata = {"name": facts["by_hand"]["name"], "namespace": "demo"}
    api.create({"apiVersion": kinds.BETA_API, "kind": kinds.COMPONENT, "metadata": metadata, "spec": spec})
    operator.settle()
    made = api.named("Deployment", "hand")
    for item in (made, made["spec"]["template"], api.named("Service", "hand")):
        assert facts["by_hand"]["labels"].items() <= item["metadata"]["labels"].items()


def test_a_planner_s_component_names_its_account(facts: Object) -> None:
    facts["graph"]["spec"]["components"][0]["type"] = "planner"
    planner, decode = component_deployments(facts["graph"], CONFIG, "0" * 8)
    assert planner["spec"]["podTemplate"]["spec"]["serviceAccountName"] == facts["planner_account"]
    assert "serviceAccountName" not in decode["spec"]["podTemplate"]["spec"]


def test_an_object_that_is_refused_is_told_of(facts: Object, api: Any, operator: Any) -> None:
    api.create(facts["graph"])
    api.faults["create", "Deployment"] += [ApiError(422, "spec.selector: Invalid value")]
    operator.settle()
    (refused,) = {event["regarding"]["name"] for event in api.events if event["type"] == "Warning"}
    about = [event for event in api.events if event["regarding"]["name"] == refused]
    told = [
        f"{event['reportingController']} {event['action']} {event['reason']} {event['regarding']['kind']} "
        + event["type"]
        for event in about
    ]
    assert [event for event in told if event in facts["refused_events"]][:3] == facts["refused_events"]
