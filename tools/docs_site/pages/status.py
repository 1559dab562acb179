"""What a page says about its own test: passed, failed, changed since, or not yet run."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from docs_test.language.vocabulary import SHELLS
from docs_test.model import Role, SkipKind
from docs_test.outcomes import Outcome
from docs_test.tutorials.variants import selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from docs_site.pages.runs import PageRun, Runs
    from docs_test.page_results import PageResult, RanOn, SkippedBlock
    from docs_test.tutorials.index import IndexedPage

    Variants = Mapping[str, Sequence[str]]


NO_VARIANTS: Variants = {}


class State(enum.StrEnum):
    """The four states of a page; also the ending of the CSS class."""

    PASSED = "passed"
    FAILED = "failed"
    CHANGED = "changed"
    """Run that is out of date: the page or a file it is made of is different now."""
    NOT_RUN = "not-run"


VERDICT = {
    State.PASSED: "Tested: passed",
    State.FAILED: "Tested: failed",
    State.CHANGED: "Changed since its last test",
    State.NOT_RUN: "Not yet run",
}
TIER = {
    "none": "Without a cluster",
    "mock": "On a mock platform (stand-ins for GPUs, engine and operator)",
    "operator": "With the real operator, mock GPUs and a mock engine",
    "gpu": "On a real cluster",
}
WORDS = {
    "none": "without a cluster",
    "mock": "on mock GPUs",
    "operator": "with the real operator, on mock GPUs",
    "gpu": "on real GPUs",
}


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
        root: the folder that the paths of its inputs are relative to.
    """
    if run is None or run.skipped_there:
        return Status(State.NOT_RUN)
    inputs = run.page.inputs
    changed = tuple(sorted(name for name, digest in inputs.items() if _sha256(root / name) != digest))
    if changed:
        return Status(State.CHANGED, changed)
    return Status(State.PASSED if run.page.outcome is Outcome.PASSED else State.FAILED)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def status_block(runs: Runs, path: str, root: Path, variants: Variants = NO_VARIANTS) -> str:
    """The status of a page as HTML, one block for each variant and tier that ran; details unfold.

    A variant that did not run anywhere is said to be so, if another one did.

    Args:
        runs: what docs-test wrote.
        path: the page, relative to the root.
        root: the project's root.
        variants: its variants: name -> values, the default first.
    """
    found = runs.of(path)
    blocks = [_block(run, root) for run in found or (None,)]
    return "\n".join([*blocks, *map(_block_of_variant, _not_run(found, variants))])


def summary(runs: Runs, path: str, root: Path, variants: Variants = NO_VARIANTS) -> str:
    """The status of a page in a few words, for a list of pages (plain text with a class, as HTML)."""
    found = runs.of(path)
    parts = [_word(State.NOT_RUN, f"{VERDICT[State.NOT_RUN]}{_chosen(one)}") for one in _not_run(found, variants)]
    return " ".join([*_words(found or (None,), root), *parts])


def _words(found: Iterable[PageRun | None], root: Path) -> Iterable[str]:
    for run in found:
        state = status_of(run, root).state
        text = VERDICT[state]
        if run is not None and not run.skipped_there:
            text += f"{_variant(run)}, {day_of(_started(run.page))}, {WORDS[run.environment.tier]}"
        yield _word(state, text)


def _word(state: State, text: str) -> str:
    return f'<span class="tested-word tested-word--{state}" data-docs-test-status>{escape(text)}</span>'


def _not_run(found: Sequence[PageRun], variants: Variants) -> list[dict[str, str]]:
    """The variants of a page that ran nowhere, although another one did."""
    ran = [dict(run.page.variant) for run in found]
    return [chosen for chosen in selections(variants, {}) if chosen not in ran] if ran and variants else []


def _block_of_variant(variant: Mapping[str, str]) -> str:
    status = Status(State.NOT_RUN)
    verdict = f'<strong class="tested-verdict">{VERDICT[status.state]}{escape(_chosen(variant))}</strong>'
    return _unfolded(status, verdict, "No result of this variant was given to this build of the site.")


def shown_only(page: IndexedPage) -> int:
    """The number of a page's shell blocks with the role `.skip` that say where else they would run."""
    return sum(
        block.role == Role.SKIP and block.language in SHELLS and bool(block.runs_on) for block in page.blocks
    )


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
    if lacks := run.skipped_there:
        return _unfolded(status, verdict, where_it_ran(run.environment), f"{_why(run.page)}: {escape(lacks)}")
    short = f"{verdict} {day_of(_started(run.page))}, {WORDS[run.environment.tier]}"
    lines = [_when(run.page, status.state), where_it_ran(run.environment), *_set_up(run.page), *_skips(run.page)]
    if status.changed:
        names = ", ".join(f"<code>{escape(name)}</code>" for name in status.changed)
        lines.append(f"Changed since: {names}")
    opened = " open" if status.state is State.FAILED else ""
    return (
        f'<details class="tested tested--{status.state}" data-docs-test-status{opened}>'
        f"<summary>{_spans([short])}</summary>{_spans(lines)}</details>"
    )


def _unfolded(status: Status, *lines: str) -> str:
    return f'<p class="tested tested--{status.state}" data-docs-test-status>{_spans(lines)}</p>'


def _spans(lines: Iterable[str]) -> str:
    return "".join(f"<span>{line}</span>" for line in lines)


def _variant(run: PageRun | None) -> str:
    return _chosen(run.page.variant) if run is not None else ""


def _chosen(variant: Mapping[str, str]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in sorted(variant.items()))
    return f" ({told})" if told else ""


def _when(page: PageResult, state: State) -> str:
    at = _started(page)
    stamp = f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{day_of(at)}, {at:%H:%M} UTC</time>'
    outcome = f"{page.outcome} then, " if state is State.CHANGED else ""
    skipped = f"{len(gaps)} skipped" if (gaps := _gaps(page)) else "none skipped"
    steps = plural(len(page.run_steps), "step")
    return f"{stamp}: {outcome}{steps} run, {skipped}, in {_duration(page.seconds)}"


def _started(page: PageResult) -> datetime:
    return datetime.fromisoformat(page.started_at)


def where_it_ran(where: RanOn) -> str:
    """The environment of a run in a line, as HTML."""
    if where.tier == "none":
        return TIER[where.tier]
    facts = [*((fact.title, fact.text) for fact in where.facts), ("Kubernetes", where.kubernetes)]
    known = (f"{title} {text or 'of unknown version'}" for title, text in facts)
    return escape(f"{TIER[where.tier]}: {', '.join([*known, where.gpus or 'no GPUs'])}")


def _gaps(page: PageResult) -> list[SkippedBlock]:
    # The tabs of another variant are no gap in this run: that variant has a run of its own.
    return [skip for skip in page.skipped if skip.kind is not SkipKind.NOT_SELECTED]


def _skips(page: PageResult) -> list[str]:
    gaps = _gaps(page)
    reasons = "; ".join(f"line {skip.position.line}, {skip.reason}" for skip in gaps)
    return [f"Skipped: {escape(reasons)}"] if gaps else []


def _why(page: PageResult) -> str:
    return "Not run then" if page.outcome is Outcome.NOT_RUN else "Skipped there"


def _set_up(page: PageResult) -> list[str]:
    names = ", ".join(f"<code>{escape(name)}</code>" for name in page.set_up_by)
    return [f"Started from the set-up of {names}"] if names else []


def day_of(moment: datetime) -> str:
    """`3 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def plural(count: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
