"""How pages ended in each environment, in a small file that is kept in the repository: a row for each.

`docs-test report RESULTS... --matrix FILE` puts results files into it; a site makes tables of it. A later verdict
takes the place of an earlier one of the same page, variant and environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 - typed_json reads the hints
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs_test.outcomes import Outcome
from groundwork.base.content import write_whole
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.typed_json import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docs_test.page_results import PageResult, Results

VERSION = 1
OUTCOMES = (Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED)
"""Outcomes that are verdicts on a page: one that was not run because another failed, or in part, has none."""
HINT = "docs-test report RESULTS... --matrix FILE writes it; git has what it was"
_TEXTS = ("page", "platform", "tier", "day", "outcome", "why")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a page ended, in one variant and one environment."""

    page: str
    """POSIX path of the page, relative to the root."""
    variant: Mapping[str, str]
    platform: str
    tier: str
    facts: Mapping[str, str]
    """Texts of the environment's facts by their names, as in `runtime`: `1.6.1`; of those that are known."""
    day: str
    """Day on which it was run: `2026-11-30`."""
    outcome: Outcome
    why: str = ""
    """Needs that the environment lacks, of a page that was skipped."""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from every other; rows are in this order."""
        facts = tuple(sorted(self.facts.items()))
        return self.page, self.platform, self.tier, facts, tuple(sorted(self.variant.items()))


def read(path: Path) -> tuple[Verdict, ...]:
    """The verdicts of a file; none if it is not there.

    Raises:
        UserError: it is there and is something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return tuple(map(_verdict, _rows(data)))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise UserError(f"no file of verdicts: {error}", hint=HINT, where=Position(str(path))) from None


def added(old: Iterable[Verdict], found: Iterable[Results], root: Path) -> tuple[Verdict, ...]:
    """The verdicts, with those of results; what is of a page that is gone, or had other variants, is left out."""
    rows = {one.key: one for one in old}
    for one in (made for results in found for made in _of(results)):
        before = rows.get(one.key)
        if before is None or before.day <= one.day:
            rows[one.key] = one
    newest = sorted(rows.values(), key=lambda one: one.day)
    names = {one.page: one.variant.keys() for one in newest}
    kept = [one for one in rows.values() if (root / one.page).is_file() and one.variant.keys() == names[one.page]]
    return tuple(sorted(kept, key=lambda one: repr(one.key)))


def write(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Write the file, a line for each verdict: so that a diff shows which changed.

    Raises:
        OSError: it cannot be written.
    """
    lines = ",\n".join(json.dumps(to_json(one), sort_keys=True) for one in verdicts)
    write_whole(path, f'{{"version": {VERSION}, "verdicts": [\n{lines}\n]}}\n'.encode())


def _of(results: Results) -> Iterable[Verdict]:
    where = results.environment
    facts = {fact.name: fact.text for fact in where.facts if fact.text}
    for page in results.pages:
        if page.outcome in OUTCOMES:
            yield _made(page, where.platform, where.tier, facts)


def _made(page: PageResult, platform: str, tier: str, facts: Mapping[str, str]) -> Verdict:
    day, variant = page.started_at[:10], dict(page.variant)
    return Verdict(page.path, variant, platform, tier, facts, day, page.outcome, page.lacks)


def _rows(data: Any) -> list[Any]:
    version = data.get("version") if isinstance(data, dict) else None
    if version != VERSION:
        raise ValueError(f"'version' is {version!r}, allowed: {VERSION}")
    rows = data.get("verdicts")
    if not isinstance(rows, list):
        raise ValueError("'verdicts' is not a list")  # noqa: TRY004 - as all that breaks the form
    return rows


def _verdict(row: Any) -> Verdict:
    whole = isinstance(row, dict) and all(isinstance(row.get(name), str) for name in _TEXTS)
    if not whole or not all(isinstance(row.get(name), dict) for name in ("variant", "facts")):
        raise ValueError(f"no verdict: {json.dumps(row)[:80]}")
    return from_json(Verdict, row)
