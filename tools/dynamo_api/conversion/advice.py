"""What a manifest of v1alpha1 is in v1beta1, for people who write it anew."""

from __future__ import annotations

from typing import Any

from dynamo_api.conversion import kept
from dynamo_api.conversion.objects import ALPHA, BETA, KINDS, convert
from dynamo_api.conversion.sparse import Absent, Edit, changed, difference
from dynamo_api.conversion.values import ConversionError, JsonObject, same, without_nulls
from groundwork.base.field_paths import Path, dotted

_SERVERS = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def beta_form(obj: Any) -> JsonObject | None:
    """A v1alpha1 manifest as one would write it in v1beta1: no status, nothing kept, nothing that the server sets.

    None where it is no v1alpha1 object of a kind that has v1beta1, or cannot be converted.
    What v1beta1 cannot say is not in it: `left_out` tells.
    """
    if not isinstance(obj, dict) or obj.get("apiVersion") != ALPHA or obj.get("kind") not in KINDS:
        return None
    try:
        made = convert({key: value for key, value in obj.items() if key != "status"}, BETA)
    except ConversionError:
        return None
    ours = {*kept.names(made["kind"]), _LAST_APPLIED}
    metadata = {key: value for key, value in (made.get("metadata") or {}).items() if key not in _SERVERS}
    annotations = {key: value for key, value in metadata.pop("annotations", {}).items() if key not in ours}
    made["metadata"] = metadata | ({"annotations": annotations} if annotations else {})
    return made


def left_out(obj: JsonObject) -> list[str]:
    """What a v1alpha1 object says that v1beta1 cannot, as paths (`$.spec.services.Frontend.ingress`).

    Fields that only say nothing (false, empty) are not among them, nor what v1beta1 says in another place.

    Raises:
        ConversionError: as `convert`.
    """
    alpha = without_nulls(obj.get("spec") or {})
    plain = {"apiVersion": ALPHA, "kind": obj.get("kind"), "metadata": {"name": "x"}}
    said = convert({**plain, "spec": alpha}, BETA)["spec"]
    back = convert({**plain, "apiVersion": BETA, "spec": said}, ALPHA)["spec"]
    found: dict[Path, None] = {}
    for edit in difference(back, alpha, _no_lists):
        if isinstance(edit.value, Absent) or not edit.value:
            continue
        for length in range(1, len(edit.path) + 1):
            rest = changed(alpha, [Edit(edit.path[:length], Absent())], _no_lists)
            if same(convert({**plain, "spec": rest}, BETA)["spec"], said):
                found[("spec", *edit.path[:length])] = None
                break
    return [dotted(path) for path in found]


def _no_lists(_path: Path) -> bool:
    return False
