"""What an API server accepts of a Pod and warns of: what it drops, and what is not meant so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.cel.quantities import NANO
from kube_manifests.pods.addresses import odd_address
from kube_manifests.pods.annotations import APP_ARMOR, SECCOMP, SECCOMP_OF_POD
from kube_manifests.pods.deprecated import LABELS, POD_ANNOTATIONS, VOLUMES, old_annotations, old_labels
from kube_manifests.pods.found import items, nano, warned
from kube_manifests.pods.scheduling import PREFERRED, REQUIRED
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

Found = tuple["Path", dict[str, Any]]
LISTS = ("initContainers", "containers")
_BYTES = ("memory", "ephemeral-storage")
_FILES = ("configMap", "secret", "downwardAPI")


def check(template: Any, path: Path) -> Iterator[FieldError]:
    """Warnings about a Pod, or a template of Pods: its spec, and the annotations beside it."""
    spec, at = mapping(template, "spec"), (*path, "spec")
    listed = [found for key in LISTS for found in items(spec, at, key)]
    yield from _annotations(template, path, listed)
    yield from _nodes(spec, at)
    yield from _volumes(spec, at)
    for where, one in listed:
        yield from _amounts(one, where)
        yield from _variables(one, where)
    yield from fractions(spec, at, "overhead", _BYTES)
    yield from _ports(listed)
    yield from _selectors(spec, at)
    yield from _once(spec, at)
    seconds = spec.get("terminationGracePeriodSeconds")
    if isinstance(seconds, int) and seconds < 0:
        yield warned(
            (*at, "terminationGracePeriodSeconds"), f"{seconds} is below 0, and counts as 1", "30, or more"
        )
    for index, server in enumerate(sequence(mapping(spec, "dnsConfig").get("nameservers"))):
        yield from odd_address(server, (*at, "dnsConfig", "nameservers", index))
    for where, alias in items(spec, at, "hostAliases"):
        yield from odd_address(alias.get("ip"), (*where, "ip"))


def fractions(holder: Any, path: Path, key: str, resources: tuple[str, ...]) -> Iterator[FieldError]:
    """Amounts of bytes that are no whole number: `512m` is half a byte, and was meant as `512Mi`."""
    for name, written in mapping(holder, key).items():
        amount = nano(written)
        if name in resources and amount is not None and amount % NANO:
            digits = str(written).removesuffix("m")
            hint = f"`m` is a thousandth: write {digits}M, or {digits}Mi" if digits != str(written) else ""
            yield warned((*path, key, name), f"{shown(written)} is a fraction of a byte", hint)


def _annotations(template: Any, path: Path, listed: list[Found]) -> Iterator[FieldError]:
    given, at = mapping(template, "metadata", "annotations"), (*path, "metadata", "annotations")
    own = mapping(template, "spec", "securityContext")
    yield from old_annotations(given, at, POD_ANNOTATIONS)
    if SECCOMP_OF_POD in given and own.get("seccompProfile") is None:
        fact = "this annotation has no effect since Kubernetes 1.27"
        yield warned((*at, SECCOMP_OF_POD), fact, "write securityContext.seccompProfile", at_key=True)
    for _, one in listed:
        name, context = text(one.get("name")), mapping(one, "securityContext")
        if (key := SECCOMP + name) in given and context.get("seccompProfile") is None:
            fact = "this annotation has no effect since Kubernetes 1.27"
            yield warned((*at, key), fact, "write the container's securityContext.seccompProfile", at_key=True)
        if (key := APP_ARMOR + name) in given and not (
            context.get("appArmorProfile") or own.get("appArmorProfile")
        ):
            hint = "write the container's securityContext.appArmorProfile"
            yield warned((*at, key), "this annotation is old since Kubernetes 1.30", hint, at_key=True)


def _nodes(spec: Any, at: Path) -> Iterator[FieldError]:
    """Labels of nodes that have other names now, and values that no label has."""
    yield from old_labels(mapping(spec, "nodeSelector"), (*at, "nodeSelector"))
    node, where = mapping(spec, "affinity", "nodeAffinity"), (*at, "affinity", "nodeAffinity")
    for there, term in items(mapping(node, REQUIRED), (*where, REQUIRED), "nodeSelectorTerms"):
        yield from node_term(term, there)
    for there, term in items(node, where, PREFERRED):
        preference, inner = mapping(term, "preference"), (*there, "preference")
        yield from node_term(preference, inner)
        for which, one in items(preference, inner, "matchExpressions"):
            for index, value in enumerate(sequence(one.get("values"))):
                if isinstance(value, str) and (fault := names.label_value(value)):
                    yield warned((*which, "values", index), f"{shown(value)} is not a value of a label: {fault}")
    for there, one in items(spec, at, "topologySpreadConstraints"):
        key = text(one.get("topologyKey"))
        if key in LABELS:
            yield warned((*there, "topologyKey"), *LABELS[key])


def node_term(term: Any, path: Path) -> Iterator[FieldError]:
    """Warnings about the labels of nodes that a term names."""
    for at, one in items(term, path, "matchExpressions"):
        if (key := text(one.get("key"))) in LABELS:
            yield warned((*at, "key"), *LABELS[key])


def _volumes(spec: Any, at: Path) -> Iterator[FieldError]:
    for where, volume in items(spec, at, "volumes"):
        for key in volume:
            if key in VOLUMES:
                yield warned((*where, key), *VOLUMES[key], at_key=True)
        claim, there = mapping(volume, "ephemeral", "volumeClaimTemplate", "spec", "resources"), (
            *where, "ephemeral", "volumeClaimTemplate", "spec", "resources",
        )  # fmt: skip
        for side in ("requests", "limits"):
            yield from fractions(claim, there, side, ("storage",))
        for kind in _FILES:
            yield from _overlaps(items(volume.get(kind), (*where, kind), "items"))
        sources = list(items(volume.get("projected"), (*where, "projected"), "sources"))
        for inner, source in sources:
            if not source:
                yield warned(inner, "this source is empty", f"one of {', '.join(_FILES)}, or remove it")
        files = [(inner, source, kind) for inner, source in sources for kind in _FILES]
        yield from _overlaps(one for inner, source, kind in files
                             for one in items(source.get(kind), (*inner, kind), "items"))  # fmt: skip


def _overlaps(files: Iterable[Found]) -> Iterator[FieldError]:
    """Files of a volume that lie in the place of another."""
    there: list[str] = []
    for at, one in files:
        path = text(one.get("path")).rstrip("/")
        other = next((old for old in there if path and f"{old}/".startswith(f"{path}/")), "") or next(
            (old for old in there if path and f"{path}/".startswith(f"{old}/")), ""
        )
        if other:
            yield warned(
                (*at, "path"), f"{shown(path)} and {shown(other)} are at the same place", "two other paths"
            )
        there.append(path)


def _amounts(one: Any, path: Path) -> Iterator[FieldError]:
    for side in ("limits", "requests"):
        yield from fractions(mapping(one, "resources"), (*path, "resources"), side, _BYTES)


def _variables(one: Any, path: Path) -> Iterator[FieldError]:
    """A variable that is given twice: the first is dropped, unless the second is made of it."""
    seen: set[str] = set()
    for at, entry in items(one, path, "env"):
        name, value = text(entry.get("name")), text(entry.get("value"))
        own = f"$({name})"
        if name in seen and (entry.get("valueFrom") is not None or value == own or own not in value):
            yield warned((*at, "name"), f"the variable {shown(name)} is given twice, and the last one counts",
                         "remove one")  # fmt: skip
        seen.add(name)


def _ports(listed: list[Found]) -> Iterator[FieldError]:
    """Ports of all containers: of one Pod, they share an address."""
    numbers: dict[str, list[dict[str, Any]]] = {}
    named: dict[str, Path] = {}
    for where, one in listed:
        for at, port in items(one, where, "ports"):
            number, name = f"{port.get('containerPort')}/{port.get('protocol') or 'TCP'}", text(port.get("name"))
            if text(port.get("hostIP")) and not port.get("hostPort"):
                yield warned((*at, "hostIP"), "a hostIP without hostPort has no effect", "remove it", at_key=True)
            if any(_clash(port, other) for other in numbers.get(number, ())):
                fact = f"port {number} is given twice: all containers of a Pod have one address"
                yield warned((*at, "containerPort"), fact, "remove one, or write another port")
            elif name and name in named:
                fact = f"a port named {shown(name)} is there already: Services and probes use the first"
                yield warned((*at, "name"), fact, "write another name")
            numbers.setdefault(number, []).append(port)
            named.setdefault(name, at)


def _clash(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two entries of one port and protocol are the same port; on the host they may differ."""
    of_host, of_other = one.get("hostPort") or 0, other.get("hostPort") or 0
    address, other_address = text(one.get("hostIP")), text(other.get("hostIP"))
    same = of_host == of_other and address == other_address
    return same or not of_host or not of_other or (of_host == of_other and bool(address) != bool(other_address))


def _selectors(spec: Any, at: Path) -> Iterator[FieldError]:
    """Rules about Pods that match no Pod, because they have no selector."""
    affinity = mapping(spec, "affinity")
    found = list(items(spec, at, "topologySpreadConstraints"))
    for kind in ("podAffinity", "podAntiAffinity"):
        own, where = mapping(affinity, kind), (*at, "affinity", kind)
        found += items(own, where, REQUIRED)
        found += [
            ((*there, "podAffinityTerm"), mapping(one, "podAffinityTerm"))
            for there, one in items(own, where, PREFERRED)
        ]
    for there, one in found:
        if one.get("labelSelector") is None:
            yield warned((*there, "labelSelector"), "without a labelSelector it matches no Pod",
                         "labelSelector: {matchLabels: ...}")  # fmt: skip


def _once(spec: Any, at: Path) -> Iterator[FieldError]:
    """Items that are given twice, or are empty."""
    for key, field in (("hostAliases", "ip"), ("imagePullSecrets", "name")):
        seen: set[str] = set()
        for where, one in items(spec, at, key):
            value = text(one.get(field))
            if value and value in seen:
                yield warned((*where, field), f"{shown(value)} is given twice", "remove one")
            elif not value and key == "imagePullSecrets":
                yield warned(
                    (*where, field), "it is empty, and pulls nothing", "the name of a Secret, or remove it"
                )
            seen.add(value)
