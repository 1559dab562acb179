"""How long `--help` takes to start, in CPU time of the user, beside an interpreter that loads yaml and argparse.

`python tests/bench/start.py` prints a table and ends with status 1 where a bound is not kept.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.validate import Bound

ROUNDS = 40
"""The clock of user time ticks a hundred times a second: one run says nothing, the sum of many does."""
TIMES_IMPORT = 3.0
"""At most, than `IMPORT`."""
IMPORT = "import yaml, argparse"


def main() -> int:
    """Run the benchmark; 0 where all bounds are kept."""
    programs = Path(sys.executable).parent
    commands = {
        "import": [sys.executable, "-c", IMPORT],
        "docs-test --help": [str(programs / "docs-test"), "--help"],
        "kubectl-dynamo --help": [str(programs / "kubectl-dynamo"), "--help"],
    }
    seconds = user_times(commands, ROUNDS)
    for name, spent in seconds.items():
        print(f"{name:22} {spent / ROUNDS * 1000:8.1f} ms of user time")
    bounds = compared(seconds)
    print(*bounds, sep="\n")
    return 0 if all(bound.kept for bound in bounds) else 1


def user_times(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """The user time of all runs of each command, run in turn."""
    spent = dict.fromkeys(commands, 0.0)
    for number in range(rounds + 1):
        for name, command in commands.items():
            before = os.times().children_user
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            if number:  # The first one fills caches.
                spent[name] += os.times().children_user - before
    return spent


def compared(seconds: dict[str, float]) -> list[Bound]:
    """Each program beside the import."""
    others = {name: spent for name, spent in seconds.items() if name != "import"}
    return [Bound(name, spent / seconds["import"], TIMES_IMPORT, at_least=False) for name, spent in others.items()]


if __name__ == "__main__":
    sys.exit(main())
