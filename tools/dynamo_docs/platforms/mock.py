"""The platform `mock`: this project's stand-in for the operator, and mock engines."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from docs_test.inventory import Fact
from docs_test.ports.platform import OpenCluster
from dynamo_api.releases import operator
from dynamo_docs.inventory import DynamoInventory
from dynamo_docs.platforms.kind_with_gpus import CADDY, POLICIES, KindWithGpus, other_runtime, to_install

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.model import Environment
    from docs_test.ports.platform import Wanted
    from dynamo_api.release_table.rows import Release
    from groundwork.system.progress import Progress


PROMETHEUS = "prometheus"


class MockPlatform(KindWithGpus):
    """Installs the stand-in."""

    name = "mock"
    title = "mock platform (stand-in operator, mock engine)"
    prepares = MappingProxyType(
        {
            PROMETHEUS: "Prometheus, which collects what Dynamo's PodMonitors select",
            **KindWithGpus.prepares,
        }
    )

    @contextmanager
    def open(self, wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
        """A cluster with the stand-in installed, or brought up to date."""
        from kind_cluster.kind import open_cluster  # noqa: PLC0415 - all that makes clusters loads late
        from mock_platform import policies, prometheus, proxy  # noqa: PLC0415
        from mock_platform.gates import switched_on  # noqa: PLC0415
        from mock_platform.images import ensure_images, with_runtime  # noqa: PLC0415
        from mock_platform.install import install  # noqa: PLC0415
        from mock_platform.operator.config import RUNTIME  # noqa: PLC0415

        images, release = ensure_images(progress), other_runtime(wanted.options)
        if release:
            images = with_runtime(release.name, images, progress)
            progress.line(f"runtime {release.name} ({', '.join(release.runs)}), operator as of {operator().name}")
        parts = {PROMETHEUS: prometheus, POLICIES: policies, CADDY: proxy}
        install_prepared = to_install(parts, wanted, progress)
        profile = wanted.options.gpu_profile
        with open_cluster(
            progress, name=wanted.name, keep=wanted.keep, profile=profile, stays=wanted.stays
        ) as cluster:
            on = switched_on(wanted.options.feature_gates)
            settings = {RUNTIME: release.name} if release else None
            install(cluster, images, progress, settings=settings, switched_on=on)
            install_prepared(cluster)
            version = cluster.kubernetes_version

            def named(environment: Environment) -> Environment:
                known = with_release(environment, release) if release else environment
                gates = [Fact("gates", "feature gates", ", ".join(sorted(on)))] if on else []
                return replace(known, facts=(*known.facts, *gates))

            yield OpenCluster(cluster.kubeconfig, cluster.kubectl, version, cluster.gpus, named)


def with_release(environment: Environment, release: Release) -> Environment:
    """The environment of a cluster whose images have another release's runtime."""
    inventory = environment.inventory
    if not isinstance(inventory, DynamoInventory):  # Another product's site.
        return environment
    known = replace(inventory, runtime=release)
    return replace(environment, inventory=known, capabilities=known.capabilities(), facts=known.facts)
