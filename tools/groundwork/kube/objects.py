"""What every Kubernetes object has: a name, labels, an owner, conditions; read as `values` reads, {} for none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundwork.kube.values import entries, integer, mapping, text, when

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Object = dict[str, Any]
"""A Kubernetes object as JSON."""


def name_of(item: Any) -> str:
    """`metadata.name`; "" where there is none."""
    return text(item, "metadata", "name")


def namespace_of(item: Any) -> str:
    """`metadata.namespace`; "" where the kind has none."""
    return text(item, "metadata", "namespace")


def key_of(item: Any) -> tuple[str, str]:
    """Namespace and name."""
    return namespace_of(item), name_of(item)


def labels_of(item: Any) -> dict[str, str]:
    """`metadata.labels`, a copy."""
    return _texts(item, "labels")


def annotations_of(item: Any) -> dict[str, str]:
    """`metadata.annotations`, a copy."""
    return _texts(item, "annotations")


def group_version(item: Any) -> tuple[str, str]:
    """Group and version of an object: ("apps", "v1"); ("", "v1") of a core kind."""
    group, _, version = text(item, "apiVersion").rpartition("/")
    return group, version


def being_deleted(item: Any) -> bool:
    """Whether somebody deleted it and only finalizers keep it."""
    return bool(text(item, "metadata", "deletionTimestamp"))


def is_current(item: Any) -> bool:
    """Whether the status is about the spec as it is; true where the status does not say."""
    return _reaches(item, integer(item, "status", "observedGeneration"))


# Owners.


def owner_reference(owner: Object) -> Object:
    """The controlling owner reference that makes garbage collection follow `owner`."""
    return {
        "apiVersion": owner["apiVersion"],
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": text(owner, "metadata", "uid"),
    }


def controller_of(item: Any) -> Object | None:
    """The owner reference of the object's controller, if it has one."""
    references = entries(item, "metadata", "ownerReferences")
    return next((reference for reference in references if reference.get("controller")), None)


def owned_by(item: Any, owner: Object) -> bool:
    """Whether `owner` itself (not one that had its name before) controls the object."""
    reference = controller_of(item)
    return reference is not None and reference.get("uid") == owner["metadata"].get("uid")


# Conditions.


@dataclass(frozen=True, slots=True)
class Condition:
    """An entry of `status.conditions`."""

    type: str
    status: str
    """Status: "True", "False" or "Unknown"."""
    reason: str
    message: str
    since: datetime | None = None
    """Time at which its status became what it is."""


def conditions(item: Any) -> tuple[Condition, ...]:
    """`status.conditions`, in their order."""
    return tuple(
        Condition(
            type=text(entry, "type"),
            status=text(entry, "status"),
            reason=text(entry, "reason"),
            message=text(entry, "message"),
            since=when(entry, "lastTransitionTime"),
        )
        for entry in entries(item, "status", "conditions")
    )


def condition(found: Iterable[Condition], kind: str) -> Condition | None:
    """The condition of a type."""
    return next((entry for entry in found if entry.type == kind), None)


def condition_of(item: Any, kind: str) -> Condition | None:
    """The condition of a type that an object has."""
    return condition(conditions(item), kind)


def holds(item: Any, kind: str) -> bool:
    """Whether the condition of a type is there and true."""
    found = condition_of(item, kind)
    return found is not None and found.status == "True"


def condition_is_current(item: Any, kind: str) -> bool:
    """Whether a condition is about the spec as it is; true where it does not say, or is absent."""
    found = next((entry for entry in entries(item, "status", "conditions") if entry.get("type") == kind), None)
    return _reaches(item, integer(found, "observedGeneration"))


def _texts(item: Any, key: str) -> dict[str, str]:
    found = mapping(item, "metadata", key)
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _reaches(item: Any, seen: int | None) -> bool:
    return seen is None or seen >= (integer(item, "metadata", "generation") or 0)
