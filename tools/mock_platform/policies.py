"""Enforced NetworkPolicies, for pages that ask for it: a real controller for them, and a second namespace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from groundwork.base.errors import EnvironmentFault
from groundwork.base.versions import version
from kind_cluster.rootfs import RootFileSystem
from kind_cluster.tools import ensure_kube_router
from mock_platform.last_words import last_words
from mock_platform.program_image import HOST, ProgramImage, ensure_program_image

if TYPE_CHECKING:
    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster

MANIFESTS = Path(__file__).resolve().parent / "manifests"
ENGINE, ELSEWHERE = MANIFESTS / "kube-router.yaml", MANIFESTS / "elsewhere.yaml"
NAMESPACE, NAME = "kube-system", "kube-router"
SELECTOR = f"k8s-app={NAME}"
KINDNET = "daemonset.apps/kindnet"
"""Network of the node image that is pulled; it enforces policies itself. That of the image built here does not."""
TIMEOUT = "2m"
XTABLES = ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore")
IMAGE = ProgramImage(
    NAME,
    "usr/local/bin",
    RootFileSystem(NAME, ("iptables", "ipset"), variant="extract"),
    # Nothing is configured in an extracted system, so Debian's alternatives are missing.
    links=tuple((f"./usr/sbin/{name}", "xtables-nft-multi") for name in XTABLES),
    changes=("ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",),
)


def ensure_image(progress: Progress) -> str:
    """Reference of the local image; built if it is not there.

    Raises:
        EnvironmentFault: the program or its image could not be built.
    """
    return ensure_program_image(IMAGE, ensure_kube_router(progress), progress)


def install(cluster: Cluster, image: str, progress: Progress) -> None:
    """Have the cluster enforce NetworkPolicies, and make the namespace `elsewhere`; returns when it does.

    Args:
        cluster: where.
        image: as `ensure_image` returned it.
        progress: reports the stage.

    Raises:
        EnvironmentFault: the cluster refused something, or the controller did not get ready.
    """
    with progress.stage(f"install kube-router {version('tools.kube_router')}") as stage:
        _apply(cluster, ELSEWHERE)
        if KINDNET in cluster.run_kubectl("-n", NAMESPACE, "get", "daemonsets", "-o", "name").split():
            stage.note = "not needed: kindnet enforces NetworkPolicies"
            return
        name = f"{HOST}/{NAME}:{image.rsplit(':', 1)[1]}"
        cluster.registry.publish(image, [name])
        _apply(cluster, ENGINE, name)
        try:
            words = ("rollout", "status", f"daemonset/{NAME}", f"--timeout={TIMEOUT}")
            cluster.run_kubectl("-n", NAMESPACE, *words)
        except EnvironmentFault:
            raise EnvironmentFault(
                f"kube-router was not ready after {TIMEOUT}\n{last_words(cluster, NAMESPACE, SELECTOR)}",
                hint=f"kubectl --kubeconfig {cluster.kubeconfig} -n {NAMESPACE} describe pods -l {SELECTOR}",
            ) from None


def _apply(cluster: Cluster, file: Path, image: str = "") -> None:
    content = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects(file, image)}).encode()
    cluster.run_kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=content)


def objects(file: Path, image: str = "") -> list[dict[str, Any]]:
    """The objects of a file, with that image in their Pods."""
    found: list[dict[str, Any]] = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    for item in found:
        item["metadata"].setdefault("labels", {})["dynamo-docs/mock"] = "true"
        if item["kind"] == "DaemonSet":
            item["spec"]["template"]["spec"]["containers"][0]["image"] = image
    return found
