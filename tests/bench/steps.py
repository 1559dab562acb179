"""What a step costs, beside programs that run the commands of a text as well: CPU time of all their processes.

Each runs a file of 20 and one of 220 steps, `echo NUMBER` and what it prints; the difference is what 200 steps
cost, the rest is the start. docs-test runs in no sandbox and no cluster; what the sandbox adds is told apart, as
is scrut, which is compiled. The CPU time of user and kernel counts, not the time that passes: what else the
machine does is hardly in it.

prysk hands the whole file to one bash and compares when that has ended: it cannot stop at a step that fails, nor
end one whose time is up. The others wait for each step, as docs-test does; those the bounds are for.
`python tests/bench/steps.py` prints a table and ends with status 1 where a bound is not kept.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.peers import python_peers, scrut
from bench.validate import Bound
from docs_test.shell.sandbox import require_sandbox
from groundwork.base.errors import EnvironmentFault
from groundwork.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW, MANY = 20, 220
ROUNDS = 9
OURS, SANDBOXED = "docs-test", "docs-test, sandboxed"
STEP_BY_STEP = ("byexample", "mdoctest")
"""Programs in Python that look at each step before the next one runs."""
WHOLE_FILE = ("prysk",)
"""Programs in Python that look when all have run."""
TIMES_BEST = 1.1
"""At most, than the best of `STEP_BY_STEP`."""
TIMES_OTHERS = 0.4
"""At most, than the other."""
CONFIGURATION = "site_name: Steps\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n"


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took, in seconds."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program costs, in seconds."""

    step: float
    """CPU time of a step."""
    start: float
    """CPU time of all else."""
    step_wall: float
    start_wall: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 where all bounds are kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="bench-steps-") as name:
        found = costs(commands(Path(name), progress), options.rounds, Path(name, "cache"))
    for one, cost in found.items():
        print(
            f"{one:22} a step {cost.step * 1e6:7.0f} us, start {cost.start * 1e3:6.0f} ms of CPU time; "
            f"passed: {cost.step_wall * 1e6:7.0f} us, {cost.start_wall * 1e3:6.0f} ms"
        )
    if SANDBOXED in found:  # Its CPU time is not all counted: nobody waits for what the sandbox ends.
        print(
            f"the sandbox adds {(found[SANDBOXED].start_wall - found[OURS].start_wall) * 1e3:.0f} ms to the start"
        )
    bounds = compared({one: cost.step for one, cost in found.items()})
    print(*bounds, sep="\n")
    return 0 if all(bound.kept for bound in bounds) else 1


def commands(folder: Path, progress: Progress) -> dict[str, list[str]]:
    """What each program is called with for each number of steps, `@`; each has been seen to find a difference."""
    for count in (FEW, MANY):
        write(folder, str(count), range(count))
    write(folder, "wrong", range(FEW), wrong=FEW // 2)
    peers = python_peers(progress)
    run = [sys.executable, "-m", "docs_test", "run", "--root", str(folder), "--results", str(folder / "@.json")]
    found = {
        OURS: [*run, "--no-sandbox", "docs/@.md"],
        SANDBOXED: [*run, "docs/@.md"],
        "prysk": [str(peers / "prysk"), "-q", "--shell=/bin/bash", str(folder / "@.t")],
        "byexample": [str(peers / "byexample"), "-q", "-l", "shell", str(folder / "@.md")],
        "mdoctest": [str(peers / "mdoctest"), "-q", str(folder / "@.md")],
    }
    if program := scrut(progress):
        found["scrut"] = [str(program), "test", "--cram-compat", str(folder / "@.t")]
    try:
        require_sandbox()
    except EnvironmentFault as fault:
        progress.line(f"without the sandbox: {fault.fact}")
        del found[SANDBOXED]
    for name, command in found.items():
        for word, right in ((str(FEW), True), ("wrong", False)):
            if (spend(command, word, folder / "cache")[0] == 0) is not right:
                raise SystemExit(f"{name}: it does not tell what is right from what is wrong")
    return found


def write(folder: Path, name: str, numbers: range, wrong: int = -1) -> None:
    """Write the steps in the form of each program."""
    shown = [(number, "another" if number == wrong else number) for number in numbers]
    fences = "```bash {{ .run }}\necho {}\n```\n\n```console {{ .output }}\n{}\n```\n\n"
    ours = "".join(fences.format(*pair) for pair in shown)
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
    head = "---\ntutorial: {platform: none}\n---\n# Steps\n\n"
    (folder / "docs" / f"{name}.md").write_text(head + ours, encoding="utf-8")
    console = "".join(f"```console\n$ echo {number}\n{says}\n```\n\n" for number, says in shown)
    (folder / f"{name}.md").write_text(f"# Steps\n\n{console}", encoding="utf-8")
    cram = "".join(f"Step {number}\n\n  $ echo {number}\n  {says}\n\n" for number, says in shown)
    (folder / f"{name}.t").write_text(cram, encoding="utf-8")


def spend(command: Sequence[str], word: str, cache: Path) -> tuple[int, Spent]:
    """Run a command on one of the files, with a folder for its cache; returns its status and what it took."""
    words = [one.replace("@", word) for one in command]
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.returncode, Spent(
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        wall,
    )


def costs(found: dict[str, list[str]], rounds: int, cache: Path) -> dict[str, Cost]:
    """What each program costs: the medians of rounds in which they take turns."""
    spent: dict[tuple[str, int], list[Spent]] = {}
    for number in range(rounds + 1):
        for name, command in found.items():
            for count in (FEW, MANY):
                status, took = spend(command, str(count), cache)
                if status:
                    raise SystemExit(f"{name}: status {status}")
                if number:  # The first round fills caches.
                    spent.setdefault((name, count), []).append(took)
    return {name: cost(spent[name, FEW], spent[name, MANY]) for name in found}


def cost(few: Sequence[Spent], many: Sequence[Spent]) -> Cost:
    """What a program costs that took so long for few steps, and for many."""
    step, start = _line([one.cpu for one in few], [one.cpu for one in many])
    return Cost(step, start, *_line([one.wall for one in few], [one.wall for one in many]))


def _line(few: Sequence[float], many: Sequence[float]) -> tuple[float, float]:
    """The cost of a step, and of none."""
    low, high = statistics.median(few), statistics.median(many)
    step = (high - low) / (MANY - FEW)
    return step, low - FEW * step


def compared(steps: dict[str, float]) -> list[Bound]:
    """docs-test beside those that go step by step."""
    best, *others = sorted(STEP_BY_STEP, key=lambda name: steps[name])
    limits = {best: TIMES_BEST, **dict.fromkeys(others, TIMES_OTHERS)}
    return [
        Bound(f"a step, to {one}", steps[OURS] / steps[one], limit, at_least=False)
        for one, limit in limits.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
