"""Waits for files to be saved: written in place, or as editors do it, beside and then renamed."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from watchdog.events import (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from watchdog.events import FileSystemEvent

QUIET_SECONDS = 0.15
"""Seconds without a further event after which a save is complete: editors write, rename and touch."""
MOST_SECONDS = 1.0
"""Seconds after the first event that are waited for the others, at most."""
SAVED = frozenset(
    {EVENT_TYPE_CREATED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED, EVENT_TYPE_DELETED, EVENT_TYPE_CLOSED}
)
"""Kinds of events after which a file may hold something else."""


class Saved:
    """Files that were saved."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._events: SimpleQueue[str] = SimpleQueue()

    def wait(self, seconds: float | None = None) -> frozenset[str]:
        """Wait for a save, and return the files, relative to the root; none after so many seconds without one."""
        found: set[str] = set()
        try:
            found.add(self._events.get(timeout=seconds))
        except Empty:
            return frozenset()
        deadline = time.monotonic() + MOST_SECONDS
        while time.monotonic() < deadline:
            try:
                found.add(self._events.get(timeout=QUIET_SECONDS))
            except Empty:
                break
        return frozenset(found)

    def heard(self, path: str) -> None:
        """Something happened to a file."""
        try:
            self._events.put(Path(path).relative_to(self._root).as_posix())
        except ValueError:
            return  # Of elsewhere: a link led there.


class _Handler(FileSystemEventHandler):
    def __init__(self, saved: Saved) -> None:
        self._saved = saved

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory or event.event_type not in SAVED:
            return
        for path in (event.src_path, event.dest_path):
            if path:
                self._saved.heard(str(path))


@contextmanager
def watched(root: Path, folders: Iterable[str]) -> Iterator[Saved]:
    """What is saved in folders of a site while the `with` block runs.

    Args:
        root: the site's top folder, resolved.
        folders: relative to it; one that is not there is left out. "": the top folder itself, without those below.
    """
    saved, observer = Saved(root), Observer()
    for folder in folders:
        path = root / folder
        if path.is_dir():
            observer.schedule(_Handler(saved), str(path), recursive=bool(folder))
    observer.start()
    try:
        yield saved
    finally:
        observer.stop()
        observer.join()
