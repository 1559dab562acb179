"""`python -m kind_cluster provision | tools | node-image | create | delete | lint-workflows`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus
from groundwork.base.program import add_debug, program
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals
from kind_cluster.engine import stop_engine
from kind_cluster.kind import open_cluster
from kind_cluster.node_image import ensure_node_image
from kind_cluster.provision import preflight, provision
from kind_cluster.removal import remove_cluster
from kind_cluster.tools import actionlint, ensure_kind, ensure_tools

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    return program("kind_cluster", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m kind_cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("provision", help="install and start what this machine lacks")
    command.add_argument("--yes", action="store_true", help="do not ask")
    command.add_argument(
        "--for-tests", action="store_true", help="also what the tests of the site need (Chromium)"
    )
    command.add_argument("--stop", action="store_true", help="end the Docker engine that provision started")
    command = commands.add_parser("create", help="create a cluster with mock GPUs, or reuse it, and keep it")
    command.add_argument("--name", required=True)
    command.add_argument("--gpu-profile", default="h100x8", help="a name under cluster/profiles/ or a .toml file")
    command = commands.add_parser("delete", help="remove a cluster and its registry")
    command.add_argument("--name", required=True)
    commands.add_parser("tools", help="build or fetch kind and kubectl and print their paths")
    commands.add_parser("node-image", help="pull or build the node image and print its name")
    commands.add_parser("lint-workflows", help="check .github/workflows with actionlint")
    add_debug(parser)
    options = parser.read(words)
    handle_signals()
    if options.command == "lint-workflows":  # It needs Go at most, no Docker.
        return ExitStatus.OK if actionlint(Progress()) else ExitStatus.FAILED
    _run(options, Progress())
    return ExitStatus.OK


def _run(options: argparse.Namespace, progress: Progress) -> None:
    if options.command != "provision":
        preflight()
    match options.command:
        case "provision" if options.stop:
            print("Docker's engine: stopped" if stop_engine() else "Docker's engine: not started by this project")
        case "provision":
            provision(progress, assume_yes=options.yes, for_tests=options.for_tests)
        case "tools":
            tools = ensure_tools(progress)
            print(tools.kind, tools.kubectl, sep="\n")
        case "node-image":
            print(ensure_node_image(progress))
        case "create":
            with open_cluster(progress, name=options.name, keep=True, profile=options.gpu_profile):
                pass
        case "delete":
            remove_cluster(options.name, ensure_kind(progress))


if __name__ == "__main__":
    sys.exit(main())
