"""Webhooks that a cluster asks: of admission, and of conversion."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.extensions import expressions
from kube_manifests.pods import scheduling
from kube_manifests.pods.found import (
    at_least_one,
    between,
    handlers,
    items,
    named,
    not_empty,
    one_of,
    port_number,
    unique,
    wrong,
)
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_WORDS = {
    "failurePolicy": ("Ignore", "Fail"),
    "matchPolicy": ("Exact", "Equivalent"),
    "reinvocationPolicy": ("Never", "IfNeeded"),
    "sideEffects": ("None", "NoneOnDryRun"),
}
_OPERATIONS = ("*", "CREATE", "UPDATE", "DELETE", "CONNECT")
_SCOPES = ("*", "Cluster", "Namespaced")
_REVIEWS = ("v1", "v1beta1")
_SEGMENTS = 3
_ALL = "*"


def check(item: Any) -> Iterator[FieldError]:
    """What is wrong with a ValidatingWebhookConfiguration or a MutatingWebhookConfiguration."""
    found = list(items(item, (), "webhooks"))
    for at, one in found:
        yield from _webhook(one, at)
    yield from unique((((*at, "name"), text(one.get("name"))) for at, one in found), "a webhook named")


def client(config: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with the address of a webhook."""
    yield from handlers(config, path, ("url", "service"), "the address")
    service, url = mapping(config, "service"), mapping(config).get("url")
    for key in ("name", "namespace"):
        yield from not_empty(service, (*path, "service"), key)
    yield from port_number(service.get("port"), (*path, "service", "port"))
    at = text(service.get("path"))
    if at and not at.startswith("/"):
        yield wrong((*path, "service", "path"), f"{shown(at)} does not begin with '/'", f"write /{at}")
    elif at not in ("", "/"):
        for step in at[1:].removesuffix("/").split("/"):
            if fault := names.subdomain(step) if step else "an empty part":
                yield wrong((*path, "service", "path"), f"{shown(at)}: {shown(step)}: {fault}")
    if isinstance(url, str):
        yield from _url(url, (*path, "url"))


def reviews(versions: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with the versions of the reviews that a webhook reads."""
    given = sequence(versions)
    if not any(version in _REVIEWS for version in given):
        yield wrong(path, f"the server sends {' or '.join(_REVIEWS)}, and it must be among them", "[v1]")
    for index, version in enumerate(given):
        if isinstance(version, str) and (fault := names.dns_1035_label(version)):
            yield wrong((*path, index), f"{shown(version)}: {fault}")
    yield from unique((((*path, index), text(version)) for index, version in enumerate(given)), "the version")


def _webhook(one: dict[str, Any], at: Path) -> Iterator[FieldError]:
    name = text(one.get("name"))
    if fault := names.subdomain(name):
        yield wrong((*at, "name"), f"{shown(name)}: {fault}", "such as graphs.example.com")
    elif len(name.split(".")) < _SEGMENTS:
        fact = f"{shown(name)} has fewer than three parts with dots between"
        yield wrong((*at, "name"), fact, f"such as {name}.example.com")
    for key, words in _WORDS.items():
        yield from one_of(one, at, key, words)
        yield from not_empty(one, at, key, " or ".join(words))
    yield from between(one, at, "timeoutSeconds", 1, 30)
    for key in ("namespaceSelector", "objectSelector"):
        yield from scheduling.selector(mapping(one, key), (*at, key))
    yield from client(mapping(one, "clientConfig"), (*at, "clientConfig"))
    if "admissionReviewVersions" in one:
        yield from reviews(one["admissionReviewVersions"], (*at, "admissionReviewVersions"))
    for where, one_rule in items(one, at, "rules"):
        yield from rule(one_rule, where)
    conditions = list(items(one, at, "matchConditions"))
    for where, condition in conditions:
        yield from named(condition, where, "name", names.label_key)
        for key in ("name", "expression"):
            yield from not_empty(condition, where, key)
        expression = text(condition.get("expression")).strip()
        if expression and (fault := expressions.fault(expression)):
            yield wrong((*where, "expression"), f"{shown(expression)} is no condition: {fault}")
    pairs = (((*where, "name"), text(condition.get("name"))) for where, condition in conditions)
    yield from unique(pairs, "a condition named")


def rule(given: dict[str, Any], at: Path) -> Iterator[FieldError]:
    """What is wrong with the operations and resources that are asked about."""
    for key, noun in (("operations", "operation"), ("apiGroups", "group"), ("apiVersions", "version"),
                      ("resources", "resource")):  # fmt: skip
        yield from at_least_one(given, at, key, noun)
        values = sequence(given.get(key))
        if key != "resources" and _ALL in values and len(values) > 1:
            yield wrong((*at, key), "'*' means all of them, without others", 'write ["*"]')
        for index, value in enumerate(values):
            if key == "operations":
                yield from one_of({key: value or " "}, (*at, key, index), key, _OPERATIONS, at_holder=True)
            elif value == "" and key != "apiGroups":
                yield wrong((*at, key, index), "it may not be empty")
    yield from _resources([text(one) for one in sequence(given.get("resources"))], (*at, "resources"))
    yield from one_of(given, at, "scope", _SCOPES)


def _resources(given: list[str], at: Path) -> Iterator[FieldError]:
    """Resources with parts (`pods/status`): what `*` holds already is not named beside it."""
    seen: set[str] = set()
    for index, one in enumerate(given):
        resource, slash, part = one.partition("/")
        wider = f"{resource}/*" if f"{resource}/*" in seen else f"*/{part}" if f"*/{part}" in seen else ""
        if slash and wider:
            yield wrong((*at, index), f"{one} is in {wider} already", "remove it")
        seen.add(one)
    plain = [one for one in given if "/" not in one and one != _ALL]
    if "*/*" in given and len(given) > 1:
        yield wrong(at, "'*/*' means all of them, without others", 'write ["*/*"]')
    elif _ALL in given and plain and given.index(_ALL) < max(map(given.index, plain)):
        yield wrong(at, f"'*' holds {plain[-1]} already", "remove it")


def _url(url: str, path: Path) -> Iterator[FieldError]:
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        yield wrong(path, f"{shown(url)} is no address", "such as https://example.com/check")
        return
    faults = {
        "it must begin with https://": parts.scheme != "https",
        "it names no host": not parts.netloc,
        "it may hold no name and no password": "@" in parts.netloc,
        "it may hold no '#'": bool(parts.fragment),
        "it may hold no '?'": bool(parts.query),
    }
    fault = next((fault for fault, holds in faults.items() if holds), "")
    if fault:
        yield wrong(path, f"{shown(url)}: {fault}", "such as https://example.com/check")
