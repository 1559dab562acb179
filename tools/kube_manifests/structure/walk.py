"""The engine that is used: one pass over the value, with all keywords of a schema at each value.

It answers what kube-openapi's validator answers (pkg/validation/validate), with errors at every value. The
engine in `jsonschema_engine.py` does the same with `jsonschema`; a test holds the two to each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import counted
from groundwork.text.model import FieldError
from kube_manifests.structure import facts, lists

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path
    from kube_manifests.schemas.nodes import Node
    from kube_manifests.structure.facts import Fact


def check(value: Any, node: Node, path: Path = ()) -> list[FieldError]:
    """What is wrong with a normalised value, in the order in which it is met."""
    found: list[FieldError] = []
    _value(value, node, path, found)
    return found


def _value(value: Any, node: Node, path: Path, found: list[FieldError]) -> None:
    if node.types or value is None:
        wrong = facts.of_type(value, node)
        if wrong is not None:
            found.append(FieldError(path, *wrong))
            return
    if node.combined and value is not None:
        _combined(value, node, path, found)
    if isinstance(value, dict):
        _object(value, node, path, found)
    elif isinstance(value, list):
        _list(value, node, path, found)
    elif value is not None and value.__class__ is not bool:
        _scalar(value, node, path, found)
    if node.enum is not None:
        _one(facts.of_enum(value, node.enum), path, found)


def _scalar(value: Any, node: Node, path: Path, found: list[FieldError]) -> None:
    if isinstance(value, str):
        if node.strings:
            _one(facts.of_string(value, node.raw), path, found)
        if node.format_check is not None:
            _one(facts.of_format(value, node), path, found)
    elif isinstance(value, (int, float)):
        if node.numbers:
            found.extend(FieldError(path, *fact) for fact in facts.of_number(value, node.raw))
        if node.range is not None:
            _one(facts.of_range(value, node), path, found)


def _object(value: dict[str, Any], node: Node, path: Path, found: list[FieldError]) -> None:
    if "maxProperties" in node.raw or "minProperties" in node.raw:
        sizes = facts.of_size(len(value), node.raw, "minProperties", "maxProperties", "property")
        found.extend(FieldError(path, *fact) for fact in sizes)
    for name, one in value.items():
        child = node.child(name) or node.additional
        if child is not None:
            _value(one, child, (*path, name), found)
    if node.required:
        found += [FieldError((*path, name), *facts.missing(name)) for name in node.required if name not in value]


def _list(value: list[Any], node: Node, path: Path, found: list[FieldError]) -> None:
    if "maxItems" in node.raw or "minItems" in node.raw:
        sizes = facts.of_size(len(value), node.raw, "minItems", "maxItems", "item")
        found.extend(FieldError(path, *fact) for fact in sizes)
    items = node.items
    if items is not None:
        for index, one in enumerate(value):
            if one is not None or not node.go:
                _value(one, items, (*path, index), found)
    if node.list_type != "atomic" and not node.go and len(value) > 0:
        repeated = lists.duplicates(value, node.list_type, node.list_keys)
        found.extend(FieldError((*path, index), code, fact) for index, code, fact in repeated)


def _combined(value: Any, node: Node, path: Path, found: list[FieldError]) -> None:
    """`allOf`, `anyOf`, `oneOf` and `not`: an error of their own, where needed, and those of what is within."""
    for nested in node.nested("allOf"):
        _value(value, nested, path, found)
    for key, least, most in (("anyOf", 1, len(node.raw.get("anyOf", ()))), ("oneOf", 1, 1)):
        tried = [check(value, nested, path) for nested in node.nested(key)]
        right = sum(not errors for errors in tried)
        if tried and not least <= right <= most:
            found.append(FieldError(path, *alternatives(key, right, [one for one in tried if one])))
            if not right:
                found.extend(error for errors in tried for error in errors)
    if node.negated is not None and not check(value, node.negated, path):
        found.append(FieldError(path, *NEGATED))


def alternatives(key: str, right: int, tried: list[list[FieldError]]) -> Fact:
    """That none of several alternatives fits, or more than the one allowed."""
    code = {"anyOf": "any-of", "oneOf": "one-of"}[key]
    if right:
        return code, f"fits {right} of the alternatives, where exactly one is to fit", ""
    reasons = "; or ".join(dict.fromkeys(errors[0].fact for errors in tried))
    return code, f"fits none of {counted(len(tried), 'alternative')}", f"fix one of these: {reasons}"


NEGATED = ("not", "is what the schema says it may not be", "")


def _one(fact: Fact | None, path: Path, found: list[FieldError]) -> None:
    if fact is not None:
        found.append(FieldError(path, *fact))
