"""Names that Kubernetes has replaced: labels of nodes, annotations, kinds of volumes; each with what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kube_manifests.pods.found import warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

Said = tuple[str, str]
"""Fact and hint."""


def _replaced(new: str, since: str) -> Said:
    return f"an old name since Kubernetes {since}", f"write {new}"


def _without(since: str, hint: str) -> Said:
    return f"it has no effect since Kubernetes {since}", hint


LABELS: dict[str, Said] = {
    "beta.kubernetes.io/arch": _replaced("kubernetes.io/arch", "1.14"),
    "beta.kubernetes.io/os": _replaced("kubernetes.io/os", "1.14"),
    "failure-domain.beta.kubernetes.io/region": _replaced("topology.kubernetes.io/region", "1.17"),
    "failure-domain.beta.kubernetes.io/zone": _replaced("topology.kubernetes.io/zone", "1.17"),
    "beta.kubernetes.io/instance-type": _replaced("node.kubernetes.io/instance-type", "1.17"),
    "app.kubernetes.io/created-by": ("an old label since Kubernetes 1.9", "remove it"),
    "scheduler.alpha.kubernetes.io/preferAvoidPods": ("an old label since Kubernetes 1.22", "use taints"),
    "node-role.kubernetes.io/master": ("an old name", "write node-role.kubernetes.io/control-plane"),
}
"""Labels of nodes."""
POD_ANNOTATIONS: dict[str, Said] = {
    "scheduler.alpha.kubernetes.io/critical-pod": _without("1.16", "write priorityClassName"),
    "security.alpha.kubernetes.io/sysctls": _without("1.11", "write securityContext.sysctls"),
    "security.alpha.kubernetes.io/unsafe-sysctls": _without("1.11", "write securityContext.sysctls"),
}
CLAIM_ANNOTATIONS: dict[str, Said] = {
    "volume.beta.kubernetes.io/storage-class": _replaced("spec.storageClassName", "1.8"),
}
VOLUME_ANNOTATIONS: dict[str, Said] = {
    **CLAIM_ANNOTATIONS,
    "volume.beta.kubernetes.io/mount-options": _replaced("spec.mountOptions", "1.31"),
}
SERVICE_ANNOTATIONS: dict[str, Said] = {
    "service.kubernetes.io/topology-aware-hints": _replaced("service.kubernetes.io/topology-mode", "1.27"),
}
ACCOUNT_ANNOTATIONS: dict[str, Said] = {
    "kubernetes.io/enforce-mountable-secrets": (
        "an old annotation since Kubernetes 1.32",
        "keep Secrets apart in namespaces of their own",
    ),
}
_DRIVER = "use the driver (CSI) of this storage"
VOLUMES: dict[str, Said] = {
    "photonPersistentDisk": _without("1.16", _DRIVER),
    "gitRepo": _without("1.33", "clone in an init container"),
    "scaleIO": _without("1.22", _DRIVER),
    "flocker": _without("1.25", _DRIVER),
    "storageos": _without("1.25", _DRIVER),
    "quobyte": _without("1.25", _DRIVER),
    "glusterfs": _without("1.26", _DRIVER),
    "cephfs": _without("1.31", _DRIVER),
    "rbd": _without("1.31", _DRIVER),
}
"""Kinds of volumes of a Pod."""


def old_annotations(given: Mapping[str, Any], path: Path, table: Mapping[str, Said]) -> Iterator[FieldError]:
    """Warnings about annotations of a table."""
    for key in given:
        if key in table:
            yield warned((*path, key), *table[key], at_key=True)


def old_labels(given: Mapping[str, Any], path: Path) -> Iterator[FieldError]:
    """Warnings about labels of nodes."""
    yield from old_annotations(given, path, LABELS)
