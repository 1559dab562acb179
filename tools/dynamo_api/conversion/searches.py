"""A request of v1beta1 as v1beta2 shows it: an envelope, to be read and not to be changed.

Where upstream serves v1beta2, a request that was written in v1beta1 has all of its spec in `spec.v1beta1` there.
Neither a model nor a phase is then where a request of v1beta2 has its own. That the status is likewise in
`status.v1beta1` is inferred from the other direction (`status.v1beta2` in v1beta1).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from dynamo_api.conversion.objects import BETA, convert
from dynamo_api.conversion.values import ConversionError
from dynamo_api.facts.kinds import REQUEST, SEARCH_API

if TYPE_CHECKING:
    from dynamo_api.conversion.values import JsonObject

WITHIN = "v1beta1"
"""Key of the envelope, in spec and in status."""


def convert_any(obj: JsonObject, to: str) -> JsonObject:
    """The object in another version, v1beta2 of a request included; else as `objects.convert`.

    Raises:
        ConversionError: as `objects.convert`; and for a request that was written in v1beta2, which only upstream's
            operator has in v1beta1.
    """
    kind, given = (obj.get("kind"), obj.get("apiVersion")) if isinstance(obj, dict) else (None, None)
    if kind != REQUEST or SEARCH_API not in (given, to):
        return convert(obj, to)
    if given == to:
        return copy.deepcopy(obj)
    return _wrapped(convert(obj, BETA)) if to == SEARCH_API else convert(_unwrapped(obj), to)


def _wrapped(obj: JsonObject) -> JsonObject:
    made = copy.deepcopy(obj) | {"apiVersion": SEARCH_API}
    return made | {part: {WITHIN: made[part]} for part in ("spec", "status") if made.get(part) is not None}


def _unwrapped(obj: JsonObject) -> JsonObject:
    made = copy.deepcopy(obj) | {"apiVersion": BETA}
    for part in ("spec", "status"):
        if made.get(part) is None:
            continue
        inner = made[part].get(WITHIN) if isinstance(made[part], dict) else None
        if not isinstance(inner, dict) or len(made[part]) > 1:
            fact = f"a request that is written in v1beta2: only what was written in {WITHIN} can be read in both"
            raise ConversionError((part,), fact)
        made[part] = inner
    return made
