"""A Pod's spec: its containers, volumes, scheduling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import containers, scheduling, security
from kube_manifests.pods import volumes as volumes_of
from kube_manifests.pods.found import address, items, least, named, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

LISTS = ("initContainers", "containers")
_NAMED = {
    "serviceAccountName": names.subdomain,
    "hostname": names.dns_label,
    "subdomain": names.dns_label,
    "nodeName": names.subdomain,
}


def names_in(spec: Any, key: str) -> set[str]:
    """The names in a list of a Pod's spec: of its volumes, or its resource claims."""
    return {text(item.get("name")) for _, item in items(spec, (), key)}


def check(spec: Any, path: Path) -> list[FieldError]:
    """What is wrong with the spec of a Pod, its schema apart; what is of a wrong type counts as absent.

    Args:
        spec: the spec.
        path: its path.
    """
    spec = mapping(spec)
    volumes, claims = names_in(spec, "volumes"), names_in(spec, "resourceClaims")
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
    found += scheduling.check(spec, path)
    found += security.of_pod(spec, path)
    found += _network(spec, path)
    found += one_of(spec, path, "restartPolicy", containers.RESTART_POLICIES)
    found += one_of(spec, path, "dnsPolicy", ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))
    found += least(spec, path, {"activeDeadlineSeconds": 1})
    if spec.get("dnsPolicy") == "None" and not sequence(mapping(spec, "dnsConfig").get("nameservers")):
        found.append(wrong((*path, "dnsConfig"), "dnsPolicy None needs dnsConfig.nameservers"))
    for key, rule in _NAMED.items():
        found += named(spec, path, key, rule)
    for at, gate in items(spec, path, "readinessGates"):
        found += named(gate, at, "conditionType", names.label_key)
    return found


def _host_ports(spec: Any, path: Path, key: str) -> Iterator[tuple[Path, str]]:
    for at, one in items(spec, path, key):
        for where, port in items(one, at, "ports"):
            if number := port.get("hostPort"):
                address_of = text(port.get("hostIP")) or "0.0.0.0"  # noqa: S104 - what Kubernetes means by none
                yield (*where, "hostPort"), f"{address_of}:{number}/{port.get('protocol') or 'TCP'}"


def _network(spec: Any, path: Path) -> Iterator[FieldError]:
    own, at = mapping(spec, "dnsConfig"), (*path, "dnsConfig")
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
