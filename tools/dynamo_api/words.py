"""The table of words that statuses, conditions and events say (words.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from dynamo_api.facts.conditions import CONDITIONS
from dynamo_api.facts.kinds import ADAPTER, COMPONENT, GRAPH, KINDS, MODEL
from groundwork.base.suggest import near

PAGE = "reference/status-words"
"""The page of this site with an anchor for every word of requests, graphs and Pods."""
ERRORS = "reference/errors"
"""The page with an anchor for every condition; it describes the reasons of a component's."""
_COMPONENT = KINDS[COMPONENT].short.upper()
_PREFIXED = frozenset(KINDS[kind].short.upper() for kind in (GRAPH, ADAPTER, MODEL))
"""Kinds whose words have anchors that name the kind: a request has words of the same name."""
_PHASES = frozenset({"rolling update phase", "restart phase"})
"""Phases of a graph beside its state, which has words that differ in case only: pending and Pending."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, what it means and what to do."""

    name: str
    kinds: tuple[str, ...]
    of: str
    means: str
    cure: str = ""
    look: str = ""
    guide: str = ""
    """The page that shows it step by step, as its address ends: `kubernetes/it-failed.html#no-gpus`."""
    also: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Names of the reasons that it has, of a condition."""

    @property
    def anchor(self) -> str:
        """The anchor on its page; words that differ in case only (failed, Failed) have anchors of their own."""
        if self.of == _COMPONENT:
            return next(found.anchor_of(self) for found in conditions() if self in (found.type, *found.reasons))
        plain = self.name.replace("_", "-").lower()
        phase = "phase-" if _PHASES & set(self.kinds) else ""
        return f"{self.of.lower()}-{phase}{plain}" if self.of in _PREFIXED else plain

    @property
    def page(self) -> str:
        """The address of its entry, within this site."""
        return f"{ERRORS if self.of == _COMPONENT else PAGE}.html#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a kind, in words."""

    kind: str
    type: Word
    reasons: tuple[Word, ...]

    @property
    def anchor(self) -> str:
        """The anchor on the page of errors."""
        return f"condition-{self.kind}-{self.type.name}".lower()

    def anchor_of(self, word: Word) -> str:
        """The anchor there of its type, or of a reason that is described there."""
        return self.anchor if word == self.type else f"{self.anchor}-{word.name.lower()}"


@cache
def words() -> tuple[Word, ...]:
    """All of them, in the file's order: the order of a request's life."""
    # The safe loader in C is ten times as fast, where PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    body = files("dynamo_api").joinpath("words.yaml").read_text(encoding="utf-8")
    return tuple(
        Word(
            name=entry["name"],
            kinds=tuple(entry["is"]),
            of=entry["of"],
            means=entry["means"],
            cure=entry.get("cure", ""),
            look=entry.get("look", ""),
            guide=entry.get("guide", ""),
            also=tuple(entry.get("also", ())),
            reasons=tuple(entry.get("reasons", ())),
        )
        for entry in yaml.load(body, Loader=loader)  # noqa: S506  A safe one.
    )


@cache
def conditions() -> tuple[Condition, ...]:
    """The conditions that Dynamo's operator sets, kind by kind; their words are those of the table.

    Raises:
        ValueError: the table lacks a condition, or a reason of one.
    """
    return tuple(
        Condition(kind, found, tuple(_word(kind, name, "reason") for name in found.reasons))
        for kind, types in CONDITIONS.items()
        for found in (_word(kind, name, "condition") for name in types)
    )


def find(word: str) -> Word | None:
    """The entry of a word: as written, else whatever its case, else by another name of it."""
    exact = next((known for known in words() if known.name == word), None)
    if exact:
        return exact
    folded = word.casefold()
    for known in words():
        if folded in (known.name.casefold(), *(name.casefold() for name in known.also)):
            return known
    return None


def entries(word: str) -> list[Word]:
    """Every entry of a word: that of `find`, then those of other kinds with the same name."""
    first = find(word)
    return [first, *(known for known in words() if known.name == first.name and known != first)] if first else []


def similar(word: str) -> list[str]:
    """Words that may be meant."""
    names = {known.name.casefold(): known.name for known in words()}
    return [names[found] for found in near(word.casefold(), names, count=3)]


def _word(kind: str, name: str, what: str) -> Word:
    short = KINDS[kind].short.upper()
    for word in words():
        if (word.name, word.of) == (name, short) and what in word.kinds:
            return word
    raise ValueError(f"words.yaml has no {what} {name!r} of {short}")
