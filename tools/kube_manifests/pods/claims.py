"""Resource claims (DRA): what a Pod asks for, what its containers take of it, and the claims themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods.found import handlers, items, least, named, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_SOURCES = ("resourceClaimName", "resourceClaimTemplateName")
_WAYS = ("exactly", "firstAvailable")
_OBJECTS: dict[str, Path] = {"ResourceClaim": ("spec",), "ResourceClaimTemplate": ("spec", "spec")}
"""Path of what such an object asks for."""


def of_pod(spec: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with `resourceClaims` of a Pod's spec."""
    found = list(items(spec, path, "resourceClaims"))
    for at, claim in found:
        name = text(claim.get("name"))
        yield from named(claim, at, "name", names.dns_label)
        yield from handlers(claim, at, _SOURCES, f"the resource claim {shown(name)}")
        for key in _SOURCES:
            yield from named(claim, at, key, names.subdomain)
    yield from unique((((*at, "name"), text(claim.get("name"))) for at, claim in found), "a resource claim named")


def of_container(resources: Any, path: Path, claims: set[str]) -> Iterator[FieldError]:
    """What is wrong with `claims` of a container's resources; `claims`: names of the Pod's."""
    taken: list[tuple[Path, str]] = []
    for index, claim in enumerate(sequence(mapping(resources).get("claims"))):
        name, request = text(mapping(claim).get("name")), text(mapping(claim).get("request"))
        taken.append(((*path, "claims", index), f"{name}/{request}" if request else name))
        if name and name not in claims:
            there = f"there are: {', '.join(sorted(claims))}" if claims else "the Pod has no resourceClaims"
            yield wrong((*path, "claims", index, "name"), f"there is no resource claim {shown(name)}", there)
    yield from unique(taken, "the resource claim")


def of_object(item: Any, kind: str) -> Iterator[FieldError]:
    """What is wrong with a claim, or a template of claims."""
    if kind not in _OBJECTS or text(item.get("apiVersion")).endswith("v1beta1"):  # There its fields are elsewhere.
        return
    path = _OBJECTS[kind]
    devices, at = mapping(item, *map(str, path), "devices"), (*path, "devices")
    found = list(items(devices, at, "requests"))
    for where, request in found:
        yield from named(request, where, "name", names.dns_label)
        yield from handlers(request, where, _WAYS, f"the request {shown(text(request.get('name')))}")
        exact, there = request.get("exactly"), (*where, "exactly")
        yield from named(exact, there, "deviceClassName", names.subdomain)
        yield from one_of(exact, there, "allocationMode", ("ExactCount", "All"))
        if mapping(exact).get("allocationMode") == "All":
            if mapping(exact).get("count"):
                fact = "a request with the allocationMode All has no count"
                yield wrong((*there, "count"), fact, "remove it", at_key=True)
        elif mapping(exact).get("count") != 0:  # Absent and 0 are 1.
            yield from least(exact, there, {"count": 1})
    yield from unique((((*where, "name"), text(one.get("name"))) for where, one in found), "a request named")
