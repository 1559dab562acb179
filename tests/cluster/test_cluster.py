"""A real cluster: mock GPUs are scheduled like real ones, the registry serves names that exist nowhere."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from cluster.kind import LABEL
from cluster.registry import ensure_registry_image
from project.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster.kind import Cluster

pytestmark = pytest.mark.cluster


@pytest.fixture
def pod(kind_cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.name.split("[")[0].replace("_", "-").lower()[:50]
    yield name
    kind_cluster.run_kubectl("delete", "pod", name, "--ignore-not-found", "--now")


def start_pod(cluster: Cluster, name: str, image: str, *, gpus: int, policy: str = "IfNotPresent") -> None:
    container = {
        "name": "main",
        "image": image,
        "imagePullPolicy": policy,
        "args": ["--version"],
        "resources": {"limits": {"nvidia.com/gpu": str(gpus)}} if gpus else {},
    }
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }
    cluster.run_kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body).encode())


@pytest.fixture
def image(kind_cluster: Cluster) -> str:
    """The registry's own image, under a name that no registry anywhere has."""
    name = "nvcr.example/tests/tiny:1.0.0"
    kind_cluster.registry.publish(ensure_registry_image(Progress()), [name])
    return name


def test_the_node_has_the_profiles_gpus(kind_cluster: Cluster) -> None:
    node = json.loads(kind_cluster.run_kubectl("get", "nodes", "-o", "json"))["items"][0]
    assert node["status"]["capacity"]["nvidia.com/gpu"] == "8"
    assert node["metadata"]["labels"]["nvidia.com/gpu.product"] == "NVIDIA-H100-80GB-HBM3"
    assert "(mock)" in kind_cluster.gpus


def test_nine_gpus_of_eight_stay_pending(kind_cluster: Cluster, pod: str, image: str) -> None:
    start_pod(kind_cluster, pod, image, gpus=9)
    condition = "--for=jsonpath={.status.conditions[0].reason}=Unschedulable"
    kind_cluster.run_kubectl("wait", condition, f"pod/{pod}", "--timeout=60s")
    status = json.loads(kind_cluster.run_kubectl("get", "pod", pod, "-o", "json"))["status"]
    assert status["phase"] == "Pending"
    assert "Insufficient nvidia.com/gpu" in status["conditions"][0]["message"]


def test_eight_gpus_and_pull_policy_always(kind_cluster: Cluster, pod: str, image: str) -> None:
    start_pod(kind_cluster, pod, image, gpus=8, policy="Always")
    kind_cluster.run_kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", f"pod/{pod}", "--timeout=120s")
    assert "registry" in kind_cluster.run_kubectl("logs", pod)


def test_a_name_that_was_not_published_is_not_served(kind_cluster: Cluster, pod: str) -> None:
    start_pod(kind_cluster, pod, "nvcr.example/tests/absent:1.0.0", gpus=0)
    path = "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull"
    kind_cluster.run_kubectl("wait", path, f"pod/{pod}", "--timeout=120s")


def test_what_belongs_to_a_cluster_is_labelled(kind_cluster: Cluster) -> None:
    command = ["docker", "ps", "--quiet", "--filter", f"label={LABEL}={kind_cluster.name}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
