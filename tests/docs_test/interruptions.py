"""Runs docs-test many times, each interrupted at a step, and prints how each ended: a program for tests.

Everything is loaded once and each run is a fork. Standard input: {"root", "page", "when", "runs": [{"folder",
"port", "steps", "step", "signals", "release"}]}; `when` selects the page's variant. Of a run's `steps` first steps
(and the clean-up), number `step` (from 1, or 0 for none) gets the signals, then goes on if `release`.
Standard output: [exit status of each].
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docs_test.cli import selection, written
from docs_test.cli.main import main as docs_test
from docs_test.model import StepKind
from docs_test.tutorials.build import read_tutorials

AT_ONCE = 3


CAPABILITIES = frozenset({"gpu", "cluster-scope"})


@dataclass
class Run:
    """A run under way."""

    number: int
    child: int
    folder: Path
    signals: list[str]
    release: bool
    """Let the command that waits go on once the first signal was sent."""


def main() -> None:
    wanted = json.load(sys.stdin)
    pages = read_tutorials(Path(wanted["root"]), [wanted["page"]], select=wanted["when"])
    (tutorial,) = pages.tutorials(capabilities=CAPABILITIES)
    waiting = list(enumerate(wanted["runs"]))
    statuses: dict[int, int] = {}
    running: list[Run] = []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, asked = waiting.pop(0)
            folder = Path(asked["folder"])
            child = os.fork()
            if child == 0:
                become_docs_test(pages, tutorial, wanted["root"], folder, asked)
            running.append(Run(number, child, folder, list(asked["signals"]), asked["release"]))
        for run in list(running):
            interrupt(run)
            ended, status = os.waitpid(run.child, os.WNOHANG)
            if ended:
                running.remove(run)
                statuses[run.number] = os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    print(json.dumps([statuses[number] for number in sorted(statuses)]))


def interrupt(run: Run) -> None:
    """Send the next signal once the command that is to be interrupted runs."""
    if not run.signals or not (run.folder / "reached").exists():
        return
    os.kill(run.child, signal.Signals[run.signals.pop(0)])
    if run.signals:
        wait_for_words(run.folder / "log", "cleaning up first")
    if run.release and not run.signals:
        (run.folder / "hang").unlink()


def wait_for_words(file: Path, words: str) -> None:
    deadline = time.monotonic() + 120
    while words not in file.read_text():
        assert time.monotonic() < deadline, f"{file} does not say {words!r}"
        time.sleep(0.01)


def become_docs_test(pages: Any, tutorial: Any, root: str, folder: Path, asked: dict[str, Any]) -> None:
    """Be a process like `docs-test run --kubeconfig FILE PAGE`; does not return."""
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    os.dup2(log, 1)
    os.environ |= {"TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "cache")}
    address = f"localhost:{asked['port']}"  # The page's own port may be in use, and runs are several at once.
    steps = [
        replace(
            step,
            code=step.code.replace("localhost:8000", address).replace(" 8000:8000", f" {asked['port']}:8000"),
            ready=step.ready.replace("localhost:8000", address),
        )
        for step in tutorial.steps
    ]
    steps = steps[: asked["steps"]] + [step for step in steps[asked["steps"] :] if step.cleanup]
    run = replace(tutorial, steps=tuple(steps))
    selection.read_tutorials = lambda *_, **__: SimpleNamespace(
        pages=(run.path,), asked={run.path}, tutorials=lambda **_: [run], vocabulary=pages.vocabulary
    )
    stopped = steps[asked["step"] - 1] if asked["step"] else None

    class Reporter(written.ConsoleReporter):
        def step_started(self, step: Any, number: int, total: int) -> None:
            super().step_started(step, number, total)
            if step is not stopped:
                return
            if step.kind is StepKind.FILE:
                os.kill(os.getpid(), signal.Signals[asked["signals"][0]])
            else:
                (folder / "hang").touch()

    written.ConsoleReporter = Reporter
    status = 99
    try:
        status = docs_test(
            [
                *("run", "--root", root, "--kubeconfig", str(folder / "cluster"), "--results", str(folder / "r")),
                "--no-sandbox",  # What stands in for programs lies in the caller's folders.
            ]
        )
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
