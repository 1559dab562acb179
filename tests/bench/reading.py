"""How long `docs-test lint` and `validate` of this site take beside its own build, in CPU time of the user.

Each is measured with an empty cache (cold) and a second time (warm); the median of several rounds counts. The
build's own is kept from round to round: the build has docs-test read pages, too, which must not count.
`python tests/bench/reading.py` prints a table and ends with status 1 where a bound is not kept.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.validate import Bound

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
BUILD = "mkdocs build"
AT_MOST = {"lint": {"cold": 0.70, "warm": 0.15}, "validate": {"cold": 0.80, "warm": 0.20}}
"""Parts of the build's time."""


def main() -> int:
    """Run the benchmark; 0 where all bounds are kept."""
    with tempfile.TemporaryDirectory(prefix="bench-reading-") as kept:
        medians = measured(Path(kept))
    for name, median in medians.items():
        print(f"{name:16} {median * 1000:8.0f} ms of user time")
    bounds = compared(medians)
    print(*bounds, sep="\n")
    return 0 if all(bound.kept for bound in bounds) else 1


def measured(kept: Path) -> dict[str, float]:
    """Seconds of user time of the build, and of each command cold and warm: the medians of all rounds.

    Args:
        kept: an empty folder.
    """
    spent: dict[str, list[float]] = {}
    build = ["mkdocs", "build", "--quiet", "--site-dir", str(kept / "site")]
    bytecode = kept / "bytecode"
    user_time(build, kept, bytecode)
    for command in AT_MOST:
        user_time(["docs_test", command], kept / "first", bytecode)
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="bench-reading-") as folder:
            spent.setdefault(BUILD, []).append(user_time(build, kept, bytecode))
            for command, states in AT_MOST.items():
                # A cache for each command: what one has read is not there for the other.
                cache = Path(folder, command)
                for state in states:
                    seconds = user_time(["docs_test", command], cache, bytecode)
                    spent.setdefault(f"{command}, {state}", []).append(seconds)
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


def user_time(command: list[str], cache: Path, bytecode: Path) -> float:
    """Seconds of user time of one run in a process of its own."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), "DOCS_TEST_RESULTS": "", "NO_MKDOCS_2_WARNING": "1"}
    # As where Python may write: without its bytecode, most of what is measured is Python's compiler.
    env |= {"PYTHONPYCACHEPREFIX": str(bytecode), "PYTHONDONTWRITEBYTECODE": ""}
    before = os.times().children_user
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)
    return os.times().children_user - before


def compared(medians: dict[str, float]) -> list[Bound]:
    """Each command beside the build."""
    build = medians[BUILD]
    return [
        Bound(f"{command}, {state}, of the build", medians[f"{command}, {state}"] / build, limit, at_least=False)
        for command, states in AT_MOST.items()
        for state, limit in states.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
