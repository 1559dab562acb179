"""Runs docs-test on many pages and prints what each run said: a program for tests.

Everything is loaded once and each run is a fork. Standard input: {"root", "runs": [{"folder", "words"}]}. Standard
output: [[exit status, output]] in that order. What a page leaves in its cluster has no time to go.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from docs_test.checks.lint import lint
from docs_test.cli.main import main as docs_test
from docs_test.commands import run as _run  # noqa: F401 - loaded before the forks
from docs_test.running import ending, killed_runs  # noqa: F401

AT_ONCE = 2


def main() -> None:
    wanted = json.load(sys.stdin)
    lint(Path(wanted["root"]))  # Each run finds the pages read.
    waiting, running, said = list(enumerate(wanted["runs"])), {}, {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, asked = waiting.pop(0)
            child = os.fork()
            if child == 0:
                be_docs_test(wanted["root"], asked)
            running[child] = number, Path(asked["folder"], "said")
        child, status = os.wait()
        number, file = running.pop(child)
        said[number] = os.waitstatus_to_exitcode(status), file.read_text(encoding="utf-8")
    print(json.dumps([said[number] for number in sorted(said)]))


def be_docs_test(root: str, asked: dict[str, Any]) -> None:
    """Be a process like `docs-test WORD...`; does not return."""
    folder = Path(asked["folder"])
    log = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    os.dup2(log, 1)
    os.environ |= {"XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(folder)}
    os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
    killed_runs.SETTLE_SECONDS = 0.0
    status = 99
    try:
        status = docs_test([*asked["words"], "--root", root])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
