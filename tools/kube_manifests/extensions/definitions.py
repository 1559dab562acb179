"""CustomResourceDefinitions: names, versions, columns, conversion, and what is no schema of theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import counted, shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.extensions import definition_schemas, webhooks
from kube_manifests.pods.found import items, named, not_empty, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_COLUMN_TYPES = ("integer", "number", "string", "boolean", "date")
_COLUMN_FORMATS = ("int32", "int64", "float", "double", "byte", "date", "date-time", "password")
_KUBERNETES = re.compile(r"(.*\.)?(k8s|kubernetes)\.io\Z")
_APPROVED = "api-approved.kubernetes.io"
_SCOPES = ("Cluster", "Namespaced")


def check(item: Any) -> Iterator[FieldError]:
    """What is wrong with a CustomResourceDefinition."""
    spec = mapping(item, "spec")
    group = text(spec.get("group"))
    yield from _names(item, mapping(spec, "names"), group)
    yield from one_of({"scope": text(spec.get("scope")) or " "}, _AT, "scope", _SCOPES)
    if fault := names.subdomain(group):
        yield wrong((*_AT, "group"), f"{shown(group)}: {fault}")
    elif "." not in group:
        yield wrong((*_AT, "group"), f"{shown(group)} has no dot", f"such as {group}.example.com")
    if _KUBERNETES.match(group) and _APPROVED not in mapping(item, "metadata", "annotations"):
        fact = f"{group} is a group of Kubernetes' own, which needs the annotation {_APPROVED}"
        yield wrong((*_AT, "group"), fact, "a group of your own domain")
    versions = list(items(spec, _AT, "versions"))
    stored = [at for at, one in versions if one.get("storage") is True]
    if len(stored) != 1:
        fact = f"{counted(len(stored), 'version')} with storage: true, and it must be one"
        yield wrong(
            (*stored[1], "storage") if stored else (*_AT, "versions"), fact, "storage: true in one of them"
        )
    for at, version in versions:
        yield from _version(version, at)
    yield from unique((((*at, "name"), text(one.get("name"))) for at, one in versions), "a version named")
    if spec.get("preserveUnknownFields") is True:
        hint = "x-kubernetes-preserve-unknown-fields: true in the schema keeps unknown fields"
        yield wrong((*_AT, "preserveUnknownFields"), "it must be false", hint)
    yield from _conversion(spec)


def warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a CustomResourceDefinition."""
    for at, version in items(mapping(item, "spec"), _AT, "versions"):
        schema, where = mapping(version, "schema", "openAPIV3Schema"), (*at, "schema", "openAPIV3Schema")
        yield from definition_schemas.unknown_formats(schema, where)


def _names(item: Any, given: dict[str, Any], group: str) -> Iterator[FieldError]:
    at, name = (*_AT, "names"), text(mapping(item, "metadata").get("name"))
    whole = f"{text(given.get('plural'))}.{group}"
    if name and name != whole:
        yield wrong(("metadata", "name"), f"{shown(name)} is not names.plural and group", f"write {whole}")
    for key in ("plural", "singular"):
        yield from named(given, at, key, names.dns_1035_label)
    for key in ("kind", "listKind"):
        yield from named(given, at, key, names.kind)
        yield from not_empty(given, at, key) if key == "kind" else ()
    yield from not_empty(given, at, "plural")
    for key in ("shortNames", "categories"):
        for index, one in enumerate(sequence(given.get(key))):
            if isinstance(one, str) and (fault := names.dns_1035_label(one)):
                yield wrong((*at, key, index), f"{shown(one)}: {fault}")
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        yield wrong((*at, "listKind"), "it is the kind as well", f"write {given['kind']}List")


def _version(version: dict[str, Any], at: Path) -> Iterator[FieldError]:
    name = text(version.get("name"))
    if fault := names.dns_1035_label(name):
        yield wrong((*at, "name"), f"{shown(name)}: {fault}", "such as v1")
    if version.get("deprecationWarning") is not None and version.get("deprecated") is not True:
        fact = "a version that is not deprecated has no warning"
        yield wrong((*at, "deprecationWarning"), fact, "deprecated: true", at_key=True)
    schema, where = mapping(version, "schema").get("openAPIV3Schema"), (*at, "schema", "openAPIV3Schema")
    if isinstance(schema, dict):
        yield from definition_schemas.check(schema, where)
    else:
        hint = "schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}} takes all"
        yield wrong(where, "each version needs a schema", hint)
    for there, column in items(version, at, "additionalPrinterColumns"):
        yield from _column(column, there)
    yield from _scale(mapping(version, "subresources").get("scale"), (*at, "subresources", "scale"))


def _column(column: dict[str, Any], at: Path) -> Iterator[FieldError]:
    yield from one_of(column, at, "type", _COLUMN_TYPES)
    yield from one_of(column, at, "format", _COLUMN_FORMATS)
    for key in ("name", "type"):
        yield from not_empty(column, at, key)
    yield from _json_path(column, at, "jsonPath", ("",))


def _scale(scale: Any, at: Path) -> Iterator[FieldError]:
    if not isinstance(scale, dict):
        return
    yield from _json_path(scale, at, "specReplicasPath", (".spec.",))
    yield from _json_path(scale, at, "statusReplicasPath", (".status.",))
    yield from _json_path(scale, at, "labelSelectorPath", (".spec.", ".status."))


def _json_path(holder: dict[str, Any], at: Path, key: str, starts: tuple[str, ...]) -> Iterator[FieldError]:
    path = holder.get(key)
    if not isinstance(path, str):
        return
    if not path.startswith("."):
        yield wrong((*at, key), f"{shown(path)} does not begin with '.'", "such as .spec.replicas")
    elif not path.startswith(starts):
        yield wrong((*at, key), f"{shown(path)} is not below {' or '.join(starts)}")


def _conversion(spec: dict[str, Any]) -> Iterator[FieldError]:
    given, at = mapping(spec, "conversion"), (*_AT, "conversion")
    hook, where = given.get("webhook"), (*at, "webhook")
    yield from one_of(given, at, "strategy", ("None", "Webhook"))
    if given.get("strategy") == "Webhook":
        config = mapping(hook, "clientConfig")
        if not config:
            yield wrong(at, "the strategy Webhook needs webhook.clientConfig")
            return
        yield from webhooks.client(config, (*where, "clientConfig"))
        yield from webhooks.reviews(
            mapping(hook).get("conversionReviewVersions"), (*where, "conversionReviewVersions")
        )
    elif isinstance(hook, dict) and hook:
        yield wrong(where, "only the strategy Webhook asks one", "strategy: Webhook", at_key=True)
