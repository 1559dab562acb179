"""The tools as single files, made once in a run for the machine and the Python that the tests run on."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from docs_site.downloads import offer
from docs_site.downloads.make import make, sources
from docs_site.downloads.platforms import here, this_python
from groundwork.base.content import locked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def single_files(run_folder: Path) -> Path:
    """The folder of the files, with parts for this machine and Python alone; all processes of a run share it."""
    folder = run_folder / "single-files"
    platform = here()
    with locked(run_folder / "single-files-lock"):
        if not offer.read(folder):
            make(folder, (platform,) if platform else (), offer.PLACEHOLDER, print, (this_python(),))
    assert offer.read(folder, sources())
    return folder


def start(
    file: Path, *words: str, cwd: Path, cache: Path, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a single file by a Python that has no packages."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COVERAGE"))}
    env |= {"XDG_CACHE_HOME": str(cache), "NO_COLOR": "1", **(more or {})}
    command: Sequence[str] = (sys.executable, "-S", str(file), *words)
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)
