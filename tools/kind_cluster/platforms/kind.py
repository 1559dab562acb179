"""The platform `kind`: a cluster of one node, with Kubernetes and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docs_test.ports.platform import OpenCluster, Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.ports.platform import Wanted
    from groundwork.system.progress import Progress


class KindPlatform(Platform):
    """Makes a kind cluster; what it needs of the machine `--provision` installs."""

    name = "kind"
    title = "a kind cluster"

    def provision(self, progress: Progress, *, assume_yes: bool) -> None:
        """Install what the machine lacks; asks first when a person is at the terminal."""
        from kind_cluster.provision import provision  # noqa: PLC0415 - all that makes clusters loads late

        provision(progress, assume_yes=assume_yes)

    def require(self) -> None:
        """Check that the machine can run a cluster, and end what a killed run goes on building."""
        from kind_cluster.provision import preflight  # noqa: PLC0415

        preflight()

    @contextmanager
    def open(self, wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
        """A cluster with Kubernetes alone, no GPUs, not even mock ones."""
        from kind_cluster.kind import open_cluster  # noqa: PLC0415

        with open_cluster(progress, name=wanted.name, keep=wanted.keep, profile="", stays=wanted.stays) as cluster:
            yield OpenCluster(cluster.kubeconfig, cluster.kubectl, cluster.kubernetes_version)

    def remove(self, name: str, progress: Progress) -> None:
        """Remove a kind cluster and its registry."""
        from kind_cluster.removal import remove_cluster  # noqa: PLC0415
        from kind_cluster.tools import ensure_kind  # noqa: PLC0415

        remove_cluster(name, ensure_kind(progress))

    @contextmanager
    def again(self, wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
        """A cluster that a run has kept; nothing is installed or brought up to date there."""
        from kind_cluster.platforms.again import kept_cluster  # noqa: PLC0415

        with kept_cluster(wanted, progress) as cluster:
            yield cluster
