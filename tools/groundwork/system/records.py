"""What a run made, written down while it lives: a run that was killed cannot clean up, so the next one does.

A record is a file in the cache that its run holds locked. The kernel frees the lock however the run ends, so a
record whose lock is free tells of something whose owner is gone. What a run leaves on purpose (`leave`) has a
record of another kind, which nobody holds.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from groundwork.base.content import locked, write_whole
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir
from groundwork.system.process_table import started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEPT = "kept"
"""Key of the facts that `abandoned` yields. Set `facts[KEPT] = True` inside the block to keep the record: what it
describes could not be removed yet."""
_FOLDER = "runs"
_OWNER = ("pid", "started")
"""Keys of each record that say whose it is."""


@dataclass(slots=True)
class Record:
    """What a run made, as long as it is there."""

    path: Path
    is_settled: bool = False

    def settled(self) -> None:
        """Say that it is gone, or stays on purpose: no later run has to remove it."""
        self.is_settled = True

    def forget(self) -> None:
        """Remove the record at once: another one says the same from here on."""
        self.is_settled = True
        self.path.unlink(missing_ok=True)


@contextmanager
def recorded(kind: str, **facts: str) -> Iterator[Record]:
    """Record that this process makes something, until the `with` block ends.

    The record outlives the block unless it was settled: a second Ctrl-C may have ended the clean-up itself.

    Args:
        kind: what is made: `cluster`, `page`.
        facts: what another run must know to remove it.
    """
    path = cache_dir(_FOLDER) / f"{kind}-{os.getpid()}-{secrets.token_hex(4)}.json"
    partial = path.with_suffix(".new")
    with partial.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # Before it has its name: nobody finds it unlocked.
        json.dump({"pid": os.getpid(), "started": started(os.getpid()), **facts}, file)
        file.flush()
        partial.rename(path)
        record = Record(path)
        try:
            yield record
        finally:
            if record.is_settled:
                path.unlink(missing_ok=True)


@contextmanager
def claimed(kind: str, what: str, hint: str, **facts: str) -> Iterator[Record]:
    """As `recorded`, but for one run at a time.

    Args:
        kind: as of `recorded`.
        what: how a person calls it ("cluster 'dev'").
        hint: what the person can do when another run has it; `{pid}` is that run's process id.
        facts: as of `recorded`; no two processes that live record the same.

    Raises:
        EnvironmentFault: another run that lives has recorded the same; names its process.
    """
    with ExitStack() as stack:
        with locked(cache_dir("locks", _FOLDER)):
            for other in alive(kind):
                pid = other.get("pid")
                same = {key: value for key, value in other.items() if key not in _OWNER} == facts
                if same and pid != os.getpid():  # What this process itself sweeps is no other run's.
                    fact = f"{what}: another run uses it, process {pid}"
                    raise EnvironmentFault(fact, hint=hint.format(pid=pid))
            record = stack.enter_context(recorded(kind, **facts))
        yield record


def alive(kind: str) -> list[dict[str, Any]]:
    """The facts that processes which live have recorded, not those that one holds to remove what they tell of."""
    found = [facts for path in _paths(kind) if (facts := _read(path)) and not _free(path)]
    return [facts for facts in found if _lives(facts)]


@contextmanager
def abandoned(kind: str) -> Iterator[list[dict[str, Any]]]:
    """What processes which are gone have recorded; forgotten if the `with` block ends well, but for `KEPT`.

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
        for (path, _), facts in zip(held, found, strict=True):
            if not facts.get(KEPT):
                path.unlink(missing_ok=True)
    finally:
        for _, file in held:
            file.close()


def forget_abandoned(kind: str) -> None:
    """Remove the records of processes that are gone, when there is nothing else to remove."""
    with abandoned(kind):
        pass


@dataclass(frozen=True, slots=True)
class Left:
    """What a run has left on purpose, for a later one to take."""

    path: Path
    """File of the record."""
    facts: Mapping[str, Any]


def leave(kind: str, **facts: str) -> Left:
    """Record that this process leaves something on purpose: no run removes it, until one takes it."""
    path = cache_dir(_FOLDER) / f"{kind}-{os.getpid()}-{secrets.token_hex(4)}.json"
    write_whole(path, json.dumps(facts).encode())
    return Left(path, facts)


def left(kind: str) -> list[Left]:
    """What runs have left on purpose, the oldest first; also what another process has just taken."""
    found = [(path, facts) for path in _paths(kind) if (facts := _read(path)) is not None]
    return [Left(path, facts) for path, facts in sorted(found, key=lambda item: _age(item[0]))]


@contextmanager
def taken(one: Left, what: str) -> Iterator[Record]:
    """Hold what a run has left, so that no other process takes it; forgotten at the end if it was settled.

    Args:
        one: what was left.
        what: how a person calls it.

    Raises:
        EnvironmentFault: another process has it, or had it.
    """
    file = _locked(one.path)
    if file is None:
        raise EnvironmentFault(f"{what}: another docs-test has it now", hint="wait for its end, then try again")
    record = Record(one.path)
    with file:
        try:
            yield record
        finally:
            if record.is_settled:
                one.path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _paths(kind: str) -> list[Path]:
    return sorted(cache_dir(_FOLDER).glob(f"{kind}-*.json"))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def _lives(facts: dict[str, Any]) -> bool:
    """Whether the process that recorded them lives, not another one that got its number since."""
    pid = str(facts.get("pid"))
    if not pid.isdecimal() or not (since := started(int(pid))):
        return False
    return bool(facts.get("started", since) == since)  # Older records lack it.


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
