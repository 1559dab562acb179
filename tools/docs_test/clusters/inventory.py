"""What a cluster has, read from its API objects as JSON: GPUs, operator, served versions, storage, monitoring."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import installation, kinds
from groundwork.kube.gpus import MEMORY, MOCK_LABELS, PRODUCT, RDMA_AVAILABLE, RESOURCE
from groundwork.kube.objects import annotations_of, labels_of, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOCK = "dynamo-docs/mock"
"""Label of all that the stand-in consists of."""
REAL_IMAGE = re.compile(r"(?:^|/)kubernetes-operator(?:[:@]|$)")
"""The operator's image, under whatever registry a cluster mirrors it (FACTS: nvcr.io/nvidia/ai-dynamo/…)."""
OPERATOR = "app.kubernetes.io/name"
KINDS = tuple(kind.plural for kind in kinds.CONVERTED)
"""Those whose served versions are told."""
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
PROMETHEUS = {"prometheus", "kube-prometheus-stack-prometheus"}
GRAFANA = {"grafana"}


@dataclass(frozen=True, slots=True)
class Gpus:
    """All GPUs of one model that Pods can ask for."""

    product: str
    """As NVIDIA's feature discovery prints it; "" where no label names it."""
    count: int
    memory_mib: int = 0
    """Of one GPU; 0: not known."""
    mock: bool = False

    def __str__(self) -> str:
        return f"{self.count} x {self.product or 'GPU of unknown model'}{' (mock)' if self.mock else ''}"


@dataclass(frozen=True, slots=True)
class Operator:
    """The Dynamo operator of a cluster."""

    version: str
    """"1.4.0"; "" where nothing names it."""
    kind: str
    """"real", "mock" (this project's stand-in), or "unknown": named like it, but of another image."""
    image: str

    def __str__(self) -> str:
        return f"{self.version or 'of unknown version'}, {self.kind} ({self.image})"


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A StorageClass."""

    name: str
    default: bool

    def __str__(self) -> str:
        return f"{self.name} (default)" if self.default else self.name


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a cluster has."""

    kubernetes: str = ""
    nodes: int = 0
    gpus: tuple[Gpus, ...] = ()
    operator: Operator | None = None
    served: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Dynamo's kinds (plural) -> versions."""
    storage: tuple[StorageClass, ...] = ()
    prometheus: str = ""
    """Its Service, `namespace/name`; "": none was found."""
    grafana: str = ""
    rdma: bool = False
    cluster_scope: bool = False
    """Whether pages may touch what lies outside their namespace."""

    def capabilities(self) -> frozenset[str]:
        """The words of `data-needs` that hold here."""
        words = {
            "gpu": bool(self.gpus),
            "real-gpu": any(not gpus.mock for gpus in self.gpus),
            "helm": self.operator is not None and self.operator.kind == "real",
            "storage": any(item.default for item in self.storage),
            "prometheus": bool(self.prometheus),
            "grafana": bool(self.grafana),
            "rdma": self.rdma,
            "cluster-scope": self.cluster_scope,
        }
        return frozenset(word for word, holds in words.items() if holds)

    @property
    def tier(self) -> str:
        """What a result proves: "gpu" (real operator, real GPUs), "operator" (real operator) or "mock"."""
        words = self.capabilities()
        return "mock" if "helm" not in words else "gpu" if "real-gpu" in words else "operator"


def read_inventory(objects: Mapping[str, Any], *, cluster_scope: bool = False) -> Inventory:
    """Read what the API server said.

    Args:
        objects: "version": /version; "nodes", "deployments", "services", "storageclasses": the Lists of the whole
            cluster; "served": the APIResourceList of each version of nvidia.com.
        cluster_scope: as of `Inventory`.
    """
    services = _items(objects, "services")
    return Inventory(
        kubernetes=str(objects["version"]["gitVersion"]).removeprefix("v"),
        nodes=len(_items(objects, "nodes")),
        gpus=_gpus(_items(objects, "nodes")),
        operator=_operator(_items(objects, "deployments")),
        served=_served(objects["served"]),
        storage=tuple(
            StorageClass(name_of(item), annotations_of(item).get(DEFAULT_CLASS) == "true")
            for item in _items(objects, "storageclasses")
        ),
        prometheus=_service(services, PROMETHEUS),
        grafana=_service(services, GRAFANA),
        rdma=any(_has_rdma(node) for node in _items(objects, "nodes")),
        cluster_scope=cluster_scope,
    )


def _gpus(nodes: Iterable[Mapping[str, Any]]) -> tuple[Gpus, ...]:
    counts: Counter[tuple[str, int, bool]] = Counter()
    for node in nodes:
        labels = labels_of(node)
        memory = labels.get(MEMORY, "")
        mock = any(label in labels for label in MOCK_LABELS)
        model = (labels.get(PRODUCT, ""), int(memory) if memory.isdecimal() else 0, mock)
        # Of a device plugin that is restarting it is 0.
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
    """By its own flag, else what the stand-in is told, the chart's label, the image's tag."""
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


def _has_rdma(node: Mapping[str, Any]) -> bool:
    allocatable = node.get("status", {}).get("allocatable", {})
    return labels_of(node).get(RDMA_AVAILABLE) == "true" or any(key.startswith("rdma/") for key in allocatable)


def _items(objects: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return list(objects[kind]["items"])


def lines(inventory: Inventory) -> Iterator[tuple[str, str]]:
    """What there is, a name and a text each, for people."""
    nodes = f"{inventory.nodes} node" + ("" if inventory.nodes == 1 else "s")
    yield "Kubernetes", f"{inventory.kubernetes}, {nodes}"
    memory = {gpus: f", {gpus.memory_mib} MiB each" if gpus.memory_mib else "" for gpus in inventory.gpus}
    yield "GPUs", "; ".join(f"{gpus}{memory[gpus]}" for gpus in inventory.gpus) or "none"
    yield "operator", str(inventory.operator or "none")
    served = (f"{kind} {' '.join(versions)}" for kind, versions in inventory.served.items())
    yield "API versions", "; ".join(served) or "none of Dynamo"
    yield "storage", ", ".join(map(str, inventory.storage)) or "none"
    yield "Prometheus", inventory.prometheus or "none"
    yield "Grafana", inventory.grafana or "none"
    yield "network", "RDMA" if inventory.rdma else "no RDMA"
