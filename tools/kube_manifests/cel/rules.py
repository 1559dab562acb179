"""Which places of a schema have rules, and what a rule sees there: made once per schema, JSON for a cache."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kube_manifests.cel import texts
from kube_manifests.cel.shapes import References, Shapes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groundwork.base.field_paths import Path
    from kube_manifests.cel.shapes import Schema
    from kube_manifests.cel.values import Shape

_RULES = "x-kubernetes-validations"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of `x-kubernetes-validations`."""

    rule: str
    message: str = ""
    message_expression: str = ""
    reason: str = ""
    """Reason of the refusal: `FieldValueInvalid`, `FieldValueForbidden`, `FieldValueRequired`,
    `FieldValueDuplicate`, or ""."""
    path: Path = ()
    """Path that is added to that of the value: its `fieldPath`."""
    transition: bool = False
    """Whether it compares with an old value; it is then left out if there is no old value."""
    optional_old: bool = False
    """Whether it is a transition rule that runs even without an old value: the old value is an optional."""
    fields: tuple[str, ...] | None = None
    """The only properties of the value, or of a list's items, that it looks at, as CEL names them; None: all."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place of the schema with rules at it, or below it."""

    rules: tuple[Rule, ...] = ()
    shape: int = 0
    """Shape that the rules see (an index); meaningless without rules."""
    properties: Mapping[str, Node] = field(default_factory=dict)
    values: Node | None = None
    """Node of a map's values."""
    items: Node | None = None
    """Node of a list's items."""
    keys: tuple[str, ...] | None = None
    """Keys of a list of type map: they say how items of old and new belong together."""
    atomic: bool = False
    """Whether it is an object whose fields of old and new do not belong together."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a schema."""

    top: Node | None
    """Node of the object; None if it has no rules."""
    shapes: list[Shape]

    def to_json(self) -> Any:
        """As JSON: dicts, lists, strings, numbers."""
        return {"top": _dump(self.top), "shapes": self.shapes}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rules:
        """What `to_json` gave."""
        return cls(_load(data["top"]), data["shapes"])


def index(schema: Schema) -> Rules:
    """The rules of a structural schema; `$ref`s to its own `$defs` are followed."""
    shapes = Shapes(schema)
    return Rules(_Nodes(schema, shapes).node([schema], schema), shapes.table)


class _Nodes:
    def __init__(self, top: Schema, shapes: Shapes) -> None:
        self._shapes = shapes
        self._resolved = References(top).resolved
        self._open: set[int] = set()

    def node(self, validations: Sequence[Any], spine: Any) -> Node | None:
        """The node of a value whose type the spine tells; rules are in the validations: itself and `allOf`s."""
        spine = self._resolved(spine)
        if id(spine) in self._open:
            return None
        self._open.add(id(spine))
        everything = self._with_all_of(validations)
        is_list = spine.get("type") == "array"
        rules = tuple(_rule(entry, is_list=is_list) for one in everything for entry in one.get(_RULES) or ())
        properties = {
            key: made for key in spine.get("properties") or {} if (made := self._property(everything, spine, key))
        }
        items = self._inner(everything, spine, "items")
        values = self._inner(everything, spine, "additionalProperties")
        self._open.discard(id(spine))
        if not (rules or properties or items or values):
            return None
        is_map = spine.get("x-kubernetes-list-type") == "map"
        return Node(
            rules,
            self._shapes.number(spine, _seen(rules)) if rules else 0,
            properties,
            values,
            items,
            tuple(spine.get("x-kubernetes-list-map-keys") or ()) if is_map else None,
            spine.get("x-kubernetes-map-type") == "atomic",
        )

    def _with_all_of(self, validations: Sequence[Any]) -> list[Schema]:
        found = []
        for one in map(self._resolved, validations):
            found += [one, *self._with_all_of(one.get("allOf") or ())]
        return found

    def _property(self, validations: Sequence[Schema], spine: Schema, key: str) -> Node | None:
        inner = [one["properties"][key] for one in validations if key in (one.get("properties") or {})]
        return self.node(inner, spine["properties"][key])

    def _inner(self, validations: Sequence[Schema], spine: Schema, key: str) -> Node | None:
        if not isinstance(spine.get(key), dict):
            return None
        return self.node([one[key] for one in validations if isinstance(one.get(key), dict)], spine[key])


def _seen(rules: Sequence[Rule]) -> frozenset[str] | None:
    """All properties that any of the rules looks at."""
    every = [rule.fields for rule in rules]
    return None if None in every else frozenset(name for fields in every for name in fields or ())


def _rule(entry: Mapping[str, Any], *, is_list: bool) -> Rule:
    expression, message = str(entry.get("rule", "")), str(entry.get("messageExpression") or "")
    look = texts.item_fields if is_list else texts.fields
    seen: set[str] | None = set()
    for text in (expression, message):
        for variable in ("self", "oldSelf"):
            found = look(text, variable)
            seen = None if seen is None or found is None else seen | set(found)
    return Rule(
        expression.strip(),
        " ".join(str(entry.get("message") or "").split()),
        message,
        str(entry.get("reason") or ""),
        texts.field_path(str(entry.get("fieldPath") or "")) or (),
        texts.mentions(expression, "oldSelf"),
        bool(entry.get("optionalOldSelf")),
        None if seen is None else tuple(sorted(seen)),
    )


def _dump(node: Node | None) -> Any:
    return None if node is None else asdict(node)


def _load(data: Any) -> Node | None:
    if data is None:
        return None
    rules = tuple(
        Rule(**{**one, "path": tuple(one["path"]), "fields": _tuple(one["fields"])}) for one in data["rules"]
    )
    return Node(
        rules,
        data["shape"],
        {key: node for key, inner in data["properties"].items() if (node := _load(inner))},
        _load(data["values"]),
        _load(data["items"]),
        _tuple(data["keys"]),
        data["atomic"],
    )


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
