"""One container: image, variables, ports, mounts, probes, resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube import gpus
from groundwork.kube.values import mapping, text
from kube_manifests.cel.quantities import NANO
from kube_manifests.pods import claims as claims_of
from kube_manifests.pods import devices, environment, security
from kube_manifests.pods.found import (
    at_least_one,
    handlers,
    inside,
    items,
    least,
    nano,
    not_empty,
    one_of,
    port_number,
    unique,
    wrong,
)
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE_KINDS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_KINDS = ("exec", "httpGet", "tcpSocket", "sleep")
RESTART_POLICIES = ("Always", "OnFailure", "Never")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("TCP", "UDP", "SCTP")
_PORT_NAME = re.compile(r"(?!.*--)(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_PORT_NAME_LENGTH = 15
_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE_PAGES = "hugepages-"
_OF_QUOTAS = "requests."
_COUNTED = re.compile(
    r"((requests\.|limits\.)?(cpu|memory|ephemeral-storage)|(requests\.)?(storage|hugepages-.+)|pods|services|secrets"
    r"|configmaps|persistentvolumeclaims|replicationcontrollers|resourcequotas|services\.(nodeports|loadbalancers))\Z"
)
_HEADER = re.compile(r"[-A-Za-z0-9]+\Z")
_RECURSIVE = ("Disabled", "IfPossible", "Enabled")


def check(one: Any, path: Path, volumes: set[str] | None, claims: set[str]) -> Iterator[FieldError]:
    """What is wrong with a container.

    Args:
        one: the container.
        path: its path.
        volumes: names of the Pod's volumes; None where others may be added to them.
        claims: names of the Pod's resource claims.
    """
    name, image = text(one.get("name")), text(one.get("image"))
    yield from not_empty(one, path, "name")
    if name and (fault := names.dns_label(name)):
        yield wrong((*path, "name"), f"{shown(name)}: {fault}")
    if image != image.strip():
        yield wrong((*path, "image"), f"{shown(image)} begins or ends with a blank", "leave the blank out")
    yield from one_of(one, path, "imagePullPolicy", PULL_POLICIES)
    yield from one_of(one, path, "terminationMessagePolicy", ("File", "FallbackToLogsOnError"))
    yield from environment.check(one, path)
    yield from _ports(one, path)
    yield from _mounts(one, path, volumes)
    yield from devices.check(one, path, volumes)
    for probe in PROBES:
        yield from _probe(one, path, probe)
    for hook in ("postStart", "preStop"):
        found = mapping(one, "lifecycle").get(hook)
        if isinstance(found, dict):
            yield from handlers(found, (*path, "lifecycle", hook), _HOOK_KINDS, f"the hook {hook}")
            yield from _action(found, (*path, "lifecycle", hook))
    yield from _resources(one, path, claims)
    yield from security.of_container(one, path)
    yield from one_of(one, path, "restartPolicy", RESTART_POLICIES)
    yield from not_empty(one, path, "restartPolicy", "remove it, or write Always")
    resizes = list(items(one, path, "resizePolicy"))
    yield from unique(
        (((*at, "resourceName"), text(it.get("resourceName"))) for at, it in resizes), "the resource"
    )
    for at, resize in resizes:
        yield from one_of(resize, at, "resourceName", ("cpu", "memory"))
        yield from one_of(resize, at, "restartPolicy", ("NotRequired", "RestartContainer"))


def port_name(value: str) -> str:
    """What is wrong with a port's name (an IANA service name), or ""."""
    if _PORT_NAME.match(value) and len(value) <= _PORT_NAME_LENGTH:
        return ""
    return f"lower-case letters, digits and single '-' only, a letter among them, {_PORT_NAME_LENGTH} at most"


def _ports(one: Any, path: Path) -> Iterator[FieldError]:
    found = list(items(one, path, "ports"))
    for at, port in found:
        name = text(port.get("name"))
        if name and (fault := port_name(name)):
            yield wrong((*at, "name"), f"{shown(name)} is not a name of a port: {fault}")
        yield from port_number(port.get("containerPort"), (*at, "containerPort"))
        if port.get("hostPort") != 0:
            yield from port_number(port.get("hostPort"), (*at, "hostPort"))
        yield from one_of(port, at, "protocol", PROTOCOLS)
    yield from unique((((*at, "name"), text(port.get("name"))) for at, port in found), "a port named")


def _mounts(one: Any, path: Path, volumes: set[str] | None) -> Iterator[FieldError]:
    found = list(items(one, path, "volumeMounts"))
    for at, mount in found:
        name = text(mount.get("name"))
        yield from not_empty(mount, at, "name")
        yield from not_empty(mount, at, "mountPath")
        yield from one_of(mount, at, "mountPropagation", ("None", "HostToContainer", "Bidirectional"))
        yield from one_of(mount, at, "recursiveReadOnly", _RECURSIVE)
        if mount.get("mountPropagation") == "Bidirectional" and not mapping(one, "securityContext").get(
            "privileged"
        ):
            fact = "mountPropagation Bidirectional is for privileged containers only"
            yield wrong((*at, "mountPropagation"), fact, "securityContext: {privileged: true}")
        if volumes is not None and name and name not in volumes:
            there = f"there are: {', '.join(sorted(volumes))}" if volumes else "the Pod has no volumes"
            yield wrong((*at, "name"), f"there is no volume {shown(name)} to mount", there)
        if text(mount.get("subPath")) and text(mount.get("subPathExpr")):
            yield wrong((*at, "subPathExpr"), "subPath and subPathExpr exclude each other", at_key=True)
        for key in ("subPath", "subPathExpr"):
            yield from inside(mount, at, key)
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
    elif isinstance(probe.get("terminationGracePeriodSeconds"), int):
        yield from least(probe, at, {"terminationGracePeriodSeconds": 1})
    yield from _action(probe, at)


def _action(holder: Any, path: Path) -> Iterator[FieldError]:
    """What a probe or a hook does."""
    for kind in ("httpGet", "tcpSocket", "grpc"):
        yield from _probe_port(mapping(holder, kind).get("port"), (*path, kind, "port"))
    yield from one_of(mapping(holder, "httpGet"), (*path, "httpGet"), "scheme", ("HTTP", "HTTPS"))
    for at, header in items(mapping(holder, "httpGet"), (*path, "httpGet"), "httpHeaders"):
        if "name" in header and not _HEADER.match(text(header["name"])):
            yield wrong(
                (*at, "name"), f"{shown(header['name'])} is not a name of a header: letters, digits and '-'"
            )
    if isinstance(holder.get("exec"), dict):
        yield from at_least_one(holder["exec"], (*path, "exec"), "command", "word")


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
    huge = [name for name in (*limits, *requests) if name.startswith(_HUGE_PAGES)]
    if huge and not {"cpu", "memory"} & {*limits, *requests}:
        yield wrong(at, f"{huge[0]} also needs an amount of cpu or memory", "limits: {memory: 1Gi}")
    for name, written in requests.items():
        yield from _request(name, written, limits.get(name), (*at, "requests", name))
    yield from claims_of.of_container(resources, at, claims)


def resource_name(name: str, path: Path, *, in_containers: bool) -> Iterator[FieldError]:
    """What is wrong with the name of a resource: of a container, or of anything that is counted."""
    counted = in_containers and name not in _STANDARD and not name.startswith(_HUGE_PAGES)
    if "/" not in name and (counted or not _COUNTED.match(name)):
        comma = "in a number there is a point: 1.5" if name.isdecimal() else ""
        hint = (
            comma or gpus.RESOURCE if comma or name == "gpu" else f"one of {', '.join(_STANDARD)}, or DOMAIN/NAME"
        )
        yield wrong(path, f"{shown(name)} is no resource", hint, at_key=True)
    elif fault := names.label_key(name):
        yield wrong(path, f"{shown(name)} is not a name of a resource: {fault}", at_key=True)
    elif in_containers and in_pieces(name) and name.startswith(_OF_QUOTAS):
        hint = f"only quotas have it: write {name.removeprefix(_OF_QUOTAS)}"
        yield wrong(path, f"{shown(name)} is not a name of a resource", hint, at_key=True)


def _amount(name: str, written: Any, path: Path) -> Iterator[FieldError]:
    faults = list(resource_name(name, path, in_containers=True))
    if faults:
        yield from faults
        return
    found = nano(written)
    if found is not None and found < 0:
        yield wrong(path, f"{shown(written)} is below 0")
    elif found is not None and in_pieces(name) and found % NANO:
        yield wrong(path, f"{shown(written)}: {name} comes in whole numbers")
    elif (
        found and name.startswith(_HUGE_PAGES) and (page := nano(name.removeprefix(_HUGE_PAGES))) and found % page
    ):
        yield wrong(path, f"{shown(written)} is not a multiple of {name.removeprefix(_HUGE_PAGES)}")


def _request(name: str, written: Any, limit: Any, path: Path) -> Iterator[FieldError]:
    asked, most = nano(written), nano(limit)
    if asked is None:
        return
    if most is None:
        if in_pieces(name) and limit is None:
            yield wrong(path, f"{name} needs a limit as well", f"limits: {{{name}: {written}}}")
    elif asked > most:
        yield wrong(path, f"{shown(written)} is more than the limit, {shown(limit)}")
    elif asked < most and in_pieces(name):
        yield wrong(path, f"{shown(written)} must be the limit, {shown(limit)}")


def in_pieces(name: str) -> bool:
    """Whether a resource is counted in pieces and cannot be shared: GPUs, not memory."""
    return ("/" in name and "kubernetes.io/" not in name) or name.startswith(_HUGE_PAGES)
