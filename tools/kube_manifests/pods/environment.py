"""The variables of a container, and where their values come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.suggest import closest
from groundwork.base.wording import choices, shown
from groundwork.kube.values import mapping, text
from kube_manifests.pods.found import handlers, items, named, nano, not_empty, one_of, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_OF_OBJECTS = ("configMapKeyRef", "secretKeyRef")
_WHOLE = ("configMapRef", "secretRef")
_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
"""Fields of a Pod that a variable can take its value from, beside one label or annotation."""
_ONE_OF_METADATA = re.compile(r"metadata\.(labels|annotations)\['(?P<key>[^']+)'\]\Z")
_AMOUNTS = tuple(
    f"{side}.{name}" for side in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
_OF_CPU = ("1", "1m")
_OF_BYTES = ("1", *(f"1{unit}" for unit in ("k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")))
_HUGE = re.compile(r"(limits|requests)\.hugepages-.+")


def check(one: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with `env` and `envFrom` of a container."""
    for at, entry in items(one, path, "env"):
        yield from not_empty(entry, at, "name")
        yield from _variable_name(text(entry.get("name")), (*at, "name"))
        source = entry.get("valueFrom")
        if not isinstance(source, dict):
            continue
        if text(entry.get("value")):
            yield wrong((*at, "valueFrom"), "the variable has a value and a source", "keep one", at_key=True)
        yield from handlers(source, (*at, "valueFrom"), _SOURCES, "the variable's source")
        yield from _source(source, (*at, "valueFrom"))
    for at, entry in items(one, path, "envFrom"):
        if prefix := text(entry.get("prefix")):
            yield from _variable_name(prefix, (*at, "prefix"))
        yield from handlers(entry, at, _WHOLE, "the source of variables")
        for kind in _WHOLE:
            yield from _object_name(entry.get(kind), (*at, kind))


def field(reference: Any, path: Path, known: tuple[str, ...]) -> Iterator[FieldError]:
    """A field of the Pod itself."""
    value = mapping(reference).get("fieldPath")
    yield from one_of(reference, path, "apiVersion", ("v1",))
    found = _ONE_OF_METADATA.match(value) if isinstance(value, str) else None
    if found and (fault := names.label_key(found["key"].lower())):
        yield wrong((*path, "fieldPath"), f"{shown(found['key'])} is not a key of a label: {fault}")
    if not isinstance(value, str) or value in known or found:
        return
    near = closest(value, known)
    hint = f"write {near}" if near else f"one of {', '.join(known)}, or metadata.labels['KEY']"
    yield wrong((*path, "fieldPath"), f"{shown(value)} is not a field that can be read there", hint)


def amount(reference: Any, path: Path) -> Iterator[FieldError]:
    """A limit or request of a container."""
    value = mapping(reference).get("resource")
    if isinstance(value, str) and value not in _AMOUNTS and not _HUGE.match(value):
        yield wrong((*path, "resource"), f"{shown(value)} is no resource", f"one of {', '.join(_AMOUNTS)}")
    divisor = mapping(reference).get("divisor")
    parts = _OF_CPU if text(value).endswith(".cpu") else _OF_BYTES
    if divisor is not None and nano(divisor) not in (None, 0, *map(nano, parts)):
        yield wrong((*path, "divisor"), f"{shown(divisor)} is none of {choices(parts)}")


def _source(source: dict[str, Any], path: Path) -> Iterator[FieldError]:
    yield from field(source.get("fieldRef"), (*path, "fieldRef"), _FIELDS)
    yield from amount(source.get("resourceFieldRef"), (*path, "resourceFieldRef"))
    for kind in _OF_OBJECTS:
        reference = source.get(kind)
        if isinstance(reference, dict):
            yield from _object_name(reference, (*path, kind))
            yield from not_empty(reference, (*path, kind), "key")
            yield from named(reference, (*path, kind), "key", names.data_key)


def _object_name(reference: Any, path: Path) -> Iterator[FieldError]:
    if not isinstance(reference, dict):
        return
    if not text(reference.get("name")) and reference.get("name", "") == "":
        yield wrong((*path, "name") if "name" in reference else path, f"{path[-1]} needs a name")
    yield from named(reference, path, "name", names.subdomain)


def _variable_name(name: str, path: Path) -> Iterator[FieldError]:
    if "=" in name:
        key, _, value = name.partition("=")
        hint = f"name: {key}, value: {value or '...'}"
        yield wrong(path, f"{shown(name)} is not a name of a variable: it may not hold '='", hint)
    elif not all(" " <= letter <= "~" for letter in name):
        yield wrong(path, f"{shown(name)} is not a name of a variable: printable ASCII only")
