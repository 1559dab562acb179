"""One container: image, variables, ports, mounts, probes, resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.cel.quantities import NANO
from kube_manifests.pods.found import handlers, items, least, nano, one_of, port_number, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE_KINDS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_KINDS = ("exec", "httpGet", "tcpSocket", "sleep")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("TCP", "UDP", "SCTP")
_PORT_NAME = re.compile(r"(?!.*--)(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_PORT_NAME_LENGTH = 15


def check(one: Any, path: Path, volumes: set[str] | None, claims: set[str]) -> Iterator[FieldError]:
    """What is wrong with a container.

    Args:
        one: the container.
        path: its path.
        volumes: names of the Pod's volumes; None where others may be added to them.
        claims: names of the Pod's resource claims.
    """
    name, image = text(one.get("name")), text(one.get("image"))
    if name and (fault := names.dns_label(name)):
        yield wrong((*path, "name"), f"{shown(name)}: {fault}")
    if image != image.strip():
        yield wrong((*path, "image"), f"{shown(image)} begins or ends with a blank", "leave the blank out")
    yield from one_of(one, path, "imagePullPolicy", PULL_POLICIES)
    yield from one_of(one, path, "terminationMessagePolicy", ("File", "FallbackToLogsOnError"))
    yield from _environment(one, path)
    yield from _ports(one, path)
    yield from _mounts(one, path, volumes)
    for probe in PROBES:
        yield from _probe(one, path, probe)
    for hook in ("postStart", "preStop"):
        found = mapping(one, "lifecycle").get(hook)
        if isinstance(found, dict):
            yield from handlers(found, (*path, "lifecycle", hook), _HOOK_KINDS, f"the hook {hook}")
    yield from _resources(one, path, claims)


def port_name(value: str) -> str:
    """What is wrong with a port's name (an IANA service name), or ""."""
    if _PORT_NAME.match(value) and len(value) <= _PORT_NAME_LENGTH:
        return ""
    return f"lower-case letters, digits and single '-' only, a letter among them, {_PORT_NAME_LENGTH} at most"


def _environment(one: Any, path: Path) -> Iterator[FieldError]:
    for at, entry in items(one, path, "env"):
        name, source = text(entry.get("name")), entry.get("valueFrom")
        yield from _variable_name(name, (*at, "name"))
        if not isinstance(source, dict):
            continue
        if text(entry.get("value")):
            yield wrong((*at, "valueFrom"), "the variable has a value and a source", "keep one", at_key=True)
        yield from handlers(source, (*at, "valueFrom"), _SOURCES, "the variable's source")
    for at, entry in items(one, path, "envFrom"):
        if prefix := text(entry.get("prefix")):
            yield from _variable_name(prefix, (*at, "prefix"))
        yield from handlers(entry, at, ("configMapRef", "secretRef"), "the source of variables")


def _variable_name(name: str, path: Path) -> Iterator[FieldError]:
    if "=" in name:
        key, _, value = name.partition("=")
        hint = f"name: {key}, value: {value or '...'}"
        yield wrong(path, f"{shown(name)} is no name of a variable: it may not hold '='", hint)
    elif not all(" " <= letter <= "~" for letter in name):
        yield wrong(path, f"{shown(name)} is no name of a variable: printable ASCII only")


def _ports(one: Any, path: Path) -> Iterator[FieldError]:
    found = list(items(one, path, "ports"))
    for at, port in found:
        name = text(port.get("name"))
        if name and (fault := port_name(name)):
            yield wrong((*at, "name"), f"{shown(name)} is no name of a port: {fault}")
        yield from port_number(port.get("containerPort"), (*at, "containerPort"))
        if port.get("hostPort") != 0:
            yield from port_number(port.get("hostPort"), (*at, "hostPort"))
        yield from one_of(port, at, "protocol", PROTOCOLS)
    yield from unique((((*at, "name"), text(port.get("name"))) for at, port in found), "a port named")


def _mounts(one: Any, path: Path, volumes: set[str] | None) -> Iterator[FieldError]:
    found = list(items(one, path, "volumeMounts"))
    for at, mount in found:
        name = text(mount.get("name"))
        if volumes is not None and name and name not in volumes:
            there = f"there are: {', '.join(sorted(volumes))}" if volumes else "the Pod has no volumes"
            yield wrong((*at, "name"), f"there is no volume {shown(name)} to mount", there)
        if text(mount.get("subPath")) and text(mount.get("subPathExpr")):
            yield wrong((*at, "subPathExpr"), "subPath and subPathExpr exclude each other", at_key=True)
        for key in ("subPath", "subPathExpr"):
            if text(mount.get(key)).startswith("/") or ".." in text(mount.get(key)).split("/"):
                yield wrong((*at, key), f"{shown(mount[key])} leaves the volume", "a path within it, without '..'")
    yield from unique((((*at, "mountPath"), text(mount.get("mountPath"))) for at, mount in found), "a mount at")


def _probe(one: Any, path: Path, key: str) -> Iterator[FieldError]:
    probe, at = one.get(key), (*path, key)
    if not isinstance(probe, dict):
        return
    yield from handlers(probe, at, _PROBE_KINDS, f"{key}")
    lowest = {"initialDelaySeconds": 0, "timeoutSeconds": 0, "periodSeconds": 0, "failureThreshold": 0}
    yield from least(probe, at, {**lowest, "successThreshold": 0})
    if key != "readinessProbe" and probe.get("successThreshold") not in (None, 0, 1):
        yield wrong((*at, "successThreshold"), f"{shown(probe['successThreshold'])}: it must be 1 for a {key}")
    if key == "readinessProbe" and probe.get("terminationGracePeriodSeconds") is not None:
        yield wrong(
            (*at, "terminationGracePeriodSeconds"), "a readinessProbe ends no Pod", "remove it", at_key=True
        )
    for kind in ("httpGet", "tcpSocket", "grpc"):
        yield from _probe_port(mapping(probe, kind).get("port"), (*at, kind, "port"))
    scheme = mapping(probe, "httpGet")
    yield from one_of(scheme, (*at, "httpGet"), "scheme", ("HTTP", "HTTPS"))


def _probe_port(port: Any, path: Path) -> Iterator[FieldError]:
    yield from port_number(port, path)
    if isinstance(port, str) and (fault := port_name(port)):
        yield wrong(path, f"{shown(port)} is neither a port nor the name of one: {fault}")


def _resources(one: Any, path: Path, claims: set[str]) -> Iterator[FieldError]:
    resources, at = mapping(one, "resources"), (*path, "resources")
    limits, requests = mapping(resources, "limits"), mapping(resources, "requests")
    for side, amounts in (("limits", limits), ("requests", requests)):
        for name, written in amounts.items():
            yield from _amount(name, written, (*at, side, name))
    for name, written in requests.items():
        yield from _request(name, written, limits.get(name), (*at, "requests", name))
    for index, claim in enumerate(sequence(resources.get("claims"))):
        name = text(mapping(claim).get("name"))
        if name and name not in claims:
            there = f"there are: {', '.join(sorted(claims))}" if claims else "the Pod has no resourceClaims"
            yield wrong((*at, "claims", index, "name"), f"there is no resource claim {shown(name)}", there)


def _amount(name: str, written: Any, path: Path) -> Iterator[FieldError]:
    found = nano(written)
    if found is not None and found < 0:
        yield wrong(path, f"{shown(written)} is below 0")
    elif found is not None and _in_pieces(name) and found % NANO:
        yield wrong(path, f"{shown(written)}: {name} comes in whole numbers")


def _request(name: str, written: Any, limit: Any, path: Path) -> Iterator[FieldError]:
    asked, most = nano(written), nano(limit)
    if asked is None:
        return
    if most is None:
        if _in_pieces(name) and limit is None:
            yield wrong(path, f"{name} needs a limit as well", f"limits: {{{name}: {written}}}")
    elif asked > most:
        yield wrong(path, f"{shown(written)} is more than the limit, {shown(limit)}")
    elif asked < most and _in_pieces(name):
        yield wrong(path, f"{shown(written)} must be the limit, {shown(limit)}")


def _in_pieces(name: str) -> bool:
    """Whether a resource is counted in pieces and cannot be shared: GPUs, not memory."""
    return ("/" in name and "kubernetes.io/" not in name) or name.startswith("hugepages-")
