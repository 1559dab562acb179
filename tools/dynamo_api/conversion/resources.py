"""Resources of a container: v1alpha1's own form (cpu, memory, gpu, custom), and Kubernetes'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.conversion.values import JsonObject, table
from groundwork.kube.gpus import RESOURCE

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

_SIDES = ("requests", "limits")


def to_native(alpha: JsonObject, path: Path) -> JsonObject:
    """Kubernetes' form: `{limits: {gpu: "1"}}` becomes `{limits: {nvidia.com/gpu: "1"}}`.

    Raises:
        ConversionError: something that is no object.
    """
    made: JsonObject = {}
    for side in _SIDES:
        item = table(alpha, side, path)
        amounts = dict(table(item, "custom", (*path, side)))
        amounts |= {name: item[name] for name in ("cpu", "memory") if name in item}
        if "gpu" in item:
            kind = item.get("gpuType")
            amounts[kind if isinstance(kind, str) and kind else RESOURCE] = item["gpu"]
        if amounts:
            made[side] = amounts
    if alpha.get("claims"):
        made["claims"] = alpha["claims"]
    return made


def from_native(native: JsonObject, path: Path) -> JsonObject:
    """v1alpha1's form, in which each amount is text; empty where there are none.

    Raises:
        ConversionError: something that is no object.
    """
    made: JsonObject = {}
    for side in _SIDES:
        amounts = {name: _text(amount) for name, amount in table(native, side, path).items()}
        item: JsonObject = {name: amounts.pop(name) for name in ("cpu", "memory") if name in amounts}
        if RESOURCE in amounts:
            item["gpu"] = amounts.pop(RESOURCE)
        if amounts:
            item["custom"] = amounts
        if item:
            made[side] = item
    if native.get("claims"):
        made["claims"] = native["claims"]
    return made


def merged(below: JsonObject, above: JsonObject, path: Path) -> JsonObject:
    """Two native forms as one, in which the second wins, amount by amount.

    Raises:
        ConversionError: something that is no object.
    """
    made: JsonObject = {}
    for side in _SIDES:
        amounts = table(below, side, path) | table(above, side, path)
        if amounts:
            made[side] = amounts
    claims = above.get("claims") or below.get("claims")
    return made | ({"claims": claims} if claims else {})


def _text(amount: Any) -> Any:
    return str(amount) if isinstance(amount, int) and not isinstance(amount, bool) else amount
