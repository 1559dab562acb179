"""What a page says about its own test: passed, failed, changed since, or not yet run."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docs_site.pages.verdicts import (
    SEVERITY,
    State,
    Status,
    Verdict,
    by_tier,
    chosen,
    day_of,
    started,
    status_of,
    verdicts_of,
)
from docs_test.language.vocabulary import SHELLS
from docs_test.model import Role, SkipKind, StepKind
from docs_test.outcomes import Outcome
from docs_test.tutorials.variants import selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from docs_site.pages.runs import PageRun, Runs
    from docs_test.page_results import PageResult, RanOn, SkippedBlock
    from docs_test.tutorials.index import IndexedPage

    Variants = Mapping[str, Sequence[str]]


TITLES = {"operator as of": "mock operator, modelled on"}
"""Titles of facts in other words: a reader must not think that this operator ran."""
NO_VARIANTS: Variants = {}
NO_RESULT = "No result of a run was given to this build of the site."


TIER = {
    "none": "Without a cluster",
    "mock": "On a mock platform (stand-ins for GPUs, engine and operator)",
    "operator": "With the real operator, mock GPUs and a mock engine",
    "gpu": "On a real cluster",
}
WORDS = {
    "none": "without a cluster",
    "mock": "on a mock platform",
    "operator": "with the real operator",
    "gpu": "on real GPUs",
}
MOCKS = {
    "mock": ": no real GPU, engine or operator",
    "operator": ": no real GPU or engine",
}
"""Rest of the words where a page speaks for itself: a reader quotes the short line."""


def status_block(runs: Runs, path: str, root: Path, variants: Variants = NO_VARIANTS) -> str:
    """The status of a page as HTML, one line for each tier that ran; details unfold.

    A variant that did not run anywhere is named in the first line, if another one did.

    Args:
        runs: what docs-test wrote.
        path: the page, relative to the root.
        root: the project's root.
        variants: its variants: name -> values, the default first.
    """
    found = runs.of(path)
    if not found:
        return _unfolded(Status(State.NOT_RUN), _strong(Verdict(State.NOT_RUN)), NO_RESULT)
    missing = [chosen(one) for one in _not_run(found, variants)]
    blocks = [_block_skipped(run) for run in found if run.skipped_there]
    for number, group in enumerate(by_tier(found)):
        blocks.append(_block(group, missing if number == 0 else [], root))
    if missing and all(run.skipped_there for run in found):
        blocks.append(_unfolded(Status(State.NOT_RUN), _strong(Verdict(State.NOT_RUN, variants=missing))))
    return "\n".join(blocks)


def summary(runs: Runs, path: str, root: Path, variants: Variants = NO_VARIANTS) -> str:
    """The status of a page in a few words, for a list of pages (plain text with a class, as HTML)."""
    found = runs.of(path)
    if not found:
        return _word(Verdict(State.NOT_RUN))
    parts = [_word(Verdict(State.NOT_RUN)) for run in found if run.skipped_there]
    for group in by_tier(found):
        parts += [
            _word(part, f", {part.day}, {WORDS[group[0].environment.tier]}") for part in verdicts_of(group, root)
        ]
    parts += [_word(Verdict(State.NOT_RUN, variants=[chosen(one)])) for one in _not_run(found, variants)]
    return " ".join(parts)


def _word(verdict: Verdict, more: str = "") -> str:
    text = escape(verdict.text() + more)
    return f'<span class="tested-word tested-word--{verdict.state}" data-docs-test-status>{text}</span>'


def _strong(verdict: Verdict, *, first: bool = True) -> str:
    text = escape(verdict.text(first=first))
    return f'<strong class="tested-verdict tested-word--{verdict.state}">{text}</strong>'


def _not_run(found: Sequence[PageRun], variants: Variants) -> list[dict[str, str]]:
    """The variants of a page that ran nowhere, although another one did."""
    ran = [dict(run.page.variant) for run in found]
    return [one for one in selections(variants, {}) if one not in ran] if ran and variants else []


def shown_only(page: IndexedPage) -> int:
    """The number of a page's shell blocks with the role `.skip` that say where else they would run."""
    return sum(
        block.role == Role.SKIP and block.language in SHELLS and bool(block.runs_on) for block in page.blocks
    )


def shown_only_words(blocks: int) -> str:
    """What a list of pages says of one whose commands no test runs (plain text with a class, as HTML)."""
    text = f"not executed: {plural(blocks, 'block')} of commands, which need more than a mock platform"
    return f'<span class="tested-word tested-word--unproved">{text}</span>'


def _block_skipped(run: PageRun) -> str:
    """A run that skipped the page, and why."""
    verdict = Verdict(State.NOT_RUN, variants=[chosen(run.page.variant)])
    why = f"{_why(run.page)}: {escape(run.skipped_there)}"
    return _unfolded(Status(State.NOT_RUN), _strong(verdict), where_it_ran(run.environment), why)


def _block(group: Sequence[PageRun], missing: Sequence[str], root: Path) -> str:
    """What a hurried reader wants to know of a tier, and the rest behind it; open where it failed."""
    verdicts = verdicts_of(group, root)
    tier = group[0].environment.tier
    said = [f"{_strong(one, first=number == 0)} {one.day}" for number, one in enumerate(verdicts)]
    short = f"{', '.join(said)}, {WORDS[tier]}{MOCKS.get(tier, '')}"
    if missing:
        short += f"; {_strong(Verdict(State.NOT_RUN, variants=missing), first=False)}"
    lines = list(dict.fromkeys(line for run in group for line in _details(run, root, several=len(group) > 1)))
    worst = max((one.state for one in verdicts), key=SEVERITY.index)
    opened = " open" if worst is State.FAILED else ""
    return (
        f'<details class="tested tested--{worst}" data-docs-test-status{opened}>'
        f"<summary>{_spans([short])}</summary>{_spans(lines)}</details>"
    )


def _details(run: PageRun, root: Path, *, several: bool) -> list[str]:
    status = status_of(run, root)
    name = f"{escape(chosen(run.page.variant))}: " if several and run.page.variant else ""
    lines = [
        f"{name}{_when(run.page, status.state)}",
        where_it_ran(run.environment),
        *_set_up(run.page),
        *_skips(run.page),
    ]
    if status.changed:
        names = ", ".join(f"<code>{escape(changed)}</code>" for changed in status.changed)
        lines.append(f"{name}Changed since: {names}")
    return lines


def _unfolded(status: Status, *lines: str) -> str:
    return f'<p class="tested tested--{status.state}" data-docs-test-status>{_spans(lines)}</p>'


def _spans(lines: Iterable[str]) -> str:
    return "".join(f"<span>{line}</span>" for line in lines)


def _when(page: PageResult, state: State) -> str:
    at = started(page)
    stamp = f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{day_of(at)}, {at:%H:%M} UTC</time>'
    outcome = f"{page.outcome} then, " if state is State.CHANGED else ""
    skipped = f"{len(gaps)} skipped" if (gaps := _gaps(page)) else "none skipped"
    checks = sum(step.kind is StepKind.CHECK for step in page.run_steps)
    commands = sum(step.kind is StepKind.RUN for step in page.run_steps)
    steps = plural(commands, "command") + (f" and {plural(checks, 'check')}" if checks else "")
    return f"{stamp}: {outcome}{steps} run, {skipped}, in {_duration(page.seconds)}"


def where_it_ran(where: RanOn) -> str:
    """The environment of a run in a line, as HTML."""
    if where.tier == "none":
        return TIER[where.tier]
    facts = [(TITLES.get(fact.title, fact.title), fact.text) for fact in where.facts]
    facts.append(("Kubernetes", where.kubernetes))
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


def plural(count: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
