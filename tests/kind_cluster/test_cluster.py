"""A real cluster: mock GPUs are scheduled like real ones, the registry serves names that exist nowhere."""

from __future__ import annotations

import io
import json
import re
import secrets
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir
from groundwork.system.progress import Progress
from kind_cluster.docker import running
from kind_cluster.kind import open_cluster
from kind_cluster.registry import ensure_registry_image
from kind_cluster.removal import LABEL, clusters, sweep
from kind_cluster.tools import ensure_kind, ensure_tools
from support.shared_cluster import GPUS, give_gpus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kind_cluster.kind import Cluster

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
    assert node["metadata"]["labels"]["nvidia.com/gpu.count"] == "8"
    assert node["metadata"]["labels"]["nvidia.com/gpu.product"] == "NVIDIA-H100-80GB-HBM3"
    assert "(mock)" in kind_cluster.gpus


def test_more_gpus_than_the_node_has_stay_pending(kind_cluster: Cluster, pod: str, image: str) -> None:
    start_pod(kind_cluster, pod, image, gpus=GPUS + 1)
    condition = "--for=jsonpath={.status.conditions[0].reason}=Unschedulable"
    kind_cluster.run_kubectl("wait", condition, f"pod/{pod}", "--timeout=120s")
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


def test_names_of_an_image_are_one_manifest(kind_cluster: Cluster, image: str) -> None:
    kind_cluster.registry.publish(ensure_registry_image(Progress()), [image, "nvcr.example/tests/again:2"])
    paths = ("/v2/tests/tiny/manifests/1.0.0", "/v2/tests/again/manifests/2")
    (first, second) = (kind_cluster.registry._request("GET", path)[1] for path in paths)
    assert first == second
    assert json.loads(first)["layers"]


def test_storage_claims_are_bound(kind_cluster: Cluster) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "claim"}, "spec": spec}
    kind_cluster.run_kubectl("apply", "-f", "-", stdin=yaml.safe_dump(claim).encode())
    try:
        kind_cluster.run_kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/claim", "--timeout=120s")
    finally:
        kind_cluster.run_kubectl("delete", "pvc", "claim")


def test_the_kubeconfig_is_private_and_not_the_users(kind_cluster: Cluster) -> None:
    assert kind_cluster.kubeconfig.stat().st_mode & 0o077 == 0
    assert ".kube" not in kind_cluster.kubeconfig.parts


@pytest.mark.alone  # It changes the GPUs of the node for a moment.
@pytest.mark.xdist_group("requests")
def test_a_given_kubeconfig_uses_the_cluster_and_leaves_it(kind_cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_bytes(kind_cluster.kubeconfig.read_bytes())
    with open_cluster(Progress(), kubeconfig=file) as same:
        assert (same.name, same.registry) == (kind_cluster.name, kind_cluster.registry)
    give_gpus(kind_cluster)  # Opened again it has no more than its labels say.
    assert file.read_bytes() == kind_cluster.kubeconfig.read_bytes()
    assert running(f"{same.name}-control-plane")


@pytest.mark.usefixtures("kind_cluster")
def test_a_kubeconfig_of_another_cluster_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text("current-context: production\n")
    with pytest.raises(EnvironmentFault, match="'production'"), open_cluster(Progress(), kubeconfig=file):
        pytest.fail("it was opened")


@pytest.mark.usefixtures("kind_cluster")
def test_a_cluster_that_somebody_else_made_is_neither_used_nor_removed() -> None:
    name = f"else-{secrets.token_hex(3)}"
    labels = ["--label", f"io.x-k8s.kind.cluster={name}", "--label", "io.x-k8s.kind.role=control-plane"]
    image = ensure_registry_image(Progress())
    container = docker("create", *labels, "--name", f"{name}-control-plane", image)
    try:
        with pytest.raises(EnvironmentFault, match="did not make it"), open_cluster(Progress(), name=name):
            pytest.fail("it was opened")
        assert listed_containers(name), "it is left alone"
        assert not (cache_dir("clusters") / name).exists()
    finally:
        docker("rm", *container)


def test_ctrl_c_leaves_nothing_and_touches_no_other_cluster(kind_cluster: Cluster, tmp_path: Path) -> None:
    users = tmp_path / "kubeconfig"
    users.write_text("apiVersion: v1\nkind: Config\n")
    name = f"ended-{secrets.token_hex(3)}"
    volumes: list[str] = []
    capacity: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(users))
        patch.setattr("tempfile.tempdir", str(tmp_path))
        with pytest.raises(KeyboardInterrupt):
            open_and_interrupt(name, volumes, capacity)
    assert capacity["nvidia.com/gpu"] == "8", "as many as the labels say"
    assert volumes, "a node keeps its containers in a volume"
    assert not set(volumes) & set(docker("volume", "ls", "--quiet"))
    assert listed_containers(name) == []
    assert name not in clusters(ensure_kind(Progress()))
    assert not (cache_dir("clusters") / name).exists()
    assert list(tmp_path.iterdir()) == [users]
    assert users.read_text() == "apiVersion: v1\nkind: Config\n"
    assert running(f"{kind_cluster.name}-control-plane")
    assert running(f"{kind_cluster.name}-registry", label=f"{LABEL}={kind_cluster.name}")


KILLED = """
import os, signal, sys
from kind_cluster.kind import open_cluster
from groundwork.system.progress import Progress
with open_cluster(Progress(), name=sys.argv[1], keep=True):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_cluster_of_a_killed_run_is_removed_by_the_next(kind_cluster: Cluster) -> None:
    name = f"killed-{secrets.token_hex(3)}"
    killed = subprocess.run([sys.executable, "-c", KILLED, name], capture_output=True, check=False, timeout=300)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert listed_containers(name), "nobody has cleaned up yet"
    stream = io.StringIO()
    progress = Progress(stream=stream)
    sweep(ensure_tools(progress), progress)
    assert f"remove cluster {name}, whose run was killed: done" in stream.getvalue()
    assert listed_containers(name) == []
    assert not (cache_dir("clusters") / name).exists()
    assert running(f"{kind_cluster.name}-control-plane"), "the cluster of a run that lives is left alone"


@pytest.mark.soak(part="live")
def test_a_cluster_that_is_kept_stays_though_a_later_run_does_not_ask_for_it() -> None:
    name, stream = f"kept-{secrets.token_hex(3)}", io.StringIO()
    try:
        with open_cluster(Progress(stream=stream), name=name, keep=True):
            pass
        with open_cluster(Progress(stream=stream), name=name):
            pass
        said = stream.getvalue()
        assert f"reuse cluster {name}" in said
        assert running(f"{name}-control-plane")
    finally:
        program, *words = re.findall(r"remove it with: (.*)", stream.getvalue())[-1].split()
        assert program == "docs-test"
        command = [sys.executable, "-m", "docs_test", *words]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert listed_containers(name) == [], "the command that it prints removes it"


def open_and_interrupt(name: str, volumes: list[str], capacity: dict[str, str]) -> None:
    """Press Ctrl-C, as it were, in a ready cluster, after its volumes and its node's capacity were noted."""
    with open_cluster(Progress(), name=name) as cluster:
        (node,) = json.loads(cluster.run_kubectl("get", "nodes", "-o", "json"))["items"]
        capacity |= node["status"]["capacity"]
        volumes += docker("inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}", *listed_containers(name))
        raise KeyboardInterrupt


def docker(*arguments: str) -> list[str]:
    """What a docker command prints, in words."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.split()


def listed_containers(cluster: str) -> list[str]:
    """Ids of all containers of a cluster, running or not."""
    return docker("ps", "--all", "--quiet", "--filter", f"name=^/{cluster}-(control-plane|registry)$")
