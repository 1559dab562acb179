"""The platform `helm`: a chart of the Dynamo platform, with mock GPUs and a mock engine."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from docs_test.ports.platform import OpenCluster
from dynamo_docs.inventory import DynamoInventory, dynamo_facts
from dynamo_docs.platforms.kind_with_gpus import CADDY, HELM, POLICIES, KindWithGpus, to_install

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.model import Environment
    from docs_test.ports.platform import Wanted
    from dynamo_docs.platforms.helm_chart import Chart
    from groundwork.system.progress import Progress


class HelmPlatform(KindWithGpus):
    """Installs a chart: the released one, or one that `--chart` names."""

    name = HELM
    title = "a Helm chart (mock GPUs, mock engine)"

    @contextmanager
    def open(self, wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
        """A cluster with the chart installed, or brought up to date."""
        from dynamo_docs.platforms.helm_chart import find_chart  # noqa: PLC0415 - all that makes clusters loads late
        from dynamo_docs.platforms.helm_install import install_chart  # noqa: PLC0415
        from kind_cluster.kind import open_cluster  # noqa: PLC0415
        from kind_cluster.tools import ensure_helm  # noqa: PLC0415
        from mock_platform import policies, proxy  # noqa: PLC0415
        from mock_platform.images import ensure_images  # noqa: PLC0415

        options = wanted.options
        helm = ensure_helm(progress)
        chart = find_chart(options.chart, helm, progress)  # Out of reach: known before a cluster is.
        images = ensure_images(progress)
        install_prepared = to_install({POLICIES: policies, CADDY: proxy}, wanted, progress)
        with open_cluster(
            progress, name=wanted.name, keep=wanted.keep, profile=options.gpu_profile, stays=wanted.stays
        ) as cluster:
            install_chart(cluster, chart, images, helm, progress, values=options.values)
            install_prepared(cluster)
            version, told = cluster.kubernetes_version, partial(with_chart, chart=chart)
            yield OpenCluster(cluster.kubeconfig, cluster.kubectl, version, cluster.gpus, told)


def with_chart(environment: Environment, chart: Chart) -> Environment:
    """The environment of a cluster in which a chart was installed, which names what is not the real operator."""
    inventory = environment.inventory
    if not isinstance(inventory, DynamoInventory):  # Another product's site.
        return environment
    name = inventory.operator_name or ("of unknown version" if inventory.operator else "none")
    real = inventory.operator is not None and inventory.operator.kind == "real"
    return replace(
        environment,
        title=f"{environment.title}{inventory.note}",
        facts=dynamo_facts(name if real else f"{name} (chart {chart})", environment.tier),
    )
