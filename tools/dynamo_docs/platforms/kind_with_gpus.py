"""What both of Dynamo's platforms share: a kind cluster whose node has mock GPUs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from kind_cluster.platforms.kind import KindPlatform

if TYPE_CHECKING:
    import argparse

HELM = "helm"


class KindWithGpus(KindPlatform):
    """A kind cluster with mock GPUs. The platforms have the same options, so that each can say whose one is."""

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
            "--gpu-profile", default="h100x8", metavar="NAME", help="mock GPUs of the node (a name or .toml)"
        )

    def mode(self, options: argparse.Namespace) -> str:
        """The feature gates that are on."""
        from mock_platform.gates import switched_on  # noqa: PLC0415

        return "-".join(sorted(switched_on(options.feature_gates)))

    def check(self, options: argparse.Namespace) -> None:
        """Hold that the chart's options are those of the platform, and that there are such GPUs."""
        for given, name in ((options.chart, "--chart"), (options.values, "--values")):
            if given and self.name != HELM:
                raise UserError(f"{name}: goes with --platform {HELM} alone")
        if options.values and not options.values.is_file():
            raise UserError(f"--values {str(options.values)!r}: no such file")
        if options.feature_gates and self.name == HELM:
            raise UserError("--feature-gates: goes with --platform mock alone", hint="for a chart: in --values")
        from kind_cluster.gpus import load_profile  # noqa: PLC0415
        from mock_platform.gates import switched_on  # noqa: PLC0415

        switched_on(options.feature_gates)

        load_profile(options.gpu_profile)  # Before the images are built, not after.
