"""What an object says in its other API version alone: the conversion keeps it in annotations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import names
from groundwork.kube.objects import annotations_of
from groundwork.kube.values import mapping

if TYPE_CHECKING:
    from groundwork.kube.values import Json


def spec(item: Any, kind: str) -> Json:
    """The part of its other version's spec; {} where there is none, or no annotation that can be read."""
    return mapping(read(annotations_of(item).get(names.kept_spec(kind))), "spec")


def status(item: Any, kind: str) -> Json:
    """The part of its other version's status; {} where there is none."""
    return read(annotations_of(item).get(names.kept_status(kind)))


def read(annotation: Any) -> Json:
    """The object that an annotation holds as JSON; {} where it holds none: the rest is read all the same."""
    if not isinstance(annotation, str):
        return {}
    try:
        found = json.loads(annotation)
    except (ValueError, RecursionError):  # Written by hand, or cut.
        return {}
    return found if isinstance(found, dict) else {}
