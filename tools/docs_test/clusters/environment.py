"""Where a page runs: a kind cluster with this project's stand-in, or a cluster that is given."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.clusters import namespaces
from docs_test.clusters.fit import look
from docs_test.clusters.given_cluster import given_cluster
from docs_test.clusters.snapshot import not_compared, snapshot
from docs_test.model import Environment, Fact
from docs_test.shell.sandbox import require_sandbox
from dynamo_docs.platforms.helm_chart import find_chart
from dynamo_docs.platforms.helm_install import install_chart
from groundwork.base.versions import version
from groundwork.kube.kubectl import Kubectl
from groundwork.system.orphans import end_orphans
from groundwork.system.records import claimed
from kind_cluster.kind import open_cluster
from kind_cluster.provision import preflight, provision
from kind_cluster.tools import ensure_helm
from mock_platform.images import ensure_images
from mock_platform.install import install

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.clusters.inventory import Inventory
    from dynamo_docs.platforms.helm_chart import Chart
    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster

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
    platform: str = "mock"
    """"mock" or "helm"."""
    chart: str = ""
    """Of the platform "helm": an address or a path; "": the released one."""
    values: Path | None = None
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
    helm = ensure_helm(progress) if options.platform == "helm" else None
    chart = find_chart(options.chart, helm, progress) if helm else None  # Out of reach: known before a cluster is.
    images = ensure_images(progress)
    with open_cluster(
        progress,
        name=options.cluster_name,
        keep=options.keep_cluster,
        kubeconfig=None,
        profile=options.gpu_profile,
    ) as cluster:
        if helm and chart:
            install_chart(cluster, chart, images, helm, progress, values=options.values)
        else:
            install(cluster, images, progress)
        path = os.pathsep.join([str(cluster.kubectl.parent), os.environ.get("PATH", os.defpath)])
        kubectl = Kubectl({**os.environ, "PATH": path, "KUBECONFIG": str(cluster.kubeconfig)})
        namespaces.sweep(kubectl, progress.line)
        with namespaces.own_namespace(kubectl, progress.line, ours=True, remove=options.keep_cluster) as own:
            found = look(kubectl, cluster_scope=True)
            made = kind_environment(cluster, found, own, sandboxed=options.sandbox)
            yield with_chart(made, found, chart) if chart else made


@contextmanager
def _given(options: EnvironmentOptions, kubeconfig: Path, progress: Progress) -> Iterator[Environment]:
    kubectl, kubernetes = given_cluster(kubeconfig, options.context, options.allowed)
    path = str(kubeconfig.resolve())
    hint = "wait for it, or end it: kill {pid}"  # Each would take the other's objects for left over.
    with claimed(GIVEN, f"--kubeconfig {str(kubeconfig)!r}", hint, kubeconfig=path) as record:
        try:
            end_orphans(progress.line)  # As `preflight` does, which a given cluster does without.
            namespaces.sweep(kubectl, progress.line)
            inventory = look(kubectl, cluster_scope=False)
            with namespaces.own_namespace(kubectl, progress.line, ours=False) as own:
                if unseen := not_compared(snapshot(replace(kubectl, namespace=own.name))):
                    progress.line(unseen)
                yield Environment(
                    kubeconfig=path,
                    path_prefix=_kubectl_folders(),
                    context=kubectl.context,
                    namespace=own.name,
                    page_kubeconfig=own.kubeconfig,
                    sandboxed=options.sandbox,
                    platform="cluster",
                    title=f"the given cluster{_operator_kind(inventory)}",
                    capabilities=inventory.capabilities(),
                    kubernetes=kubernetes,
                    facts=_facts(operator_name(inventory), inventory.tier),
                    gpus="; ".join(map(str, inventory.gpus)),
                    tier=inventory.tier,
                    inventory=inventory,
                )
        finally:
            record.settled()


def _kubectl_folders() -> tuple[str, ...]:
    """Where the caller's kubectl is: its folder, and that of the program itself if the first holds a link."""
    found = Path(shutil.which("kubectl") or "")
    return tuple(dict.fromkeys([str(found.parent), str(found.resolve().parent)]))


def with_chart(environment: Environment, inventory: Inventory, chart: Chart) -> Environment:
    """The environment of a cluster in which a chart was installed, which names what is not the real operator."""
    name = operator_name(inventory) or ("of unknown version" if inventory.operator else "none")
    real = inventory.operator is not None and inventory.operator.kind == "real"
    return replace(
        environment,
        platform="helm",
        title=f"a Helm chart (mock GPUs, mock engine){_operator_kind(inventory)}",
        facts=_facts(name if real else f"{name} (chart {chart})", environment.tier),
    )


def _operator_kind(inventory: Inventory) -> str:
    return f", operator: {inventory.operator.kind}" if inventory.operator else ""


def _facts(operator: str, tier: str) -> tuple[Fact, ...]:
    """What sets one environment apart from others, beside Kubernetes and GPUs."""
    title = "operator as of" if tier == "mock" and operator else "operator"
    return Fact("runtime", "Dynamo runtime", version("dynamo.runtime")), Fact("operator", title, operator)


def operator_name(inventory: Inventory) -> str:
    """Version of a cluster's operator; of this project's stand-in, of the behaviour it was compared with."""
    there = inventory.operator
    stand_in = there is not None and there.kind == "mock" and there.version == version("dynamo.operator")
    return version("dynamo.operator_label") if stand_in else there.version if there else ""


def kind_environment(
    cluster: Cluster, inventory: Inventory, own: namespaces.Own, *, sandboxed: bool
) -> Environment:
    """The environment of a kind cluster with the stand-in installed."""
    return Environment(
        kubeconfig=str(cluster.kubeconfig),
        page_kubeconfig=own.kubeconfig,
        cluster_kubeconfig=own.cluster_kubeconfig,
        sandboxed=sandboxed,
        path_prefix=(str(cluster.kubectl.parent),),
        platform="mock",
        title="mock platform (stand-in operator, mock engine)",
        capabilities=inventory.capabilities(),
        inventory=inventory,
        tier=inventory.tier,
        kubernetes=cluster.kubernetes_version,
        facts=_facts(version("dynamo.operator_label"), inventory.tier),
        gpus=cluster.gpus,
    )
