"""Kubernetes objects as plain dicts: the few questions that everything here asks of them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

Object = dict[str, Any]
"""A Kubernetes object as JSON."""


def name_of(item: Object) -> str:
    """`metadata.name`."""
    return str(item["metadata"]["name"])


def namespace_of(item: Object) -> str:
    """`metadata.namespace`, or "" where the kind has none."""
    return str(item["metadata"].get("namespace", ""))


def labels_of(item: Object) -> dict[str, str]:
    """`metadata.labels`, never None; a copy where absent."""
    return item["metadata"].get("labels") or {}


def annotations_of(item: Object) -> dict[str, str]:
    """`metadata.annotations`, never None; a copy where absent."""
    return item["metadata"].get("annotations") or {}


def being_deleted(item: Object) -> bool:
    """Whether somebody deleted it and only finalizers keep it."""
    return bool(item["metadata"].get("deletionTimestamp"))


def owner_reference(owner: Object) -> Object:
    """The controlling owner reference that makes garbage collection follow `owner`."""
    return {
        "apiVersion": owner["apiVersion"],
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": owner["metadata"].get("uid", ""),
    }


def controller_of(item: Object) -> Object | None:
    """The owner reference of the object's controller, if it has one."""
    references = item["metadata"].get("ownerReferences") or []
    return next((reference for reference in references if reference.get("controller")), None)


def owned_by(item: Object, owner: Object) -> bool:
    """Whether `owner` itself (not one that had its name before) controls the object."""
    reference = controller_of(item)
    return reference is not None and reference.get("uid") == owner["metadata"].get("uid")


def fingerprint(value: Any) -> str:
    """SHA-256 of a JSON value, independent of the order of keys; 64 hex digits."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def condition(item: Object, kind: str) -> Object | None:
    """A condition of the object's status by type."""
    conditions = (item.get("status") or {}).get("conditions") or []
    return next((entry for entry in conditions if entry.get("type") == kind), None)
