"""The platform `mock`: this project's stand-in for the operator, and mock engines."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from docs_test.ports.platform import OpenCluster
from dynamo_docs.platforms.kind_with_gpus import KindWithGpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.model import Environment
    from docs_test.ports.platform import Wanted
    from groundwork.system.progress import Progress


PROMETHEUS = "prometheus"


class MockPlatform(KindWithGpus):
    """Installs the stand-in."""

    name = "mock"
    title = "mock platform (stand-in operator, mock engine)"
    prepares = MappingProxyType({PROMETHEUS: "Prometheus, which collects what Dynamo's PodMonitors select"})

    @contextmanager
    def open(self, wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
        """A cluster with the stand-in installed, or brought up to date."""
        from kind_cluster.kind import open_cluster  # noqa: PLC0415 - all that makes clusters loads late
        from mock_platform import prometheus  # noqa: PLC0415
        from mock_platform.gates import switched_on  # noqa: PLC0415
        from mock_platform.images import ensure_images  # noqa: PLC0415
        from mock_platform.install import install  # noqa: PLC0415

        images = ensure_images(progress)
        monitoring = prometheus.ensure_image(progress) if PROMETHEUS in wanted.prepared else ""
        profile = wanted.options.gpu_profile
        with open_cluster(
            progress, name=wanted.name, keep=wanted.keep, profile=profile, stays=wanted.stays
        ) as cluster:
            on = switched_on(wanted.options.feature_gates)
            install(cluster, images, progress, switched_on=on)
            if monitoring:
                prometheus.install(cluster, monitoring, progress)
            version = cluster.kubernetes_version

            def named(environment: Environment) -> Environment:
                gates = "".join(f", {gate} on" for gate in sorted(on))
                return replace(environment, title=f"{environment.title}{gates}")

            yield OpenCluster(cluster.kubeconfig, cluster.kubectl, version, cluster.gpus, named)
