"""Mutants of manifests: seeded, so that a number names one for ever; each says what was done to it."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from support.validation.changes import CHANGES, grow
from support.validation.finding import Tree
from support.validation.trees import parse, spots, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from support.validation.trees import Schema


@dataclass(frozen=True, slots=True)
class Source:
    """A manifest to make mutants of: one document, and the schema of its kind and version."""

    name: str
    text: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed manifest."""

    number: int
    source: str
    done: tuple[str, ...]
    """What was done, for people: `unknown: $.spec.replica`."""
    text: str

    def __str__(self) -> str:
        return f"{self.number} of {self.source}: {'; '.join(self.done)}"


def mutants(sources: Sequence[Source], count: int, *, seed: int = 1) -> Iterator[Mutant]:
    """`count` mutants; the kinds of change take turns, so that few already have all of them."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - cases, no secrets.
        yield _mutant(rng, number, rng.choice(sources))


def _mutant(rng: random.Random, number: int, source: Source) -> Mutant:
    top = parse(source.text)
    assert isinstance(top, yaml.MappingNode)
    tree = Tree(rng, top, source.schema)
    done = [grow(tree) for _ in range(rng.choice((0, 0, 1, 2, 3)))]
    names = list(CHANGES)
    chosen = (names[number % len(names)], *rng.sample(names, rng.choice((0, 0, 0, 1))))
    done += [f"{name}: {CHANGES[name](tree)}" for name in chosen]
    text = text_of(top)
    if number % 7 == 3:
        how, change = rng.choice(list(TEXT.items()))
        text, done = change(rng, text), [*done, how]
    return Mutant(number, source.name, tuple(done), text)


def _crlf(_rng: random.Random, text: str) -> str:
    return text.replace("\n", "\r\n")


def _flow(_rng: random.Random, text: str) -> str:
    node = parse(text)
    for spot in spots(node, {}):
        if isinstance(spot.node, yaml.CollectionNode):
            spot.node.flow_style = True
    return text_of(node)


def _line(rng: random.Random, text: str) -> str:
    """One line is indented otherwise, or is gone."""
    lines = text.splitlines()
    at = rng.randrange(len(lines))
    lines[at] = rng.choice(
        (" " + lines[at], lines[at].removeprefix(" "), "\t" + lines[at], "", lines[at] + " # said")
    )
    return "\n".join(lines) + "\n"


def _anchors(_rng: random.Random, text: str) -> str:
    return re.sub(r"(?m)^( *)(metadata|spec):\n", r"\1\2: &\2\n", text, count=1)


TEXT: dict[str, Callable[[random.Random, str], str]] = {
    "CRLF": _crlf,
    "flow": _flow,
    "line": _line,
    "line again": _line,
    "anchor": _anchors,
    "BOM": lambda _rng, text: "\ufeff" + text,
    "document marks": lambda _rng, text: f"--- # one\n{text}...\n",
    "comment": lambda _rng, text: f"# nothing\n\n{text}# more",
}
"""What can be done to a text."""
