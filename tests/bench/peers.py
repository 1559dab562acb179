"""Programs that docs-test is measured beside: those in Python in an environment of their own, scrut as a crate.

Both lie in the cache, named by what they are made from: made once, and again when a version changes.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from groundwork.base.content import locked
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir, root
from groundwork.base.versions import version
from groundwork.system.processes import run

if TYPE_CHECKING:
    from pathlib import Path

    from groundwork.system.progress import Progress

NEWER = ("python3.14", "python3.13", "python3.12")
"""Interpreters that some of them need; without one, those are left out."""


def python_peers(progress: Progress) -> Path:
    """The folder with the programs of the environment that tools/locks/peers.txt describes.

    Raises:
        EnvironmentFault: they cannot be installed.
    """
    lock = root() / "tools" / "locks" / "peers.txt"
    python = newest_python()
    digest = hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()[:16]
    folder = cache_dir("peers") / f"python-{digest}"
    with locked(cache_dir("peers", "locks") / "python"):
        if not (folder / "whole").exists():
            with progress.stage("install the peers in Python"):
                shutil.rmtree(folder, ignore_errors=True)
                run([python, "-m", "venv", folder], what="making an environment")
                pip = [
                    folder / "bin" / "python",
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--require-hashes",
                    "-r",
                    lock,
                ]
                run(pip, what="installing the peers", hint="is PyPI within reach?")
                (folder / "whole").touch()
    return folder / "bin"


def newest_python() -> str:
    """The newest interpreter of `NEWER` that runs, else our own."""
    found = (shutil.which(name) for name in NEWER)
    return next((python for python in found if python and _runs(python)), sys.executable)


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def scrut(progress: Progress) -> Path | None:
    """scrut, or None where there is no cargo or no crates.io."""
    cargo = shutil.which("cargo")
    number = version("peers.scrut")
    folder = cache_dir("peers") / f"scrut-{number}"
    with locked(cache_dir("peers", "locks") / "scrut"):
        if cargo and not (folder / "whole").exists():
            command = [cargo, "install", "scrut", "--locked", "--version", number, "--root", folder]
            try:
                with progress.stage("build scrut from source"):
                    run(command, env={"CARGO_TARGET_DIR": str(folder / "target")}, what="building scrut")
            except EnvironmentFault as fault:
                progress.line(f"without scrut: {fault.fact}")
                return None
            shutil.rmtree(folder / "target", ignore_errors=True)
            (folder / "whole").touch()
    return folder / "bin" / "scrut" if (folder / "whole").exists() else None
