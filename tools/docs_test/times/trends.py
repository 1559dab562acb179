"""What became slower than its own past, and how times went on: notes, never a failure.

Times of a cluster are spread, and some runs are far off. So a time is held against the median of those before, and
against how far these are from it as a rule (the median absolute deviation).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from docs_test.names import named
from docs_test.times.history import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docs_test.times.history import Entry

LEAST = 5
"""Earlier runs that it takes to say what is usual."""
LATEST = 20
"""Earlier runs that count, the latest ones: what was long ago is usual no more."""
SPREAD = 1.4826
"""Factor that makes the median absolute deviation of a normal distribution its standard deviation."""
FAR = 4.0
"""Number of such deviations that are beyond chance."""
SHARE, SECONDS = 0.2, 1.0
"""Excess that is worth a word: this share of what is usual, and no less than so many seconds."""
SHOWN = 5
"""Steps that are named below a page, at most."""


@dataclass(frozen=True, slots=True)
class Slower:
    """A page or a step that took longer than it used to."""

    name: str
    seconds: float
    usual: float
    """Median of the earlier runs."""
    runs: int
    """Number of the earlier runs."""

    def __str__(self) -> str:
        return f"{self.name}: {self.seconds:.1f} s, usually {self.usual:.1f} s ({self.runs} runs)"


def bound(past: Sequence[float]) -> float:
    """The time beyond which a run is slower than those of the past."""
    middle = median(past)
    spread = SPREAD * median(abs(one - middle) for one in past)
    return middle + max(FAR * spread, SHARE * middle, SECONDS)


def slower(past: Iterable[Entry], now: Sequence[Entry]) -> Iterator[Slower]:
    """The pages, and below each its steps, that took longer than they used to.

    Args:
        past: the history before.
        now: the entries of a run.
    """
    known = list(past)
    for entry in now:
        before = same(known, entry)[-LATEST:]
        page = _compared(named(entry.page, entry.variant), entry.seconds, [one.seconds for one in before])
        if page:
            yield page
        codes = [one.by_code() for one in before]
        steps = []
        for name, seconds in entry.steps.items():
            place, _, code = name.rpartition(" ")
            steps.append(_compared(f"  {place}", seconds, [one[code] for one in codes if code in one]))
        found = [step for step in steps if step]
        yield from sorted(found, key=lambda step: step.usual - step.seconds)[:SHOWN]


def _compared(name: str, seconds: float, past: Sequence[float]) -> Slower | None:
    if len(past) < LEAST or seconds <= bound(past):
        return None
    return Slower(name, seconds, median(past), len(past))


def trends(entries: Sequence[Entry]) -> Iterator[str]:
    """A table for each environment: how often a page ran, its usual time, and that of its latest runs."""
    groups: dict[str, dict[object, list[Entry]]] = {}
    for entry in entries:
        groups.setdefault(entry.environment, {}).setdefault(entry.key, []).append(entry)
    for environment, pages in groups.items():
        yield environment
        rows = [_row(runs) for runs in sorted(pages.values(), key=lambda runs: (runs[0].page, runs[0].at))]
        width = max(len(row[0]) for row in rows)
        yield f"  {'page':{width}}  runs  fastest  median  slowest  latest"
        for name, count, *times, word in rows:
            fastest, middle, slowest, latest = times
            numbers = f"{count:4}  {fastest:5.1f} s {middle:5.1f} s  {slowest:5.1f} s {latest:5.1f} s"
            yield f"  {name:{width}}  {numbers}{word}"


def _row(runs: Sequence[Entry]) -> tuple[str, int, float, float, float, float, str]:
    times = [run.seconds for run in runs]
    latest, past = times[-1], times[:-1][-LATEST:]
    word = "  slower than usual" if len(past) >= LEAST and latest > bound(past) else ""
    return (
        named(runs[-1].page, runs[-1].variant),
        len(times),
        min(times),
        median(times),
        max(times),
        latest,
        word,
    )
