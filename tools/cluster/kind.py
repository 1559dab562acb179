"""A kind cluster with mock GPUs and a registry of its own: made, reused, removed."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pytest_kind.cluster import KindCluster

from cluster.docker import remove_container
from cluster.gpus import GpuProfile, load_profile
from cluster.node_image import ensure_node_image
from cluster.registry import Registry, ensure_registry_image, find_registry, start_registry
from cluster.toolchain import Tools, ensure_tools
from project.errors import EnvironmentFault
from project.paths import cache_dir
from project.processes import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from project.progress import Progress

LABEL = "dynamo-docs/cluster"
"""Docker label of every container that belongs to a cluster of this project."""

READY = "3m"
"""How long the node may take to be Ready; it takes about a quarter of a minute on two cores."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster."""

    name: str
    kubeconfig: Path
    kubectl: Path
    registry: Registry
    kubernetes_version: str
    """Of the API server, without the v: "1.35.4"."""
    gpus: str
    """For people: "8 x NVIDIA-H100-80GB-HBM3 (mock)"."""

    def run_kubectl(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Output of a kubectl command against this cluster.

        Raises:
            EnvironmentFault: kubectl failed; the message has what it printed.
        """
        return _kubectl(self.kubectl, self.kubeconfig, *arguments, stdin=stdin)


@contextmanager
def open_cluster(
    progress: Progress,
    *,
    name: str = "",
    keep: bool = False,
    kubeconfig: Path | None = None,
    profile: str = "h100x8",
) -> Iterator[Cluster]:
    """A ready cluster, removed with the `with` block unless `keep`; one that exists under `name` is reused.

    Args:
        progress: where stages are told.
        name: the cluster's name; empty: one of this run's own.
        keep: leave it running afterwards.
        kubeconfig: where to write its kubeconfig; None: a private file in the cache.
        profile: which mock GPUs the node has (cluster/profiles/).

    Raises:
        EnvironmentFault: an image could not be had, or the cluster did not get ready.
        UserError: no such GPU profile.
    """
    gpus = load_profile(profile)
    tools = ensure_tools(progress)
    image = ensure_node_image(progress)
    registry_image = ensure_registry_image(progress)
    name = name or f"docs-{secrets.token_hex(3)}"
    config = kubeconfig or cache_dir("clusters", name) / "kubeconfig"
    try:
        yield _start(progress, name, config, tools=tools, image=image, registry_image=registry_image, gpus=gpus)
    finally:
        if keep:
            progress.line(f"cluster {name} is kept: export KUBECONFIG={config}")
            progress.line(f"remove it with: python -m cluster delete --name {name}")
        else:
            with progress.stage(f"remove cluster {name}"):
                delete_cluster(name, tools)


def _start(
    progress: Progress, name: str, config: Path, *, tools: Tools, image: str, registry_image: str, gpus: GpuProfile
) -> Cluster:
    reused = name in clusters(tools)
    with progress.stage(f"{'reuse' if reused else 'create'} cluster {name}"):
        if reused:
            text = run([tools.kind, "get", "kubeconfig", "--name", name], what="reading the cluster's kubeconfig")
            _write_private(config, text)
            registry = find_registry(_registry_name(name))
        else:
            _create(name, config, tools, image)
            registry = start_registry(_registry_name(name), registry_image, {LABEL: name})
            _configure_node(name, registry)
        _kubectl(tools.kubectl, config, "wait", "--for=condition=Ready", "node", "--all", f"--timeout={READY}")
        _set_gpus(f"{name}-control-plane", config, tools, gpus)
    server = json.loads(_kubectl(tools.kubectl, config, "version", "-o", "json"))["serverVersion"]["gitVersion"]
    return Cluster(name, config, tools.kubectl, registry, server.removeprefix("v"), str(gpus))


def clusters(tools: Tools) -> list[str]:
    """Names of the kind clusters on this machine."""
    return run([tools.kind, "get", "clusters", "--quiet"], what="listing kind clusters").split()


def delete_cluster(name: str, tools: Tools) -> None:
    """Remove a cluster, its registry and its kubeconfig; no error if it is gone already."""
    remove_container(_registry_name(name))
    run([tools.kind, "delete", "cluster", "--quiet", "--name", name], what=f"removing cluster {name}")
    folder = cache_dir("clusters", name)
    (folder / "kubeconfig").unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def kind_config() -> str:
    """The configuration that `kind create cluster` gets.

    One node needs no network add-on: the node image's own ptp configuration connects its Pods. A pulled image
    reads other sections than one built from source (containerd 2 and 1.6); each ignores the other's.
    """
    registries = '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n'
    scores = '[plugins."io.containerd.grpc.v1.cri"]\n  restrict_oom_score_adj = true\n'
    newer = '[plugins."io.containerd.cri.v1.images".registry]\n  config_path = "/etc/containerd/certs.d"\n'
    kubelet = {
        "kind": "KubeletConfiguration",
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "failCgroupV1": False,
    }
    config = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "networking": {"disableDefaultCNI": True},
        "nodes": [{"role": "control-plane"}],
        "kubeadmConfigPatches": [yaml.safe_dump(kubelet)],
        "containerdConfigPatches": [registries, scores, newer],
    }
    return yaml.safe_dump(config, sort_keys=False)


def _create(name: str, config: Path, tools: Tools, image: str) -> None:
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-") as folder:
        file = Path(folder, "kind.yaml")
        file.write_text(kind_config(), encoding="utf-8")
        _write_private(config, "")
        # pytest-kind makes a folder of its own under the working directory; nothing of it is used here.
        with contextlib.chdir(folder):
            cluster = KindCluster(name, config, image=image, kind_path=tools.kind, kubectl_path=tools.kubectl)
            try:
                cluster.create(config_file=file)
            except subprocess.CalledProcessError as error:
                raise EnvironmentFault(
                    f"kind create cluster --name {name}: status {error.returncode}; its reasons are above",
                    hint="is there disk and memory left (df -h, free -g)?",
                ) from None


def _configure_node(name: str, registry: Registry) -> None:
    path = "/etc/containerd/certs.d/_default"
    command = f"mkdir -p {path} && cat > {path}/hosts.toml"
    node = f"{name}-control-plane"
    run(
        ["docker", "exec", "-i", node, "sh", "-c", command],
        stdin=registry.hosts_toml.encode(),
        what="telling the node of the cluster's registry",
    )


def _set_gpus(node: str, config: Path, tools: Tools, gpus: GpuProfile) -> None:
    labels = [f"{key}={value}" for key, value in gpus.labels().items()]
    _kubectl(tools.kubectl, config, "label", "--overwrite", "node", node, *labels)
    patch = ("patch", "node", node, "--subresource=status", "--type=json", "-p", gpus.status_patch())
    _kubectl(tools.kubectl, config, *patch)


def _registry_name(cluster: str) -> str:
    return f"{cluster}-registry"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _kubectl(kubectl: Path, config: Path, *arguments: str, stdin: bytes | None = None) -> str:
    command: list[str | Path] = [kubectl, "--kubeconfig", config, *arguments]
    return run(command, stdin=stdin, what=f"kubectl {' '.join(arguments[:2])}")
