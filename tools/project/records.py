"""What a run made, written down while it lives: a run that was killed cannot clean up, so the next one does.

A record is a file in the cache that its run holds locked. The kernel frees the lock however the run ends, so a
record whose lock is free tells of something whose owner is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from project.paths import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = "runs"


@contextmanager
def recorded(kind: str, **facts: str) -> Iterator[None]:
    """Record that this process made something, until the `with` block ends (however it ends, but for a kill).

    Args:
        kind: what was made: `cluster`, `page`.
        facts: what another run must know to remove it.
    """
    path = cache_dir(_FOLDER) / f"{kind}-{os.getpid()}-{secrets.token_hex(4)}.json"
    partial = path.with_suffix(".new")
    with partial.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # Before it has its name: nobody finds it unlocked.
        json.dump({"pid": os.getpid(), **facts}, file)
        file.flush()
        partial.rename(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def alive(kind: str) -> list[dict[str, Any]]:
    """The facts that processes which live have recorded."""
    return [facts for path in _paths(kind) if (facts := _read(path)) and not _free(path)]


@contextmanager
def abandoned(kind: str) -> Iterator[list[dict[str, Any]]]:
    """The facts that processes which are gone have recorded; forgotten when the `with` block ends well.

    Two runs never get the same ones: they are locked meanwhile.
    """
    held: list[tuple[Path, IO[str]]] = []
    found = []
    try:
        for path in _paths(kind):
            file = _locked(path)
            facts = _read(path) if file else None
            if file and facts is not None:
                held.append((path, file))
                found.append(facts)
            elif file:
                file.close()
        yield found
        for path, _ in held:
            path.unlink(missing_ok=True)
    finally:
        for _, file in held:
            file.close()


def _paths(kind: str) -> list[Path]:
    return sorted(cache_dir(_FOLDER).glob(f"{kind}-*.json"))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def _free(path: Path) -> bool:
    file = _locked(path)
    if file:
        file.close()
    return file is not None


def _locked(path: Path) -> IO[str] | None:
    """The file, if its lock could be had and it is still there."""
    try:
        file = path.open(encoding="utf-8")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    if path.exists():
        return file
    file.close()
    return None
