"""GPUs of the cluster, from the labels of its nodes, for requests that do not name theirs: no cluster here.

The real operator asks the DCGM exporters first. The stand-in does not: a mock GPU has no metrics, and what
exporters say of real ones, their nodes' labels say as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts.profiler import HARDWARE_NEEDED
from groundwork.kube.gpus import COUNT, MEMORY, PRODUCT, RDMA_LABELS
from groundwork.kube.objects import Object, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_GPUS = 32
"""GPUs, at most, of a request that does not say how many: the profiler would search too long among more."""

_SKUS = (
    # What the product's name contains, and the SKU of its SXM and its PCIe form; the first that matches counts,
    # so longer names come first.
    ("GB200", "gb200_sxm", ""),
    ("GB10", "gb10", "gb10"),
    ("B200", "b200_sxm", ""),
    ("H200", "h200_sxm", ""),
    ("H100", "h100_sxm", "h100_pcie"),
    ("A100", "a100_sxm", "a100_pcie"),
    ("A30", "a30", "a30"),
    ("L40S", "l40s", "l40s"),
    ("L40", "l40", "l40"),
    ("L4", "l4", "l4"),
    ("V100", "v100_sxm", "v100_pcie"),
    ("T4", "t4", "t4"),
    ("MI300", "mi300", "mi300"),
    ("MI250", "mi200", "mi200"),
    ("MI200", "mi200", "mi200"),
)
_SXM_WORDS = ("SXM", "HGX", "DGX", "HBM3")


@dataclass(frozen=True, slots=True)
class Gpus:
    """The GPUs of one SKU in a cluster."""

    product: str
    sku: str
    """Name of the GPU in the API; the product's own name if the API has none for it."""
    per_node: int
    nodes: int
    memory: int
    """Memory of one GPU, in MiB."""
    rdma: bool


def sku_of(product: str) -> str:
    """`gpuSku` of a product's name (label nvidia.com/gpu.product); "" for a product that the API does not know.

    A name that does not say its form counts as PCIe where there is such a form, as with the real operator:
    "NVIDIA-H100-80GB-HBM3" is h100_sxm, "NVIDIA-H100-NVL" h100_pcie, "NVIDIA-H200" h200_sxm.
    """
    name = product.upper().replace("-", "").replace(" ", "")
    sxm = any(word in name for word in _SXM_WORDS)
    for token, as_sxm, as_pcie in _SKUS:
        if token in name:
            return as_sxm if sxm else as_pcie or as_sxm
    return ""


def discover(nodes: Iterable[Object], sku: str = "") -> Gpus | None:
    """The GPUs of the best node (most GPUs, then most memory) and of all nodes with the same; None without any.

    Args:
        nodes: all of the cluster. One counts that has all three labels: count, product, memory.
        sku: only GPUs of this SKU, where given.
    """
    found = [gpus for gpus in map(_of_node, nodes) if gpus and (not sku or sku_of(gpus.product) == sku)]
    if not found:
        return None
    best = max(found, key=lambda gpus: (gpus.per_node, gpus.memory))
    same = [gpus for gpus in found if gpus.sku == best.sku]
    rdma = any(gpus.rdma for gpus in same)
    return Gpus(best.product, best.sku, best.per_node, len(same), best.memory, rdma=rdma)


def complete(hardware: Object) -> bool:
    """Whether a request's `spec.hardware` leaves nothing that the profiler needs to be discovered."""
    return all(hardware.get(key) not in (None, "") for key in (*HARDWARE_NEEDED, "totalGpus"))


def filled(hardware: Object, gpus: Gpus) -> Object:
    """`spec.hardware` with what it leaves out taken from the cluster."""
    given = {key: value for key, value in hardware.items() if value not in (None, "")}
    return {
        "gpuSku": gpus.sku,
        "vramMb": gpus.memory,
        "numGpusPerNode": gpus.per_node,
        "totalGpus": min(gpus.per_node * gpus.nodes, MOST_GPUS),
        "rdma": gpus.rdma,
    } | given


def _of_node(node: Object) -> Gpus | None:
    labels = labels_of(node)
    count, memory = (_positive(labels.get(key, "")) for key in (COUNT, MEMORY))
    product = labels.get(PRODUCT, "")
    if not (count and memory and product):
        return None
    rdma = any(labels.get(key) == "true" for key in RDMA_LABELS)
    return Gpus(product, sku_of(product) or product, count, 1, memory, rdma=rdma)


def _positive(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
