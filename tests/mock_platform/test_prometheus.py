"""Prometheus on the mock platform: what it collects of the stand-in's Pods, and the chart's names."""

from __future__ import annotations

import re
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from docs_test.ports.platform import Wanted
from dynamo_docs.inventory import PROMETHEUS
from dynamo_docs.platforms.mock import MockPlatform
from groundwork.base.errors import EnvironmentFault
from groundwork.base.versions import version
from groundwork.system.progress import Progress
from kind_cluster.tools import prometheus_release
from mock_platform import prometheus, scraping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.in_memory_api import InMemoryApi
    from support.stand_in import Operator

Object = dict[str, Any]
IMAGE = "dynamo-docs.invalid/prometheus:1"


def targets(pod: Object, config: Object | None = None) -> list[dict[str, str]]:
    """The labels that the metrics of a Pod get, for each job that takes it; relabelled as Prometheus does."""
    found = []
    for job in (config or scraping.configuration())["scrape_configs"]:
        for container in pod["spec"]["containers"]:
            for port in container.get("ports", [{}]):
                labels = _discovered(pod, container, port)
                if all(_relabelled(labels, rule) for rule in job["relabel_configs"]):
                    found.append({key: value for key, value in labels.items() if not key.startswith("__")})
    return found


def _discovered(pod: Object, container: Object, port: Object) -> dict[str, str]:
    meta = pod["metadata"]
    labels = {
        "__meta_kubernetes_pod_phase": pod.get("phase", "Running"),
        "__meta_kubernetes_pod_name": meta["name"],
        "__meta_kubernetes_namespace": meta["namespace"],
        "__meta_kubernetes_pod_container_name": container["name"],
        "__meta_kubernetes_pod_container_port_name": port.get("name", ""),
    }
    for key, value in meta["labels"].items():
        labels["__meta_kubernetes_pod_label_" + re.sub(r"[^a-zA-Z0-9_]", "_", key)] = value
    return labels


def _relabelled(labels: dict[str, str], rule: Object) -> bool:
    """Apply a rule; returns whether the target stays."""
    value = ";".join(labels.get(name, "") for name in rule.get("source_labels", ()))
    matched = re.fullmatch(rule.get("regex", "(.*)"), value)
    action = rule.get("action", "replace")
    if action in {"keep", "drop"}:
        return (action == "keep") == bool(matched)
    if matched:
        labels[rule["target_label"]] = matched.expand(rule.get("replacement", "$1").replace("$1", r"\1"))
    return True


@pytest.fixture
def pods(api: InMemoryApi, operator: Operator, facts: Object) -> dict[str, Object]:
    """A Pod of each component that the stand-in makes of a graph with all of them, by the component's type."""
    graph = facts["graph"]
    frontend, worker = graph["spec"]["components"]
    others = [{**worker, "name": name, "type": name} for name in ("decode", "prefill", "planner")]
    graph["spec"]["components"] = [frontend, *others]
    api.create(graph)
    operator.settle()
    operator.settle()
    found = {}
    for item in api.of_kind("Deployment"):
        template = item["spec"]["template"]
        meta = {"name": f"{item['metadata']['name']}-x", "namespace": item["metadata"]["namespace"]}
        kind = template["metadata"]["labels"]["nvidia.com/dynamo-component-type"]
        found[kind] = {"metadata": {**meta, "labels": template["metadata"]["labels"]}, "spec": template["spec"]}
    return found


def test_each_component_of_the_stand_in_is_collected_once(pods: dict[str, Object]) -> None:
    assert {*pods} == {"frontend", "decode", "prefill", "planner"}
    ports = {}
    for kind, pod in pods.items():
        (labels,) = targets(pod)
        assert labels["pod"] == pod["metadata"]["name"]
        assert labels["namespace"] == pod["metadata"]["namespace"]
        ports[kind] = (labels["job"], labels["endpoint"])
    worker = ("dynamo-system/dynamo-worker", "system")
    assert ports == {
        "frontend": ("dynamo-system/dynamo-frontend", "http"),
        "decode": worker,
        "prefill": worker,
        "planner": ("dynamo-system/dynamo-planner", "metrics"),
    }


def test_a_frontend_names_its_graph_by_the_label_that_a_planner_asks_for(pods: dict[str, Object]) -> None:
    (labels,) = targets(pods["frontend"])
    pod = pods["frontend"]["metadata"]["labels"]
    assert labels["dynamo_namespace"] == pod["nvidia.com/dynamo-namespace"]
    (job,) = [job for job in scraping.configuration()["scrape_configs"] if job["honor_labels"]]
    assert job["job_name"] == "podMonitor/dynamo-system/dynamo-frontend/0"


def test_what_is_not_meant_is_not_collected(pods: dict[str, Object]) -> None:
    frontend = pods["frontend"]
    meta = frontend["metadata"]
    unlabelled = {**meta, "labels": {**meta["labels"], "nvidia.com/metrics-enabled": "false"}}
    assert targets({**frontend, "metadata": unlabelled}) == []
    assert targets({**frontend, "phase": "Succeeded"}) == []
    assert targets({**frontend, "spec": {"containers": [{"name": "main"}]}}) == []
    other = {**meta, "labels": {**meta["labels"], "nvidia.com/dynamo-component-type": "router"}}
    assert targets({**frontend, "metadata": other}) == []


def test_a_configuration_without_the_relabelling_would_be_seen(pods: dict[str, Object]) -> None:
    config = scraping.configuration()
    for job in config["scrape_configs"]:
        rules = job["relabel_configs"]
        job["relabel_configs"] = [rule for rule in rules if rule.get("target_label") != "dynamo_namespace"]
    (labels,) = targets(pods["frontend"], config)
    assert "dynamo_namespace" not in labels


def by_kind(image: str = IMAGE) -> dict[str, Object]:
    return {item["kind"]: item for item in prometheus.objects(image)}


def test_the_objects_have_the_chart_s_names_and_find_each_other() -> None:
    objects = by_kind()
    service, workload = objects["Service"], objects["StatefulSet"]
    where = {"name": "prometheus-kube-prometheus-prometheus", "namespace": "monitoring"}
    assert where.items() <= service["metadata"].items()
    assert service["spec"]["ports"] == [{"name": "http-web", "port": 9090, "targetPort": 9090}]
    pod = workload["spec"]["template"]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert workload["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"]
    assert service["metadata"]["labels"]["app"] in PROMETHEUS, "else a run does not see that it is there"
    (volume,) = [one["configMap"]["name"] for one in pod["spec"]["volumes"] if "configMap" in one]
    assert volume == objects["ConfigMap"]["metadata"]["name"]
    (container,) = pod["spec"]["containers"]
    assert container["image"] == IMAGE
    assert {item["metadata"]["labels"]["dynamo-docs/mock"] for item in prometheus.objects(IMAGE)} == {"true"}
    assert yaml.safe_load(objects["ConfigMap"]["data"]["prometheus.yml"]) == scraping.configuration()


def test_another_configuration_makes_other_pods(monkeypatch: pytest.MonkeyPatch) -> None:
    def mark() -> str:
        found = by_kind()["StatefulSet"]["spec"]["template"]["metadata"]["annotations"]
        return str(found[prometheus.CONFIG_DIGEST])

    before = mark()
    assert mark() == before
    monkeypatch.setattr(prometheus, "configuration", lambda: {"scrape_configs": []})
    assert mark() != before


def test_prometheus_reads_pods_and_nothing_else() -> None:
    rules = by_kind()["ClusterRole"]["rules"]
    assert rules == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    pages = by_kind()["Role"]
    assert pages["metadata"]["namespace"] == "monitoring"
    assert {verb for rule in pages["rules"] for verb in rule["verbs"]} == {"get", "list", "watch", "create"}
    assert [rule["resources"] for rule in pages["rules"] if "create" in rule["verbs"]] == [["pods/portforward"]]


def test_the_release_follows_from_the_module_s_number() -> None:
    _, minor, patch = version("tools.prometheus").split(".")
    assert prometheus_release() == f"{minor[:-2]}.{int(minor[-2:])}.{patch}"


class Cluster:
    """A cluster that takes everything, except what `refuses` names."""

    kubeconfig, kubectl, kubernetes_version, gpus = "k", SimpleNamespace(parent="p"), "1.35.4", ""

    def __init__(self, refuses: str = "none") -> None:
        self.refuses = refuses
        self.published: list[str] = []
        self.commands: list[str] = []
        self.says: dict[str, str] = {}
        self.registry = SimpleNamespace(publish=lambda _, names: self.published.extend(names))

    def run_kubectl(self, *words: str, stdin: bytes = b"") -> str:
        self.commands.append(" ".join(words))
        if self.refuses in words:
            raise EnvironmentFault(f"kubectl: {words[0]} timed out after {len(stdin)} bytes")
        return next((text for word, text in self.says.items() if word in words), "")


def test_it_is_published_applied_and_waited_for_in_a_stage_of_its_own() -> None:
    cluster, progress = Cluster(), Progress()
    prometheus.install(cluster, "dynamo-docs/prometheus:abc", progress)  # type: ignore[arg-type]
    assert cluster.published == ["dynamo-docs.invalid/prometheus:abc"]
    assert [command.split()[0] for command in cluster.commands] == ["apply", "-n"]
    assert [stage.name for stage in progress.stages] == [f"install Prometheus {prometheus_release()}"]


def test_one_that_does_not_start_is_said_with_what_to_look_at() -> None:
    cluster = Cluster("rollout")
    cluster.says["logs"] = "no space left on device"
    with pytest.raises(EnvironmentFault, match=r"not ready after 2m\n(.*\n)*  \| no space left") as caught:
        prometheus.install(cluster, "x:1", Progress())  # type: ignore[arg-type]
    assert caught.value.hint == "kubectl --kubeconfig k -n monitoring describe pods"


@pytest.mark.parametrize(
    ("asked", "installed"), [({"prometheus"}, ["image", "cluster", "x:1"]), (set(), ["cluster"])]
)
def test_the_platform_installs_it_only_if_a_page_asks(
    monkeypatch: pytest.MonkeyPatch, asked: set[str], installed: list[str]
) -> None:
    done: list[str] = []

    @contextmanager
    def opened(*_: Any, **__: Any) -> Iterator[Cluster]:
        done.append("cluster")
        yield Cluster()

    def image(_: Progress) -> str:
        done.append("image")
        return "x:1"

    monkeypatch.setattr("kind_cluster.kind.open_cluster", opened)
    monkeypatch.setattr("mock_platform.images.ensure_images", lambda _: None)
    monkeypatch.setattr("mock_platform.install.install", lambda *_, **__: None)
    monkeypatch.setattr(prometheus, "ensure_image", image)
    monkeypatch.setattr(prometheus, "install", lambda _, name, __: done.append(name))
    options: Any = SimpleNamespace(gpu_profile="h100x8", feature_gates="", dynamo="")
    with MockPlatform().open(Wanted(options, prepared=frozenset(asked)), Progress()):
        assert done == installed
