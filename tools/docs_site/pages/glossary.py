"""The glossary page's list, from the abbreviations that give every page its tooltips: one text for both."""

from __future__ import annotations

import re

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

DEFINITION = re.compile(r"\*\[(?P<term>[^\]]+)\]:[ ]*(?P<text>\S.*)")
"""An abbreviation as Python-Markdown's `abbr` reads it: `*[DGD]: DynamoGraphDeployment: ...`."""


def glossary_list(source: str, path: str) -> str:
    """A definition list in Markdown, by term, each with its anchor in lower case.

    Args:
        source: the text of the file of abbreviations, one a line.
        path: the file, for errors.

    Raises:
        UserError: at the line that is no abbreviation, or that gives a term again.
    """
    terms: dict[str, str] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip():
            continue
        match = DEFINITION.fullmatch(line.rstrip())
        if match is None:
            hint = "write *[TERM]: what it means"
            raise UserError(f"{line!r} is no abbreviation", where=Position(str(path), number), hint=hint)
        if match["term"] in terms:
            raise UserError(f"{match['term']!r} is given twice", where=Position(str(path), number))
        terms[match["term"]] = match["text"]
    # In code the term gets no tooltip, which would say what stands below it anyway.
    return "\n\n".join(
        f"`{term}`{{ #{term.lower()} }}\n:   {terms[term]}." for term in sorted(terms, key=str.lower)
    )
