"""From schemas to shapes: what rules must know of the types of values, once for equal schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kube_manifests.cel import texts

if TYPE_CHECKING:
    from kube_manifests.cel.values import Shape

Schema = dict[str, Any]


class References:
    def __init__(self, top: Schema) -> None:
        self._top = top

    def resolved(self, schema: Any) -> Schema:
        """The schema itself, in place of a reference to it; an empty one in place of what is no schema."""
        for _ in range(100):
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            target: Any = self._top
            for step in str(schema["$ref"]).removeprefix("#/").split("/"):
                target = target.get(step, {})
            schema = target
        return schema if isinstance(schema, dict) else {}


class Shapes:
    """The shapes that rules need, equal ones once: pod templates are in a schema many times."""

    def __init__(self, top: Schema) -> None:
        self.table: list[Shape] = []
        self._numbers: dict[str, int] = {}
        self._made: dict[int, int] = {}
        self._open: set[int] = set()
        self._references = References(top)

    def number(self, schema: Any, only: frozenset[str] | None = None) -> int:
        """The number of a schema's shape; `only` these properties (names in CEL) of it or its items, if given."""
        schema = self._references.resolved(schema)
        if id(schema) in self._open:
            return self._interned(["any"])
        if only is None and id(schema) in self._made:
            return self._made[id(schema)]
        self._open.add(id(schema))
        made = self._interned(self._shape(schema, only))
        self._open.discard(id(schema))
        if only is None:
            self._made[id(schema)] = made
        return made

    def _interned(self, shape: Shape) -> int:
        key = json.dumps(shape, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.table)
            self.table.append(shape)
        return self._numbers[key]

    def _shape(self, schema: Schema, only: frozenset[str] | None) -> Shape:
        if schema.get("x-kubernetes-int-or-string"):
            return ["int-or-string"]
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, only)
        if kind == "array" and "items" in schema:
            keys = {"set": "set", "map": schema.get("x-kubernetes-list-map-keys")}
            return [
                "list",
                self._inner(schema["items"], only),
                keys.get(schema.get("x-kubernetes-list-type", "")),
            ]
        if kind == "string":
            known = ("date-time", "date", "duration", "byte")
            return [schema["format"] if schema.get("format") in known else "string"]
        return [kind if kind in {"integer", "number", "boolean"} else "any"]

    def _object(self, schema: Schema, only: frozenset[str] | None) -> Shape:
        if schema.get("properties"):
            named = {key: texts.escaped(key) or key for key in sorted(schema["properties"])}
            seen = {key: name for key, name in named.items() if only is None or name in only}
            return [
                "object",
                {key: [name, self.number(schema["properties"][key])] for key, name in seen.items()},
                sorted(key for key in schema.get("required") or () if key in seen),
            ]
        inner = schema.get("additionalProperties")
        return ["map", self._inner(inner if isinstance(inner, dict) else {})]

    def _inner(self, schema: Any, only: frozenset[str] | None = None) -> int:
        """Of what is in a list or a map: there null is a value, or none that is allowed."""
        number = self.number(schema, only)
        nullable = self._references.resolved(schema).get("nullable")
        return self._interned(["nullable", number]) if nullable else number
