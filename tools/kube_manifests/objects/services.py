"""Services: ports, addresses, and from where they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import deprecated
from kube_manifests.pods.addresses import address, network, odd_address, odd_range, reserved
from kube_manifests.pods.containers import PROTOCOLS, port_name
from kube_manifests.pods.found import between, items, labels, named, one_of, port_number, unique, warned, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_ANNOTATIONS: Path = ("metadata", "annotations")
_SERVICE_WORDS = {
    "type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    "sessionAffinity": ("None", "ClientIP"),
    "internalTrafficPolicy": ("Cluster", "Local"),
    "externalTrafficPolicy": ("Cluster", "Local"),
    "trafficDistribution": ("PreferClose", "PreferSameZone", "PreferSameNode"),
    "ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
}


_FAMILIES = ("IPv4", "IPv6")
_DAY = 86400


def check(item: Any) -> Iterator[FieldError]:
    """What is wrong with a Service."""
    spec, path = mapping(item, "spec"), _AT
    for key, allowed in _SERVICE_WORDS.items():
        yield from one_of(spec, path, key, allowed)
    yield from _reach(spec, path)
    yield from _external(spec)
    yield from _families(spec)
    yield from _balanced(spec, spec.get("type") or "ClusterIP")
    yield from labels(spec, path, "selector")
    external = spec.get("type") == "ExternalName"
    ports = list(items(spec, path, "ports"))
    if not ports and not external and spec.get("clusterIP") != "None":
        yield wrong((*path, "ports"), "a Service needs a port", "clusterIP: None makes one without")
    for at, port in ports:
        name = text(port.get("name"))
        if len(ports) > 1 and not name:
            yield wrong((*at, "name"), "each of several ports needs a name")
        elif name and (fault := names.dns_label(name)):
            yield wrong((*at, "name"), f"{shown(name)}: {fault}")
        yield from port_number(port.get("port"), (*at, "port"))
        yield from one_of(port, at, "protocol", PROTOCOLS)
        target = port.get("targetPort")
        if target != 0:
            yield from port_number(target, (*at, "targetPort"))
        if isinstance(target, str) and target and (fault := port_name(target)):
            yield wrong((*at, "targetPort"), f"{shown(target)} is neither a port nor the name of one: {fault}")
        if port.get("nodePort") and spec.get("type") in (None, "", "ClusterIP"):
            yield wrong(
                (*at, "nodePort"), "a Service of the type ClusterIP has no port on nodes", "type: NodePort"
            )
        yield from named(port, at, "appProtocol", names.label_key)
    yield from unique((((*at, "name"), text(port.get("name"))) for at, port in ports), "a port named")
    numbers = (((*at, "port"), f"{port.get('port')}/{port.get('protocol') or 'TCP'}") for at, port in ports)
    yield from unique(numbers, "the port")
    on_nodes = (((*at, "nodePort"), _on_nodes(port)) for at, port in ports)
    yield from unique(on_nodes, "the port of the nodes")


def _on_nodes(port: dict[str, Any]) -> str:
    return f"{port['nodePort']}/{port.get('protocol') or 'TCP'}" if port.get("nodePort") else ""


def _reach(spec: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """Addresses, and from where they are reached."""
    if spec.get("clusterIP") not in (None, "", "None"):
        yield from address(spec["clusterIP"], (*path, "clusterIP"))
    for index, one in enumerate(sequence(spec.get("externalIPs"))):
        yield from address(one, (*path, "externalIPs", index))
        yield from reserved(one, (*path, "externalIPs", index))
    kind, ranges = spec.get("type") or "ClusterIP", "loadBalancerSourceRanges"
    if sequence(spec.get(ranges)) and kind != "LoadBalancer":
        yield wrong((*path, ranges), f"a Service of the type {kind} takes none", "type: LoadBalancer", at_key=True)
    for index, one in enumerate(sequence(spec.get(ranges))):
        yield from network(one.strip() if isinstance(one, str) else one, (*path, ranges, index))
    if (
        spec.get("externalTrafficPolicy")
        and kind not in ("LoadBalancer", "NodePort")
        and not spec.get("externalIPs")
    ):
        fact = f"a Service of the type {kind} is not reached from outside"
        yield wrong((*path, "externalTrafficPolicy"), fact, "remove it", at_key=True)


def _external(spec: dict[str, Any]) -> Iterator[FieldError]:
    """What only a Service of the type ExternalName has, and what it has not."""
    name, at = text(spec.get("externalName")), (*_AT, "externalName")
    if spec.get("type") != "ExternalName":
        return
    if not name:
        yield wrong(at, "the type ExternalName needs one", "such as db.example.com")
    elif fault := names.subdomain(name.removesuffix(".")):
        yield wrong(at, f"{shown(name)} is not a name of a host: {fault}")
    for key in ("clusterIP", "clusterIPs"):
        if spec.get(key):
            yield wrong((*_AT, key), "the type ExternalName has no address", "remove it", at_key=True)


def _families(spec: dict[str, Any]) -> Iterator[FieldError]:
    """IPv4 and IPv6, and the addresses of both."""
    families = sequence(spec.get("ipFamilies"))
    for index, family in enumerate(families):
        yield from one_of({"ip": family or " "}, (*_AT, "ipFamilies", index), "ip", _FAMILIES, at_holder=True)
    yield from unique(
        (((*_AT, "ipFamilies", index), text(one)) for index, one in enumerate(families)), "the family"
    )
    given, first = sequence(spec.get("clusterIPs")), spec.get("clusterIP")
    if given and not first:
        yield wrong(
            (*_AT, "clusterIPs"), "clusterIPs needs clusterIP, which is its first", f"clusterIP: {given[0]}"
        )
    elif given and given[0] != first:
        yield wrong(
            (*_AT, "clusterIPs", 0), f"{shown(given[0])} is not clusterIP, {shown(first)}", "write the same"
        )
    for index, one in enumerate(given if first != "None" else ()):
        yield from address(one, (*_AT, "clusterIPs", index))


def _balanced(spec: dict[str, Any], kind: str) -> Iterator[FieldError]:
    """What only a Service of the type LoadBalancer has."""
    for key in ("loadBalancerClass", "allocateLoadBalancerNodePorts"):
        if spec.get(key) is not None and kind != "LoadBalancer":
            fact = f"a Service of the type {kind} has none"
            yield wrong((*_AT, key), fact, "type: LoadBalancer", at_key=True)
    yield from named(spec, _AT, "loadBalancerClass", names.label_key)
    if spec.get("healthCheckNodePort") and (kind, spec.get("externalTrafficPolicy")) != ("LoadBalancer", "Local"):
        hint = "type: LoadBalancer with externalTrafficPolicy: Local, or remove it"
        yield wrong((*_AT, "healthCheckNodePort"), "this Service has no health check", hint, at_key=True)
    if spec.get("clusterIP") == "None" and kind in ("LoadBalancer", "NodePort"):
        yield wrong((*_AT, "clusterIP"), f"a Service of the type {kind} has an address", "remove it, or the type")
    seconds = mapping(spec, "sessionAffinityConfig", "clientIP")
    if spec.get("sessionAffinity") == "ClientIP":
        yield from between(seconds, (*_AT, "sessionAffinityConfig", "clientIP"), "timeoutSeconds", 1, _DAY)


def warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a Service: what is ignored, and addresses in an unusual form."""
    spec = mapping(item, "spec")
    annotations = mapping(item, "metadata", "annotations")
    yield from deprecated.old_annotations(annotations, _ANNOTATIONS, deprecated.SERVICE_ANNOTATIONS)
    yield from odd_address(spec.get("loadBalancerIP"), (*_AT, "loadBalancerIP"))
    if spec.get("clusterIP") != "None":
        yield from odd_address(spec.get("clusterIP"), (*_AT, "clusterIP"))
    for index, one in enumerate(sequence(spec.get("externalIPs"))):
        yield from odd_address(one, (*_AT, "externalIPs", index))
    for index, one in enumerate(sequence(spec.get("loadBalancerSourceRanges"))):
        yield from odd_range(one, (*_AT, "loadBalancerSourceRanges", index))
    yield from _ignored(spec, spec.get("type") or "ClusterIP")
    if spec.get("trafficDistribution") == "PreferClose":
        yield warned((*_AT, "trafficDistribution"), "an old name", "write PreferSameZone")


def _ignored(spec: dict[str, Any], kind: str) -> Iterator[FieldError]:
    headless = kind == "ClusterIP" and spec.get("clusterIP") == "None"
    for key in ("loadBalancerIP", "externalIPs", "sessionAffinity") if headless else ():
        if spec.get(key) and spec[key] != "None":
            yield warned((*_AT, key), "it is ignored with clusterIP: None", "remove one of the two", at_key=True)
    if kind == "ExternalName" and spec.get("externalIPs"):
        yield warned((*_AT, "externalIPs"), "it is ignored with the type ExternalName", "remove it", at_key=True)
    if kind != "ExternalName" and spec.get("externalName"):
        fact = f"it is ignored with the type {kind}"
        yield warned((*_AT, "externalName"), fact, "type: ExternalName, or remove it", at_key=True)
