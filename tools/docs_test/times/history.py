"""The history of a site's pages: a file with a line for each page that passed, its time and that of its steps."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docs_test.outcomes import Outcome
from groundwork.base.content import digest, write_whole
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docs_test.page_results import PageResult, RanOn

NAME = "history.jsonl"
"""Name of the file, beside the results."""
KEPT = 50
"""Runs of a page and variant that are kept of each environment, the latest ones."""
MOST = 5000
"""Lines of the whole file, at most."""
NUMBERS = frozenset({int, float})
HINT = "remove the line, or the file: the next run begins a new one"


@dataclass(frozen=True, slots=True)
class Entry:
    """A run of a page that passed."""

    at: str
    """Time at which it began: UTC, ISO 8601 with seconds and a Z."""
    environment: str
    """Environment in words, the same for runs whose times can be compared."""
    page: str
    variant: Mapping[str, str]
    seconds: float
    steps: Mapping[str, float] = field(default_factory=dict)
    """Seconds of each step, by its place and a digest of its code: `docs/x.md:12 4b1f`."""
    line: str = field(default="", init=False, compare=False, repr=False)
    """Line of the file that it was read from; "" if it is new, as one that `replace` makes is."""

    @property
    def key(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What tells the runs that can be compared with it from all others."""
        return self.environment, self.page, tuple(sorted(self.variant.items()))

    def by_code(self) -> dict[str, float]:
        """Seconds by the digest alone: a step stays the same when lines above it move."""
        return {name.rpartition(" ")[2]: seconds for name, seconds in self.steps.items()}


def environment_of(where: RanOn, jobs: int) -> str:
    """An environment in words: times on another platform, with other versions or side by side are others."""
    facts = [f"{fact.name} {fact.text}" for fact in where.facts if fact.text]
    parts = [where.platform, where.tier, where.kubernetes and f"Kubernetes {where.kubernetes}", where.gpus, *facts]
    parts += [f"{os.cpu_count()} cores", f"{jobs} at a time" if jobs > 1 else ""]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def entries_of(pages: Iterable[PageResult], environment: str) -> list[Entry]:
    """The entries of pages that passed as a whole; times of others say nothing."""
    return [
        Entry(page.started_at, environment, page.path, page.variant, round(page.seconds, 3), _steps(page))
        for page in pages
        if page.outcome is Outcome.PASSED
    ]


def _steps(page: PageResult) -> dict[str, float]:
    seen: Counter[str] = Counter()
    found = {}
    for step in page.steps:
        if step.outcome is Outcome.PASSED:
            code = digest(step.code, length=8)
            seen[code] += 1
            found[f"{step.position} {code}{'' if seen[code] == 1 else f'-{seen[code]}'}"] = round(step.seconds, 3)
    return found


def read(path: Path) -> list[Entry]:
    """The entries of a file, the earliest first; none if there is no file.

    Raises:
        UserError: it cannot be read, or a line is no entry.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise UserError(f"the history cannot be read: {error}", where=Position(str(path)), hint=HINT) from None
    return [_entry(line, Position(str(path), number)) for number, line in enumerate(lines, 1) if line.strip()]


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write the latest entries, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (entry.line or json.dumps(_data(entry)) for entry in bounded(entries))
    write_whole(path, "".join(f"{line}\n" for line in lines).encode())


def bounded(entries: Iterable[Entry]) -> list[Entry]:
    """The latest entries of each page and environment, as many as are kept."""
    ordered = sorted(entries, key=lambda entry: entry.at)
    of: defaultdict[object, list[Entry]] = defaultdict(list)
    for entry in ordered:
        of[entry.key].append(entry)
    kept = {id(entry) for group in of.values() for entry in group[-KEPT:]}
    return [entry for entry in ordered if id(entry) in kept][-MOST:]


def same(entries: Iterable[Entry], entry: Entry) -> list[Entry]:
    """The entries that can be compared with one."""
    return [one for one in entries if one.key == entry.key]


def _data(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "environment": entry.environment,
        "page": entry.page,
        "variant": dict(entry.variant),
        "seconds": entry.seconds,
        "steps": dict(entry.steps),
    }


def _entry(line: str, where: Position) -> Entry:
    try:
        data = json.loads(line)
        at, environment, page = data["at"], data["environment"], data["page"]
        variant, seconds, steps = dict(data["variant"]), data["seconds"], dict(data["steps"])
        entry = Entry(at, environment, page, variant, seconds, steps)
        object.__setattr__(entry, "line", line)
    except (ValueError, TypeError, KeyError) as error:
        raise _no_entry(f"{type(error).__name__}: {error}", where) from None
    for text in (at, environment, page, *entry.variant.values()):
        if not isinstance(text, str):
            raise _no_entry(f"{text!r} where a text is expected", where)
    times = [entry.seconds, *entry.steps.values()]
    # Of all at once: there are fifty runs of hundreds of steps.
    if not (set(map(type, times)) <= NUMBERS and min(times) >= 0 and sum(times) < float("inf")):
        wrong = next((one for one in times if type(one) not in NUMBERS or not 0 <= one < float("inf")), times)
        raise _no_entry(f"{wrong!r} where seconds are expected", where)
    return entry


def _no_entry(fact: str, where: Position) -> UserError:
    return UserError(f"no entry of a history: {fact}", where=where, hint=HINT)
