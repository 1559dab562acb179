"""What a cluster has for Dynamo, read from its API objects: GPUs, operator, served versions, monitoring."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from docs_test.inventory import Fact, Inventory
from dynamo_api import releases
from dynamo_api.facts import installation, kinds
from dynamo_docs.found import Gpus, Operator
from dynamo_docs.needs import (
    PLANNER,
    POLICIES,
    PROFILER,
    PROXIES,
    gpus_fit,
    lacking_gpus,
    lacking_operator,
    lacking_part,
)
from groundwork.base.versions import version
from groundwork.kube.gpus import MEMORY, MOCK_LABELS, PRODUCT, RDMA_AVAILABLE, RESOURCE
from groundwork.kube.objects import labels_of, name_of, namespace_of
from groundwork.kube.values import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dynamo_api.release_table.rows import Release
    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object

MOCK = "dynamo-docs/mock"
"""Label of all that the stand-in consists of."""
REAL_IMAGE = re.compile(r"(?:^|/)kubernetes-operator(?:[:@]|$)")
"""The operator's image, under whatever registry a cluster mirrors it (FACTS: nvcr.io/nvidia/ai-dynamo/…)."""
OPERATOR = "app.kubernetes.io/name"
KINDS = tuple(kind.plural for kind in kinds.CONVERTED)
"""Kinds of which the served versions are reported."""
PROMETHEUS = {"prometheus", "kube-prometheus-stack-prometheus"}
GRAFANA = {"grafana"}
ENFORCE_POLICIES = {
    *("anetd", "antrea-agent", "calico-node", "canal", "cilium", "kindnet", "kube-network-policies"),
    *("kube-router", "weave-net"),
}
"""DaemonSets of networks that enforce NetworkPolicies, or do nothing but that. Of others it is not known."""


@dataclass(frozen=True, slots=True)
class DynamoInventory(Inventory):
    """What a cluster has."""

    gpus: tuple[Gpus, ...] = ()
    operator: Operator | None = None
    served: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Dynamo's kinds (plural) -> versions."""
    prometheus: str = ""
    """Its Service, `namespace/name`; "": none was found."""
    grafana: str = ""
    rdma: bool = False
    policies: str = ""
    """DaemonSet that enforces NetworkPolicies, `namespace/name`; "": none is known to."""
    runtime: Release | None = None
    """Release of the runtime in the images, if it is another one than the pages'."""

    def capabilities(self) -> frozenset[str]:
        """The words of `data-needs` that hold here."""
        words = {
            "gpu": bool(self.gpus),
            "real-gpu": any(not gpus.mock for gpus in self.gpus),
            "helm": self.operator is not None and self.operator.kind == "real",
            "prometheus": bool(self.prometheus),
            "grafana": bool(self.grafana),
            "rdma": self.rdma,
            POLICIES: bool(self.policies),
        }
        return Inventory.capabilities(self) | {*PROXIES} | {word for word, holds in words.items() if holds}

    def lacking(self, need: str, wanted: Any) -> str:
        """Why the cluster does not meet a need of which it has all capabilities, in words; "": it does."""
        if need == "gpu":
            return lacking_gpus(wanted, self.gpus)
        if need in (PROFILER, PLANNER):
            return lacking_part(need, self.runtime)
        return lacking_operator(wanted, self.operator) if need == "operator" else ""

    def amount(self, need: str, wanted: Any) -> int:
        """The number of GPUs that are what a page wants."""
        return gpus_fit(wanted, self.gpus) if need == "gpu" else 0

    def lines(self) -> Iterator[tuple[str, str]]:
        """What there is, a name and a text each, for people."""
        kubernetes, storage = Inventory.lines(self)
        yield kubernetes
        memory = {gpus: f", {gpus.memory_mib} MiB each" if gpus.memory_mib else "" for gpus in self.gpus}
        yield "GPUs", "; ".join(f"{gpus}{memory[gpus]}" for gpus in self.gpus) or "none"
        yield "operator", str(self.operator or "none")
        served = (f"{kind} {' '.join(versions)}" for kind, versions in self.served.items())
        yield "API versions", "; ".join(served) or "none of Dynamo"
        yield storage
        yield "Prometheus", self.prometheus or "none"
        yield "Grafana", self.grafana or "none"
        policies = f", NetworkPolicies enforced by {self.policies}" if self.policies else ""
        yield "network", f"{'RDMA' if self.rdma else 'no RDMA'}{policies}"

    @property
    def tier(self) -> str:
        """What a result proves: "gpu" (real operator, real GPUs), "operator" (real operator) or "mock"."""
        words = self.capabilities()
        return "mock" if "helm" not in words else "gpu" if "real-gpu" in words else "operator"

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The versions of Dynamo."""
        return dynamo_facts(self.operator_name, self.tier, self.runtime.name if self.runtime else "")

    @property
    def operator_name(self) -> str:
        """Version of the operator; of this project's stand-in, of the behaviour it was compared with."""
        there = self.operator
        stand_in = there is not None and there.kind == "mock" and there.version == releases.operator().number
        return releases.operator().name if stand_in else there.version if there else ""

    @property
    def gpu_names(self) -> str:
        """The GPUs, for people."""
        return "; ".join(map(str, self.gpus))

    @property
    def note(self) -> str:
        """What the operator is, behind the title of a cluster."""
        return f", operator: {self.operator.kind}" if self.operator else ""


def dynamo_facts(operator: str, tier: str, runtime: str = "") -> tuple[Fact, ...]:
    """What sets one environment of Dynamo apart from others; `runtime`: its release, "" for the pages' own."""
    title = "operator as of" if tier == "mock" and operator else "operator"
    release = runtime or version("dynamo.runtime")
    return Fact("runtime", "Dynamo runtime", release), Fact("operator", title, operator)


def look(kubectl: Kubectl, general: Inventory, nodes: Sequence[Object]) -> DynamoInventory:
    """Ask a cluster what it has for Dynamo; changes nothing.

    Args:
        kubectl: with rights to list Deployments and Services in all namespaces.
        general: what any product asks for.
        nodes: of the cluster.

    Raises:
        EnvironmentFault: it does not answer, or does not let this user look.
    """
    kinds_asked = "deployments.apps,daemonsets.apps,services"
    listed = entries(kubectl.json("get", kinds_asked, "-A", "-o", "json"), "items")
    services = [item for item in listed if item["kind"] == "Service"]
    groups = entries(kubectl.json("get", "--raw", "/apis"), "groups")
    ours = [group for group in groups if group["name"] == kinds.GROUP]
    served = [one["groupVersion"] for group in ours for one in group["versions"]]
    return DynamoInventory(
        kubernetes=general.kubernetes,
        nodes=general.nodes,
        storage=general.storage,
        cluster_scope=general.cluster_scope,
        gpus=_gpus(nodes),
        operator=_operator(item for item in listed if item["kind"] == "Deployment"),
        served=_served(kubectl.json("get", "--raw", f"/apis/{one}") for one in served),
        prometheus=_service(services, PROMETHEUS),
        grafana=_service(services, GRAFANA),
        rdma=any(map(_has_rdma, nodes)),
        policies=_policies(item for item in listed if item["kind"] == "DaemonSet"),
    )


def _gpus(nodes: Iterable[Mapping[str, Any]]) -> tuple[Gpus, ...]:
    counts: Counter[tuple[str, int, bool]] = Counter()
    for node in nodes:
        labels = labels_of(node)
        memory = labels.get(MEMORY, "")
        mock = any(label in labels for label in MOCK_LABELS)
        model = (labels.get(PRODUCT, ""), int(memory) if memory.isdecimal() else 0, mock)
        # 0 while the device plugin restarts.
        counts[model] += int(node.get("status", {}).get("allocatable", {}).get(RESOURCE, 0))
    return tuple(
        Gpus(product, count, memory, mock) for (product, memory, mock), count in sorted(counts.items()) if count
    )


def _operator(deployments: Iterable[Mapping[str, Any]]) -> Operator | None:
    for item in deployments:
        if labels_of(item).get(OPERATOR) != installation.OPERATOR:
            continue
        container = item["spec"]["template"]["spec"]["containers"][0]
        for candidate in item["spec"]["template"]["spec"]["containers"]:
            if candidate["name"] == "manager":
                container = candidate
        image = str(container["image"])
        mock = MOCK in labels_of(item)
        kind = "mock" if mock else "real" if REAL_IMAGE.search(image) else "unknown"
        return Operator(_version(item, container), kind, image)
    return None


def _version(item: Mapping[str, Any], container: Mapping[str, Any]) -> str:
    """By its own flag, else the stand-in's configuration, the chart's label, the image's tag."""
    words = [str(word) for word in (*container.get("command", ()), *container.get("args", ()))]
    told = [word.partition("=")[2] for word in words if word.startswith("--operator-version=")]
    told += [after for word, after in pairwise(words) if word == "--operator-version"]
    told += [str(env.get("value", "")) for env in container.get("env", ()) if env["name"] == "OPERATOR_VERSION"]
    told.append(labels_of(item).get("app.kubernetes.io/version", ""))
    tag = str(container["image"]).rpartition("/")[2].partition("@")[0].partition(":")[2]
    return next((text.removeprefix("v") for text in (*told, tag) if re.match(r"v?\d+\.\d+", text)), "")


def _served(lists: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for item in lists:
        version = str(item["groupVersion"]).partition("/")[2]
        for resource in item["resources"]:
            if resource["name"] in KINDS:
                found.setdefault(resource["name"], []).append(version)
    return {kind: tuple(sorted(versions)) for kind, versions in sorted(found.items())}


def _service(services: Iterable[Mapping[str, Any]], names: set[str]) -> str:
    for item in services:
        labels = labels_of(item)
        if labels.get("app.kubernetes.io/name") in names or labels.get("app") in names:
            return f"{namespace_of(item)}/{name_of(item)}"
    return ""


def _policies(sets: Iterable[Mapping[str, Any]]) -> str:
    found = [f"{namespace_of(item)}/{name_of(item)}" for item in sets if name_of(item) in ENFORCE_POLICIES]
    return found[0] if found else ""


def _has_rdma(node: Mapping[str, Any]) -> bool:
    allocatable = node.get("status", {}).get("allocatable", {})
    return labels_of(node).get(RDMA_AVAILABLE) == "true" or any(key.startswith("rdma/") for key in allocatable)
