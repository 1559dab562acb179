"""Schemas made ready to check with: a node for each, made when a value first reaches it, shared as schemas are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kube_manifests.schemas import formats

if TYPE_CHECKING:
    from collections.abc import Callable

RawSchema = dict[str, Any]
"""A schema as a CRD holds it: `{"type": "object", "properties": {…}}`; never changed."""

MISSING: Final = object()
"""Mark of a schema without a default."""

_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
COMBINED = ("allOf", "anyOf", "oneOf", "not")
_STRINGS = ("minLength", "maxLength", "pattern")
_NUMBERS = ("minimum", "maximum", "multipleOf")


class Nodes:
    """The nodes of one set of linked schemas."""

    def __init__(self, *, go: bool = False) -> None:
        """`go`: the rules of Kubernetes' own types (null is absence, integers have ranges), not those of CRDs."""
        self.go = go
        self._made: dict[int, Node] = {}

    def of(self, raw: RawSchema) -> Node:
        """The node of a schema; the same one for the same dict."""
        node = self._made.get(id(raw))
        if node is None:
            node = self._made[id(raw)] = Node(raw, self)
        return node


class Node:
    """One schema."""

    __slots__ = (
        "_defaulted",
        "_items",
        "_known",
        "additional",
        "combined",
        "default",
        "embedded",
        "enum",
        "format",
        "format_check",
        "go",
        "list_keys",
        "list_type",
        "nodes",
        "nullable",
        "numbers",
        "open_map",
        "preserve",
        "properties",
        "range",
        "raw",
        "required",
        "strings",
        "types",
    )

    def __init__(self, raw: RawSchema, nodes: Nodes) -> None:
        self.raw = raw
        self.go = nodes.go
        self.nodes = nodes
        self._known: dict[str, Node] = {}
        self._items: Node | None = None
        self._defaulted: list[tuple[str, Node]] | None = None
        self.properties: dict[str, RawSchema] = raw.get("properties", {})
        self.default = MISSING if raw.get("default") is None else raw["default"]
        self.nullable: bool = raw.get("nullable", False)
        self.preserve: bool = raw.get("x-kubernetes-preserve-unknown-fields", False)
        self.embedded: bool = raw.get("x-kubernetes-embedded-resource", False)
        self.types = _types(raw)
        additional = raw.get("additionalProperties")
        self.open_map = additional not in (None, False)
        """Whether any key is allowed."""
        self.additional = nodes.of(additional) if isinstance(additional, dict) else None
        """Node of the values under such keys; None if the schema says nothing about them."""
        self.required: list[str] = raw.get("required", [])
        self.enum: list[Any] | None = raw.get("enum")
        self.strings = any(key in raw for key in _STRINGS)
        self.numbers = any(key in raw for key in _NUMBERS)
        self.combined = any(key in raw for key in COMBINED) and not _only_int_or_string(raw)
        self.list_type = raw.get("x-kubernetes-list-type", "atomic")
        self.list_keys: list[str] = raw.get("x-kubernetes-list-map-keys", [])
        self.format, self.format_check, self.range = _format(raw, go=nodes.go)

    def child(self, name: str) -> Node | None:
        """The node of a field; None where the schema names no such field."""
        node = self._known.get(name)
        if node is None and name in self.properties:
            node = self._known[name] = self.nodes.of(self.properties[name])
        return node

    @property
    def items(self) -> Node | None:
        """The node of a list's items; None where nothing is said of them."""
        if self._items is None and isinstance(self.raw.get("items"), dict):
            self._items = self.nodes.of(self.raw["items"])
        return self._items

    @property
    def defaulted(self) -> list[tuple[str, Node]]:
        """The fields that have a default."""
        if self._defaulted is None:
            named = [
                (name, self.child(name)) for name, raw in self.properties.items() if raw.get("default") is not None
            ]
            self._defaulted = [(name, node) for name, node in named if node is not None]
        return self._defaulted

    def nested(self, key: str) -> list[Node]:
        """The nodes under `allOf`, `anyOf` or `oneOf`."""
        return [self.nodes.of(raw) for raw in self.raw.get(key, [])]

    @property
    def negated(self) -> Node | None:
        """The node under `not`."""
        return self.nodes.of(self.raw["not"]) if isinstance(self.raw.get("not"), dict) else None


def _types(raw: RawSchema) -> frozenset[str]:
    """JSON types allowed; empty where any is."""
    if raw.get("x-kubernetes-int-or-string"):
        return frozenset(("integer", "string"))
    said = raw.get("type", [])
    return frozenset((said,) if isinstance(said, str) else said)


def _only_int_or_string(raw: RawSchema) -> bool:
    """Whether `anyOf` says what `x-kubernetes-int-or-string` says already, as controller-gen writes it."""
    alone = not any(key in raw for key in ("allOf", "oneOf", "not"))
    return alone and bool(raw.get("x-kubernetes-int-or-string")) and raw.get("anyOf") == _INT_OR_STRING


def _format(raw: RawSchema, *, go: bool) -> tuple[str, Callable[[str], bool] | None, tuple[int, int] | None]:
    name = raw.get("format", "").replace("-", "")
    check = (formats.GO if go else formats.CRD).get(name)
    limits = formats.GO_RANGES.get(name) if go else None
    return name if check or limits else "", check, limits
