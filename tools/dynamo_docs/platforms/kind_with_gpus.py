"""What both of Dynamo's platforms share: a kind cluster whose node has mock GPUs."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groundwork.base.errors import UserError
from kind_cluster.platforms.kind import KindPlatform

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from docs_test.ports.platform import Wanted
    from dynamo_api.release_table.rows import Release
    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster

HELM = "helm"
CADDY, POLICIES = "caddy", "network-policies"


def to_install(parts: Mapping[str, Any], wanted: Wanted, progress: Progress) -> Callable[[Cluster], None]:
    """Build the images of what the pages need, and return the function that installs it in a cluster.

    Args:
        parts: modules with `ensure_image` and `install`, by the words of `Platform.prepares`.
        wanted: which of these words the pages need.
        progress: reports the stages.

    Raises:
        EnvironmentFault: an image could not be built.
    """
    images = [(part, part.ensure_image(progress)) for word, part in parts.items() if word in wanted.prepared]

    def install(cluster: Cluster) -> None:
        for part, image in images:
            part.install(cluster, image, progress)

    return install


def other_runtime(options: argparse.Namespace) -> Release | None:
    """The release that `--dynamo` names; None if it is the pages' own, or none is named.

    Raises:
        UserError: it cannot be run here.
    """
    from dynamo_api.releases import to_run  # noqa: PLC0415 - help does not need it
    from groundwork.base.versions import version  # noqa: PLC0415

    release = to_run(options.dynamo) if options.dynamo else None
    return release if release and release.name != version("dynamo.runtime") else None


def _check_cluster(options: argparse.Namespace) -> None:
    """Hold that a run with another runtime has a cluster of its own.

    Nodes keep images by their tags, so a cluster that ran one runtime would go on with it under another's name.

    Raises:
        UserError: it is to use, or to leave, a cluster.
    """
    for given, name in (
        (options.cluster_name, "--cluster-name"),
        (options.keep_cluster, "--keep-cluster"),
        (getattr(options, "keep", False), "--keep"),
    ):
        if given:
            fact = f"--dynamo {options.dynamo}: does not go with {name}"
            raise UserError(fact, hint="nodes keep images by their tags: another runtime takes a new cluster")


class KindWithGpus(KindPlatform):
    """A kind cluster with mock GPUs. The platforms have the same options, so that each can say whose one is."""

    prepares = MappingProxyType(
        {
            CADDY: "the image of Caddy, a proxy",
            POLICIES: "kube-router, which enforces NetworkPolicies, and the namespace elsewhere",
        }
    )

    def add_options(self, group: argparse._ArgumentGroup) -> None:
        """Add which GPUs the node has, and what a chart needs."""
        group.add_argument(
            "--chart", default="", metavar="URL|PATH", help="with helm (default: the released chart)"
        )
        group.add_argument("--values", type=Path, metavar="FILE", help="with helm: the chart's values")
        group.add_argument(
            "--feature-gates",
            default="",
            metavar="NAME=true",
            help="with mock: as of Dynamo's operator; DGDRV1Beta2=true serves requests in v1beta2, too",
        )
        group.add_argument(
            "--dynamo",
            default="",
            metavar="RELEASE",
            help="with mock: the runtime of another release, as far as it can be run; the operator stays",
        )
        group.add_argument(
            "--gpu-profile", default="h100x8", metavar="NAME", help="mock GPUs of the node (a name or .toml)"
        )

    def mode(self, options: argparse.Namespace) -> str:
        """The runtime's release, if it is not the pages', and the feature gates that are on."""
        from mock_platform.gates import switched_on  # noqa: PLC0415

        release = other_runtime(options)
        return "-".join([*([release.name] if release else []), *sorted(switched_on(options.feature_gates))])

    def check(self, options: argparse.Namespace) -> None:
        """Hold that the chart's options are those of the platform, and that there are such GPUs."""
        for given, name in ((options.chart, "--chart"), (options.values, "--values")):
            if given and self.name != HELM:
                raise UserError(f"{name}: works only with --platform {HELM}")
        if options.values and not options.values.is_file():
            raise UserError(f"--values {str(options.values)!r}: no such file")
        if options.feature_gates and self.name == HELM:
            raise UserError("--feature-gates: goes with --platform mock alone", hint="for a chart: in --values")
        if options.dynamo and (self.name == HELM or options.kubeconfig):
            other = f"--platform {HELM}" if self.name == HELM else "--kubeconfig"
            hint = "without it: the runtime is that of the images there"
            raise UserError(f"--dynamo {options.dynamo}: does not go with {other}", hint=hint)
        if other_runtime(options):
            _check_cluster(options)
        from kind_cluster.gpus import load_profile  # noqa: PLC0415
        from mock_platform.gates import switched_on  # noqa: PLC0415

        switched_on(options.feature_gates)

        load_profile(options.gpu_profile)  # Before the images are built, not after.
