"""The file of facts against the cluster that it tells of: the graph mocker-agg, there called agg."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from groundwork.base.paths import root

FILE = root().parent / "shared" / "upstream" / "observed" / "dgd-v1beta1-and-v1alpha1" / "dgd-objects.yaml"
GRAPH = "mocker-agg"
EXPLAINED = {
    # That operator was run by hand with both configured; the facts tell of the chart's default install.
    "env.NATS_SERVER",
    "env.PROMETHEUS_ENDPOINT",
    # Of release 1.5.0, which came after the observed state, and of the runtime's version in this file.
    "agg-decode-HASH.env.DYN_HEALTH_CHECK_ENABLED",
    "agg-decode-HASH.probes.livenessProbe",
}
Object = dict[str, Any]

pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not FILE.is_file(), reason="no ../shared/upstream/observed beside the project"),
]


@pytest.fixture(scope="module")
def observed() -> dict[tuple[str, str], Object]:
    """The graph's objects by kind and name, its name and its hash written as in the file of facts."""
    items = [
        item for document in yaml.safe_load_all(FILE.read_text()) for item in document.get("items", [document])
    ]
    graph = next(item for item in items if item["metadata"]["name"] == GRAPH)
    generation = graph["metadata"]["annotations"]["nvidia.com/current-worker-hash-v2"]
    mine = [item for item in items if item["metadata"]["name"].startswith((GRAPH, "planner"))]
    text = json.dumps(mine).replace(GRAPH, "agg").replace(generation, "HASH")
    return {(item["kind"], item["metadata"]["name"]): item for item in json.loads(text)}


def probe(item: Object) -> str:
    delay = f"after {item['initialDelaySeconds']} s, " if item.get("initialDelaySeconds") else ""
    return (
        f"{item['httpGet']['path']} on {item['httpGet']['port']}, {delay}every {item['periodSeconds']} s, "
        f"within {item['timeoutSeconds']} s, {item['failureThreshold']} times"
    )


def component(deployment: Object, service: Object) -> Object:
    """What the facts tell of a component, of observed objects."""
    template = deployment["spec"]["template"]
    container = template["spec"]["containers"][0]
    return {
        "labels": deployment["metadata"]["labels"],
        "pod_labels": template["metadata"]["labels"],
        "command": container["command"],
        "args": container["args"],
        "env": {
            item["name"]: item.get("value") or item["valueFrom"]["fieldRef"]["fieldPath"]
            for item in container["env"]
        },
        "ports": {item["name"]: item["containerPort"] for item in container["ports"]},
        "probes": {key: probe(value) for key, value in container.items() if key.endswith("Probe")},
        "service": " ".join(str(service["spec"]["ports"][0][key]) for key in ("name", "port")),
    }


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    return {key: item for name, part in value.items() for key, item in leaves(part, f"{path}.{name}").items()}


def conditions(item: Object) -> list[str]:
    return [f"{entry['type']} {entry['status']} {entry['reason']}" for entry in item["status"]["conditions"]]


def test_the_file_of_facts_says_what_was_observed(
    facts: Object, observed: dict[tuple[str, str], Object], capsys: pytest.CaptureFixture[str]
) -> None:
    graph = observed["DynamoGraphDeployment", "agg"]
    pod = observed["Deployment", "agg-decode-HASH"]["spec"]["template"]["spec"]
    seen = {
        "objects": sorted(f"{kind}/{name}" for kind, name in observed if (kind, name) != (graph["kind"], "agg")),
        "finalizer": graph["metadata"]["finalizers"][0],
        "annotations": sorted(set(graph["metadata"]["annotations"]) & set(facts["annotations"])),
        "pod": {key: pod[key] for key in facts["pod"]},
        "pending": conditions(graph),
        "not ready": conditions(observed["DynamoComponentDeployment", "agg-frontend"]),
        "role": [
            f"{rule['apiGroups'][0]}/{','.join(rule['resources'])}: {' '.join(rule['verbs'])}".removeprefix("/")
            for rule in observed["Role", "agg-k8s-service-discovery-role"]["rules"]
        ],
        **{
            name: component(observed["Deployment", name], observed["Service", name])
            for name in facts["components"]
        },
    }
    told = {
        **{key: facts[key] for key in ("finalizer", "pod", "role")},
        "objects": sorted(facts["objects"]),
        "annotations": sorted(facts["annotations"]),
        "pending": facts["conditions"]["graph"]["pending"],
        "not ready": facts["conditions"]["component"]["not ready"],
        **{
            name: {key: value for key, value in item.items() if key != "runtime_namespace"}
            for name, item in facts["components"].items()
        },
    }
    left, right = leaves(seen), leaves(told)
    paths = left.keys() | right.keys()
    different = {path for path in paths if left.get(path) != right.get(path)}
    with capsys.disabled():
        print(f"\n{len(paths) - len(different)} of {len(paths)} facts of a graph are as observed")
    unexplained = [path for path in different if not path.endswith(tuple(EXPLAINED))]
    assert {path: (left.get(path), right.get(path)) for path in unexplained} == {}
    assert len(different) == 6, "two settings in each of two components, and two facts of the worker"
    older = leaves(facts["older_runtime"], ".agg-decode-HASH")
    assert older == {path: left[path] for path in older}, "workers of older runtimes are as observed"
