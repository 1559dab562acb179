"""Faults of an object of v1alpha1 as the real webhook tells them: it looks at the object in v1beta1.

So most faults name fields of v1beta1 (`spec.components[1].type`). Fields that v1beta1 does not have, and what
belongs to the runtime's version, are looked at as they were written (`spec.services[Worker].eppConfig`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.conversion import BETA, ConversionError, convert
from dynamo_api.facts.kinds import ALPHA, ALPHA_API
from dynamo_crd.admission.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dynamo_crd.admission.faults import Fault
    from groundwork.kube.objects import Object

AS_WRITTEN = frozenset({"main-image", "image-tag"})
"""Rules of both versions whose faults name fields of the version that was written."""


def as_told(item: Object, find: Callable[[Object], Iterable[Fault]]) -> list[Fault]:
    """The faults that `find` finds in an object; of one in v1alpha1, in the terms of v1beta1 where that has them.

    No fault is lost: one that the converted object does not show is told as it was found.
    """
    own = list(find(item))
    if item.get("apiVersion") != ALPHA_API:
        return own
    try:
        converted = convert(item, BETA)
    except ConversionError:
        return own  # The API server does not store such an object: it converts it, too.
    seen = [fault for fault in find(converted) if fault.rule not in AS_WRITTEN]
    told = {fault.rule for fault in seen}
    return [*seen, *(fault for fault in own if _as_written(fault) or fault.rule not in told)]


def as_in(item: Object, other: Object) -> Object:
    """The other object in the version of the item; as it is where it cannot be converted."""
    version = str(item.get("apiVersion"))
    if other.get("apiVersion") == version:
        return other
    try:
        return convert(other, version)
    except ConversionError:
        return other


def _as_written(fault: Fault) -> bool:
    return fault.rule in AS_WRITTEN or RULES[fault.rule].versions == (ALPHA,)
