"""What a page says about its own test: passed, failed, changed since, or not yet run."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from docs_site.pages.results import Environment, PageRun, Results


class State(enum.StrEnum):
    """The four states of a page; also the ending of the CSS class."""

    PASSED = "passed"
    FAILED = "failed"
    CHANGED = "changed"
    """It ran, and the page or a file it is made of is different now."""
    NOT_RUN = "not-run"


VERDICT = {
    State.PASSED: "Tested: passed",
    State.FAILED: "Tested: failed",
    State.CHANGED: "Changed since its last test",
    State.NOT_RUN: "Not yet run",
}
TIER = {
    "mock": "On a mock platform (stand-ins for GPUs, engine and operator)",
    "operator": "With the real operator, mock GPUs and a mock engine",
    "gpu": "On a real cluster",
}
WORDS = {"mock": "on mock GPUs", "operator": "with the real operator, on mock GPUs", "gpu": "on real GPUs"}
OPERATOR = {"mock": "operator as of {}"}
"""How the operator is called where it is not the real one."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one run of a page against the files as they are now."""

    state: State
    changed: tuple[str, ...] = ()
    """Files (relative to the root) that differ from those that ran, sorted."""


def status_of(run: PageRun | None, root: Path) -> Status:
    """Compare what ran with what is there.

    Args:
        run: the page's run, or None.
        root: the folder that the paths of `run.inputs` are relative to.
    """
    if run is None or run.lacks:
        return Status(State.NOT_RUN)
    changed = tuple(sorted(name for name, digest in run.inputs.items() if _sha256(root / name) != digest))
    if changed:
        return Status(State.CHANGED, changed)
    return Status(State.PASSED if run.passed else State.FAILED)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def status_block(results: Results, path: str, root: Path) -> str:
    """The status of a page as HTML, one block for each variant and tier that ran; details unfold.

    Args:
        results: what docs-test wrote.
        path: the page, relative to the root.
        root: the project's root.
    """
    runs = results.of(path) or (None,)
    return "\n".join(_block(run, root) for run in runs)


def summary(results: Results, path: str, root: Path) -> str:
    """The status of a page in a few words, for a list of pages (plain text with a class, as HTML)."""
    runs = results.of(path) or (None,)
    parts = []
    for run in runs:
        state = status_of(run, root).state
        text = VERDICT[state]
        if run is not None and not run.lacks:
            text += f"{_variant(run)}, {_day(run.started)}, {WORDS[run.environment.tier]}"
        parts.append(f'<span class="tested-word tested-word--{state}">{escape(text)}</span>')
    return " ".join(parts)


def shown_only_words(blocks: int) -> str:
    """What a list of pages says of one whose commands no test runs (plain text with a class, as HTML)."""
    text = f"{plural(blocks, 'block')} of commands not run on the mock platform; below each stands why"
    return f'<span class="tested-word tested-word--{State.NOT_RUN}">{text}</span>'


def _block(run: PageRun | None, root: Path) -> str:
    """What a hurried reader wants to know, and the rest behind it; open where it failed."""
    status = status_of(run, root)
    verdict = f'<strong class="tested-verdict">{VERDICT[status.state]}{escape(_variant(run))}</strong>'
    if run is None:
        return _unfolded(status, verdict, "No result of a run was given to this build of the site.")
    if run.lacks:
        return _unfolded(status, verdict, _where(run.environment), f"Skipped there: {escape(run.lacks)}")
    short = f"{verdict} {_day(run.started)}, {WORDS[run.environment.tier]}"
    lines = [_when(run, status.state), _where(run.environment), *_skips(run)]
    if status.changed:
        names = ", ".join(f"<code>{escape(name)}</code>" for name in status.changed)
        lines.append(f"Changed since: {names}")
    opened = " open" if status.state is State.FAILED else ""
    return (
        f'<details class="tested tested--{status.state}"{opened}>'
        f"<summary>{_spans([short])}</summary>{_spans(lines)}</details>"
    )


def _unfolded(status: Status, *lines: str) -> str:
    return f'<p class="tested tested--{status.state}">{_spans(lines)}</p>'


def _spans(lines: Iterable[str]) -> str:
    return "".join(f"<span>{line}</span>" for line in lines)


def _variant(run: PageRun | None) -> str:
    if run is None or not run.variant:
        return ""
    return f" ({', '.join(f'{name} {value}' for name, value in sorted(run.variant.items()))})"


def _when(run: PageRun, state: State) -> str:
    stamp = (
        f'<time datetime="{run.started:%Y-%m-%dT%H:%M:%SZ}">{_day(run.started)}, {run.started:%H:%M} UTC</time>'
    )
    outcome = f"{'passed' if run.passed else 'failed'} then, " if state is State.CHANGED else ""
    skipped = f"{len(run.skipped)} skipped" if run.skipped else "none skipped"
    return f"{stamp}: {outcome}{plural(run.run, 'step')} run, {skipped}, in {_duration(run.seconds)}"


def _where(where: Environment) -> str:
    operator = OPERATOR.get(where.tier, "operator {}").format(where.operator or "of unknown version")
    parts = (
        f"Dynamo runtime {where.runtime or 'of unknown version'}",
        operator,
        f"Kubernetes {where.kubernetes or 'of unknown version'}",
        where.gpus or "no GPUs",
    )
    return escape(f"{TIER[where.tier]}: {', '.join(parts)}")


def _skips(run: PageRun) -> list[str]:
    if not run.skipped:
        return []
    reasons = "; ".join(f"line {Position.read(skip.location).line}, {skip.reason}" for skip in run.skipped)
    return [f"Skipped: {escape(reasons)}"]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def plural(count: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
