"""What stands beside Pods: Services, claims, data, quotas, network policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import choices, shown
from groundwork.kube import gpus
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.cel.quantities import NANO
from kube_manifests.pods.containers import PROTOCOLS, port_name
from kube_manifests.pods.found import (
    address,
    at_least_one,
    items,
    labels,
    named,
    nano,
    network,
    not_empty,
    one_of,
    port_number,
    unique,
    wrong,
)
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_RBAC = "rbac.authorization.k8s.io"
_SERVICE_WORDS = {
    "type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    "sessionAffinity": ("None", "ClientIP"),
    "internalTrafficPolicy": ("Cluster", "Local"),
    "externalTrafficPolicy": ("Cluster", "Local"),
    "ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
}
_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_SECRET_KEYS = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_COUNTED = (
    "pods",
    "services",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "replicationcontrollers",
    "resourcequotas",
    "services.nodeports",
    "services.loadbalancers",
)
_AMOUNTS = ("cpu", "memory", "ephemeral-storage", "storage", "requests.", "limits.", "hugepages-", "count/")
_SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)


def check(item: Any, kind: str) -> list[FieldError]:
    """What is wrong with such an object; [] of other kinds."""
    return list(_CHECKS[kind](item)) if kind in _CHECKS else []


def _service(item: Any) -> Iterator[FieldError]:
    spec, path = mapping(item, "spec"), _AT
    for key, allowed in _SERVICE_WORDS.items():
        yield from one_of(spec, path, key, allowed)
    yield from _reach(spec, path)
    yield from labels(spec, path, "selector")
    external = spec.get("type") == "ExternalName"
    ports = list(items(spec, path, "ports"))
    if external and not text(spec.get("externalName")):
        yield wrong((*path, "externalName"), "the type ExternalName needs one")
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


def _reach(spec: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """Addresses, and from where they are reached."""
    if spec.get("clusterIP") not in (None, "", "None"):
        yield from address(spec["clusterIP"], (*path, "clusterIP"))
    for index, one in enumerate(sequence(spec.get("externalIPs"))):
        yield from address(one, (*path, "externalIPs", index))
    kind, ranges = spec.get("type") or "ClusterIP", "loadBalancerSourceRanges"
    if sequence(spec.get(ranges)) and kind != "LoadBalancer":
        yield wrong((*path, ranges), f"a Service of the type {kind} takes none", "type: LoadBalancer", at_key=True)
    for index, one in enumerate(sequence(spec.get(ranges))):
        yield from network(one, (*path, ranges, index))
    if (
        spec.get("externalTrafficPolicy")
        and kind not in ("LoadBalancer", "NodePort")
        and not spec.get("externalIPs")
    ):
        fact = f"a Service of the type {kind} is not reached from outside"
        yield wrong((*path, "externalTrafficPolicy"), fact, "remove it", at_key=True)


def _claim(item: Any) -> Iterator[FieldError]:
    spec = mapping(item, "spec")
    yield from at_least_one(spec, _AT, "accessModes", "access mode")
    yield from one_of(spec, _AT, "volumeMode", ("Filesystem", "Block"))
    yield from named(spec, _AT, "storageClassName", names.subdomain)
    yield from labels(mapping(spec, "selector"), (*_AT, "selector"), "matchLabels")
    for key in ("dataSource", "dataSourceRef"):
        yield from not_empty(spec.get(key), (*_AT, key), "name")
    modes = sequence(spec.get("accessModes"))
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield wrong((*_AT, "accessModes"), "ReadWriteOncePod excludes the other access modes", "keep one")
    for index, mode in enumerate(sequence(spec.get("accessModes"))):
        if isinstance(mode, str) and mode not in _ACCESS_MODES:
            fact = f"{shown(mode)} is none of {choices(_ACCESS_MODES)}"
            yield wrong(("spec", "accessModes", index), fact)
    size = mapping(spec, "resources", "requests").get("storage")
    amount = nano(size)
    if amount is not None and amount <= 0:
        yield wrong((*_AT, "resources", "requests", "storage"), f"{shown(size)} is no size", "such as 10Gi")
    if size is None:
        yield wrong(("spec", "resources", "requests", "storage"), "a claim needs a size", "such as 10Gi")


def _data(item: Any) -> Iterator[FieldError]:
    for key in ("data", "binaryData", "stringData"):
        for name in mapping(item, key):
            if fault := names.data_key(str(name)):
                fact = f"{shown(name)} is not a key: {fault}"
                yield wrong((key, name), fact, at_key=True)


def _config_map(item: Any) -> Iterator[FieldError]:
    yield from _data(item)
    for key in mapping(item, "binaryData"):
        if key in mapping(item, "data"):
            yield wrong(("binaryData", key), f"{shown(key)} is in data already", at_key=True)


def _secret(item: Any) -> Iterator[FieldError]:
    yield from _data(item)
    given = {*mapping(item, "data"), *mapping(item, "stringData")}
    kind = text(item.get("type"))
    missing = [key for key in _SECRET_KEYS.get(kind, ()) if key not in given]
    if missing:
        yield wrong(("type",), f"{kind} needs {' and '.join(missing)}", "add it to stringData")
    if kind == "kubernetes.io/basic-auth" and not given & {"username", "password"}:
        yield wrong(("type",), f"{kind} needs username or password", "add it to stringData")


def _quota(item: Any) -> Iterator[FieldError]:
    spec = mapping(item, "spec")
    for key, value in mapping(spec, "hard").items():
        at, amount = (*_AT, "hard", key), nano(value)
        if "/" not in key and key not in _COUNTED and not key.startswith(_AMOUNTS):
            hint = f"requests.{gpus.RESOURCE}" if key == "gpu" else ""
            yield wrong(at, f"{shown(key)} is not counted by a quota", hint, at_key=True)
        elif fault := names.label_key(key):
            yield wrong(at, f"{shown(key)} is not a name of a resource: {fault}", at_key=True)
        elif amount is not None and amount < 0:
            yield wrong(at, f"{shown(value)} is below 0")
        elif amount is not None and key in _COUNTED and amount % NANO:
            yield wrong(at, f"{shown(value)}: {key} come in whole numbers")
    for index, scope in enumerate(sequence(spec.get("scopes"))):
        yield from one_of({"scope": scope}, (*_AT, "scopes", index), "scope", _SCOPES, at_holder=True)


def _policy(item: Any) -> Iterator[FieldError]:
    spec = mapping(item, "spec")
    yield from labels(mapping(spec, "podSelector"), (*_AT, "podSelector"), "matchLabels")
    for index, kind in enumerate(sequence(spec.get("policyTypes"))):
        yield from one_of(
            {"type": kind}, (*_AT, "policyTypes", index), "type", ("Ingress", "Egress"), at_holder=True
        )
    for way, who in (("ingress", "from"), ("egress", "to")):
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
        yield from labels(mapping(peer, key), (*at, key), "matchLabels")


def _policy_port(port: dict[str, Any], at: Path) -> Iterator[FieldError]:
    yield from one_of(port, at, "protocol", PROTOCOLS)
    number, end = port.get("port"), port.get("endPort")
    yield from port_number(number, (*at, "port"))
    if isinstance(number, str) and (fault := port_name(number)):
        yield wrong((*at, "port"), f"{shown(number)} is neither a port nor the name of one: {fault}")
    if isinstance(number, int) and isinstance(end, int) and end < number:
        yield wrong((*at, "endPort"), f"{end} is below the port, {number}")


def _role(item: Any) -> Iterator[FieldError]:
    for at, rule in items(item, (), "rules"):
        yield from at_least_one(rule, at, "verbs", "verb")
        if sequence(rule.get("nonResourceURLs")):
            hint = "a ClusterRole can"
            yield wrong((*at, "nonResourceURLs"), "a Role cannot allow addresses of the server", hint, at_key=True)
            continue
        yield from at_least_one(rule, at, "apiGroups", 'group, "" for the core')
        yield from at_least_one(rule, at, "resources", "resource")


def _binding(item: Any) -> Iterator[FieldError]:
    role = mapping(item, "roleRef")
    yield from one_of(role, ("roleRef",), "kind", ("Role", "ClusterRole"))
    yield from one_of(role, ("roleRef",), "apiGroup", (_RBAC,))
    yield from not_empty(role, ("roleRef",), "name")
    for at, subject in items(item, (), "subjects"):
        yield from one_of(subject, at, "kind", ("ServiceAccount", "User", "Group"))
        yield from not_empty(subject, at, "name")
        if subject.get("kind") == "ServiceAccount":
            yield from named(subject, at, "name", names.subdomain)


_CHECKS: dict[str, Callable[[Any], Iterator[FieldError]]] = {
    "Service": _service,
    "PersistentVolumeClaim": _claim,
    "ConfigMap": _config_map,
    "Secret": _secret,
    "ResourceQuota": _quota,
    "NetworkPolicy": _policy,
    "Role": _role,
    "RoleBinding": _binding,
}
