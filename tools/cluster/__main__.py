"""`python -m cluster provision | rootfs | tools | node-image | create | delete`."""

from __future__ import annotations

import argparse
import sys

from cluster.engine import stop_engine
from cluster.provision import provision
from project.errors import ExitStatus, UserError
from project.progress import Progress


def main() -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("provision", help="install and start what this machine lacks")
    command.add_argument("--yes", action="store_true", help="do not ask")
    command.add_argument(
        "--for-tests", action="store_true", help="also what the tests of the site need (Chromium)"
    )
    command.add_argument("--stop", action="store_true", help="end the Docker engine that provision started")
    options = parser.parse_args()
    progress = Progress()
    try:
        if options.stop:
            print("Docker's engine: stopped" if stop_engine() else "Docker's engine: not started by this project")
        else:
            provision(progress, assume_yes=options.yes, for_tests=options.for_tests)
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
