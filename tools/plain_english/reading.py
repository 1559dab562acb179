"""How easy pages are to read: the measures of .vale/Reading, of each page and their medians."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plain_english.vale import Finding

MEASURES = "Reading."
"""Beginning of the names of rules that measure and find nothing wrong."""
KEYS = {"Reading.Ease": "ease", "Reading.Grade": "grade", "Reading.SentenceLength": "words_per_sentence"}
"""Keys of the report, by the rules that measure."""
NOT_MEASURED = ("docs/reference/api/", "snippets/glossary.md")
"""Beginnings of the paths of pages that are lists of fields and terms, not sentences."""


def measured(findings: Sequence[Finding]) -> dict[str, dict[str, float]]:
    """The measures of each page: {page: {ease, grade, words_per_sentence}}."""
    found: dict[str, dict[str, float]] = {}
    for one in findings:
        if one.rule in KEYS and not one.path.startswith(NOT_MEASURED):
            found.setdefault(one.path, {})[KEYS[one.rule]] = float(one.message)
    return dict(sorted(found.items()))


def report(pages: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """For build/reading.json: the pages, and the median of each measure."""
    medians = {key: round(median(one[key] for one in pages.values()), 2) for key in KEYS.values()} if pages else {}
    return {"median": medians, "pages": pages}


def table(document: Mapping[str, Any]) -> list[str]:
    """The report in lines, the page that is hardest to read first."""
    lines = [f"{'ease':>6} {'grade':>6} {'words':>6}  page"]
    pages = document["pages"]
    rows = sorted(pages.items(), key=lambda item: item[1]["ease"])
    rows.append(("median", document["median"]))
    lines += [
        f"{one['ease']:6.1f} {one['grade']:6.1f} {one['words_per_sentence']:6.1f}  {name}" for name, one in rows
    ]
    return lines
