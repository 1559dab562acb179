"""Disk and memory, looked at before a run begins: what fails half-way for want of them says something else."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir

CACHE_BYTES = 3 * 1024**3
"""Bytes of the cache with all that is built: 2.1 GB measured, and room to build it in."""
ENGINE_BYTES = 2 * 1024**3
"""Bytes that the engine's images take at most (1.6 GB measured), and that a cluster writes while it runs."""
MEMORY_BYTES = 2 * 1024**3
"""Bytes of memory for a cluster with the platform and one tutorial."""
ASK_SECONDS = 30.0
MEMINFO = Path("/proc/meminfo")


def require_room() -> None:
    """Hold that there is disk and memory for a run.

    Raises:
        EnvironmentFault: there is not; names the folder, what is free and what is needed.
    """
    cache = cache_dir()
    engine = engine_folder()
    needs = {cache: max(CACHE_BYTES - _size(cache), 0)}
    if engine:
        needs[engine] = ENGINE_BYTES
    for folder, needed in needs.items():
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise EnvironmentFault(
                f"disk of {str(folder)!r}: {_gib(free)} free, {_gib(needed)} needed",
                hint="free some; `docker system df` shows what Docker keeps, XDG_CACHE_HOME moves the cache",
            )
    available = memory_available()
    if available is not None and available < MEMORY_BYTES:
        raise EnvironmentFault(
            f"memory: {_gib(available)} available, {_gib(MEMORY_BYTES)} needed",
            hint="end other programs, or give the machine more",
        )


def memory_available() -> int | None:
    """Bytes of memory that programs can still have; None where the kernel does not tell."""
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def engine_folder() -> Path | None:
    """Where Docker's engine keeps its data; None where that is on another machine.

    Raises:
        EnvironmentFault: the engine does not say.
    """
    if os.environ.get("DOCKER_HOST", "").startswith(("tcp:", "ssh:")):
        return None
    command = ["docker", "info", "--format", "{{.DockerRootDir}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise EnvironmentFault(
            f"Docker's engine: no answer to `docker info` within {ASK_SECONDS:g} s",
            hint="is the machine busy, or the engine stuck? `docker info` says more",
        ) from None
    folder = Path(done.stdout.strip() or "/nonexistent")
    return folder if folder.is_dir() else None


def _size(folder: Path) -> int:
    """Bytes of the large things in a folder of the cache: those two levels down."""
    size = 0
    for path in folder.glob("*/*"):
        with suppress(OSError):  # Renamed or removed meanwhile: another run may be building.
            found = path.lstat()
            size += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return size


def _gib(number: int) -> str:
    return f"{number / 1024**3:.1f} GiB"
