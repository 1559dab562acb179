"""The glossary page's list, from the abbreviations that give every page its tooltips: one text for both."""

from __future__ import annotations

import re

DEFINITION = re.compile(r"\*\[(?P<term>[^\]]+)\]:[ ]*(?P<text>\S.*)")
"""An abbreviation as Python-Markdown's `abbr` reads it: `*[DGD]: DynamoGraphDeployment: ...`."""


def glossary_list(source: str) -> str:
    """A definition list in Markdown, by term, each with its anchor in lower case.

    Args:
        source: the text of the file of abbreviations, one a line.

    Raises:
        ValueError: a line that is no abbreviation, or a term given twice; the line's number comes first.
    """
    terms: dict[str, str] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip():
            continue
        match = DEFINITION.fullmatch(line.rstrip())
        if match is None:
            raise ValueError(f"{number}: {line!r} is no abbreviation, allowed: '*[TERM]: what it means'")
        if match["term"] in terms:
            raise ValueError(f"{number}: {match['term']!r} is given twice")
        terms[match["term"]] = match["text"]
    # In code the term gets no tooltip, which would say what stands below it anyway.
    return "\n\n".join(
        f"`{term}`{{ #{term.lower()} }}\n:   {terms[term]}." for term in sorted(terms, key=str.lower)
    )
