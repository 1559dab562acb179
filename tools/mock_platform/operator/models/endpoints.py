"""The endpoints of a model, from the EndpointSlices of its Services: pure functions, no cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import names
from groundwork.kube.objects import labels_of
from groundwork.kube.values import entries, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundwork.kube.objects import Object

_SERVICE = "kubernetes.io/service-name"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A Pod that serves a model."""

    address: str
    """Address of its system port: http://HOST:PORT."""
    pod: str
    ready: bool = False
    """Whether it has loaded the adapter; of a base model nobody asks."""


def endpoints(slices: Iterable[Object]) -> list[Endpoint]:
    """Each Pod once, in the order of the slices, whether it is ready or not."""
    found: dict[str, Endpoint] = {}
    for item in slices:
        for entry in entries(item, "endpoints"):
            pod = text(entry, "targetRef", "name")
            addresses = sequence(entry, "addresses")
            if not addresses or text(entry, "targetRef", "kind") != "Pod":
                continue
            host = f"[{addresses[0]}]" if ":" in str(addresses[0]) else addresses[0]
            key = text(entry, "targetRef", "uid") or pod
            found.setdefault(key, Endpoint(f"http://{host}:{names.SYSTEM_PORT}", pod))
    return list(found.values())


def services(slices: Iterable[Object]) -> set[str]:
    """The Services that the slices belong to."""
    return {name for item in slices if (name := labels_of(item).get(_SERVICE))}
