"""The environment of a page that was kept, opened again by another process: nothing is made or installed there."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.clusters import namespaces
from docs_test.clusters.environment import CLAIM, kubectl_folders
from docs_test.clusters.given_cluster import given_cluster
from docs_test.model import Environment
from docs_test.names import NONE
from docs_test.ports.platform import ClusterGone, Wanted
from docs_test.ports.registry import GIVEN
from docs_test.shell.sandbox import require_sandbox
from groundwork.kube.kubectl import Kubectl
from groundwork.system.records import claimed, recorded

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from docs_test.clusters.stay import Stay, Where
    from docs_test.ports.platform import Platform
    from docs_test.ports.product import Product
    from groundwork.system.progress import Progress


@dataclass(frozen=True, slots=True)
class Reopening:
    """What it takes to open the environment of a page that was kept."""

    where: Where
    stay: Stay
    """Record of what stays when it is closed."""
    product: Product
    platform: Platform | None
    """Platform that has made the cluster; None for a given one, or none."""
    own: argparse.Namespace
    """Options of that platform."""


@contextmanager
def reopen_environment(wanted: Reopening, progress: Progress) -> Iterator[Environment]:
    """The environment of a page, closed with the `with` block as the run that kept it would have.

    Raises:
        ClusterGone: the cluster, or the page's namespace there, was removed.
        EnvironmentFault: it cannot be reached, or another run uses it.
    """
    where = wanted.where
    if where.sandbox:
        require_sandbox()
    if where.platform == NONE:
        yield Environment(kubeconfig="", sandboxed=where.sandbox, title="no cluster")
    elif where.platform == GIVEN:
        with _given(wanted, progress) as environment:
            yield environment
    elif wanted.platform is not None:
        with _made(wanted, wanted.platform, progress) as environment:
            yield environment


@contextmanager
def _given(wanted: Reopening, progress: Progress) -> Iterator[Environment]:
    where = wanted.where
    kubectl, _ = given_cluster(Path(where.kubeconfig), where.context, where.allowed)
    hint = "wait for it, or end it: kill {pid}"
    with claimed(CLAIM, f"--kubeconfig {where.kubeconfig!r}", hint, kubeconfig=where.kubeconfig) as claim:
        try:
            with _namespace(kubectl, progress.line, wanted, remove=True):
                found = _environment(wanted, where.kubeconfig, kubectl_folders())
                yield replace(found, context=kubectl.context)
        finally:
            claim.settled()


@contextmanager
def _made(wanted: Reopening, platform: Platform, progress: Progress) -> Iterator[Environment]:
    where = wanted.where
    keep = Wanted(wanted.own, where.cluster_name, where.keep_cluster, lambda: bool(wanted.stay.page))
    with platform.again(keep, progress) as cluster:
        folder = str(cluster.kubectl.parent)
        path = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
        kubectl = Kubectl({**os.environ, "PATH": path, "KUBECONFIG": str(cluster.kubeconfig)})
        with _namespace(kubectl, progress.line, wanted, remove=where.keep_cluster):
            yield _environment(wanted, str(cluster.kubeconfig), (folder,))


@contextmanager
def _namespace(kubectl: Kubectl, say: Callable[[str], None], wanted: Reopening, *, remove: bool) -> Iterator[None]:
    """The page's namespace, removed with the `with` block, if that is asked for and the page is not kept again."""
    name = wanted.where.namespace
    with recorded(namespaces.KIND, namespace=name) as record:
        try:
            there = kubectl.run("get", "namespace", name, "--ignore-not-found", "-o", "name").strip()
        except BaseException:
            record.settled()
            raise
        if not there:
            record.settled()
            raise ClusterGone(f"namespace {name!r}: it was removed")
        try:
            yield
        finally:
            remove = remove and name not in wanted.stay.namespaces
            namespaces.end_namespace(kubectl, record, name, say, remove=remove)


def _environment(wanted: Reopening, kubeconfig: str, programs: tuple[str, ...]) -> Environment:
    """The environment, as far as a page needs it; results say of it what the first run said."""
    where = wanted.where
    return Environment(
        kubeconfig=kubeconfig,
        namespace=where.namespace,  # It has stayed, and others may have used it meanwhile.
        page_namespace=where.namespace,
        page_kubeconfig=where.page_kubeconfig,
        cluster_kubeconfig=where.cluster_kubeconfig,
        sandboxed=where.sandbox,
        path_prefix=programs,
        platform=where.platform,
        capabilities=frozenset(where.capabilities),
        left_behind=wanted.product.left_behind,
    )
