"""AIPerf in an environment of its own, made once, with a tokenizer that it finds without a network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir, root

if TYPE_CHECKING:
    from pathlib import Path

LOCK = root() / "tools" / "locks" / "aiperf.txt"
MODELS = root() / "tools" / "mock_platform" / "image" / "dynamo_mock" / "model.py"
"""Program that writes the mock platform's models, as Hugging Face's cache has them."""


@dataclass(frozen=True, slots=True)
class AIPerf:
    """What the command line needs."""

    program: Path
    models: Path
    """Folder for HF_HOME."""


def ensure_aiperf() -> AIPerf:
    """The release in the lock: 1.2 GB in the cache. An older one is removed."""
    folder = cache_dir("aiperf") / digest(LOCK, MODELS, sys.version)
    made = AIPerf(folder / "bin" / "aiperf", folder / "models")
    with locked(folder.parent):
        if not (folder / "made").exists():
            for old in folder.parent.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            _make(folder, made.models)
            (folder / "made").touch()
    return made


def _make(folder: Path, models: Path) -> None:
    # An environment cannot be moved: it is made in place, and marked when it is whole.
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", LOCK]
    subprocess.run([folder / "bin" / "python", *install], check=True)
    # The image's are made by the same program; a token more or less in a prompt makes no difference here.
    subprocess.run([folder / "bin" / "python", MODELS, models], check=True)
