"""`python -m mock_platform images | install`: the images of the mock platform, and the platform in a cluster."""

from __future__ import annotations

import argparse
import sys

from cluster.kind import open_cluster
from mock_platform.images import ensure_images, image_size
from mock_platform.install import install
from project.errors import ExitStatus, UserError
from project.progress import Progress


def main() -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m mock_platform", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("images", help="build the images that are missing, print their names and sizes")
    command = commands.add_parser(
        "install", help="install or upgrade the platform in a kind cluster, which is kept"
    )
    command.add_argument("--name", required=True, help="the cluster, created if there is none of that name")
    options = parser.parse_args()
    try:
        _run(options, Progress())
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return ExitStatus.OK


def _run(options: argparse.Namespace, progress: Progress) -> None:
    images = ensure_images(progress)
    if options.command == "images":
        for reference in (images.runtime, images.planner, images.operator, images.kubectl):
            print(f"{reference}  {image_size(reference) / 1e6:.0f} MB")
    else:
        with open_cluster(progress, name=options.name, keep=True) as cluster:
            install(cluster, images, progress)


if __name__ == "__main__":
    sys.exit(main())
