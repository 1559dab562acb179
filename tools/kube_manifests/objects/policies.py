"""NetworkPolicies: who reaches whom, at which ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence
from kube_manifests.pods import scheduling
from kube_manifests.pods.addresses import network, odd_range
from kube_manifests.pods.containers import PROTOCOLS, port_name
from kube_manifests.pods.found import items, one_of, port_number, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_WAYS = (("ingress", "from"), ("egress", "to"))
_TYPES = ("Ingress", "Egress")


def check(item: Any) -> Iterator[FieldError]:
    """What is wrong with a NetworkPolicy."""
    spec = mapping(item, "spec")
    yield from scheduling.selector(mapping(spec, "podSelector"), (*_AT, "podSelector"))
    kinds = sequence(spec.get("policyTypes"))
    if len(kinds) > len(_TYPES):
        yield wrong((*_AT, "policyTypes"), f"{len(kinds)} types, of {len(_TYPES)} at most", "each once")
    for index, kind in enumerate(kinds):
        yield from one_of({"type": kind or " "}, (*_AT, "policyTypes", index), "type", _TYPES, at_holder=True)
    for way, who in _WAYS:
        for at, rule in items(spec, _AT, way):
            for where, peer in items(rule, at, who):
                yield from _peer(peer, where)
            for where, port in items(rule, at, "ports"):
                yield from _policy_port(port, where)


def _peer(peer: dict[str, Any], at: Path) -> Iterator[FieldError]:
    selectors = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    block = peer.get("ipBlock")
    if block is None and not selectors:
        yield wrong(
            at, "it names nobody", "podSelector, namespaceSelector or ipBlock; podSelector: {} is all Pods"
        )
    if isinstance(block, dict):
        if selectors:
            yield wrong(
                (*at, "ipBlock"), f"ipBlock and {selectors[0]} exclude each other", "two entries", at_key=True
            )
        yield from network(block.get("cidr"), (*at, "ipBlock", "cidr"))
        for index, less in enumerate(sequence(block.get("except"))):
            yield from network(less, (*at, "ipBlock", "except", index), within=block.get("cidr"))
    for key in selectors:
        yield from scheduling.selector(mapping(peer, key), (*at, key))


def _policy_port(port: dict[str, Any], at: Path) -> Iterator[FieldError]:
    yield from one_of(port, at, "protocol", PROTOCOLS)
    number, end = port.get("port"), port.get("endPort")
    yield from port_number(number, (*at, "port"))
    if isinstance(number, str) and (fault := port_name(number)):
        yield wrong((*at, "port"), f"{shown(number)} is neither a port nor the name of one: {fault}")
    if end is None:
        return
    if not isinstance(number, int):
        yield wrong((*at, "endPort"), "endPort needs a port that is a number", "port: 8000", at_key=True)
    elif isinstance(end, int) and end < number:
        yield wrong((*at, "endPort"), f"{end} is below the port, {number}")
    else:
        yield from port_number(end, (*at, "endPort"))


def warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about ranges of addresses in an unusual form."""
    for way, who in _WAYS:
        for at, rule in items(mapping(item, "spec"), _AT, way):
            for where, peer in items(rule, at, who):
                block, inner = mapping(peer, "ipBlock"), (*where, "ipBlock")
                yield from odd_range(block.get("cidr"), (*inner, "cidr"))
                for index, less in enumerate(sequence(block.get("except"))):
                    yield from odd_range(less, (*inner, "except", index))
