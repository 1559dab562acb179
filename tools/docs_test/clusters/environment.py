"""Where pages run: a cluster that a platform makes for the run, one that is given, or none."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.clusters import namespaces
from docs_test.clusters.fit import look
from docs_test.clusters.given_cluster import given_cluster
from docs_test.clusters.snapshot import not_compared, snapshot
from docs_test.clusters.stay import Stay
from docs_test.model import Environment
from docs_test.ports.platform import Wanted
from docs_test.ports.registry import GIVEN
from docs_test.shell.sandbox import require_sandbox
from groundwork.kube.kubectl import Kubectl
from groundwork.system.orphans import end_orphans
from groundwork.system.records import claimed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from docs_test.ports.platform import OpenCluster, Platform
    from docs_test.ports.product import Product
    from groundwork.system.progress import Progress

CLAIM = "given"
"""Kind of the records that say which given cluster a run uses."""


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """What the command line and the site say about where pages run."""

    product: Product
    """The site's."""
    platform: Platform | None
    """Platform that makes the cluster, if none is given, and installs what the machine lacks; None for no
    cluster."""
    own: argparse.Namespace
    """The command line, with the platform's own options."""
    provision: bool = False
    """Install what the machine lacks first."""
    assume_yes: bool = False
    cluster_name: str = ""
    """Name of the cluster; "" for a name of the run's own."""
    keep_cluster: bool = False
    kubeconfig: Path | None = None
    """A cluster that exists; nothing is made or removed there outside namespaces of the run's own."""
    context: str = ""
    """Context of that kubeconfig; "" for the only one."""
    allowed: tuple[str, ...] = ()
    """Contexts in which pages may run although the cluster does not say so."""
    sandbox: bool = True
    jobs: int = 1
    """Number of pages that may run at the same time."""
    prepared: frozenset[str] = frozenset()
    """Capabilities that the platform installs because the pages need them; in a given cluster it installs none."""
    stay: Stay = field(default_factory=Stay)
    """Record of what stays when the environment is closed."""


@contextmanager
def open_environment(options: EnvironmentOptions, progress: Progress) -> Iterator[Environment]:
    """Everything a tutorial needs, ended with the `with` block unless `keep_cluster`.

    Raises:
        EnvironmentFault: the machine or the cluster lacks something; the message says what and how to mend it.
    """
    platform = options.platform
    if options.provision and platform:
        platform.provision(progress, assume_yes=options.assume_yes)
    if options.kubeconfig:
        if options.sandbox:
            require_sandbox()
        with _given(options, options.kubeconfig, progress) as environment:
            yield environment
        return
    if platform is None:
        if options.sandbox:
            require_sandbox()
        end_orphans(progress.line)
        nowhere = Environment(kubeconfig="", sandboxed=options.sandbox, title="no cluster")
        yield replace(nowhere, side_by_side=(nowhere,) * options.jobs if options.jobs > 1 else ())
        return
    platform.require()
    if options.sandbox:
        require_sandbox()
    stays, prepared = (lambda: bool(options.stay.page)), options.prepared
    wanted = Wanted(options.own, options.cluster_name, options.keep_cluster, stays, prepared)
    with platform.open(wanted, progress) as cluster, _made(options, platform, cluster, progress) as environment:
        yield environment


@contextmanager
def _made(
    options: EnvironmentOptions, platform: Platform, cluster: OpenCluster, progress: Progress
) -> Iterator[Environment]:
    path = os.pathsep.join([str(cluster.kubectl.parent), os.environ.get("PATH", os.defpath)])
    kubectl = Kubectl({**os.environ, "PATH": path, "KUBECONFIG": str(cluster.kubeconfig)})
    namespaces.sweep(kubectl, progress.line)
    groups, remove, names = options.product.api_groups, options.keep_cluster, _names(options)
    with namespaces.own_namespace(
        kubectl, progress.line, ours=True, remove=remove, groups=groups, stay=options.stay, readers=names
    ) as own:
        found = look(kubectl, options.product, cluster_scope=True)
        whole = cluster.told(
            Environment(
                kubeconfig=str(cluster.kubeconfig),
                # A cluster with a name, or that stays, may be a colleague's, too.
                namespace=own.name if options.keep_cluster or options.cluster_name else "",
                page_namespace=own.name,
                page_kubeconfig=own.kubeconfig,
                cluster_kubeconfig=own.cluster_kubeconfig,
                sandboxed=options.sandbox,
                path_prefix=(str(cluster.kubectl.parent),),
                platform=platform.name,
                title=platform.title,
                capabilities=found.capabilities(),
                inventory=found,
                tier=found.tier,
                kubernetes=cluster.kubernetes,
                facts=found.facts,
                gpus=cluster.gpus or found.gpu_names,
                left_behind=options.product.left_behind,
            )
        )
        with _side_by_side(whole, kubectl, names, progress, groups=groups, remove=remove) as environment:
            yield environment


@contextmanager
def _given(options: EnvironmentOptions, kubeconfig: Path, progress: Progress) -> Iterator[Environment]:
    kubectl, kubernetes = given_cluster(kubeconfig, options.context, options.allowed)
    path = str(kubeconfig.resolve())
    hint = "wait for it, or end it: kill {pid}"  # Each would take the other's objects for left over.
    with claimed(CLAIM, f"--kubeconfig {str(kubeconfig)!r}", hint, kubeconfig=path) as record:
        try:
            end_orphans(progress.line)  # As a platform does, which a given cluster does without.
            namespaces.sweep(kubectl, progress.line)
            inventory = look(kubectl, options.product, cluster_scope=False)
            groups = options.product.api_groups
            with namespaces.own_namespace(
                kubectl, progress.line, ours=False, groups=groups, stay=options.stay
            ) as own:
                if unseen := not_compared(snapshot(replace(kubectl, namespace=own.name))):
                    progress.line(unseen)
                whole = Environment(
                    kubeconfig=path,
                    path_prefix=kubectl_folders(),
                    context=kubectl.context,
                    namespace=own.name,
                    page_namespace=own.name,
                    page_kubeconfig=own.kubeconfig,
                    sandboxed=options.sandbox,
                    platform=GIVEN,
                    title=f"the given cluster{inventory.note}",
                    capabilities=inventory.capabilities(),
                    kubernetes=kubernetes,
                    facts=inventory.facts,
                    gpus=inventory.gpu_names,
                    tier=inventory.tier,
                    inventory=inventory,
                    left_behind=options.product.left_behind,
                )
                with _side_by_side(whole, kubectl, _names(options), progress, groups=groups) as environment:
                    yield environment
        finally:
            record.settled()


def _names(options: EnvironmentOptions) -> list[str]:
    """Names for a namespace for each page that may run at the same time as others."""
    return [namespaces.new_name() for _ in range(options.jobs)] if options.jobs > 1 else []


@contextmanager
def _side_by_side(
    whole: Environment,
    kubectl: Kubectl,
    names: Sequence[str],
    progress: Progress,
    *,
    groups: Sequence[str],
    remove: bool = True,
) -> Iterator[Environment]:
    """The environment, with one beside it for each of these namespaces: their pages see nothing of each other."""
    with ExitStack() as stack:
        found = []
        for name in names:
            made = namespaces.own_namespace(
                kubectl, progress.line, ours=False, remove=remove, groups=groups, name=name
            )
            own = stack.enter_context(made)
            found.append(replace(whole, namespace=name, page_kubeconfig=own.kubeconfig, cluster_kubeconfig=""))
        yield replace(whole, side_by_side=tuple(found))


def kubectl_folders() -> tuple[str, ...]:
    """Where the caller's kubectl is: its folder, and that of the program itself if the first holds a link."""
    found = Path(shutil.which("kubectl") or "")
    return tuple(dict.fromkeys([str(found.parent), str(found.resolve().parent)]))
