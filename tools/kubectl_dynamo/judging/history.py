"""How long earlier profilings took: what an ETA rests on. Kept in $XDG_CACHE_HOME/kubectl-dynamo."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynamo_api.progress import like

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dynamo_api.views.model import Request
    from kubectl_dynamo.reading.jobs import Job

_KEPT = 500
"""Number of runs that are kept, the newest."""


@dataclass(frozen=True, slots=True)
class Run:
    """A profiling that ended well."""

    key: str
    """Key of the run: the uid of the request, and the second in which the run started. The Job's own uid is gone
    with it."""
    like: str
    """Words of `dynamo_api.progress.like`."""
    seconds: int


@dataclass(slots=True)
class History:
    """Earlier profilings, of any cluster."""

    file: Path | None
    runs: dict[str, Run] = field(default_factory=dict)
    _known: int = 0

    @classmethod
    def load(cls) -> History:
        """Read the cache; empty where there is none or it cannot be read."""
        base = os.environ.get("XDG_CACHE_HOME")
        try:
            file = Path(base or Path.home() / ".cache", "kubectl-dynamo", "profilings.json")
        except RuntimeError:
            return cls(None)  # There is no home.
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            said = []
        found = [run for run in map(_run, said if isinstance(said, list) else ()) if run]
        history = cls(file, {run.key: run for run in found})
        history._known = len(history.runs)
        return history

    def learn(self, profiled: Iterable[tuple[Request, Job]]) -> None:
        """Take up the Jobs that have ended well, of requests that were profiled."""
        for request, job in profiled:
            if job.started and job.ended and not job.failed:
                key = f"{request.uid or request.namespace + '/' + request.name}@{job.started.isoformat()}"
                self.runs[key] = Run(key, like(request), int((job.ended - job.started).total_seconds()))

    def earlier(self, request: Request) -> list[int]:
        """Seconds that profilings like this one took, the newest last."""
        wanted = like(request)
        return [run.seconds for run in self.runs.values() if run.like == wanted]

    def save(self) -> None:
        """Write what is new; a cache that cannot be written is no reason to fail."""
        if self.file is None or len(self.runs) == self._known:
            return
        runs = list(self.runs.values())[-_KEPT:]
        body = json.dumps([{"key": run.key, "like": run.like, "seconds": run.seconds} for run in runs])
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: another status may read it at this moment.
            handle, name = tempfile.mkstemp(dir=self.file.parent)
        except OSError:
            return
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(body)
            Path(name).replace(self.file)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            return
        self._known = len(self.runs)


def _run(entry: Any) -> Run | None:
    """An entry of the file; None where it is of another form: damaged, or by another version."""
    match entry:
        case {"key": str(key), "like": str(like), "seconds": int(seconds)} if not isinstance(seconds, bool):
            return Run(key, like, seconds)
    return None
