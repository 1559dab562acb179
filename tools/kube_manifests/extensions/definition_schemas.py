"""The schema in a CustomResourceDefinition: structural, as Kubernetes calls what it can prune and default by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.extensions import expressions
from kube_manifests.pods.found import one_of, warned, wrong
from kube_manifests.schemas import formats, patterns
from kube_manifests.schemas.nodes import Nodes
from kube_manifests.structure import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_KEEP, _EITHER = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"
_LIST, _KEYS, _MAP = "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"
_RULES, _EMBEDDED = "x-kubernetes-validations", "x-kubernetes-embedded-resource"
_NEVER = {
    "$ref": "write the schema out: no references",
    "definitions": "write the schema out: no references",
    "id": "remove it",
    "additionalItems": "remove it",
    "patternProperties": "additionalProperties: a schema for all keys",
    "dependencies": "x-kubernetes-validations: a rule",
}
"""Keywords of JSON Schema that no such schema may hold, and what to write."""
_NOT_NESTED = (
    "type",
    "additionalProperties",
    "nullable",
    "default",
    "title",
    "description",
    _LIST,
    _MAP,
    _KEEP,
    _EITHER,
)
"""Keywords that may not stand within allOf, anyOf, oneOf and not: there values are limited, not declared."""
_EITHER_FORM = [{"type": "integer"}, {"type": "string"}]
_METADATA = ("name", "generateName")
_LIMITS = ("enum", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern")
_ELSEWHERE = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]")
"""Signs that other programs know in regular expressions, and RE2 does not: looking around, references."""
_OTHER_LETTERS = re.compile(r"\\[pPC]")
"""Classes of letters that RE2 knows and Python does not."""
_FORMATS = {*formats.CRD, "int32", "int64", "float", "double"}
_BREAK = re.compile(r"[\n\r]")


def check(schema: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """What is wrong with the schema of a version."""
    if schema.get("nullable") is True:
        yield wrong((*path, "nullable"), "the root may not be null", "remove it")
    if text(schema.get("type")) not in ("", "object"):
        yield wrong((*path, "type"), f"{shown(schema['type'])}: the root must be an object", "write object")
    if schema.get("additionalProperties") is not None:
        yield wrong((*path, "additionalProperties"), "the root may have none", "write properties", at_key=True)
    metadata, at = mapping(schema, "properties", "metadata"), (*path, "properties", "metadata")
    for key in mapping(metadata, "properties"):
        if key not in _METADATA:
            hint = "metadata: {type: object}"
            yield wrong((*at, "properties", key), "metadata is known: only name may be limited", hint, at_key=True)
    yield from _node(schema, path)


def _node(schema: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """A schema that declares a value; those within it, too."""
    kind = text(schema.get("type"))
    yield from one_of(schema, path, "type", _TYPES)
    if not kind and not schema.get(_KEEP) and not schema.get(_EITHER):
        yield wrong((*path, "type"), "a schema needs a type", f"one of {', '.join(_TYPES)}")
    yield from _never(schema, path)
    if kind == "array" and not isinstance(schema.get("items"), dict):
        yield wrong((*path, "items"), "an array needs a schema of its items", "items: {type: string}")
    if mapping(schema, "properties") and schema.get("additionalProperties") not in (None, True):
        hint = "properties are fixed keys, additionalProperties any"
        yield wrong((*path, "additionalProperties"), "a schema with properties has none", hint, at_key=True)
    yield from _lists(schema, path, kind)
    yield from _rules(schema, path)
    yield from _default(schema, path, kind)
    for where, inner in _within(schema, path):
        yield from _node(inner, where)
    yield from _limits(schema, path, skip_either=bool(schema.get(_EITHER)))


def unknown_formats(schema: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """Warnings about formats that are not looked at."""
    name = text(schema.get("format"))
    if name and name.replace("-", "") not in _FORMATS:
        yield warned(
            (*path, "format"), f"the format {shown(name)} is not known, and nothing is checked", "a pattern"
        )
    for where, inner in _within(schema, path):
        yield from unknown_formats(inner, where)


def _within(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for name, inner in mapping(schema, "properties").items():
        if isinstance(inner, dict):
            yield (*path, "properties", name), inner
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield (*path, key), schema[key]


def _never(schema: dict[str, Any], path: Path) -> Iterator[FieldError]:
    for key, hint in _NEVER.items():
        if schema.get(key):
            yield wrong((*path, key), f"{key} is not allowed in a CRD", hint, at_key=True)
    if schema.get("uniqueItems") is True:
        yield wrong((*path, "uniqueItems"), "it may not be true", f"{_LIST}: set")
    if schema.get(_KEEP) is False:
        yield wrong((*path, _KEEP), "it may not be false", "remove it")
    pattern = text(schema.get("pattern"))
    if found := _ELSEWHERE.search(pattern):
        yield wrong((*path, "pattern"), f"{found[0]} in {shown(pattern)} is not known to RE2, which Go uses")
    elif pattern and patterns.compiled(pattern) is None and not _OTHER_LETTERS.search(pattern):
        yield wrong((*path, "pattern"), f"{shown(pattern)} is not a regular expression")


def _lists(schema: dict[str, Any], path: Path, kind: str) -> Iterator[FieldError]:
    """How lists and maps are merged."""
    list_type, keys, inner = text(schema.get(_LIST)), sequence(schema.get(_KEYS)), mapping(schema, "items")
    yield from one_of(schema, path, _LIST, ("atomic", "set", "map"))
    yield from one_of(schema, path, _MAP, ("atomic", "granular"))
    for key, wanted in ((_LIST, "array"), (_MAP, "object")):
        if text(schema.get(key)) and kind != wanted:
            yield wrong(
                (*path, key), f"only a schema of the type {wanted} has {key}", f"type: {wanted}", at_key=True
            )
    if keys and list_type != "map":
        yield wrong((*path, _KEYS), f"{_KEYS} needs {_LIST}: map", at_key=True)
    if schema.get(_EMBEDDED) is True and not schema.get(_KEEP) and not mapping(schema, "properties"):
        yield wrong((*path, _EMBEDDED), f"an object within needs properties, or {_KEEP}: true", at_key=True)
    if list_type in ("map", "set") and inner.get("nullable") is True:
        yield wrong((*path, "items", "nullable"), f"items of a {list_type} may not be null", "remove it")
    if list_type == "set" and text(inner.get("type")) == "object" and inner.get(_MAP) != "atomic":
        yield wrong((*path, "items"), f"objects of a set need {_MAP}: atomic")
    if list_type == "map":
        yield from _keys(keys, inner, path)


def _keys(keys: list[Any], inner: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """The properties by which the items of a list are told apart."""
    if not keys:
        yield wrong((*path, _LIST), f"a list of the type map needs {_KEYS}", f"{_KEYS}: [name]")
    if text(inner.get("type")) != "object":
        yield wrong((*path, "items"), "items of a map must be objects", "type: object")
        return
    for key in keys:
        own = mapping(inner, "properties").get(key)
        if not isinstance(own, dict):
            yield wrong((*path, _KEYS), f"{shown(key)} is not a property of the items")
        elif key not in sequence(inner.get("required")) and own.get("default") is None:
            fact = f"{shown(key)} is a key of the list, and must be required or have a default"
            yield wrong((*path, "items", "properties", key), fact, f"required: [{key}]")


def _rules(schema: dict[str, Any], path: Path) -> Iterator[FieldError]:
    for index, one in enumerate(sequence(schema.get(_RULES))):
        at, rule, message = (
            (*path, _RULES, index),
            text(mapping(one).get("rule")).strip(),
            mapping(one).get("message"),
        )
        if not rule:
            yield wrong((*at, "rule"), "it may not be empty")
        elif fault := expressions.fault(rule):
            yield wrong((*at, "rule"), f"{shown(rule)} is no rule: {fault}")
        if isinstance(message, str) and message and not message.strip():
            yield wrong((*at, "message"), "it may not be blank")
        elif _BREAK.search(text(message).strip()):
            yield wrong((*at, "message"), "it must be one line")
        elif _BREAK.search(rule) and not text(message).strip():
            yield wrong((*at, "rule"), "a rule of several lines needs a message")


def _default(schema: dict[str, Any], path: Path, kind: str) -> Iterator[FieldError]:
    """A default that its own schema does not allow; of an array or an object only the type is looked at."""
    value = schema.get("default")
    if value is None or kind not in _TYPES:
        return
    deep = kind in ("array", "object")
    own = {"type": kind} if deep else {key: one for key, one in schema.items() if key in (*_LIMITS, "type")}
    for error in walk.check(value, Nodes().of(own), ()):
        yield wrong((*path, "default"), error.fact)


def _limits(schema: dict[str, Any], path: Path, *, skip_either: bool = False) -> Iterator[FieldError]:
    """Schemas that limit a value, within allOf, anyOf, oneOf and not: they may not declare one."""
    for key in ("allOf", "anyOf", "oneOf"):
        given = sequence(schema.get(key))
        if skip_either and key == "anyOf" and given == _EITHER_FORM:
            continue
        for index, one in enumerate(given):
            if skip_either and key == "allOf" and mapping(one).get("anyOf") == _EITHER_FORM:
                continue
            yield from _limit(mapping(one), (*path, key, index))
    if isinstance(schema.get("not"), dict):
        yield from _limit(schema["not"], (*path, "not"))


def _limit(schema: dict[str, Any], path: Path) -> Iterator[FieldError]:
    for key in _NOT_NESTED:
        if schema.get(key) not in (None, "", False):
            hint = "declare it outside, next to properties"
            yield wrong((*path, key), f"{key} may not be within {path[-2]}", hint, at_key=True)
    for name, inner in mapping(schema, "properties").items():
        yield from _limit(mapping(inner), (*path, "properties", name))
    if isinstance(schema.get("items"), dict):
        yield from _limit(schema["items"], (*path, "items"))
    yield from _limits(schema, path)
