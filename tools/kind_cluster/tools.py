"""Programs that run on this machine: kind, and the kubectl that lies in the node image."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir, root
from groundwork.base.versions import version
from groundwork.system.processes import run
from kind_cluster.docker import remove_container
from kind_cluster.node_image import ensure_node_image
from kind_cluster.toolchain import build

if TYPE_CHECKING:
    from pathlib import Path

    from groundwork.system.progress import Progress

KUBECTL = "/usr/bin/kubectl"
"""Path of kubectl in kind's node images."""


PROMETHEUS_TAGS = "netgo,remove_all_sd,enable_kubernetes_sd"
"""Build tags: of all ways to find targets, most of which bring the client of a cloud, only that by Kubernetes."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What clusters are made with."""

    kind: Path
    kubectl: Path
    """Path of the kubectl of the node image's own Kubernetes release; alone in its folder, which comes first on a
    page's PATH."""
    node_image: str


def ensure_tools(progress: Progress) -> Tools:
    """The node image, its kubectl, and kind, each had once.

    Raises:
        EnvironmentFault: one of them could not be had; the message says why.
    """
    image = ensure_node_image(progress)
    return Tools(kind=ensure_kind(progress), kubectl=_kubectl(image), node_image=image)


def ensure_kubectl(progress: Progress) -> Path:
    """The kubectl of the pinned Kubernetes release: a static program.

    Raises:
        EnvironmentFault: the node image that has it could not be had; the message says why.
    """
    return _kubectl(ensure_node_image(progress))


def ensure_kind(progress: Progress) -> Path:
    """Kind, built from its Go module."""
    return build("kind", {"kind": "sigs.k8s.io/kind"}, progress) / "kind"


def actionlint(progress: Progress, *files: Path) -> bool:
    """Whether actionlint, built from its Go module, finds nothing in the files (none: .github/workflows).

    It prints what it finds. Its checks of shell code need shellcheck, which is a development package here.
    """
    program = build("actionlint", {"actionlint": "github.com/rhysd/actionlint/cmd/actionlint"}, progress)
    return subprocess.run([program / "actionlint", *files], check=False, cwd=root()).returncode == 0


def ensure_vale(progress: Progress) -> Path:
    """Vale, which reads prose by rules, built from its Go module.

    Raises:
        EnvironmentFault: it could not be built; the message says why.
    """
    flags = f"-X main.version={version('tools.vale')}"
    packages = {"vale": "github.com/vale-cli/vale/v3/cmd/vale"}
    return build("vale", packages, progress, linker_flags=flags) / "vale"


def ensure_helm(progress: Progress) -> Path:
    """Helm, built from its Go module.

    Raises:
        EnvironmentFault: it could not be built; the message says why.
    """
    return build("helm", {"helm": "helm.sh/helm/v3/cmd/helm"}, progress) / "helm"


def ensure_prometheus(progress: Progress) -> Path:
    """Prometheus, built from its Go module: a static program that finds Pods, and no other kind of target.

    The module has no web pages: those are made apart from it. The HTTP API is complete.

    Raises:
        EnvironmentFault: it could not be built; the message says why.
    """
    packages = {"prometheus": "github.com/prometheus/prometheus/cmd/prometheus"}
    flags = f"-X github.com/prometheus/common/version.Version={prometheus_release()}"
    return build("prometheus", packages, progress, linker_flags=flags, tags=PROMETHEUS_TAGS) / "prometheus"


def ensure_caddy(progress: Progress) -> Path:
    """Caddy, a reverse proxy, built from its Go module: a static program with the modules of its own releases.

    Raises:
        EnvironmentFault: it could not be built; the message says why.
    """
    return build("caddy", {"caddy": "github.com/caddyserver/caddy/v2/cmd/caddy"}, progress) / "caddy"


def ensure_kube_router(progress: Progress) -> Path:
    """kube-router, built from its Go module: it enforces NetworkPolicies if a cluster's own network does not.

    Raises:
        EnvironmentFault: it could not be built; the message says why.
    """
    packages = {"kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"}
    flags = f"-X github.com/cloudnativelabs/kube-router/v2/pkg/version.Version=v{version('tools.kube_router')}"
    return build("kube-router", packages, progress, linker_flags=flags) / "kube-router"


def prometheus_release() -> str:
    """The release of Prometheus: its Go module has the number 0.316.0 where the release is called 3.16.0."""
    _, minor, patch = version("tools.prometheus").split(".")
    return f"{int(minor) // 100}.{int(minor) % 100}.{patch}"


def _kubectl(image: str) -> Path:
    """Taken from the image: of the right version, pinned with it, and not compiled where the image was pulled."""
    target = cache_dir("kubectl", digest(image)) / "kubectl"
    with locked(cache_dir("kubectl")):
        if not target.exists():
            partial = cache_dir("kubectl") / f"{digest(image)}.partial"
            container = f"dynamo-docs-kubectl-{digest(image)}"
            remove_container(container)  # Of a run that was killed: the lock is held.
            try:
                run(["docker", "create", "--name", container, image], what=f"opening {image}")
                run(["docker", "cp", f"{container}:{KUBECTL}", partial], what=f"taking kubectl from {image}")
            finally:
                remove_container(container)
            partial.rename(target)
    return target
