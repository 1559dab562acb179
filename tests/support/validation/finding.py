"""A manifest that is being changed, and the places in it that a change may be made at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from support.validation.trees import put, sample, spots

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from support.validation.trees import Schema, Spot

MOSTLY = 0.85
"""How often a change of anything is one of the spec: the head and the metadata have changes of their own."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One document, its schema, and the dice."""

    rng: random.Random
    top: yaml.MappingNode
    schema: Schema

    def every(self) -> list[Spot]:
        """Every value in it."""
        return list(spots(self.top, self.schema))

    def own(self) -> list[Spot]:
        """What the kind's schema speaks of; not metadata."""
        return [spot for spot in self.every() if spot.schema and spot.path[0] != "metadata"]

    def any(self) -> Spot:
        """One value, mostly of the spec."""
        found = self.every()
        inner = [spot for spot in found if len(spot.path) > 1 and spot.path[0] == "spec"]
        return self.rng.choice(inner if inner and self.rng.random() < MOSTLY else found)

    def spot_with(self, wanted: Callable[[Schema], bool]) -> Spot | None:
        """A value whose schema is wanted; half of the time one that was not there before."""
        absent = [one for one in self.absent() if wanted(one[3])]
        if absent and self.rng.random() < 0.5:
            _, holder, key, inner = self.rng.choice(absent)
            put(holder, key, sample(self.rng, inner))
        found = [spot for spot in self.own() if wanted(spot.schema)]
        return self.rng.choice(found) if found else None

    def absent(self) -> Iterator[tuple[str, yaml.MappingNode, str, Schema]]:
        """Fields that mappings in it do not have: where that is, the mapping, the key, the key's schema."""
        holders = [("$", self.top, self.schema), *((str(spot), spot.node, spot.schema) for spot in self.own())]
        for path, node, around in holders:
            if isinstance(node, yaml.MappingNode):
                there = {key.value for key, _ in node.value} | {"metadata", "status"}
                for key, inner in around.get("properties", {}).items():
                    if key not in there:
                        yield path, node, key, inner


def choices(schema: Schema) -> list[Any]:
    """The values of an enum, also of one that stands in an allOf."""
    inner = (one["enum"] for one in schema.get("allOf", ()) if "enum" in one)
    return schema.get("enum") or next(inner, [])
