"""How easy pages are to read, by what Vale counts in them: of each page, and the medians."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_MEASURED = ("docs/reference/api/", "snippets/glossary.md")
"""Beginnings of the paths of pages that are lists of fields and terms, not sentences."""
GLOSSARY = re.compile(r"^\*\[(?P<term>[^\]]+)\]:", re.MULTILINE)
"""A term of snippets/glossary.md."""
FIELD = (
    *("adapter", "api", "cluster", "component", "container", "deployment", "dynamo", "engine", "kubernetes"),
    *("manifest", "model", "namespace", "operator", "planner", "pod", "profiler", "profiling", "prometheus"),
    *("replica", "request", "resource", "secret", "token", "version", "worker"),
)
"""Words of the field that no shorter word can replace; their plurals count, too."""
CODE = re.compile(r"`[^`\n]+`")
ONE = "term"
"""A word of one syllable."""


def known(text: str, glossary: str) -> str:
    """The text, with one short word for each piece of code and each term: as a reader meets it who knows them.

    Args:
        text: the prose of a page.
        glossary: text of the glossary, whose terms count next to `FIELD`.
    """
    terms = "|".join(map(re.escape, sorted((*FIELD, *GLOSSARY.findall(glossary)), key=len, reverse=True)))
    return re.sub(rf"\b(?:Dynamo[A-Z]\w+|(?i:{terms})(?:s|'s)?)\b", ONE, CODE.sub(ONE, text))


def measured(counts: Mapping[str, float]) -> dict[str, float]:
    """The measures of a page.

    Args:
        counts: words, sentences and syllables.

    Returns:
        `ease`, Flesch's reading ease: 100 is easy, 0 is hard; `grade`, by Flesch and Kincaid: years of school
        that a reader needs; `words_per_sentence`.
    """
    length = counts["words"] / counts["sentences"]
    syllables = counts["syllables"] / counts["words"]
    return {
        "ease": round(206.835 - 1.015 * length - 84.6 * syllables, 2),
        "grade": round(0.39 * length + 11.8 * syllables - 15.59, 2),
        "words_per_sentence": round(length, 2),
    }


def report(
    pages: Mapping[str, Mapping[str, float]], with_known: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    """For build/reading.json: the measures of each page, and their medians.

    Args:
        pages: counts of each page.
        with_known: counts of its text as `known` gives it; their `ease` is `ease_if_terms_are_known`.
    """
    found = {path: measured(counts) for path, counts in sorted(pages.items()) if counts.get("words")}
    for path, one in found.items():
        one["ease_if_terms_are_known"] = measured(with_known[path])["ease"]
    keys = next(iter(found.values()), {})
    return {"median": {key: round(median(one[key] for one in found.values()), 2) for key in keys}, "pages": found}


def table(document: Mapping[str, Any]) -> list[str]:
    """The report in lines, the page that is hardest to read first."""
    lines = [f"{'ease':>6} {'grade':>6} {'words':>6}  page"]
    rows = sorted(document["pages"].items(), key=lambda item: item[1]["ease"])
    rows.append(("median", document["median"]))
    lines += [
        f"{one['ease']:6.1f} {one['grade']:6.1f} {one['words_per_sentence']:6.1f}  {name}" for name, one in rows
    ]
    return lines
