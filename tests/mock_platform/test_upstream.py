"""Our objects and statuses against those observed on the real operator, field by field."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynamo_api.facts import kinds, names
from groundwork.base.paths import root
from mock_platform.operator.components.status import component_status
from mock_platform.operator.components.workload import deployment, service
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.graphs.rollout import Rollout
from mock_platform.operator.graphs.spec import component_deployments, worker_hash
from mock_platform.operator.graphs.status import graph_status
from mock_platform.operator.kube import rbac
from mock_platform.operator.kube.sync import stamped

OBSERVED = root().parent / "shared" / "upstream" / "observed"
DIFFERENCES = yaml.safe_load((Path(__file__).parent / "facts" / "differences.yaml").read_text(encoding="utf-8"))

# No two clusters have these in common.
OF_THE_CLUSTER = {
    "clusterIP", "clusterIPs", "creationTimestamp", "generation", "internalTrafficPolicy", "ipFamilies",
    "ipFamilyPolicy", "lastTransitionTime", "managedFields", "resourceVersion", "uid",
}  # fmt: skip

CHART = OperatorConfig("1.5.0")
BARE = OperatorConfig(
    "1.5.0",
    nats_server="nats://dynamo-platform-nats.dynamo-system.svc.cluster.local:4222",
    prometheus_endpoint="http://prometheus-kube-prometheus-prometheus.monitoring.svc.cluster.local:9090",
    planner_cluster_role="planner-role",
)
"""How the operator was configured when it was run by hand, without its chart."""

CASES = {
    "two graphs, no kubelet": ("dgd-v1beta1-and-v1alpha1", ["dgd-objects.yaml"], BARE),
    "aggregated, eight workers": ("dgdr-rapid-v1beta1", ["dgd.yaml", "dcd.yaml", "objects.yaml"], CHART),
    "disaggregated, planner": ("dgdr-planner-v1beta1", ["dgd.yaml", "objects.yaml"], CHART),
    "from v1alpha1": ("dgd-v1alpha1-live", ["dgd-as-v1beta1.yaml", "objects.yaml"], CHART),
}
"""Folder, files and settings of the operator."""

pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not OBSERVED.is_dir(), reason="no ../shared/upstream/observed beside the project"),
]


def leaves(value: Any, path: str) -> dict[str, Any]:
    """Every scalar, and every empty object, by path; items of lists by their name where they have one."""
    if isinstance(value, dict) and value:
        parts = [(f"{path}.{key}", item) for key, item in value.items() if key not in OF_THE_CLUSTER]
    elif isinstance(value, list) and value:
        keys = [(item.get("name") or item.get("type")) if isinstance(item, dict) else None for item in value]
        parts = [(f"{path}[{keys[index] or index}]", item) for index, item in enumerate(value)]
    else:
        return {path: value}
    return {key: item for part, child in parts for key, item in leaves(child, part).items()}


def load(folder: str, files: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for file in files:
        for document in yaml.safe_load_all((OBSERVED / folder / file).read_text(encoding="utf-8")):
            for item in document.get("items", [document]):
                found[item["kind"], item["metadata"]["name"]] = item
    return found


def generated(graph: dict[str, Any], config: OperatorConfig) -> list[dict[str, Any]]:
    """What we make of a graph, with the generation's hash that was observed."""
    parts = component_deployments(graph, config, graph["metadata"]["annotations"][names.CURRENT_WORKER_HASH])
    owned = [*parts, *rbac.service_discovery(graph)]
    for part in parts:
        owned += [deployment(part, config), service(part)]
    return [*map(stamped, owned), *rbac.planner(graph["metadata"]["namespace"], config.planner_cluster_role)]


def statuses(
    graph: dict[str, Any], observed: dict[tuple[str, str], dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(observed, ours) for the graph and its components: ours computed from the observed objects below them."""
    reference = graph["metadata"]["name"]
    parts = [
        item
        for (kind, _), item in observed.items()
        if kind == kinds.COMPONENT and item["metadata"]["labels"][names.GRAPH_NAME] == reference
    ]
    found = []
    for part in parts:
        below = observed["Deployment", part["metadata"]["name"]]
        # The observed Deployment and component were read at slightly different moments.
        if (part["status"]["component"]["readyReplicas"] or 0) == (below["status"].get("readyReplicas") or 0):
            bare = {**part, "status": {}}
            found.append((part["status"], component_status(bare, below, "2026-01-01T00:00:00Z")))
    if len(parts) == len(graph["spec"]["components"]):
        generation = graph["metadata"]["annotations"][names.CURRENT_WORKER_HASH]
        settled = Rollout(generation, complete=True)
        ours = graph_status({**graph, "status": {}}, parts, [], settled, "2026-01-01T00:00:00Z")
        found.append((graph["status"], ours))
    return found


def compared() -> tuple[int, dict[tuple[str, str, str], tuple[Any, Any]]]:
    """How many leaves were compared, and those that differ: observed and ours by case, object and path."""
    total = 0
    different: dict[tuple[str, str, str], tuple[Any, Any]] = {}
    for case, (folder, files, config) in CASES.items():
        observed = load(folder, files)
        for graph in [item for (kind, _), item in observed.items() if kind == kinds.GRAPH]:
            pairs = []
            for ours in generated(graph, config):
                theirs = observed.get((ours["kind"], ours["metadata"]["name"]))
                if theirs is not None:
                    name = ours["metadata"]["name"]
                    pairs.append(
                        (name, ours["kind"], {key: theirs[key] for key in theirs if key != "status"}, ours)
                    )
            pairs += [
                (f"status {index}", "Status.status", theirs, ours)
                for index, (theirs, ours) in enumerate(statuses(graph, observed))
            ]
            for name, kind, theirs, ours in pairs:
                left, right = leaves(theirs, kind), leaves(ours, kind)
                paths = left.keys() | right.keys()
                total += len(paths)
                different |= {
                    (case, name, path): (left.get(path), right.get(path))
                    for path in paths
                    if left.get(path, "absent") != right.get(path, "absent")
                }
    return total, different


def test_every_difference_from_the_observed_objects_is_explained(
    capsys: pytest.CaptureFixture[str], record_testsuite_property: Any
) -> None:
    total, different = compared()
    rows = {row["path"]: kind for kind in DIFFERENCES for row in DIFFERENCES[kind]}
    used: dict[str, int] = dict.fromkeys(rows, 0)
    unexplained = {}
    filled_in = 0
    for where, values in different.items():
        row = next((row for row in rows if fnmatch.fnmatchcase(where[-1], row)), None)
        if row is None:
            unexplained[where] = values
            continue
        used[row] += 1
        filled_in += rows[row] == "server"
    ours = total - filled_in
    figure = f"{ours - (len(different) - filled_in)} of {ours}"
    record_testsuite_property("observed fields of a DynamoGraphDeployment equal", figure)
    with capsys.disabled():
        print(f"\n{figure} observed fields equal; {filled_in} more are filled in by the API server")
    assert not unexplained
    assert [row for row, count in used.items() if not count] == [], "rows that explain nothing any more"


def test_the_comparison_covers_every_kind_that_the_operator_makes() -> None:
    kinds = {
        kind
        for folder, files, _ in CASES.values()
        for kind, name in load(folder, files)
        if name.startswith(("mocker-agg", "alpha-agg", "my-model-dgd", "scaled-dgd", "vllm-agg"))
    }
    assert kinds - {"DynamoGraphDeploymentScalingAdapter"} == {
        "DynamoGraphDeployment", "DynamoComponentDeployment", "Deployment", "Service", "ServiceAccount", "Role",
        "RoleBinding",
    }  # fmt: skip


def test_what_was_observed_as_two_generations_hashes_differently() -> None:
    hashes = set()
    graphs = 0
    for folder, files, config in CASES.values():
        for (kind, _), item in load(folder, files).items():
            if kind == kinds.GRAPH:
                graphs += 1
                hashes.add(worker_hash(item, config))
    assert len(hashes) == graphs
    assert all(len(value) == 8 and int(value, 16) >= 0 for value in hashes)


def test_event_reasons_and_reporters_are_the_observed_ones() -> None:
    facts = yaml.safe_load((Path(__file__).parent / "facts" / "dgd.yaml").read_text(encoding="utf-8"))
    seen = {
        (item["reportingComponent"], item["action"], item["reason"], item["involvedObject"]["kind"], item["type"])
        for item in yaml.safe_load((OBSERVED / "events.yaml").read_text(encoding="utf-8"))["items"]
        if item["reportingComponent"] in ("dynamographdeployment", "dynamocomponentdeployment")
    }
    assert {tuple(row.split()) for row in facts["events"]} == seen
