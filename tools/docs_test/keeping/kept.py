"""A page of which a step failed, kept for `docs-test resume`: written into its folder, and recorded.

Its folder, what its shell knew before the step that failed, its background steps and its cluster stay.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping  # noqa: TC003 - types of fields are read at run time (typed_json).
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.clusters.stay import KIND, Where
from docs_test.model import Tutorial  # noqa: TC001 - as above
from docs_test.outcomes import StepResult  # noqa: TC001
from docs_test.running.killed_runs import processes_of
from docs_test.shell.bash import DRIVER
from docs_test.shell.folder import SCRIPTS
from docs_test.shell.state import copied
from groundwork.base.typed_json import from_json, to_json
from groundwork.system.process_table import started
from groundwork.system.records import leave, left

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.clusters.stay import Stay
    from docs_test.running.session import Session
    from groundwork.system.records import Left, Record

FILE = "kept.json"
"""Name in the page's folder, where the page itself cannot see it."""
FORM = 1
"""Number that changes with the form of the file."""


@dataclass(frozen=True, slots=True)
class KeptBackground:
    """A background step that goes on."""

    index: int
    """Index of its step, clean-up not counted."""
    pid: int
    since: str
    """Time at which it started (`process_table.started`)."""
    output: str
    """Name of the file that it prints into."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was kept."""

    where: Where
    tutorial: Tutorial
    """Page as it was read when it ran."""
    next: int
    """Index of the step to go on with, clean-up not counted."""
    at: str
    """Time at which the page began."""
    seconds: float
    """Seconds that the steps before it took."""
    env: Mapping[str, str]
    state: str
    """Name of the file with what the shell knew before that step; "" if it knew nothing."""
    results: Mapping[str, StepResult]
    """Results of the steps before it, by their index."""
    skipped: tuple[str, ...]
    """Places of steps that a person skipped."""
    backgrounds: tuple[KeptBackground, ...]
    before: tuple[str, ...]
    """Objects of the cluster that were there before the page."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that was kept, and that this process has taken."""

    kept: Kept
    folder: Path
    """The page's folder."""
    record: Record


@dataclass(slots=True)
class PageKeeper:
    """Keeps the page of a run (`session.Keeper`)."""

    where: Where
    stay: Stay
    """Record of what the run leaves when it ends."""
    record: Left | None = None
    """Record of the page, once it is kept."""
    alone: bool = False
    """Whether no page can have started from this one now: it goes on after it was kept."""
    inside: str = ""
    """Folder of the page that started from this one when it was kept before; "" if none did."""

    def keep(self, session: Session) -> None:
        """Keep a page where it stands: all that another process needs, then the record, by which it is kept."""
        page, where = session.page, self.where
        for name in _jobs(session):
            page.reporter.said(
                f"ended {name}: a job of a step (&) ends with its shell; `data-background` would stay"
            )
        _write(page.folder, _kept(session, where))
        inside = self.inside if self.alone else self.stay.page
        self.stay.page = str(page.folder)
        if where.namespace:
            self.stay.namespaces.add(where.namespace)
        self.record = leave(
            KIND,
            folder=str(page.folder),
            page=page.tutorial.path,
            variant=json.dumps(dict(page.tutorial.variant), sort_keys=True),
            root=where.root,
            namespace=where.namespace,
            cluster=where.cluster_name,
            keeps_cluster="yes" if where.keep_cluster else "",
            platform=where.platform,
            inside=inside,
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    def forget(self, folder: Path) -> None:
        """Take it back; the cluster stays only if another page is kept there."""
        if self.record is not None:
            self.record.path.unlink(missing_ok=True)
        there = [one.facts for one in left(KIND) if one.facts.get("folder") != str(folder)]
        there = [facts for facts in there if facts.get("cluster") == self.where.cluster_name]
        self.stay.page = str(there[-1].get("folder")) if there else ""
        self.alone = True
        self.stay.namespaces.clear()
        self.stay.namespaces.update(str(facts.get("namespace")) for facts in there)

    @property
    def others(self) -> bool:
        """Whether a page is kept that started from this one."""
        return bool(self.stay.page) and not self.alone


def _kept(session: Session, where: Where) -> Kept:
    """What is written of a page; what cannot go on ends."""
    page, steps = session.page, session.steps
    ran = {id(step): number for number, step in enumerate(steps[: session.next])}
    state = page.before if session.failed else copied(page.folder / SCRIPTS, page.shell.known)
    failed = page.results.get(id(steps[session.next])) if session.failed else None
    for background in list(page.backgrounds):
        result = page.results.get(id(background.step))
        if id(background.step) not in ran or not result or result.failure:
            background.close()
            page.backgrounds.remove(background)
    page.shell.close()
    return Kept(
        where=where,
        tutorial=page.tutorial,
        next=session.next,
        at=session.at,
        seconds=failed.started if failed else page.elapsed(),
        env=page.env,
        state=state.name if state else "",
        results={str(index): page.results[step] for step, index in ran.items() if step in page.results},
        skipped=tuple(session.skipped),
        backgrounds=tuple(
            KeptBackground(ran[id(one.step)], one.process.pid, started(one.process.pid), one.output.path.name)
            for one in page.backgrounds
        ),
        before=tuple(sorted(session.watch.before)) if session.watch else (),
    )


def load(folder: Path) -> Kept | None:
    """What was kept in a folder; None if it is not there, or of another form."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return from_json(Kept, data["page"]) if data["form"] == FORM else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(folder: Path, kept: Kept) -> None:
    partial = folder / f"{FILE}.new"
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({"form": FORM, "page": to_json(kept)}), encoding="utf-8")
    partial.rename(folder / FILE)


def _jobs(session: Session) -> list[str]:
    """The programs that steps have started with `&`."""
    from psutil import Error  # noqa: PLC0415

    names, groups = [], {one.process.pid for one in session.page.backgrounds}
    for process in processes_of(session.page.folder):
        try:
            if os.getpgid(process.pid) in groups or str(DRIVER) in process.cmdline():
                continue
            names.append(process.name())
        except (Error, OSError):
            continue
    return names
