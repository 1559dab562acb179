"""The same checks on `jsonschema`: a validator class with the keywords of structural schemas, our own formats.

`docs-test validate --engine jsonschema` uses it; the other engine is held to it
(`tests/validation/test_structure_engines.py`).
Measured: 200 graphs of 72 lines take 85 ms with it and 36 ms with `walk`, the whole structural check included; one
file in a new process 97 ms and 58 ms, since this module alone imports jsonschema (73 ms with yaml's import).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from jsonschema import validators
from jsonschema.exceptions import ValidationError

from groundwork.text.model import FieldError
from kube_manifests.structure import facts, lists
from kube_manifests.structure.walk import NEGATED, alternatives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from groundwork.base.field_paths import Path
    from kube_manifests.schemas.nodes import Node, Nodes
    from kube_manifests.structure.facts import Fact

    Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


def check(value: Any, node: Node, path: Path = ()) -> list[FieldError]:
    """What is wrong with a normalised value; where its type is wrong, no more than that."""
    found = _field_errors(_validator_class(node.nodes)(node.raw), value, path)
    mistyped = {error.path for error in found if error.code == "type"}
    return [one for one in found if one.code in ("type", "duplicate-item") or one.path not in mistyped]


def _field_errors(validator: Any, value: Any, path: Path) -> list[FieldError]:
    return [
        FieldError((*path, *error.absolute_path), str(error.validator), error.message, str(error.cause or ""))
        for error in validator.iter_errors(value)
    ]


def _error(fact: Fact, *path: str | int) -> ValidationError:
    code, text, hint = fact
    return ValidationError(text, validator=code, path=path, cause=ValueError(hint) if hint else None)


@functools.lru_cache(maxsize=64)
def _validator_class(nodes: Nodes) -> Any:
    """A validator class for the schemas of one set of nodes."""
    return validators.create(
        meta_schema={},
        validators={
            **dict.fromkeys(("type", "x-kubernetes-int-or-string"), _each(nodes, _type)),
            "enum": _each(nodes, lambda value, node: (facts.of_enum(value, node.enum or []),)),
            **dict.fromkeys(("minLength", "maxLength", "pattern"), _each(nodes, _string)),
            "format": _each(nodes, _format),
            **dict.fromkeys(("minimum", "maximum", "multipleOf"), _each(nodes, _number)),
            **dict.fromkeys(("minItems", "maxItems", "minProperties", "maxProperties"), _each(nodes, _size)),
            "required": _required,
            "properties": _properties,
            "additionalProperties": _additional,
            "items": functools.partial(_items, nodes),
            "x-kubernetes-list-type": functools.partial(_list_type, nodes),
            "allOf": _all_of,
            "anyOf": functools.partial(_alternatives, nodes, "anyOf"),
            "oneOf": functools.partial(_alternatives, nodes, "oneOf"),
            "not": _not,
        },
    )


def _each(nodes: Nodes, check_one: Callable[[Any, Node], Iterable[Fact | None]]) -> Keyword:
    def keyword(_validator: Any, _limit: Any, value: Any, raw: Any) -> Iterator[ValidationError]:
        for fact in check_one(value, nodes.of(raw)):
            if fact is not None:
                yield _error(fact)

    return keyword


def _type(value: Any, node: Node) -> Iterator[Fact | None]:
    yield facts.of_type(value, node)


def _string(value: Any, node: Node) -> Iterator[Fact | None]:
    if isinstance(value, str):
        yield facts.of_string(value, node.raw)


def _format(value: Any, node: Node) -> Iterator[Fact | None]:
    if isinstance(value, str):
        yield facts.of_format(value, node)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and facts.of_type(value, node) is None:
        yield facts.of_range(value, node)


def _number(value: Any, node: Node) -> Iterator[Fact | None]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from facts.of_number(value, node.raw)


def _size(value: Any, node: Node) -> Iterator[Fact | None]:
    if isinstance(value, list):
        yield from facts.of_size(len(value), node.raw, "minItems", "maxItems", "item")
    elif isinstance(value, dict):
        yield from facts.of_size(len(value), node.raw, "minProperties", "maxProperties", "property")


def _required(_validator: Any, wanted: list[str], value: Any, _raw: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        yield from (_error(facts.missing(name), name) for name in wanted if name not in value)


def _properties(validator: Any, fields: dict[str, Any], value: Any, _raw: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name in fields:
                yield from validator.descend(one, fields[name], path=name, resolver=validator._resolver)  # noqa: SLF001


def _additional(validator: Any, schema: Any, value: Any, raw: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict) and isinstance(schema, dict):
        for name, one in value.items():
            if name not in raw.get("properties", {}):
                yield from validator.descend(one, schema, path=name, resolver=validator._resolver)  # noqa: SLF001


def _items(nodes: Nodes, validator: Any, schema: Any, value: Any, _raw: Any) -> Iterator[ValidationError]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            if one is not None or not nodes.go:
                yield from validator.descend(one, schema, path=index, resolver=validator._resolver)  # noqa: SLF001


def _list_type(nodes: Nodes, _validator: Any, kind: str, value: Any, raw: Any) -> Iterator[ValidationError]:
    if isinstance(value, list) and not nodes.go:
        for index, code, fact in lists.duplicates(value, kind, raw.get("x-kubernetes-list-map-keys", [])):
            yield _error((code, fact, ""), index)


def _all_of(validator: Any, schemas: list[Any], value: Any, _raw: Any) -> Iterator[ValidationError]:
    if value is not None:
        for schema in schemas:
            yield from validator.descend(value, schema, resolver=validator._resolver)  # noqa: SLF001


def _alternatives(  # noqa: PLR0917 - jsonschema's order
    nodes: Nodes, key: str, validator: Any, schemas: list[Any], value: Any, raw: Any
) -> Iterator[ValidationError]:
    if value is None or not nodes.of(raw).combined:
        return
    tried = [list(validator.descend(value, schema, resolver=validator._resolver)) for schema in schemas]  # noqa: SLF001
    right = sum(not errors for errors in tried)
    if right and (key == "anyOf" or right == 1):
        return
    failed = [[FieldError((), "", errors[0].message)] for errors in tried if errors]
    yield _error(alternatives(key, right, failed))
    if not right:
        yield from (error for errors in tried for error in errors)


def _not(validator: Any, schema: Any, value: Any, _raw: Any) -> Iterator[ValidationError]:
    if value is not None and validator.evolve(schema=schema).is_valid(value):
        yield _error(NEGATED)
