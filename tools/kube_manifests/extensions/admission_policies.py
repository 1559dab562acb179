"""Admission policies in CEL, and their bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.extensions import expressions, webhooks
from kube_manifests.pods import scheduling
from kube_manifests.pods.found import at_least_one, items, named, not_empty, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_REASONS = ("Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS = ("Deny", "Warn", "Audit")


def policy(item: Any) -> Iterator[FieldError]:
    """What is wrong with a ValidatingAdmissionPolicy."""
    spec = mapping(item, "spec")
    yield from one_of(spec, _AT, "failurePolicy", ("Fail", "Ignore"))
    if not isinstance(spec.get("matchConstraints"), dict):
        yield wrong((*_AT, "matchConstraints"), "a policy needs matchConstraints", "resourceRules: [...]")
    yield from _resources(mapping(spec, "matchConstraints"), (*_AT, "matchConstraints"), needed=True)
    if not sequence(spec.get("validations")) and not sequence(spec.get("auditAnnotations")):
        yield wrong((*_AT, "validations"), "0 validations, of 1 at least")
    for at, one in items(spec, _AT, "validations"):
        yield from _expression(one, at, "expression")
        yield from _expression(one, at, "messageExpression")
        yield from one_of(one, at, "reason", _REASONS[1:])
    for at, one in items(spec, _AT, "auditAnnotations"):
        yield from _expression(one, at, "valueExpression")
    for key in ("matchConditions", "variables"):
        found = list(items(spec, _AT, key))
        for at, one in found:
            yield from _expression(one, at, "expression")
            yield from not_empty(one, at, "name")
        yield from unique((((*at, "name"), text(one.get("name"))) for at, one in found), "an entry named")


def binding(item: Any) -> Iterator[FieldError]:
    """What is wrong with a ValidatingAdmissionPolicyBinding."""
    spec = mapping(item, "spec")
    yield from not_empty(spec, _AT, "policyName")
    yield from named(spec, _AT, "policyName", names.subdomain)
    yield from at_least_one(spec, _AT, "validationActions", "action")
    given = sequence(spec.get("validationActions"))
    for index, action in enumerate(given):
        at = (*_AT, "validationActions", index)
        yield from one_of({"action": action or " "}, at, "action", _ACTIONS, at_holder=True)
    if {"Deny", "Warn"} <= {one for one in given if isinstance(one, str)}:
        yield wrong((*_AT, "validationActions"), "Deny and Warn exclude each other", "keep one")
    yield from unique((((*_AT, "validationActions", i), text(one)) for i, one in enumerate(given)), "the action")
    yield from _resources(mapping(spec, "matchResources"), (*_AT, "matchResources"), needed=False)


def _resources(given: dict[str, Any], at: Path, *, needed: bool) -> Iterator[FieldError]:
    if needed and given:
        yield from at_least_one(given, at, "resourceRules", "rule")
    for key in ("resourceRules", "excludeResourceRules"):
        for where, rule in items(given, at, key):
            yield from webhooks.rule(rule, where)
    for key in ("namespaceSelector", "objectSelector"):
        yield from scheduling.selector(mapping(given, key), (*at, key))
    yield from one_of(given, at, "matchPolicy", ("Exact", "Equivalent"))


def _expression(one: dict[str, Any], at: Path, key: str) -> Iterator[FieldError]:
    value = text(one.get(key)).strip()
    if key in one and not value:
        yield wrong((*at, key), "it may not be empty")
    elif value and (fault := expressions.fault(value)):
        yield wrong((*at, key), f"{shown(value)} is not CEL: {fault}")
