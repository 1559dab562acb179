"""Schemas in the form that is kept on disk: no words, each distinct subtree once, as JSON.

`{"nodes": [SCHEMA, …], "root": N}`, where a schema refers to another by its number in `nodes`. A whole pod
template is some 200 nodes and 20 KB, so that reading one takes less than a millisecond.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kube_manifests.schemas.nodes import RawSchema

_WORDS = ("description", "title", "example", "externalDocs")
_ONE = ("items", "additionalProperties", "not")
_MANY = ("allOf", "anyOf", "oneOf")
REF = "$ref"


class Table:
    """Nodes being collected; equal schemas become one."""

    def __init__(self, named: Callable[[str], RawSchema] | None = None) -> None:
        """`named`: gives what `{"$ref": NAME}` stands for, which may refer back to itself."""
        self.nodes: list[RawSchema] = []
        self._named = named
        self._numbers: dict[str, int] = {}
        self._references: dict[str, int] = {}

    def add(self, schema: RawSchema) -> int:
        """The number of a schema."""
        if self._named is not None and REF in schema:
            return self._reference(schema[REF], self._named)
        node = self._node(schema)
        key = json.dumps(node, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[key]

    def _reference(self, name: str, named: Callable[[str], RawSchema]) -> int:
        if name not in self._references:
            number = self._references[name] = len(self.nodes)
            self.nodes.append({})  # taken before it is made: it may contain itself
            target = named(name)
            self.nodes[number] = self._node(target) if REF not in target else self.nodes[self.add(target)]
        return self._references[name]

    def _node(self, schema: RawSchema) -> RawSchema:
        node: RawSchema = {}
        for key, value in schema.items():
            if key in _WORDS:
                continue
            if key == "properties":
                node[key] = {name: self.add(one) for name, one in value.items()}
            elif key in _ONE and isinstance(value, dict):
                node[key] = self.add(value)
            elif key in _MANY:
                node[key] = [self.add(one) for one in value]
            else:
                node[key] = value
        return node


def dump(schema: RawSchema, named: Callable[[str], RawSchema] | None = None) -> str:
    """A schema in the form kept on disk; `named` as in `Table`."""
    table = Table(named)
    number = table.add(schema)
    return json.dumps({"nodes": table.nodes, "root": number}, separators=(",", ":"))


def load(text: str | bytes) -> RawSchema:
    """The schema that `dump` wrote, equal parts of it the same dict."""
    held = json.loads(text)
    root: RawSchema = _linked(held["nodes"])[held["root"]]
    return root


def _linked(nodes: list[RawSchema]) -> list[RawSchema]:
    for node in nodes:
        if "properties" in node:
            node["properties"] = {name: nodes[number] for name, number in node["properties"].items()}
        for key in _ONE:
            if key in node and not isinstance(node[key], bool):
                node[key] = nodes[node[key]]
        for key in _MANY:
            if key in node:
                node[key] = [nodes[number] for number in node[key]]
    return nodes
