"""The table of words that statuses, conditions and events say (words.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import yaml

PAGE = "reference/status-words"
"""Of this site, with an anchor for every word."""


@dataclass(frozen=True, slots=True)
class Reason:
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

    @property
    def anchor(self) -> str:
        """On its page; words that differ in case only (failed, Failed) have anchors of their own."""
        return (
            self.name.replace("_", "-").lower()
            if self.of != "DGD"
            else f"dgd-{self.name.replace('_', '-').lower()}"
        )

    @property
    def page(self) -> str:
        return f"{PAGE}.html#{self.anchor}"


@cache
def reasons() -> tuple[Reason, ...]:
    """All of them, in the file's order: the order of a request's life."""
    # The safe loader in C is ten times as fast, where PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    body = files("dynamo_api").joinpath("words.yaml").read_text(encoding="utf-8")
    return tuple(
        Reason(
            name=entry["name"],
            kinds=tuple(entry["is"]),
            of=entry["of"],
            means=entry["means"],
            cure=entry.get("cure", ""),
            look=entry.get("look", ""),
            guide=entry.get("guide", ""),
            also=tuple(entry.get("also", ())),
        )
        for entry in yaml.load(body, Loader=loader)  # noqa: S506  A safe one.
    )


def find(word: str) -> Reason | None:
    """The entry of a word: as written, else whatever its case, else by another name of it."""
    exact = next((reason for reason in reasons() if reason.name == word), None)
    if exact:
        return exact
    folded = word.casefold()
    for reason in reasons():
        if folded in (reason.name.casefold(), *(name.casefold() for name in reason.also)):
            return reason
    return None


def similar(word: str) -> list[str]:
    """Words that may be meant."""
    known = {reason.name.casefold(): reason.name for reason in reasons()}
    return [known[found] for found in get_close_matches(word.casefold(), list(known), n=3)]
