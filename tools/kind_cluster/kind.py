"""A kind cluster with mock GPUs and a registry of its own: made, reused, removed."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pytest_kind.cluster import KindCluster

from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir
from groundwork.kube.gpus import MOCK
from groundwork.kube.kubectl import Kubectl
from groundwork.kube.values import text
from groundwork.system.orphans import OWNER, owner
from groundwork.system.processes import KEPT_LINES, run
from groundwork.system.signals import deferred
from kind_cluster.docker import running
from kind_cluster.gpus import GpuProfile, load_profile
from kind_cluster.kind_config import kind_config, use_registry
from kind_cluster.registry import Registry, ensure_registry_image, find_registry, start_registry
from kind_cluster.removal import (
    LABEL,
    checked_name,
    claim,
    clusters,
    delete_cluster,
    node_name,
    registry_name,
    removal,
    require_ours,
    sweep,
)
from kind_cluster.tools import Tools, ensure_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.system.progress import Progress
    from groundwork.system.records import Record

MOCK_GPUS = f"{MOCK}=true"
"""The node's label that tells its GPUs from real ones."""
KEPT = "kept"
"""File in a cluster's folder that says that somebody wants to keep it."""
READY = "3m"
"""Time that the node may take to be Ready; it takes about a quarter of a minute on two cores."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster."""

    name: str
    kubeconfig: Path
    kubectl: Path
    registry: Registry
    kubernetes_version: str
    """Version of the API server, without the v: "1.35.4"."""
    gpus: str
    """GPUs in words, for people: "8 x NVIDIA-H100-80GB-HBM3 (mock)"; "" if it has none."""

    def run_kubectl(self, *arguments: str, stdin: bytes | None = None) -> str:
        """What a kubectl command against this cluster prints, however long it takes, without its last line's end.

        Raises:
            EnvironmentFault: kubectl failed; one line says why.
        """
        kubectl = _kubectl(self.kubectl, self.kubeconfig)
        return kubectl.run(*arguments, stdin=stdin or b"", timeout=None).removesuffix("\n")


@contextmanager
def open_cluster(
    progress: Progress,
    *,
    name: str = "",
    keep: bool = False,
    kubeconfig: Path | None = None,
    profile: str = "h100x8",
    stays: Callable[[], bool] | None = None,
) -> Iterator[Cluster]:
    """A ready cluster, removed with the `with` block unless `keep`; one that exists under `name` is reused.

    Args:
        progress: reports the stages.
        name: the cluster's name; empty: one of this run's own.
        keep: leave it running afterwards, if it got ready.
        kubeconfig: of a cluster that `python -m kind_cluster create` made; it is used as it is and always kept.
        profile: which mock GPUs the node has (profiles/); "": it gets none.
        stays: asked at the end whether it stays although `keep` did not say so.

    Raises:
        EnvironmentFault: an image could not be had, the cluster did not get ready, or it is not this project's.
        UserError: no such GPU profile, or a name that no cluster may have.
    """
    gpus = load_profile(profile) if profile else None
    tools = ensure_tools(progress)
    if kubeconfig:
        name = made_cluster(kubeconfig, tools)
        yield _settle(name, kubeconfig, tools, gpus, find_registry(registry_name(name)))
        return
    registry_image = ensure_registry_image(progress)
    name = checked_name(name or f"docs-{secrets.token_hex(3)}")
    require_ours(name, tools.kind)  # Before it is recorded: what is recorded is removed.
    sweep(tools, progress)
    with (
        claim(name) as record,
        _opened(progress, name, tools, gpus, registry_image, record=record, keep=keep, stays=stays) as cluster,
    ):
        yield cluster


@contextmanager
def _opened(
    progress: Progress,
    name: str,
    tools: Tools,
    gpus: GpuProfile | None,
    registry_image: str,
    *,
    record: Record,
    keep: bool,
    stays: Callable[[], bool] | None,
) -> Iterator[Cluster]:
    config = cache_dir("clusters", name) / "kubeconfig"
    reused = _reusable(name, tools, progress)
    mark = config.with_name(KEPT)
    # Whoever kept it wants to find it again: a run that does not say so leaves it as it was.
    keep = keep or (reused and mark.exists())
    kept = keep and reused
    try:
        with progress.stage(f"{'reuse' if reused else 'create'} cluster {name}"):
            registry = _reuse(name, config, tools) if reused else _create(name, config, tools, registry_image)
            cluster = _settle(name, config, tools, gpus, registry)
        kept = keep
        yield cluster
    finally:
        if kept or (stays is not None and stays()):
            progress.line(f"cluster {name} is kept: export KUBECONFIG={config}")
            progress.line(f"remove it with: {removal(name)}")
            if kept:
                with contextlib.suppress(OSError):  # The next run then has to say again that it keeps it.
                    mark.touch()
            record.settled()
        else:
            with deferred(progress.line), progress.stage(f"remove cluster {name}"):
                delete_cluster(name, tools.kind)
                record.settled()


def made_cluster(kubeconfig: Path, tools: Tools) -> str:
    """Name of the cluster that a kubeconfig leads to.

    Raises:
        EnvironmentFault: there is no such file, or this project did not make that cluster.
    """
    try:
        content = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise EnvironmentFault(f"--kubeconfig {str(kubeconfig)!r}: cannot be read: {reason}") from None
    context = str(content.get("current-context", "")) if isinstance(content, dict) else ""
    name = context.removeprefix("kind-")
    if not (context.startswith("kind-") and name in clusters(tools.kind) and _complete(name)):
        raise EnvironmentFault(
            f"--kubeconfig {str(kubeconfig)!r}: current context {context!r} is no running cluster of this project",
            hint="make one with: python -m kind_cluster create --name NAME",
        )
    return name


def _complete(name: str) -> bool:
    return running(node_name(name)) and running(registry_name(name), label=f"{LABEL}={name}")


def _reusable(name: str, tools: Tools, progress: Progress) -> bool:
    """Whether a cluster of that name is there and whole; what is left of one is removed."""
    if name not in clusters(tools.kind):
        return False
    if _complete(name):
        return True
    with progress.stage(f"remove the remains of cluster {name}"):
        delete_cluster(name, tools.kind)
    return False


def _reuse(name: str, config: Path, tools: Tools) -> Registry:
    content = run([tools.kind, "get", "kubeconfig", "--name", name], what="reading the cluster's kubeconfig")
    _write_private(config, content)
    return find_registry(registry_name(name))


def _create(name: str, config: Path, tools: Tools, registry_image: str) -> Registry:
    _write_private(config, "")
    with tempfile.TemporaryDirectory(dir=config.parent) as folder:  # Goes with the cluster, were this killed.
        _run_kind(name, config, tools, Path(folder))
    registry = start_registry(registry_name(name), registry_image, {LABEL: name})
    use_registry(node_name(name), registry)
    return registry


def _run_kind(name: str, config: Path, tools: Tools, folder: Path) -> None:
    """Let pytest-kind create the cluster; what kind says is kept for the case that it fails."""
    file, said, quiet = folder / "kind.yaml", folder / "said", folder / "kind"
    file.write_text(kind_config(tools.node_image), encoding="utf-8")
    # pytest-kind starts it without the mark by which a later run ends it, were this one killed.
    mark = f'export {OWNER}="{owner()}"'
    quiet.write_text(f'#!/bin/sh\n{mark}\nexec "{tools.kind}" "$@" 2>"{said}"\n', encoding="utf-8")
    quiet.chmod(0o700)
    # pytest-kind makes a folder of its own under the working directory; nothing of it is used here.
    with contextlib.chdir(folder):
        cluster = KindCluster(name, config, image=tools.node_image, kind_path=quiet, kubectl_path=tools.kubectl)
        try:
            cluster.create(config_file=file)
        except subprocess.CalledProcessError as error:
            last = said.read_text(encoding="utf-8", errors="replace").splitlines()[-KEPT_LINES:]
            raise EnvironmentFault(
                "\n".join([f"kind create cluster: status {error.returncode}", *(f"  | {line}" for line in last)]),
                hint="is there disk and memory left (df -h, free -g)?",
            ) from None


def _settle(name: str, config: Path, tools: Tools, gpus: GpuProfile | None, registry: Registry) -> Cluster:
    """Wait until the node is Ready and give it its mock GPUs, also when reused: the profile may be another."""
    kubectl = _kubectl(tools.kubectl, config)
    kubectl.run("wait", "--for=condition=Ready", "node", "--all", f"--timeout={READY}", timeout=None)
    # Made a moment after the node is Ready; without it the first Pods would be refused.
    kubectl.run("wait", "--for=create", "serviceaccount/default", f"--timeout={READY}", timeout=None)
    if gpus:
        node, patch = node_name(name), gpus.status_patch()
        labels = [f"{key}={value}" for key, value in gpus.labels().items()] + [MOCK_GPUS]
        kubectl.run("label", "--overwrite", "node", node, *labels)
        kubectl.run("patch", "node", node, "--subresource=status", "--type=json", "-p", patch)
    server = text(kubectl.json("get", "--raw", "/version"), "gitVersion")
    return Cluster(name, config, tools.kubectl, registry, server.removeprefix("v"), str(gpus or ""))


def _write_private(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(content, encoding="utf-8")


def _kubectl(program: Path, kubeconfig: Path) -> Kubectl:
    return Kubectl(os.environ, kubeconfig=str(kubeconfig), program=program)
