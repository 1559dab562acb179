"""`docs-test resume` interrupted or killed at its steps and in between: nothing is left, and no record is lost."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.processes import kill, with_environment
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAKES = Path(__file__).with_name("fakes")
PAGE = """\
---
tutorial: {}
---
# A page

```bash { .run }
STEP 2; false
```

```bash { .run }
STEP 3
```

```bash { .run .cleanup }
STEP 4
```
"""
OTHER = "---\ntutorial: {}\n---\n# B\n\n```bash { .run }\ntrue\n```\n"
FOLDER = re.compile(r"docs-test-[0-9a-f]{12}")
STEPS = (2, 3, 4)
MOMENTS = 60
SEED = 20261130


class Kept:
    """A page that is kept on a fake cluster that is given, and what goes on with it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder, self.trace = root, folder, folder / "trace"
        for name in ("tmp", "go"):
            (folder / name).mkdir()
        (folder / "objects").write_text("")
        self.trace.write_text("")
        self.page = root / "docs" / "a.md"
        step = f"echo {{}} >>{self.trace}; until [ -e {folder}/go/{{}} ]; do sleep 0.02; done"
        text = PAGE
        for number in STEPS:
            text = text.replace(f"STEP {number}", step.format(number, number))
        self.page.write_text(text)
        (root / "docs" / "b.md").write_text(OTHER)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "docs_test", words[0], "--root", str(self.root), *words[1:]]

    @property
    def env(self) -> dict[str, str]:
        own = {"TMPDIR": str(self.folder / "tmp"), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return {**os.environ, "PATH": f"{FAKES}:{os.environ['PATH']}", **own}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.env, capture_output=True, text=True, check=False, timeout=LONG
        )

    def go(self, *steps: int) -> None:
        """Let steps come to their ends."""
        for number in steps:
            (self.folder / "go" / str(number)).touch()

    def stop(self) -> None:
        """Let no step come to its end."""
        for file in (self.folder / "go").iterdir():
            file.unlink()

    def keep(self) -> None:
        """Run the page and keep it where its first step failed; then fix that."""
        self.go(2)
        where = ("--kubeconfig", str(self.folder / "objects"), "--no-sandbox")
        done = self("run", *where, "docs/a.md", "--keep")
        assert done.returncode == 1, done.stderr
        assert self.records() == ["kept"]
        self.page.write_text(self.page.read_text().replace("; false", ""))
        self.stop()
        self.trace.write_text("")

    def resume(self) -> subprocess.Popen[str]:
        return subprocess.Popen(self.command("resume"), env=self.env, stderr=subprocess.PIPE, text=True)

    def next_run(self) -> str:
        """Another page, whose run finishes what is left."""
        where = ("--kubeconfig", str(self.folder / "objects"), "--no-sandbox")
        done = self("run", *where, "docs/b.md")
        assert done.returncode == 0, done.stderr
        return done.stderr

    def records(self) -> list[str]:
        folder = self.folder / "cache" / "dynamo-docs" / "runs"
        return sorted(path.name.split("-")[0] for path in folder.glob("*.json"))

    def recorded(self) -> set[str]:
        """The folders of pages that records name."""
        folder = self.folder / "cache" / "dynamo-docs" / "runs"
        return {
            facts["folder"]
            for path in folder.glob("*.json")
            if "folder" in (facts := json.loads(path.read_text()))
        }

    def folders(self) -> set[str]:
        """The folders of pages; those in which pages are read have other names."""
        return {str(path) for path in (self.folder / "tmp").glob("docs-test-*") if FOLDER.fullmatch(path.name)}

    def processes(self) -> list[int]:
        return with_environment(f"TMPDIR={self.folder / 'tmp'}/")

    def left(self) -> list[str]:
        found = [f"record {name}" for name in self.records()] + [f"folder {path}" for path in self.folders()]
        return found + [f"process {pid}" for pid in self.processes()]


@pytest.fixture
def kept(site_with: Callable[..., Path], tmp_path: Path) -> Iterator[Kept]:
    made = Kept(site_with({"a.md": ""}), tmp_path)
    yield made
    kill(made.processes())


def interrupt(kept: Kept, step: int, number: int) -> tuple[int, str]:
    """Go on with the kept page and send a signal while a step runs; clean-up then comes to its end."""
    kept.keep()
    kept.go(*(one for one in STEPS if one < step))
    process = kept.resume()
    try:
        wait_until(lambda: str(step) in kept.trace.read_text(), f"step {step} runs")
        process.send_signal(number)
        if number == signal.SIGKILL:
            process.wait(LONG)
        kept.go(*STEPS)
        _, said = process.communicate(timeout=LONG)
    finally:
        process.kill()
        process.wait()
    return process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("step", STEPS)
def test_an_interruption_at_any_step_leaves_nothing(kept: Kept, step: int, number: int) -> None:
    status, said = interrupt(kept, step, number)
    assert status == 130, said
    assert "Traceback" not in said
    assert kept.trace.read_text().split()[-1] == "4", "clean-up"
    assert kept.left() == []


@pytest.mark.parametrize("step", STEPS)
def test_what_a_kill_at_any_step_left_the_next_run_removes(kept: Kept, step: int) -> None:
    status, _ = interrupt(kept, step, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert "page" in kept.records(), "it was gone on with, and is not kept any more"
    kept.trace.write_text("")
    said = kept.next_run()
    assert "a run of docs/a.md was killed: cleaning up after it" in said
    assert kept.trace.read_text().split() == ["4"], "clean-up"
    assert kept.left() == []


def at_a_moment(kept: Kept, words: list[str], seconds: float) -> None:
    """Kill a docs-test after some time; whatever it was about, a record names each folder."""
    process = subprocess.Popen(kept.command(*words), env=kept.env, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    process.wait()
    assert kept.folders() <= kept.recorded(), "no record is lost"


@pytest.mark.soak(part="loop")
@pytest.mark.timeout(2400)
def test_a_kill_at_any_moment_loses_no_record(site_with: Callable[..., Path], tmp_path: Path) -> None:
    """Of a run that keeps, a resume, a discard, a watch: what is kept is cleaned up on request, the rest swept."""
    dice = random.Random(SEED)  # noqa: S311 - moments, no secrets
    root = site_with({"a.md": ""})
    for number in range(MOMENTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        kept = Kept(root, folder)
        where = ["--kubeconfig", str(folder / "objects"), "--no-sandbox"]
        try:
            if number % 4 == 0:
                kept.go(2)
                at_a_moment(kept, ["run", *where, "docs/a.md", "--keep"], dice.uniform(0.3, 2.5))
            elif number % 4 == 3:
                kept.go(*STEPS)
                at_a_moment(kept, ["watch", *where, "docs/a.md"], dice.uniform(0.3, 4.0))
            else:
                kept.keep()
                kept.go(*STEPS)
                more = ["--discard"] if number % 4 == 1 else []
                at_a_moment(kept, ["resume", *more], dice.uniform(0.2, 2.5))
            kept.go(*STEPS)
            if "kept" in kept.records():
                done = kept("resume", "--discard")
                assert done.returncode == 0, done.stderr
            kept.next_run()
            assert kept.left() == [], number
        finally:
            kill(kept.processes())
