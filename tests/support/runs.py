"""Runs of docs-test as a process, of small pages without a cluster, and what came of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.waiting import LONG

FAKES = Path(__file__).parents[1] / "docs_test" / "fakes"
"""Folder of a kubectl whose cluster is a file."""


def tutorial(*commands: str, front: str = "", cleanup: str = "", attributes: str = "") -> str:
    """A page that runs commands, each in a block of its own."""
    text = f"---\ntutorial:\n  platform: none\n{front}---\n# X\n"
    text += "".join(f"\n```bash {{ .run {attributes}}}\n{command}\n```\n" for command in commands)
    return text + (f"\n```bash {{ .run .cleanup }}\n{cleanup}\n```\n" if cleanup else "")


def command(root: Path, folder: Path, *more: object) -> tuple[list[str], dict[str, str]]:
    """The words of a run, and its environment."""
    env = {**os.environ, "PATH": f"{FAKES}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder / "cache")}
    env |= {"TRACE": str(folder / "trace")}
    words = [sys.executable, "-m", "docs_test", "run", "--root", str(root), "--no-sandbox", *map(str, more)]
    return words, env


def run(root: Path, folder: Path, *more: object) -> subprocess.CompletedProcess[str]:
    """Run to its end."""
    words, env = command(root, folder, *more)
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=LONG)


def results(root: Path) -> dict[str, dict[str, Any]]:
    """The page of each path in the results file of a run without a cluster."""
    data = json.loads((root / "build" / "docs-test" / "results-none.json").read_text())
    return {page["path"]: page for page in data["pages"]}


def words(folder: Path) -> list[str]:
    """The words that pages have written into the file `trace`."""
    return (folder / "trace").read_text().split()
