"""Where a Service without a selector leads: EndpointSlices, and the older Endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import sequence, text
from kube_manifests.pods.addresses import address, odd_address, read, reserved
from kube_manifests.pods.containers import PROTOCOLS
from kube_manifests.pods.found import at_least_one, items, named, one_of, port_number, unique, warned, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_TYPES = ("IPv4", "IPv6", "FQDN")
_VERSIONS = {"IPv4": 4, "IPv6": 6}


def slices(item: Any) -> Iterator[FieldError]:
    """What is wrong with an EndpointSlice."""
    kind = text(item.get("addressType"))
    yield from one_of({"addressType": kind or " "}, (), "addressType", _TYPES)
    for at, one in items(item, (), "endpoints"):
        yield from at_least_one(one, at, "addresses", "address")
        yield from named(one, at, "nodeName", names.subdomain)
        yield from named(one, at, "hostname", names.dns_label)
        for index, value in enumerate(sequence(one.get("addresses")) if kind in _VERSIONS else ()):
            where, found = (*at, "addresses", index), read(value)
            yield from address(value, where)
            if found is not None and found.version != _VERSIONS[kind]:
                yield wrong(where, f"{value} is not an address of {kind}", f"addressType: IPv{found.version}")
            else:
                yield from reserved(value, where)
    ports = list(items(item, (), "ports"))
    yield from _ports(ports)
    yield from unique(
        (((*at, "name"), text(port.get("name")) or "without a name") for at, port in ports), "a port"
    )


def endpoints(item: Any) -> Iterator[FieldError]:
    """What is wrong with Endpoints."""
    for at, one in items(item, (), "subsets"):
        found = [pair for key in ("addresses", "notReadyAddresses") for pair in items(one, at, key)]
        if not found:
            yield wrong(at, "it has no addresses", "addresses: [{ip: 10.9.8.7}]")
        for where, entry in found:
            yield from address(entry.get("ip"), (*where, "ip"))
            yield from reserved(entry.get("ip"), (*where, "ip"))
            yield from named(entry, where, "hostname", names.dns_label)
        ports = list(items(one, at, "ports"))
        yield from _ports(ports)
        for where, port in ports:
            yield from port_number(port.get("port"), (*where, "port"))
            if len(ports) > 1 and not text(port.get("name")):
                yield wrong((*where, "name"), "each of several ports needs a name")


def endpoints_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about Endpoints."""
    yield warned(("kind",), "Endpoints are old since Kubernetes 1.33", "write an EndpointSlice")
    for at, one in items(item, (), "subsets"):
        for key in ("addresses", "notReadyAddresses"):
            for where, entry in items(one, at, key):
                yield from odd_address(entry.get("ip"), (*where, "ip"))


def slices_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about an EndpointSlice."""
    if item.get("addressType") == "FQDN":
        yield warned(
            ("addressType",), "FQDN is an old type, which nothing reads", "a Service of type ExternalName"
        )
    for at, one in items(item, (), "endpoints"):
        for index, value in enumerate(sequence(one.get("addresses"))):
            yield from odd_address(value, (*at, "addresses", index))


def _ports(ports: list[tuple[Path, dict[str, Any]]]) -> Iterator[FieldError]:
    for at, port in ports:
        yield from named(port, at, "name", names.dns_label)
        yield from named(port, at, "appProtocol", names.label_key)
        yield from one_of(port, at, "protocol", PROTOCOLS)
        if port.get("protocol") == "":
            yield wrong((*at, "protocol"), f"{shown('')} is none of {', '.join(PROTOCOLS)}")
