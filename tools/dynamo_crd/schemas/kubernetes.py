"""Kubernetes' own types (pod templates, env, ...) as structural schemas, from its published definitions.

The definitions are those of the PyPI package `kubernetes-validate`, which has every version of Kubernetes; which
one a release of Dynamo was built with stands in the table of releases. They are Kubernetes' OpenAPI v2 ones, which
say less than its Go types do: the defaults and limits they lack stand in `sources/kubernetes.yaml`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import source_files
from kube_manifests.schemas import kubernetes
from kube_manifests.schemas.kubernetes import definitions

if TYPE_CHECKING:
    from dynamo_crd.schemas.source_files import Source

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
"""Fields that the metadata of an embedded object may have: the API server keeps the rest to itself."""


@dataclass(frozen=True, slots=True)
class Build:
    """What decides how Kubernetes' types look in the CRDs of one release of Dynamo."""

    version: str
    """Version of Kubernetes' types: `1.36.0`."""
    embedded_metadata: bool = True
    """Whether embedded metadata has fields (controller-gen's generateEmbeddedObjectMeta), or is a bare object."""


def newest() -> Build:
    """The build of the newest release: versions.toml's `kubernetes.schemas`."""
    return Build(kubernetes.newest())


def type_schema(name: str, build: Build | None = None) -> Schema:
    """The structural schema of a type, its references resolved; shared, so not to be changed in place.

    Args:
        name: group, version and type as in `core.v1.PodSpec`.
        build: of which release; by default the newest.

    Raises:
        KeyError: Kubernetes has no such type.
    """
    return _named(f"io.k8s.api.{name}", build or newest())


def embedded_metadata(build: Build | None = None) -> Schema:
    """The schema of an embedded object's metadata (a pod template's), as `type_schema` gives types."""
    return _named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", build or newest())


@functools.cache
def _named(name: str, build: Build) -> Schema:
    if name in _SPECIAL:
        return _SPECIAL[name]
    published = definitions(build.version)[name]
    if name.endswith(".meta.v1.ObjectMeta"):
        if not build.embedded_metadata:
            return {"type": "object"}
        schema = _converted(published, build)
        schema["properties"] = {field: schema["properties"][field] for field in _EMBEDDED_METADATA}
        # controller-gen, by which upstream's CRDs are made, says no more of an embedded object's finalizers.
        schema["properties"]["finalizers"].pop("x-kubernetes-list-type", None)
        return schema
    return _with_additions(name.removeprefix("io.k8s.api."), _converted(published, build))


def _with_additions(name: str, schema: Schema) -> Schema:
    for field, extra in additions().data.get(name, {}).items():
        if field == ".":
            schema |= extra
        elif field in schema["properties"]:  # else Kubernetes had no such field yet
            schema["properties"][field] = {**schema["properties"][field], **extra}
    return schema


def _converted(published: Schema, build: Build) -> Schema:
    """One published schema made structural: no references, no "or null", no merge hints."""
    if "$ref" in published:
        named = _named(published["$ref"].rpartition("/")[2], build)
        return {**named, **_description(published)}
    schema: Schema = {key: published[key] for key in _KEPT if key in published}
    schema |= _description(published)
    if isinstance(schema.get("type"), list):
        schema["type"] = next(word for word in schema["type"] if word != "null")
    if "properties" in published:
        schema["properties"] = {name: _converted(field, build) for name, field in published["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(published.get(key), dict):
            schema[key] = _converted(published[key], build)
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
        UserError: it names a type or a field that the newest build's Kubernetes does not have.
    """
    source = source_files.load(source_files.FOLDER / "kubernetes.yaml")
    for name, fields in source.data.items():
        if (published := definitions().get(f"io.k8s.api.{name}")) is None:
            raise source.error((name,), f"Kubernetes has no type {name!r}")
        for field in fields:
            if field not in (".", *published["properties"]):
                raise source.error((name, field), f"Kubernetes' {name} has no field {field!r}")
    return source
