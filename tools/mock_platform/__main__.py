"""`python -m mock_platform images | install`: the images of the mock platform, and the platform in a cluster."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from groundwork.base.errors import ExitStatus
from groundwork.base.program import add_debug, program
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals
from kind_cluster.kind import open_cluster
from mock_platform.images import ensure_images, image_size
from mock_platform.install import install
from mock_platform.proposal.settings import PROPOSE_DASHBOARD, PROPOSE_PROGRESS, checked_dashboard

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    return program("mock_platform", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m mock_platform", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("images", help="build the images that are missing, print their names and sizes")
    command = commands.add_parser(
        "install", help="install or upgrade the platform in a kind cluster, which is kept"
    )
    command.add_argument("--name", required=True, help="the cluster, created if there is none of that name")
    command.add_argument(
        "--propose-progress",
        action="store_true",
        help="requests tell per cent and the time left: this project's proposal, Dynamo does not do this",
    )
    command.add_argument(
        "--propose-dashboard",
        metavar="URL",
        default="",
        help="requests name their dashboard, a proposal as well; {namespace}, {request} and {graph} are filled in",
    )
    add_debug(parser)
    options = parser.parse_args(words)
    handle_signals()
    _run(options, Progress())
    return ExitStatus.OK


def _run(options: argparse.Namespace, progress: Progress) -> None:
    settings = _proposal(options) if options.command == "install" else {}
    images = ensure_images(progress)
    if options.command == "images":
        for reference in (images.runtime, images.planner, images.operator, images.kubectl):
            print(f"{reference}  {image_size(reference) / 1e6:.0f} MB")
    else:
        with open_cluster(progress, name=options.name, keep=True) as cluster:
            install(cluster, images, progress, settings=settings)


def _proposal(options: argparse.Namespace) -> dict[str, str]:
    """Variables of the stand-in, as far as options were given."""
    progress = {PROPOSE_PROGRESS: "true"} if options.propose_progress else {}
    dashboard = checked_dashboard(options.propose_dashboard)
    return progress | ({PROPOSE_DASHBOARD: dashboard} if dashboard else {})


if __name__ == "__main__":
    sys.exit(main())
