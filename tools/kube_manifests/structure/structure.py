"""The structural check of one object: what kube-apiserver says of it with strict field validation, CEL apart.

Custom resources: strict decoding (unknown fields at every level), pruning of nulls, defaults, then the schema
(types, enums, patterns, limits, formats, required fields, combinations), sets and maps without duplicates,
metadata, objects within objects, the scale subresource. The server stops at the first of these steps that fails;
here all are reported. `status` is dropped before validation where it is a subresource, as on create; unknown
fields in it are still reported.

Kubernetes' own kinds: types, integer ranges, quantities, times, base64, unknown fields, required fields as the
published schemas have them (but for the few in `builtin`), and metadata. What Go's validation code says beyond
published schemas is in `kube_manifests.objects`; changes of existing objects are not covered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown, typed
from groundwork.text.model import FieldError
from kube_manifests.structure import metadata, walk
from kube_manifests.structure.budget import TooMuch
from kube_manifests.structure.normalise import META, Normaliser

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundwork.base.field_paths import Path
    from kube_manifests.schemas.nodes import Node
    from kube_manifests.schemas.schemas import Schema

    Engine = Callable[[Any, Node, Path], list[FieldError]]

BLOCKING = frozenset(("unknown-field", "type", "required", "enum", "length", "items", "depth"))
"""Codes after which the API server no longer evaluates rules: they might not even apply to the value."""

DECODING = frozenset(("unknown-field", "type"))
"""Codes of what the API server finds while it decodes an object, before it drops the status."""

_MAX_REPLICAS = 2**31 - 1


def check(value: Any, schema: Schema, *, engine: Engine = walk.check) -> tuple[Any, list[FieldError]]:
    """The value as the API server would validate it (unknown fields out, defaults in), and all that is wrong.

    The value given is not changed. Problems are in the order of their paths, each fact once; an empty list
    where the server would take the object, its rules and admission apart. No value of any kind raises an error.

    Args:
        value: as read.
        schema: of its apiVersion and kind.
        engine: what checks a normalised value (`engines.named`).
    """
    if not isinstance(value, dict):
        fact = f"expected an object with apiVersion and kind, got {typed(value)}"
        return value, [FieldError((), "type", fact)]
    try:
        made, errors = _check(value, schema, engine)
    except TooMuch as error:
        return {}, [FieldError(error.path, "depth", error.fact)]
    except RecursionError:
        return {}, [FieldError((), "depth", "nested too deeply to be checked")]
    return made, ordered(errors)


def ordered(errors: list[FieldError]) -> list[FieldError]:
    """By path, fields by name and items by index; the same fact at the same path once."""
    return sorted(dict.fromkeys(errors), key=_order)


def _order(error: FieldError) -> tuple[Any, ...]:
    path = [(1, 0, step) if isinstance(step, str) else (0, step, "") for step in error.path]
    return (path, error.code, error.fact)


def _check(value: dict[str, Any], schema: Schema, engine: Engine) -> tuple[dict[str, Any], list[FieldError]]:
    made: dict[str, Any] = {name: value[name] for name in ("apiVersion", "kind") if name in value}
    errors = _identity(made, schema)
    made["metadata"], found = metadata.check(
        value.get("metadata"), name_rule=schema.name_rule, namespaced=schema.namespaced
    )
    normaliser = Normaliser()
    rest = {name: one for name, one in value.items() if name not in META}
    made |= normaliser.value(rest, schema.node, ())
    errors += found + normaliser.errors
    for path, embedded in normaliser.embedded:
        found = metadata.check_embedded(embedded, path)
        if schema.status_subresource and path[0] == "status":  # Decoded, then dropped.
            found = [one for one in found if one.code in DECODING]
        errors += found
    if schema.status_subresource:
        made.pop("status", None)
    found = [
        one for one in engine(made, schema.node, ()) if one.code != "required" or one.path not in normaliser.meant
    ]
    if schema.builtin:
        found = [one for one in found if one.code != "required" or one.path[0] != "status"]
    mistyped = {error.path for error in errors if error.code == "type"}
    errors += [one for one in found if one.code != "type" or one.path not in mistyped]
    told = {error.path for error in errors}
    return made, [*errors, *(one for one in _scale(made, schema) if one.path not in told)]


def _identity(made: dict[str, Any], schema: Schema) -> list[FieldError]:
    errors = []
    for name, wanted in (("apiVersion", schema.api_version), ("kind", schema.kind)):
        if name not in made:
            errors.append(FieldError((name,), "required", f"required field {name!r} is missing"))
        elif made[name] != wanted:
            errors.append(FieldError((name,), "type", f"expected {wanted!r}, got {typed(made[name])}"))
    return errors


def _scale(made: dict[str, Any], schema: Schema) -> list[FieldError]:
    """Replicas of kinds that `kubectl scale` can scale: a number that a scale can hold."""
    errors = []
    for path in schema.replicas_paths:
        value: Any = made
        for step in path:
            if not isinstance(value, dict):
                errors.append(FieldError(path, "type", f"cannot stand in {typed(value)}"))
                break
            if step not in value:
                break
            value = value[step]
        else:
            if isinstance(value, bool) or not isinstance(value, int):
                errors.append(FieldError(path, "type", f"expected integer, got {typed(value)}"))
            elif not 0 <= value <= _MAX_REPLICAS:
                code = "minimum" if value < 0 else "maximum"
                errors.append(FieldError(path, code, f"{shown(value)} is not between 0 and {_MAX_REPLICAS}"))
    return errors
