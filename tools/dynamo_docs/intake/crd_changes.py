"""What sets two sets of CRDs apart, as changes: fields, values of enums, rules one by one."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import compare, diff_text
from dynamo_docs.intake.model import Area, Change, What
from dynamo_docs.intake.touches import words_of_field, words_of_rule, words_of_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dynamo_crd.schemas.compare import Difference

CRDs = list[dict[str, Any]]
_INSTALLED = ("conversion", "metadata.")
"""Starts of facts that an installation sets, and that are no part of the interface."""
_LISTS = ("enum", "required")
_RULES = "x-kubernetes-validations"


@dataclass(frozen=True, slots=True)
class _Known:
    kinds: Mapping[str, str]
    """Kinds by the names of their CRDs."""
    messages: Mapping[str, str]
    """Messages by the rules in CEL that have them."""


def changes(old: CRDs, new: CRDs, area: Area = Area.CRDS) -> tuple[list[Change], int]:
    """What `new` has otherwise than `old`.

    Returns:
        The changes, and the number of facts within Kubernetes' own types that are left out of them.
    """
    known = _Known(
        {crd["metadata"]["name"]: str(crd["spec"]["names"]["kind"]) for crd in (*old, *new)},
        dict(_messages([*old, *new])),
    )
    apart = [one for one in compare.differences(old, new) if not one.fact.startswith(_INSTALLED)]
    own = [one for one in apart if not diff_text.inside_kubernetes(one)]
    return [change for one in own for change in _of(one, known, area)], len(apart) - len(own)


def lacking(old: CRDs, new: CRDs) -> list[str]:
    """Kinds that `old` has and `new` has not: gone, or only not given."""
    has = {crd["spec"]["names"]["kind"] for crd in new}
    return sorted({str(crd["spec"]["names"]["kind"]) for crd in old} - has)


def _of(one: Difference, known: _Known, area: Area) -> Iterator[Change]:
    name, path = _place(one.place, known.kinds)
    place = f"{name} {path}".strip()
    words = words_of_field(path) if path else words_of_value(name.split()[-1])
    if one.fact == "present":
        yield Change(area, place, What.REMOVED if one.old else What.ADDED, words=words)
        return
    old, new = (json.loads(text) if text else None for text in (one.old, one.new))
    if one.fact == "allOf":  # An enum that stands twice: compile.py says why.
        old, new = (_enum(value) for value in (old, new))
    if one.fact in (*_LISTS, "allOf"):
        fact = "required" if one.fact == "required" else "value"
        yield from _members(area, f"{place}: {fact}", _texts(old), _texts(new))
    elif one.fact == _RULES:
        for rule in _members(area, f"{place}: rule", _rules(old), _rules(new)):
            text = rule.old or rule.new
            says = f"{text} ({known.messages[text]})" if known.messages.get(text) else text
            came = bool(rule.new)
            yield replace(rule, words=words_of_rule(text), old="" if came else says, new=says if came else "")
    else:
        yield Change(area, f"{place}: {one.fact}", _what(one.old, one.new), one.old, one.new, words)


def _members(area: Area, place: str, old: list[str], new: list[str]) -> Iterator[Change]:
    """Members of a list that came or went, one by one."""
    for text in (one for one in new if one not in old):
        yield Change(area, place, What.ADDED, new=text, words=words_of_value(text))
    for text in (one for one in old if one not in new):
        yield Change(area, place, What.REMOVED, old=text, words=words_of_value(text))


def _place(place: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """Kind with version, and path: `DynamoModel v1alpha1`, `spec.modelName`."""
    head, _, path = place.partition(" ")
    name, _, version = head.partition("/")
    return f"{kinds.get(name, name)} {version}".strip(), path


def _enum(value: Any) -> list[Any]:
    found = [one.get("enum", []) for one in value or [] if isinstance(one, dict)]
    return found[0] if found else []


def _messages(value: Any) -> Iterator[tuple[str, str]]:
    """Rules and messages of schemas, at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        if isinstance(one, dict) and isinstance(one.get("rule"), str):
            yield one["rule"], str(one.get("message", ""))
        yield from _messages(one)


def _rules(value: Any) -> list[str]:
    return [str(one.get("rule", one)) for one in value or [] if isinstance(one, dict)]


def _texts(value: Iterable[Any] | None) -> list[str]:
    return [str(one) for one in value or []]


def _what(old: str, new: str) -> What:
    return What.CHANGED if old and new else What.ADDED if new else What.REMOVED
