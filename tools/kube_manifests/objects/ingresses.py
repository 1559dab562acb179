"""Ingresses: hosts, paths, and the Services behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import addresses
from kube_manifests.pods.containers import port_name
from kube_manifests.pods.found import at_least_one, items, named, one_of, port_number, warned, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_CLASS = "kubernetes.io/ingress.class"
_TYPES = ("Exact", "Prefix", "ImplementationSpecific")
_NOT_IN_PATHS = ("//", "/./", "/../", "%2f", "%2F")
_NOT_LAST = ("/..", "/.")
_SCHEME = re.compile(r"(?P<scheme>[a-z]+://)?(?P<host>[^/:]+)(?P<rest>[/:].*)?\Z")


def check(item: Any) -> Iterator[FieldError]:
    """What is wrong with an Ingress."""
    spec = mapping(item, "spec")
    rules = list(items(spec, _AT, "rules"))
    if not rules and spec.get("defaultBackend") is None:
        yield wrong(_AT, "an Ingress needs rules or a defaultBackend")
    if isinstance(spec.get("defaultBackend"), dict):
        yield from _backend(spec["defaultBackend"], (*_AT, "defaultBackend"))
    yield from named(spec, _AT, "ingressClassName", names.subdomain)
    if spec.get("ingressClassName") == "":
        yield wrong((*_AT, "ingressClassName"), "it may not be empty", "remove it for the default class")
    for at, rule in rules:
        yield from _host(rule.get("host"), (*at, "host"))
        if isinstance(rule.get("http"), dict):
            yield from at_least_one(rule["http"], (*at, "http"), "paths", "path")
            for where, one in items(rule["http"], (*at, "http"), "paths"):
                yield from _path(one, where)
    for at, one in items(spec, _AT, "tls"):
        for index, host in enumerate(sequence(one.get("hosts"))):
            yield from _host(host or " ", (*at, "hosts", index), addresses_too=True)
        yield from named(one, at, "secretName", names.subdomain)
    yield from _class(item, spec)


def warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about an Ingress."""
    given = mapping(item, "metadata", "annotations")
    if _CLASS in given and mapping(item, "spec").get("ingressClassName") is None:
        fact, hint = (
            "this annotation is old since Kubernetes 1.18",
            f"write spec.ingressClassName: {given[_CLASS]}",
        )
        yield warned(("metadata", "annotations", _CLASS), fact, hint, at_key=True)


def _class(item: Any, spec: dict[str, Any]) -> Iterator[FieldError]:
    old, new = mapping(item, "metadata", "annotations").get(_CLASS), spec.get("ingressClassName")
    if old is not None and new is not None and old != new:
        at = ("metadata", "annotations", _CLASS)
        yield wrong(at, f"{shown(old)} is not ingressClassName, {shown(new)}", "remove the annotation")


def _host(host: Any, path: Path, *, addresses_too: bool = False) -> Iterator[FieldError]:
    """A host's name, which may begin with `*.`."""
    if not isinstance(host, str) or not host:
        return
    if addresses.read(host) is not None:
        if not addresses_too or ":" in host:
            yield wrong(path, f"{host} is an address, not a name", "remove it: without a host all are served")
        return
    rest = host.removeprefix("*.") if "*" in host else host
    if fault := names.subdomain(rest):
        found = _SCHEME.match(host)
        only = found["host"] if found and (found["scheme"] or found["rest"]) else ""
        hint = f"write {only}" if only and not names.subdomain(only) else ""
        yield wrong(path, f"{shown(host)} is not a name of a host: {fault}", hint)


def _path(one: dict[str, Any], at: Path) -> Iterator[FieldError]:
    kind, path = text(one.get("pathType")), text(one.get("path"))
    yield from one_of({"pathType": kind or " "}, at, "pathType", _TYPES)
    needed = kind in ("Exact", "Prefix")
    if not path.startswith("/") and (path or needed):
        yield wrong(
            (*at, "path"), f"{shown(path)} does not begin with '/'", "such as /" if not path else f"write /{path}"
        )
    for part in _NOT_IN_PATHS if needed else ():
        if part in path:
            yield wrong((*at, "path"), f"{shown(path)} may not hold {part!r}")
    for end in _NOT_LAST if needed else ():
        if path.endswith(end):
            yield wrong((*at, "path"), f"{shown(path)} may not end with {end!r}")
    yield from _backend(mapping(one, "backend"), (*at, "backend"))


def _backend(backend: dict[str, Any], at: Path) -> Iterator[FieldError]:
    service, resource = backend.get("service"), backend.get("resource")
    if (service is None) == (resource is None):
        fact = "it has a service and a resource" if service else "it leads nowhere"
        yield wrong(at, fact, "service: {name: NAME, port: {number: 80}}")
        return
    if isinstance(resource, dict):
        for key in ("kind", "name"):
            if resource.get(key) == "":
                yield wrong((*at, "resource", key), "it may not be empty")
        yield from named(resource, (*at, "resource"), "apiGroup", names.subdomain)
    if not isinstance(service, dict):
        return
    where = (*at, "service")
    if service.get("name") == "":
        yield wrong((*where, "name"), "it may not be empty")
    yield from named(service, where, "name", names.dns_1035_label)
    port = mapping(service, "port")
    name, number = text(port.get("name")), port.get("number")
    if name and number:
        yield wrong((*where, "port", "name"), "a port has a name or a number, not both", "keep one", at_key=True)
    elif not name and not number:
        yield wrong((*where, "port"), "the port of the Service is missing", "port: {number: 80}")
    elif name and (fault := port_name(name)):
        yield wrong((*where, "port", "name"), f"{shown(name)} is not a name of a port: {fault}")
    else:
        yield from port_number(number, (*where, "port", "number"))
