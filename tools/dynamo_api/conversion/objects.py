"""An object of Dynamo from v1alpha1 to v1beta1 and back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import graphs, kept, requests, zero_values
from dynamo_api.conversion.components import CONTAINERS
from dynamo_api.conversion.statuses import STATUSES
from dynamo_api.conversion.values import ConversionError, JsonObject, shown, table, without_nulls
from dynamo_api.facts.kinds import ADAPTER, ALPHA_API, BETA_API, COMPONENT, GRAPH, REQUEST

if TYPE_CHECKING:
    from dynamo_api.conversion.sparse import Edit, Keyed
    from groundwork.base.field_paths import Path

ALPHA, BETA = ALPHA_API, BETA_API
VERSIONS = (ALPHA, BETA)

_Spec = Callable[[JsonObject, list["Edit"], "str | None"], tuple[JsonObject, list["Edit"]]]


def _no_lists(_path: Path) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Kind:
    to_beta: _Spec
    to_alpha: _Spec
    lists: Keyed
    """Lists of named items in the v1beta1 spec; v1alpha1 has none that conversion looks into."""


_KINDS = {
    GRAPH: _Kind(graphs.graph_to_beta, graphs.graph_to_alpha, graphs.graph_lists),
    COMPONENT: _Kind(graphs.component_to_beta, graphs.component_to_alpha, lambda path: path == CONTAINERS),
    ADAPTER: _Kind(graphs.adapter_to_beta, graphs.adapter_to_alpha, _no_lists),
    REQUEST: _Kind(requests.request_to_beta, requests.request_to_alpha, requests.request_lists),
}
KINDS = tuple(_KINDS)
"""The kinds that have both versions."""


def convert(obj: JsonObject, to: str) -> JsonObject:
    """The object in another version, as a new object.

    Nothing is lost: what the other version cannot say is kept in its annotations, and comes back from there. What
    v1alpha1 says without meaning anything comes back as the operator writes it (`zero_values`).
    An object that is in the version already is copied. Nulls are dropped, as the API server does.

    Args:
        obj: with apiVersion, kind, metadata, spec, status; the latter two may be missing.
        to: `nvidia.com/v1alpha1` or `nvidia.com/v1beta1`.

    Raises:
        ConversionError: of a kind or version that cannot be converted, or with a value whose type its field cannot
            have; `path` and `fact` say where and what.
    """
    kind, given = _identity(obj, to)
    if given == to:
        return copy.deepcopy(obj)
    made = copy.deepcopy(obj) | {"apiVersion": to}
    metadata = table(made, "metadata", ())
    annotations = dict(table(metadata, "annotations", ("metadata",)))
    texts = {
        name: text
        for name, text in zip(
            kept.names(kind), (_spec(made, kind, annotations), _status(made, kind, annotations)), strict=True
        )
        if text
    }
    others = {name: text for name, text in annotations.items() if name not in kept.names(kind)}
    _set_annotations(made, others | texts)
    return made


def _identity(obj: Any, to: str) -> tuple[str, str]:
    if not isinstance(obj, dict):
        raise ConversionError((), f"expected an object, got {type(obj).__name__} {shown(obj)}")
    kind, given = obj.get("kind"), obj.get("apiVersion")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ConversionError(("kind",), f"{shown(kind)} is none of {', '.join(_KINDS)}")
    if not isinstance(given, str) or given not in VERSIONS:
        raise ConversionError(("apiVersion",), f"{shown(given)} is neither {ALPHA} nor {BETA}")
    if to not in VERSIONS:
        raise ConversionError(("apiVersion",), f"cannot be converted to {shown(to)}, only to {ALPHA} or {BETA}")
    return kind, given


def _spec(made: JsonObject, kind: str, annotations: JsonObject) -> str:
    """Convert the spec in place; the annotation's text that keeps the rest."""
    if made.get("spec") is None:
        made.pop("spec", None)
        return ""
    spec = without_nulls(table(made, "spec", ()))
    name = table(made, "metadata", ()).get("name")
    name = name if isinstance(name, str) and name else None
    converter = _KINDS[kind]
    if made["apiVersion"] == BETA:
        before = kept.spec(annotations, kind, converter.lists)
        made["spec"], lost = converter.to_beta(zero_values.dropped(kind, spec), before, name)
        return kept.spec_text(lost, _no_lists) if lost else ""
    before = kept.spec(annotations, kind, _no_lists)
    alpha, lost = converter.to_alpha(spec, before, name)
    made["spec"] = zero_values.added(kind, alpha)
    return kept.spec_text(lost, converter.lists) if lost else ""


def _status(made: JsonObject, kind: str, annotations: JsonObject) -> str:
    """Convert the status in place; the annotation's text that keeps the rest."""
    if made.get("status") is None:
        made.pop("status", None)
        return ""
    status = without_nulls(table(made, "status", ()))
    before = kept.status(annotations, kind, _no_lists)
    lens = STATUSES[kind]
    made["status"], lost = (
        lens.to_beta(status, before) if made["apiVersion"] == BETA else lens.to_alpha(status, before)
    )
    return kept.status_text(lost, _no_lists) if lost else ""


def _set_annotations(made: JsonObject, annotations: JsonObject) -> None:
    if annotations:
        made["metadata"] = {**table(made, "metadata", ()), "annotations": annotations}
    elif isinstance(made.get("metadata"), dict):
        made["metadata"].pop("annotations", None)
