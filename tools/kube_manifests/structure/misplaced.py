"""Unknown fields of Kubernetes' own kinds that are at the wrong level, or have another form now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groundwork.base.field_paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError
    from kube_manifests.schemas.nodes import RawSchema
    from kube_manifests.schemas.schemas import Schema

_DEEPEST = 3
_OTHER_FORM = {
    ("Ingress", "serviceName"): "write service: {name: NAME, port: {number: 80}}",
    ("Ingress", "servicePort"): "write service: {name: NAME, port: {number: 80}}",
    ("Ingress", "backend"): "write defaultBackend",
    ("HorizontalPodAutoscaler", "targetAverageUtilization"):
        "write target: {type: Utilization, averageUtilization: 80}",
    ("HorizontalPodAutoscaler", "targetAverageValue"): "write target: {type: AverageValue, averageValue: 100}",
    ("HorizontalPodAutoscaler", "metricName"): "write metric: {name: NAME}",
}  # fmt: skip
"""Fields of versions that are gone, and what they are now."""
_OF_METADATA = ("name", "namespace", "labels", "annotations")


def hinted(errors: Iterable[FieldError], schema: Schema) -> list[FieldError]:
    """The errors; the hint of an unknown field says where it belongs, if its name is right there."""
    return [
        replace(error, hint=_hint(error.path, schema) or error.hint) if error.code == "unknown-field" else error
        for error in errors
    ]


def _hint(path: Path, schema: Schema) -> str:
    *above, name = path
    if not schema.builtin or not isinstance(name, str):
        return ""
    if known := _OTHER_FORM.get((schema.kind, name)):
        return known
    if not above and name in _OF_METADATA:
        return f"write it in metadata: {{{name}: ...}}"
    holder = _at(schema.root, tuple(above))
    below = [where for where in _below(holder, ()) if name in _properties(_at(holder, where))]
    near = [where for where in below if len(where) == min(map(len, below))]
    if len(near) == 1:
        return f"it belongs in {dotted((*above, *near[0]))}"
    for level in range(len(above) - 1, 0, -1):
        if name in _properties(_at(schema.root, tuple(above[:level]))):
            return f"it belongs in {dotted(tuple(above[:level]))}"
    return ""


def _below(schema: RawSchema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The objects within an object, a few levels down; what stands in lists is not looked at."""
    for name, inner in _properties(schema).items():
        if _properties(inner) and name != "status":
            yield (*path, name)
            if len(path) + 1 < _DEEPEST:
                yield from _below(inner, (*path, name))


def _at(schema: RawSchema, path: Path) -> RawSchema:
    for step in path:
        schema = schema.get("items", {}) if isinstance(step, int) else _properties(schema).get(step, {})
    return schema


def _properties(schema: RawSchema) -> dict[str, RawSchema]:
    found = schema.get("properties", {})
    return found if isinstance(found, dict) else {}
