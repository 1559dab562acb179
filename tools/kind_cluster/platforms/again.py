"""A kind cluster that a run has kept, opened again as it is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docs_test.ports.platform import ClusterGone, OpenCluster
from groundwork.base.paths import cache_dir
from groundwork.system.signals import deferred
from kind_cluster.docker import running
from kind_cluster.kind import KEPT
from kind_cluster.removal import claim, clusters, delete_cluster, node_name
from kind_cluster.tools import ensure_tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.ports.platform import Wanted
    from groundwork.system.progress import Progress


@contextmanager
def kept_cluster(wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
    """The cluster of that name, removed when the block ends unless it is to be kept once more.

    Raises:
        ClusterGone: it was removed, or its node has stopped.
        EnvironmentFault: another run uses it, or Docker does not answer.
    """
    tools, name = ensure_tools(progress), wanted.name
    with claim(name) as record:
        kubeconfig = cache_dir("clusters") / name / "kubeconfig"
        if name not in clusters(tools.kind) or not running(node_name(name)) or not kubeconfig.exists():
            record.settled()
            raise ClusterGone(f"cluster {name!r}: it was removed, or has stopped")
        try:
            yield OpenCluster(kubeconfig, tools.kubectl, "")
        finally:
            if wanted.keep or kubeconfig.with_name(KEPT).exists() or wanted.stays():
                record.settled()
            else:
                with deferred(progress.line), progress.stage(f"remove cluster {name}"):
                    delete_cluster(name, tools.kind)
                    record.settled()
