"""The conditions of each kind, from conditions.yaml and the table of status words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dynamo_api.facts.kinds import GRAPH, REQUEST
from dynamo_api.words import reasons

if TYPE_CHECKING:
    from dynamo_api.words import Reason

_SHORT = {REQUEST: "DGDR", GRAPH: "DGD"}


@dataclass(frozen=True, slots=True)
class Word:
    """The type of a condition, or one of its reasons."""

    name: str
    known: Reason | None
    """Its entry on the page of status words; None: it is described here."""
    means: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a kind."""

    kind: str
    type: Word
    reasons: tuple[Word, ...]

    @property
    def anchor(self) -> str:
        """On the page of errors."""
        return f"condition-{self.kind}-{self.type.name}".lower()


@cache
def conditions() -> tuple[Condition, ...]:
    """All of them, kind by kind.

    Raises:
        ValueError: a word is neither described in conditions.yaml nor among the status words.
    """
    told = yaml.safe_load(Path(__file__).with_name("conditions.yaml").read_text(encoding="utf-8"))
    return tuple(
        Condition(
            kind,
            _word(kind, {"name": name, **row}, "condition"),
            tuple(
                _word(kind, one if isinstance(one, dict) else {"name": one}, "reason") for one in row["reasons"]
            ),
        )
        for kind, rows in told.items()
        for name, row in rows.items()
    )


def _word(kind: str, row: dict[str, Any], what: str) -> Word:
    if "means" in row:
        return Word(row["name"], None, row["means"], row.get("cure", ""))
    for reason in reasons():
        if reason.name == row["name"] and reason.of == _SHORT.get(kind) and what in reason.kinds:
            return Word(reason.name, reason)
    raise ValueError(
        f"{row['name']!r} is no {what} of {kind} among the status words: describe it in conditions.yaml"
    )
