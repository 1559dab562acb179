"""What the stand-in does not do though the real operator does: the table that it refuses from.

It never ignores a field: what is in this table is refused aloud, in the status of the object that has it. A page
lists it, and a test compares the two.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dynamo_api.facts import names


class Place(enum.StrEnum):
    """Where a field is."""

    GRAPH = "DGD"
    COMPONENT = "component of a DGD"
    ANNOTATION = "annotation of a DGD or a Pod template"
    SERVICE = "service of a v1alpha1 DGD"
    REQUEST = "DGDR"


@dataclass(frozen=True, slots=True)
class Limit:
    """A field whose effect the stand-in does not produce."""

    place: Place
    name: str
    """Name of the field, or of the annotation; with its value where only that is refused."""
    real: str
    """Words for what the real operator makes of it, as a page has them."""


LIMITS = (
    Limit(Place.GRAPH, "experimental", "KV transfer between workers"),
    Limit(Place.GRAPH, "priorityClassName", "a priority, with Grove"),
    Limit(Place.GRAPH, "providerOverride", "fields of Grove's objects"),
    Limit(Place.GRAPH, "topologyConstraint", "Pods near each other, with Grove; without it nothing"),
    Limit(Place.COMPONENT, "compilationCache", "a volume for compiled kernels"),
    Limit(Place.COMPONENT, "eppConfig", "the configuration of an endpoint picker"),
    Limit(Place.COMPONENT, "experimental", "checkpoints, GPU memory service, failover"),
    Limit(Place.COMPONENT, "frontendSidecar", "a frontend in the Pod of each worker"),
    Limit(Place.COMPONENT, "providerOverride", "fields of Grove's objects"),
    Limit(Place.COMPONENT, "topologyConstraint", "Pods near each other, with Grove; without it nothing"),
    Limit(Place.ANNOTATION, names.UPDATE_STRATEGY, "another way to update Deployments"),
    Limit(Place.ANNOTATION, names.UPDATE_MAX_SURGE, "how many Pods more there may be in an update"),
    Limit(Place.ANNOTATION, names.UPDATE_MAX_UNAVAILABLE, "how many Pods fewer there may be in an update"),
    Limit(Place.SERVICE, "ingress", "perhaps an Ingress; it was not observed"),
    Limit(Place.REQUEST, "searchStrategy: thorough", "measurements on real GPUs"),
)
"""All of them, in the order of the page."""


def limits(place: Place) -> tuple[str, ...]:
    """The names of what is refused in a place."""
    return tuple(limit.name for limit in LIMITS if limit.place is place)
