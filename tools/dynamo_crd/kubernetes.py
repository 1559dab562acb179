"""Kubernetes' own types (pod templates, env, ...) as structural schemas, from its published definitions.

The definitions are those of the PyPI package `kubernetes-validate`, in the version that versions.toml names
(`kubernetes.schemas`). They are Kubernetes' OpenAPI v2 ones, which say less than its Go types do: the defaults
and limits they lack stand in `sources/kubernetes.yaml`.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynamo_crd import sources
from project.errors import EnvironmentFault
from project.versions import version

if TYPE_CHECKING:
    from dynamo_crd.sources import Source

Schema = dict[str, Any]

QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
"""Kubernetes' grammar of quantities, as controller-gen writes it into CRDs."""

INT_OR_STRING: Schema = {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}

_SPECIAL: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {**INT_OR_STRING, "pattern": QUANTITY},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": INT_OR_STRING,
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"type": "string", "format": "date-time"},
}
_KEPT = (
    "type",
    "format",
    "required",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
)
_EMBEDDED_METADATA = ("annotations", "finalizers", "labels", "name", "namespace")
"""What the metadata of an embedded object may have: the API server keeps the rest to itself."""


@functools.cache
def definitions() -> dict[str, Schema]:
    """Kubernetes' definitions by full name (`io.k8s.api.core.v1.PodSpec`).

    Raises:
        EnvironmentFault: the package is not installed, or lacks the version.
    """
    wanted = version("kubernetes.schemas")
    spec = importlib.util.find_spec("kubernetes_validate")  # found, not imported: it would cost 0.3 s
    hint = "install the project again: pip install -e ."
    if spec is None or spec.origin is None:
        raise EnvironmentFault("the Python package 'kubernetes-validate' is not installed", hint=hint)
    folder = Path(spec.origin).parent / "kubernetes-json-schema" / f"v{wanted}-local"
    if not folder.is_dir():
        has = ", ".join(sorted(found.name[1:].removesuffix("-local") for found in folder.parent.glob("v*-local")))
        raise EnvironmentFault(
            f"kubernetes-validate has no schemas of Kubernetes {wanted!r}, only {has}", hint=hint
        )
    found: dict[str, Schema] = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
    return found


@functools.cache
def type_schema(name: str) -> Schema:
    """The structural schema of a type, its references resolved; shared, so not to be changed in place.

    Args:
        name: group, version and type as in `core.v1.PodSpec`.

    Raises:
        KeyError: Kubernetes has no such type.
    """
    return _named(f"io.k8s.api.{name}")


def embedded_metadata() -> Schema:
    """The schema of an embedded object's metadata (a pod template's), as `type_schema` gives types."""
    return _named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")


@functools.cache
def _named(name: str) -> Schema:
    if name in _SPECIAL:
        return _SPECIAL[name]
    schema = _converted(definitions()[name])
    if name.endswith(".meta.v1.ObjectMeta"):
        schema["properties"] = {field: schema["properties"][field] for field in _EMBEDDED_METADATA}
        # controller-gen, by which upstream's CRDs are made, says no more of an embedded object's finalizers.
        schema["properties"]["finalizers"].pop("x-kubernetes-list-type")
    return _with_additions(name.removeprefix("io.k8s.api."), schema)


def _with_additions(name: str, schema: Schema) -> Schema:
    source = additions()
    for field, extra in source.data.get(name, {}).items():
        if field == ".":
            schema |= extra
        elif field in schema["properties"]:
            schema["properties"][field] = {**schema["properties"][field], **extra}
        else:
            raise source.error((name, field), f"Kubernetes' {name} has no field {field!r}")
    return schema


def _converted(published: Schema) -> Schema:
    """One published schema made structural: no references, no "or null", no merge hints."""
    if "$ref" in published:
        named = _named(published["$ref"].rpartition("/")[2])
        return {**named, **_description(published)}
    schema: Schema = {key: published[key] for key in _KEPT if key in published}
    schema |= _description(published)
    if isinstance(schema.get("type"), list):
        schema["type"] = next(word for word in schema["type"] if word != "null")
    if "properties" in published:
        schema["properties"] = {name: _converted(field) for name, field in published["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(published.get(key), dict):
            schema[key] = _converted(published[key])
            schema[key].pop("description", None)
    return schema


def _description(published: Schema) -> Schema:
    """The first sentence: `kubectl explain` stays useful, and a CRD stays a third of the size."""
    text = " ".join(published.get("description", "").split())
    sentence = re.match(r".{20,}?[.:](?=\s[A-Z`]|$)", text)
    return {"description": sentence.group() if sentence else text} if text else {}


@functools.cache
def additions() -> Source:
    """`kubernetes.yaml`: what the published definitions leave out.

    Raises:
        UserError: it names a type that Kubernetes does not have.
    """
    source = sources.load(sources.FOLDER / "kubernetes.yaml")
    for name in source.data:
        if f"io.k8s.api.{name}" not in definitions():
            raise source.error((name,), f"Kubernetes has no type {name!r}")
    return source
