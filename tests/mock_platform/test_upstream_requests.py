"""A request's life, its Job and its graph against those observed on the real operator, field by field."""

from __future__ import annotations

import fnmatch
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.conversion import convert
from dynamo_api.facts import kinds, names
from groundwork.base.paths import root
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.graphs.adapters import adapter_status, scaling_adapter
from mock_platform.operator.kube.rbac import profiling
from mock_platform.operator.kube.sync import stamped
from mock_platform.operator.requests.job import output_labels, profiling_job
from mock_platform.operator.requests.status import ACTIONS, WARNINGS

if TYPE_CHECKING:
    from collections.abc import Callable

Object = dict[str, Any]
OBSERVED = root().parent / "shared" / "upstream" / "observed"
DIFFERENCES = yaml.safe_load(
    (Path(__file__).parent / "facts" / "differences-dgdr.yaml").read_text(encoding="utf-8")
)
OF_THE_CLUSTER = {
    "creationTimestamp", "generation", "lastTransitionTime", "managedFields", "resourceVersion", "uid",
    "kubectl.kubernetes.io/last-applied-configuration", "controller-uid", "batch.kubernetes.io/controller-uid",
}  # fmt: skip
CHART = OperatorConfig("1.5.0")
BARE = OperatorConfig(
    "1.5.0",
    nats_server="nats://dynamo-platform-nats.dynamo-system.svc.cluster.local:4222",
    prometheus_endpoint="http://prometheus-kube-prometheus-prometheus.monitoring.svc.cluster.local:9090",
)
"""How the operator was configured when it was run by hand, without its chart."""
LABELS = {
    "nvidia.com/gpu.count": "8",
    "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
    "nvidia.com/gpu.memory": "81559",
}
DEFAULTS = {"backend": "auto", "searchStrategy": "rapid", "autoApply": True}
"""Of the schema, which the API server in memory does not know."""
ALPHA_DEFAULTS = {"autoApply": False, "enableGpuDiscovery": True, "useMocker": False}

pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not OBSERVED.is_dir(), reason="no ../shared/upstream/observed beside the project"),
]


def leaves(value: Any, path: str) -> dict[str, Any]:
    """Every scalar, and every empty object, by path; JSON in annotations and arguments counts as what it says."""
    if isinstance(value, str) and value[:1] == "{":
        return leaves(json.loads(value), f"{path}~")
    if isinstance(value, dict) and value:
        parts = [(f"{path}.{key}", item) for key, item in value.items() if key not in OF_THE_CLUSTER]
    elif isinstance(value, list) and value:
        keys = [(item.get("name") or item.get("type")) if isinstance(item, dict) else None for item in value]
        parts = [(f"{path}[{keys[index] or index}]", item) for index, item in enumerate(value)]
    else:
        return {path: value}
    return {key: item for part, child in parts for key, item in leaves(child, part).items()}


def load(path: str, kind: str = "", name: str = "") -> Object:
    """One object of a file, or of a List in it."""
    for document in yaml.safe_load_all((OBSERVED / path).read_text(encoding="utf-8")):
        for item in document.get("items", [document]):
            if kind in ("", item["kind"]) and name in ("", item["metadata"]["name"]):
                found: Object = item
                return found
    raise AssertionError(f"no {kind} {name} in {path}")


def manifest(observed: Object) -> Object:
    """What was applied, in the stored version, with the schema's defaults and the webhook's image."""
    applied = json.loads(observed["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])
    defaults = ALPHA_DEFAULTS if applied["apiVersion"] != kinds.BETA_API else {}
    item: Object = convert({**applied, "spec": defaults | applied["spec"]}, kinds.BETA_API)
    kept = {key: item["metadata"].get(key) for key in ("name", "namespace", "annotations")}
    item["metadata"] = {key: value for key, value in kept.items() if value}
    item["spec"] = DEFAULTS | {"image": CHART.profiler_image} | item["spec"]
    return item


def output(folder: str, request: str) -> dict[str, str]:
    """The profiler's report, as the output ConfigMap has it at the end."""
    file = {"dgdr-rapid-v1beta1": "output-configmap.yaml"}.get(folder, "objects.yaml")
    data: dict[str, str] = load(f"{folder}/{file}", "ConfigMap", f"dgdr-output-{request}")["data"]
    return {key.replace(".", "__"): value for key, value in data.items()}


def said(request: Any) -> tuple[str, list[tuple[str, str, str]]]:
    status = request.now["status"]
    phase = f"{status['phase']} {status.get('profilingPhase')}"
    return phase, [(item["type"], item["status"], item["reason"]) for item in status["conditions"]]


def life(request: Any, data: dict[str, str]) -> list[Any]:
    """Every moment that phases.txt has, from the first look to Deployed."""
    request.step()
    moments = [said(request)]
    request.settle()
    moments.append(said(request))
    request.report(phase="SweepingPrefill", message="Sweeping parallelization strategies")
    moments.append(said(request))
    request.report(**data)
    moments.append(said(request))
    request.end("Complete")
    moments.append(said(request))
    request.api.run_pods()
    request.settle()
    return [*moments, said(request)]


Pairs = list[tuple[str, Object, Object]]
"""Name, observed and ours."""


def of_objects() -> Pairs:
    """The Job, and what is beside it."""
    qwen = load("dgdr-1.yaml", name="qwen")
    bare = {**qwen, "status": {}}
    job, made = load("profile-job.yaml"), stamped(profiling_job(bare, BARE))
    pairs = [("profile-qwen", job, made)]
    beside = profiling("demo", CHART.profiling_cluster_role)
    pairs += [
        (name, load("dgdr-rapid-v1beta1/objects.yaml", item["kind"], name), item)
        for item in beside
        if (name := item["metadata"]["name"])
    ]
    graph = load("dgdr-planner-v1beta1/dgd.yaml")
    for component in graph["spec"]["components"]:
        if component.get("scalingAdapter") is not None:
            ours = {**scaling_adapter(graph, component), "status": adapter_status(graph, component)}
            name = ours["metadata"]["name"]
            pairs.append((name, load("dgdr-planner-v1beta1/objects.yaml", kinds.ADAPTER, name), ours))
    return pairs


def of_lives(play: Callable[..., Any]) -> Pairs:
    """The requests and graphs at the end of each life, and two that never began."""
    rapid = play(manifest(load("dgdr-rapid-v1beta1/dgdr.yaml")), LABELS)
    life(rapid, output("dgdr-rapid-v1beta1", "my-model"))
    alpha = play(manifest(load("dgdr-rapid-v1alpha1/dgdr-as-v1beta1.yaml")), LABELS)
    data = output("dgdr-rapid-v1beta1", "my-model")
    data["final_config__yaml"] = data["final_config__yaml"].replace("vllm-runtime:1.5.0", "vllm-runtime:0.6.1")
    life(alpha, data)
    scaled = play(manifest(load("dgdr-planner-v1beta1/dgdr.yaml")), LABELS)
    scaled.settle().report(**output("dgdr-planner-v1beta1", "scaled"))
    scaled.end("Complete")
    for part in ("frontend", "vllm"):
        scaled.api.run_pods(f"scaled-dgd-{part}")
    planner = scaled.api.named("Deployment", "scaled-dgd-planner")
    scaled.api.replace({**planner, "status": {"replicas": 1, "updatedReplicas": 1}}, "status")
    scaled.settle()
    deleted = play(manifest(load("dgdr-final.yaml")), {})
    graph = dump({**load("dgdr-final.yaml")["status"]["profilingResults"]["selectedConfig"], "status": None})
    extra = load("dgdr-final.yaml")["metadata"]["annotations"][names.ADDITIONAL_RESOURCES]
    life(deleted, {"profiler_status": "success", "final_config__yaml": f"{extra}\n---\n{graph}"})
    deleted.api.delete(deleted.api.named(kinds.GRAPH, "qwen-dgd"))
    deleted.settle()
    pairs = [
        ("my-model", load("dgdr-rapid-v1beta1/dgdr.yaml"), rapid.now),
        ("my-model-dgd", load("dgdr-rapid-v1beta1/dgd.yaml"), rapid.api.named(kinds.GRAPH, "my-model-dgd")),
        ("alpha-model", load("dgdr-rapid-v1alpha1/dgdr-as-v1beta1.yaml"), alpha.now),
        (
            "alpha-model in v1alpha1",
            load("dgdr-rapid-v1alpha1/dgdr-as-v1alpha1.yaml"),
            convert(alpha.now, "nvidia.com/v1alpha1"),
        ),
        ("alpha-model-dgd", load("dgdr-rapid-v1alpha1/dgd.yaml"), alpha.api.named(kinds.GRAPH, "alpha-model-dgd")),
        ("scaled", load("dgdr-planner-v1beta1/dgdr.yaml"), scaled.now),
        ("scaled-dgd", load("dgdr-planner-v1beta1/dgd.yaml"), scaled.api.named(kinds.GRAPH, "scaled-dgd")),
        ("planner-config-20b8", load("dgdr-planner-v1beta1/objects.yaml", "ConfigMap", "planner-config-20b8"),
         scaled.api.named("ConfigMap", "planner-config-20b8")),
        ("qwen, deleted", load("dgdr-final.yaml"), deleted.now),
    ]  # fmt: skip
    for name in ("bare", "alpha"):
        failed = load("dgdr-1.yaml", name=name)
        pairs.append((name, failed, play(manifest(failed), {}).settle().now))
    qwen = load("dgdr-1.yaml", name="qwen")
    pairs.append(("qwen", qwen, play(manifest(qwen), {}).settle().now))
    first = load("dgdr-rapid-v1beta1/status-at-first.yaml")
    begun = play(manifest(first), LABELS)
    begun.step()
    pairs.append(("my-model at first", first, begun.now))
    return pairs


def dump(item: Object) -> str:
    return yaml.safe_dump({key: value for key, value in item.items() if value is not None})


def test_every_difference_from_the_observed_requests_is_explained(
    play: Callable[..., Any], capsys: pytest.CaptureFixture[str], record_testsuite_property: Any
) -> None:
    rows = {row["path"]: kind for kind in DIFFERENCES for row in DIFFERENCES[kind]}
    used: dict[str, int] = dict.fromkeys(rows, 0)
    total = filled_in = differ = 0
    unexplained: dict[tuple[str, str], tuple[Any, Any]] = {}
    for name, theirs, ours in [*of_objects(), *of_lives(play)]:
        left, right = leaves(theirs, theirs["kind"]), leaves(ours, ours["kind"])
        total += len(left.keys() | right.keys())
        for path in left.keys() | right.keys():
            if left.get(path, "absent") == right.get(path, "absent"):
                continue
            row = next((row for row in rows if fnmatch.fnmatchcase(path, row)), None)
            if row is None:
                unexplained[name, path] = (left.get(path, "absent"), right.get(path, "absent"))
                continue
            used[row] += 1
            differ += 1
            filled_in += rows[row] == "server"
    figure = f"{total - differ} of {total - filled_in}"
    record_testsuite_property("observed fields of a DynamoGraphDeploymentRequest equal", figure)
    with capsys.disabled():
        print(f"\n{figure} observed fields of requests equal; {filled_in} more are filled in by the API server")
    assert not unexplained, unexplained
    assert [row for row, count in used.items() if not count] == [], "rows that explain nothing any more"


@pytest.mark.parametrize("folder", ["dgdr-rapid-v1beta1", "dgdr-rapid-v1alpha1"])
def test_phases_and_conditions_come_as_observed(play: Callable[..., Any], folder: str) -> None:
    observed = []
    for line in (OBSERVED / "dgdr-rapid-v1beta1/phases.txt").read_text(encoding="utf-8").splitlines():
        _, phase, step, conditions = line.split(" ", 3)
        told = [condition[:3] for condition in eval(conditions, {"__builtins__": {}})]  # noqa: S307  Our own file.
        if told and (f"{phase} {step}", told) not in observed:
            observed.append((f"{phase} {step}", told))
    file = {"dgdr-rapid-v1beta1": "dgdr.yaml"}.get(folder, "dgdr-as-v1beta1.yaml")
    request = play(manifest(load(f"{folder}/{file}")), LABELS)
    assert life(request, output("dgdr-rapid-v1beta1", "my-model")) == observed


def test_statuses_of_the_cases(play: Callable[..., Any]) -> None:
    """cases.txt: one line for the end of each of five requests."""
    lines = (OBSERVED / "cases.txt").read_text(encoding="utf-8").splitlines()
    observed = {}
    for heading, line in itertools.pairwise(lines):
        if heading.startswith("## status of "):
            phase, step, *told = line.split(" | ")
            pairs = [part.split(":")[0].replace("=", " ") for part in told[0].split("; ") if "=" in part]
            observed[heading.split()[-1]] = [f"{phase} {step or '-'}", *pairs]
    spec = {"model": "Qwen/Qwen3-0.6B", "backend": "vllm", "image": CHART.profiler_image}
    ours = {}
    for name in ("infeasible", "both-load", "review", "my-model", "alpha-model"):
        metadata = {"name": name, "namespace": "demo"}
        item = {"apiVersion": kinds.BETA_API, "kind": kinds.REQUEST, "metadata": metadata}
        request = play({**item, "spec": DEFAULTS | spec | {"autoApply": name != "review"}}, LABELS).settle()
        failed = {"infeasible": "GeneratingDGD", "both-load": "Initializing"}.get(name)
        if failed:
            request.report(phase=failed, profiler_status="failed", profiler_error="why").end("Failed")
        elif name != "alpha-model":
            request.report(**output("dgdr-rapid-v1beta1", "my-model")).end("Complete")
            request.api.run_pods()
            request.settle()
        ours[name] = request.says
    # The observed lines end conditions with a message; what follows a semicolon in one is no condition.
    assert ours == {name: observed[name] for name in ours}


def test_events_are_those_observed(play: Callable[..., Any]) -> None:
    listed = yaml.safe_load((OBSERVED / "events.yaml").read_text(encoding="utf-8"))["items"]
    observed = {
        (event["action"], event["reason"], event["involvedObject"]["kind"], event["type"])
        for event in listed
        if event["reportingComponent"] == "dynamographdeploymentrequest"
    }
    (deleted,) = [ours for name, _, ours in of_lives(play) if name == "qwen, deleted"]
    assert deleted["status"]["phase"] == "Failed"
    told = {
        (ACTIONS[reason], reason, kinds.REQUEST, "Warning" if reason in WARNINGS else "Normal")
        for reason in ACTIONS
    }
    told |= {("Create", "CreateJob", "Job", "Normal"), ("Update", "UpdateJob", "Job", "Normal")}
    told |= {("Create", "CreateConfigMap", "ConfigMap", "Normal")}
    assert observed <= told
    assert len(observed) == 10


def test_labels_of_the_output() -> None:
    observed = load("dgdr-rapid-v1beta1/output-configmap.yaml")
    assert output_labels(load("dgdr-rapid-v1beta1/dgdr.yaml")) == observed["metadata"]["labels"]
