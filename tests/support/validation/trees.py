"""YAML as a tree of nodes that can be changed, and values that a schema would take.

Nodes, not values: a mapping may hold a key twice, and a scalar keeps the letters it is written with.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Schema = dict[str, Any]
PATTERN_CANDIDATES = (
    *(
        "a",
        "abc",
        "my-name",
        "Frontend",
        "1",
        "1Gi",
        "100m",
        "1.5Gi",
        "1.4.2",
        "a/b",
        "/a/b",
        "30s",
        "1h",
        "key=value",
    ),
    *("nvidia.com/gpu", "http://a.b", "10.0.0.1", "ns/name", "0.5", "80%"),
)
"""Strings that a pattern may fit; the first that does is the sample."""

FORMATS = {"date-time": "2026-01-02T03:04:05Z", "byte": "YWJj", "int-or-string": "1"}
PRESERVED = ("{}", "{any: thing, n: [1, 2.5, null, true]}")
MOST_DEPTH = 12


@dataclass(slots=True)
class Spot:
    """A value in a tree: what holds it, what it is, and what its schema says of it."""

    path: tuple[str | int, ...]
    schema: Schema
    holder: yaml.CollectionNode
    index: int
    needed: bool = False
    """Whether the mapping around it must have it."""

    def __str__(self) -> str:
        """Its path, for people."""
        return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)[:200]

    @property
    def node(self) -> yaml.Node:
        """The value itself."""
        item = self.holder.value[self.index]
        return item[1] if isinstance(self.holder, yaml.MappingNode) else item

    def put(self, node: yaml.Node) -> None:
        """Replace the value."""
        if isinstance(self.holder, yaml.MappingNode):
            self.holder.value[self.index] = (self.holder.value[self.index][0], node)
        else:
            self.holder.value[self.index] = node

    def remove(self) -> None:
        """Take the value, and its key, out."""
        del self.holder.value[self.index]


def parse(text: str) -> yaml.Node:
    """The tree of a text of one document."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert node is not None
    return node


def text_of(node: yaml.Node) -> str:
    """The tree as YAML, one line a scalar."""
    return yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=100_000)


def plain(letters: str) -> yaml.ScalarNode:
    """A scalar that stands unquoted as these letters, whatever they mean; only text that may stand so."""
    return yaml.ScalarNode(_RESOLVER.resolve(yaml.ScalarNode, letters, (True, False)), letters, style=None)


def quoted(text: str) -> yaml.ScalarNode:
    """A string in double quotes."""
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style='"')


def value(data: Any) -> yaml.Node:
    """The tree of JSON data."""
    return yaml.SafeDumper("").represent_data(data)


def get(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """What a mapping holds under a key, the last where it stands twice; None where it does not, or is none."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((one for name, one in reversed(pairs) if name.value == key), None)


def put(mapping: yaml.MappingNode, key: str, node: yaml.Node) -> None:
    """Set a key of a mapping, in its place if it is there already."""
    for index, (name, _) in enumerate(mapping.value):
        if name.value == key:
            mapping.value[index] = (name, node)
            return
    mapping.value.append((plain(key), node))
    mapping.flow_style = False


def spots(node: yaml.Node, schema: Schema, path: tuple[str | int, ...] = ()) -> Iterator[Spot]:
    """Every value below a node, with its schema: empty where no schema reaches."""
    if isinstance(node, yaml.MappingNode):
        for index, (key, child) in enumerate(node.value):
            needed = key.value in schema.get("required", ())
            spot = Spot((*path, key.value), field(schema, key.value), node, index, needed)
            yield spot
            yield from spots(child, spot.schema, spot.path)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            spot = Spot((*path, index), schema.get("items") or {}, node, index)
            yield spot
            yield from spots(child, spot.schema, spot.path)


def field(schema: Schema, key: str) -> Schema:
    """The schema of a key's value."""
    other = schema.get("additionalProperties")
    return schema.get("properties", {}).get(key) or (other if isinstance(other, dict) else {})


def sample(rng: random.Random, schema: Schema, depth: int = 0) -> yaml.Node:
    """A value the schema's own limits take, as small as it can be, with some of what it need not have."""
    if "enum" in schema or "allOf" in schema:
        choices = schema.get("enum") or next((one["enum"] for one in schema["allOf"] if "enum" in one), None)
        if choices:
            return value(rng.choice(choices))
    if schema.get("x-kubernetes-int-or-string"):
        return plain(rng.choice(("1", "2", "1Gi", "500m", '"3"'.strip('"'), "80%")))
    if schema.get("x-kubernetes-preserve-unknown-fields") and "properties" not in schema:
        return parse(rng.choice(PRESERVED))
    makers = {"object": _object, "array": _array, "string": _string, "integer": _integer, "number": _number}
    if schema.get("type") == "boolean":
        return plain(rng.choice(("true", "false")))
    kind = schema.get("type", "")
    kind = kind if isinstance(kind, str) else kind[0]  # Of Kubernetes' own schemas: a type, or null.
    return makers[kind](rng, schema, depth) if kind in makers else parse("{}")


def _object(rng: random.Random, schema: Schema, depth: int) -> yaml.Node:
    made = parse("{}")
    properties, required = schema.get("properties", {}), schema.get("required", [])
    optional = sorted(set(properties) - set(required))
    few = rng.sample(optional, min(len(optional), rng.choice((0, 1, 1, 2)))) if depth < MOST_DEPTH else []
    for key in [*required, *few]:
        put(made, key, sample(rng, properties[key], depth + 3))
    if isinstance(schema.get("additionalProperties"), dict) and (
        schema.get("minProperties") or rng.random() < 0.7
    ):
        put(
            made,
            rng.choice(("a", "main", "example.com/key")),
            sample(rng, schema["additionalProperties"], depth + 3),
        )
    made.flow_style = False
    return made


def _array(rng: random.Random, schema: Schema, depth: int) -> yaml.Node:
    count = max(schema.get("minItems", 0), rng.choice((0, 1, 1, 2)) if depth < MOST_DEPTH else 0)
    items = [sample(rng, schema.get("items", {}), depth + 1) for _ in range(count)]
    return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=False)


def _string(rng: random.Random, schema: Schema, _depth: int) -> yaml.Node:
    if schema.get("format") in FORMATS:
        return quoted(FORMATS[schema["format"]])
    fitting = [one for one in PATTERN_CANDIDATES if re.search(schema.get("pattern", ""), one)]
    text = rng.choice(fitting or ["x"])
    return quoted(text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")])


def _integer(rng: random.Random, schema: Schema, _depth: int) -> yaml.Node:
    least = schema.get("minimum", 0)
    return plain(str(int(min(least + rng.choice((0, 1, 2, 3)), schema.get("maximum", least + 3)))))


def _number(rng: random.Random, schema: Schema, _depth: int) -> yaml.Node:
    least, most = schema.get("minimum", 0), schema.get("maximum", 10)
    return plain(str(rng.choice((least, most, (least + most) / 2))))


class _Dumper(yaml.SafeDumper):
    """Never anchors a node that stands twice: a copy was meant."""

    def anchor_node(self, _node: yaml.Node) -> None:
        self.anchors = defaultdict(lambda: None)

    def serialize_node(self, node: yaml.Node, parent: Any, index: Any) -> None:
        self.serialized_nodes = {}
        super().serialize_node(node, parent, index)


class _Resolver(yaml.SafeLoader):
    def __init__(self) -> None:
        super().__init__("")


_RESOLVER = _Resolver()
