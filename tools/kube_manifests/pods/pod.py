"""A Pod's spec: its containers, volumes, scheduling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import claims as claims_of
from kube_manifests.pods import containers, devices, scheduling, security
from kube_manifests.pods import volumes as volumes_of
from kube_manifests.pods.addresses import address
from kube_manifests.pods.found import items, least, named, nano, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

LISTS = ("initContainers", "containers")
_NAMED = {
    "serviceAccountName": names.subdomain,
    "hostname": names.dns_label,
    "subdomain": names.dns_label,
    "nodeName": names.subdomain,
    "runtimeClassName": names.subdomain,
    "priorityClassName": names.subdomain,
}
_WORDS = {
    "restartPolicy": containers.RESTART_POLICIES,
    "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "preemptionPolicy": ("PreemptLowerPriority", "Never"),
}
_NAMESERVERS = 3
_GRACE = 30
"""Seconds that a Pod has to end, where it says nothing."""
_HOSTS = ("hostNetwork", "hostPID", "hostIPC")
_OF_POD = ("cpu", "memory", "hugepages-")
"""Resources that a Pod as a whole can ask for."""


def names_in(spec: Any, key: str) -> set[str]:
    """The names in a list of a Pod's spec: of its volumes, or its resource claims."""
    return {text(item.get("name")) for _, item in items(spec, (), key)}


def check(spec: Any, path: Path, *, claimed: Iterable[str] = ()) -> list[FieldError]:
    """What is wrong with the spec of a Pod, its schema apart; what is of a wrong type counts as absent.

    Args:
        spec: the spec.
        path: its path.
        claimed: names of volumes that its Pods get beside its own: those that a StatefulSet claims for each.
    """
    spec = mapping(spec)
    volumes, claims = {*names_in(spec, "volumes"), *claimed}, names_in(spec, "resourceClaims")
    found: list[FieldError] = []
    listed = [(at, one) for key in LISTS for at, one in items(spec, path, key)]
    for at, one in listed:
        found += containers.check(one, at, volumes, claims)
        if len(at) > len(path) and at[len(path)] == "initContainers":
            found += _init_container(one, at)
    found += unique((((*at, "name"), text(one.get("name"))) for at, one in listed), "a container named")
    for key in LISTS:
        found += unique(_host_ports(spec, path, key), "the port of the host")
    found += volumes_of.check(spec, path)
    found += devices.of_claims(spec, path, set(claimed))
    found += scheduling.check(spec, path)
    found += security.of_pod(spec, path)
    found += claims_of.of_pod(spec, path)
    found += _network(spec, path)
    found += _host(spec, path)
    found += _end(spec, listed)
    found += _amounts(spec, path)
    found += one_of(mapping(spec, "os"), (*path, "os"), "name", ("linux", "windows"))
    for key, words in _WORDS.items():
        found += one_of(spec, path, key, words)
    found += least(spec, path, {"activeDeadlineSeconds": 1})
    if spec.get("dnsPolicy") == "None" and not sequence(mapping(spec, "dnsConfig").get("nameservers")):
        found.append(wrong((*path, "dnsConfig"), "dnsPolicy None needs dnsConfig.nameservers"))
    for key, rule in _NAMED.items():
        found += named(spec, path, key, rule)
    for at, gate in items(spec, path, "readinessGates"):
        found += named(gate, at, "conditionType", names.label_key)
    found += _scheduling_gates(spec, path)
    return found


def _scheduling_gates(spec: Any, path: Path) -> Iterator[FieldError]:
    gates = list(items(spec, path, "schedulingGates"))
    for at, gate in gates:
        yield from named(gate, at, "name", names.label_key)
    yield from unique((((*at, "name"), text(gate.get("name"))) for at, gate in gates), "a gate named")
    if gates and spec.get("nodeName"):
        fact = "a Pod with schedulingGates has no node yet"
        yield wrong((*path, "nodeName"), fact, "remove one of the two", at_key=True)


def _host_ports(spec: Any, path: Path, key: str) -> Iterator[tuple[Path, str]]:
    for at, one in items(spec, path, key):
        for where, port in items(one, at, "ports"):
            if number := port.get("hostPort"):
                address_of = text(port.get("hostIP")) or "0.0.0.0"  # noqa: S104 - what Kubernetes means by none
                yield (*where, "hostPort"), f"{address_of}:{number}/{port.get('protocol') or 'TCP'}"


def _host(spec: Any, path: Path) -> Iterator[FieldError]:
    """What of the node a Pod shares, and what it asks for as a whole."""
    if spec.get("hostNetwork") is True:
        yield from _node_ports(spec, path)
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        yield wrong((*path, "shareProcessNamespace"), "hostPID and it exclude each other", at_key=True)
    for key in _HOSTS if spec.get("hostUsers") is False else ():
        if spec.get(key) is True:
            yield wrong((*path, key), f"with hostUsers: false there is no {key}", at_key=True)
    for side in ("limits", "requests"):
        for name in mapping(spec, "resources", side):
            if not name.startswith(_OF_POD):
                fact, hint = f"a Pod as a whole cannot ask for {shown(name)}", "ask for it in a container"
                yield wrong((*path, "resources", side, name), fact, hint, at_key=True)


def _amounts(spec: Any, path: Path) -> Iterator[FieldError]:
    """What a Pod as a whole asks for, beyond its own limits."""
    limits, at = mapping(spec, "resources", "limits"), (*path, "resources", "requests")
    for name, written in mapping(spec, "resources", "requests").items():
        asked, most = nano(written), nano(limits.get(name))
        if asked is not None and most is not None and asked > most:
            yield wrong((*at, name), f"{shown(written)} is more than the limit, {shown(limits[name])}")


def _node_ports(spec: Any, path: Path) -> Iterator[FieldError]:
    ports = [port for key in LISTS for at, one in items(spec, path, key) for port in items(one, at, "ports")]
    for where, port in ports:
        own, there = port.get("containerPort"), port.get("hostPort")
        if there and own and there != own:
            yield wrong((*where, "hostPort"), f"{there}: with hostNetwork it must be the containerPort, {own}")


def _end(spec: Any, listed: Iterable[tuple[Path, Any]]) -> Iterator[FieldError]:
    """A hook that sleeps longer than the Pod has to end."""
    grace = spec.get("terminationGracePeriodSeconds", _GRACE)
    for at, one in listed:
        for hook in ("postStart", "preStop"):
            seconds = mapping(one, "lifecycle", hook, "sleep").get("seconds")
            if isinstance(seconds, int) and isinstance(grace, int) and not 0 <= seconds <= grace:
                fact = f"{seconds} is not between 0 and terminationGracePeriodSeconds, {grace}"
                yield wrong((*at, "lifecycle", hook, "sleep", "seconds"), fact)


def _network(spec: Any, path: Path) -> Iterator[FieldError]:
    own, at = mapping(spec, "dnsConfig"), (*path, "dnsConfig")
    if len(sequence(own.get("nameservers"))) > _NAMESERVERS:
        yield wrong((*at, "nameservers"), f"{len(own['nameservers'])} nameservers, of {_NAMESERVERS} at most")
    for where, option in items(own, at, "options"):
        if not text(option.get("name")):
            yield wrong((*where, "name") if "name" in option else where, "an option needs a name")
    for index, server in enumerate(sequence(own.get("nameservers"))):
        yield from address(server, (*at, "nameservers", index))
    for index, domain in enumerate(sequence(own.get("searches"))):
        name = text(domain).removesuffix(".").replace("_", "-")  # Since 1.32 underscores are allowed there.
        if name and (fault := names.subdomain(name)):
            yield wrong((*at, "searches", index), f"{shown(domain)}: {fault}")
    for where, alias in items(spec, path, "hostAliases"):
        yield from address(alias.get("ip"), (*where, "ip"))
        for index, host in enumerate(sequence(alias.get("hostnames"))):
            if isinstance(host, str) and (fault := names.subdomain(host)):
                yield wrong((*where, "hostnames", index), f"{shown(host)}: {fault}")


def _init_container(one: Any, path: Path) -> Iterator[FieldError]:
    if one.get("restartPolicy") == "Always":
        return
    for key in (*containers.PROBES, "lifecycle"):
        if one.get(key) is not None:
            hint = "restartPolicy: Always makes it a sidecar, which may have one"
            yield wrong((*path, key), f"an init container has no {key}", hint, at_key=True)
