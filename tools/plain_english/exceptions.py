"""Exceptions from the rules: .vale/exceptions.yaml, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plain_english.vale import Finding

FILE = ".vale/exceptions.yaml"
KEYS = ("file", "rule", "words", "reason")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One exception."""

    file: str
    """Path of the file."""
    rule: str
    words: str
    """Words of the line that is found, as its prose has them."""
    reason: str
    """Reason why they stay."""


def read(text: str) -> list[Allowed]:
    """The exceptions of a file.

    Raises:
        UserError: one lacks something: a reason, for example.
    """
    found = []
    for number, one in enumerate(yaml.safe_load(text) or [], start=1):
        lacking = [key for key in KEYS if not str(one.get(key, "")).strip()]
        if lacking or set(one) - set(KEYS):
            fact = f"exception {number} has {', '.join(one)}; each has {', '.join(KEYS)}, and none is empty"
            raise UserError(fact, where=Position(FILE), hint="the reason says why the words are right there")
        found.append(Allowed(**{key: str(one[key]) for key in KEYS}))
    return found


def left(
    findings: Sequence[Finding], allowed: Sequence[Allowed], prose: Mapping[str, str]
) -> tuple[list[Finding], list[Allowed]]:
    """The findings that no exception covers, and the exceptions that cover none of the files that were read."""
    used = set()
    kept = []
    for finding in findings:
        line = [*prose[finding.path].splitlines(), ""][finding.line - 1]
        matching = [
            one for one in allowed if (one.file, one.rule) == (finding.path, finding.rule) and one.words in line
        ]
        used.update(matching)
        if not matching:
            kept.append(finding)
    return kept, [one for one in allowed if one.file in prose and one not in used]
