"""The real Prometheus in a cluster, for pages that ask for it: its image, its objects, its start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from groundwork.base.content import digest
from groundwork.base.errors import EnvironmentFault
from kind_cluster.tools import ensure_prometheus, prometheus_release
from mock_platform.last_words import last_words
from mock_platform.program_image import HOST, ProgramImage, ensure_program_image
from mock_platform.scraping import configuration

if TYPE_CHECKING:
    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster

MANIFEST = Path(__file__).resolve().parent / "manifests" / "prometheus.yaml"
NAMESPACE = "monitoring"
NAME = "prometheus-kube-prometheus-prometheus"
"""Name of the Service where the chart's release is called `prometheus`; a planner asks it by default."""
SELECTOR = "app.kubernetes.io/name=prometheus"
WORKLOAD = f"statefulset/prometheus-{NAME}"
REPOSITORY = f"{HOST}/prometheus"
"""Repository of the image: the program is Prometheus' own, the image is not."""
PLACE = "bin"
"""Folder of the program in the image. The data are in `/prometheus`, as in Prometheus' own image."""
CONFIG_DIGEST = "dynamo-docs/config"
"""Annotation of the Pods: with another configuration, others are made."""
TIMEOUT = "2m"


def ensure_image(progress: Progress) -> str:
    """Reference of the local image; built if it is not there.

    Raises:
        EnvironmentFault: the program could not be built, or Docker does not answer.
    """
    return ensure_program_image(ProgramImage("prometheus", PLACE), ensure_prometheus(progress), progress)


def install(cluster: Cluster, image: str, progress: Progress) -> None:
    """Put Prometheus into the cluster, or bring it up to date; returns when it answers.

    Args:
        cluster: where.
        image: as `ensure_image` returned it.
        progress: reports the stage.

    Raises:
        EnvironmentFault: the cluster refused something, or Prometheus did not get ready.
    """
    with progress.stage(f"install Prometheus {prometheus_release()}"):
        name = f"{REPOSITORY}:{image.rsplit(':', 1)[1]}"
        cluster.registry.publish(image, [name])
        content = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects(name)}).encode()
        cluster.run_kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=content)
        try:
            cluster.run_kubectl("-n", NAMESPACE, "rollout", "status", WORKLOAD, f"--timeout={TIMEOUT}")
        except EnvironmentFault:
            raise EnvironmentFault(
                f"Prometheus was not ready after {TIMEOUT}\n{last_words(cluster, NAMESPACE, SELECTOR)}",
                hint=f"kubectl --kubeconfig {cluster.kubeconfig} -n {NAMESPACE} describe pods",
            ) from None


def objects(image: str) -> list[dict[str, Any]]:
    """The objects of Prometheus, run from this image."""
    config = yaml.safe_dump(configuration(), sort_keys=False)
    found: list[dict[str, Any]] = list(yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8")))
    for item in found:
        item["metadata"].setdefault("labels", {})["dynamo-docs/mock"] = "true"
        if item["kind"] == "ConfigMap":
            item["data"] = {"prometheus.yml": config}
        elif item["kind"] == "StatefulSet":
            template = item["spec"]["template"]
            template["metadata"]["annotations"] = {CONFIG_DIGEST: digest(config)}
            template["spec"]["containers"][0]["image"] = image
    return found
