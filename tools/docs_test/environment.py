"""Where a page runs: a kind cluster with this project's stand-in, or a cluster that is given."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.kind import open_cluster
from cluster.provision import preflight, provision
from docs_test import namespaces
from docs_test.given import given_cluster
from docs_test.kubectl import Kubectl
from docs_test.model import Environment
from docs_test.preflight import look
from docs_test.sandbox import require_sandbox
from mock_platform.images import ensure_images
from mock_platform.install import install
from project.records import claimed
from project.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster.kind import Cluster
    from docs_test.inventory import Inventory
    from project.progress import Progress

GIVEN = "given"
"""Of the records that say which given cluster a run uses."""


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """What the command line says about where pages run."""

    provision: bool = False
    """Install what the machine lacks first."""
    assume_yes: bool = False
    cluster_name: str = ""
    """Empty: a name of the run's own."""
    keep_cluster: bool = False
    kubeconfig: Path | None = None
    """A cluster that exists; nothing is made or removed there outside namespaces of the run's own."""
    context: str = ""
    """Of that kubeconfig; "": the only one."""
    allowed: tuple[str, ...] = ()
    """Contexts in which pages may run although the cluster does not say so."""
    sandbox: bool = True
    gpu_profile: str = "h100x8"


@contextmanager
def open_environment(options: EnvironmentOptions, progress: Progress) -> Iterator[Environment]:
    """Everything a tutorial needs, ended with the `with` block unless `keep_cluster`.

    Raises:
        EnvironmentFault: the machine or the cluster lacks something; the message says what and how to mend it.
    """
    if options.provision:
        provision(progress, assume_yes=options.assume_yes)
    if options.sandbox and options.kubeconfig:
        require_sandbox()
    if options.kubeconfig:
        with _given(options, options.kubeconfig, progress) as environment:
            yield environment
        return
    preflight()
    if options.sandbox:
        require_sandbox()
    images = ensure_images(progress)
    with open_cluster(
        progress,
        name=options.cluster_name,
        keep=options.keep_cluster,
        kubeconfig=None,
        profile=options.gpu_profile,
    ) as cluster:
        install(cluster, images, progress)
        path = os.pathsep.join([str(cluster.kubectl.parent), os.environ.get("PATH", os.defpath)])
        kubectl = Kubectl({**os.environ, "PATH": path, "KUBECONFIG": str(cluster.kubeconfig)})
        if options.keep_cluster:
            namespaces.sweep(kubectl, progress.line)
        with namespaces.own_namespace(kubectl, progress.line, ours=True, remove=options.keep_cluster) as own:
            yield mock_environment(cluster, look(kubectl, cluster_scope=True), own, sandboxed=options.sandbox)


@contextmanager
def _given(options: EnvironmentOptions, kubeconfig: Path, progress: Progress) -> Iterator[Environment]:
    kubectl, kubernetes = given_cluster(kubeconfig, options.context, options.allowed)
    path = str(kubeconfig.resolve())
    hint = "wait for it, or end it: kill {pid}"  # Each would take the other's objects for left over.
    with claimed(GIVEN, f"--kubeconfig {str(kubeconfig)!r}", hint, kubeconfig=path) as record:
        try:
            namespaces.sweep(kubectl, progress.line)
            inventory = look(kubectl, cluster_scope=False)
            with namespaces.own_namespace(kubectl, progress.line, ours=False) as own:
                yield Environment(
                    kubeconfig=path,
                    context=kubectl.context,
                    namespace=own.name,
                    page_kubeconfig=own.kubeconfig,
                    sandboxed=options.sandbox,
                    platform="cluster",
                    capabilities=inventory.capabilities(),
                    kubernetes=kubernetes,
                    runtime=version("dynamo.runtime"),
                    operator=inventory.operator.version if inventory.operator else "",
                    gpus="; ".join(map(str, inventory.gpus)),
                    tier=inventory.tier,
                    inventory=inventory,
                )
        finally:
            record.settled()


def mock_environment(
    cluster: Cluster, inventory: Inventory, own: namespaces.Own, *, sandboxed: bool
) -> Environment:
    """The environment of a cluster with the stand-in installed."""
    return Environment(
        kubeconfig=str(cluster.kubeconfig),
        page_kubeconfig=own.kubeconfig,
        cluster_kubeconfig=own.cluster_kubeconfig,
        sandboxed=sandboxed,
        path_prefix=(str(cluster.kubectl.parent),),
        platform="mock",
        capabilities=inventory.capabilities(),
        inventory=inventory,
        tier=inventory.tier,
        kubernetes=cluster.kubernetes_version,
        runtime=version("dynamo.runtime"),
        operator=version("dynamo.operator_label"),
        gpus=cluster.gpus,
    )
