"""Kubernetes' own kinds, from its published definitions, in the form that custom resources' schemas have here.

What differs is what Go's types do and a schema does not say: see `nodes.Nodes(go=True)` and `metadata`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kube_manifests.schemas import compiled, names, schema_cache
from kube_manifests.schemas.compiled import REF

if TYPE_CHECKING:
    from collections.abc import Callable

    from kube_manifests.schemas.nodes import RawSchema
    from kube_manifests.schemas.sources import Index

# fmt: off
CLUSTER_SCOPED = frozenset((
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
    "ClusterTrustBundle", "ComponentStatus", "CustomResourceDefinition", "DeviceClass", "DeviceTaintRule",
    "FlowSchema", "IPAddress", "ImageReview", "IngressClass", "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node",
    "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass",
    "SelfSubjectAccessReview", "SelfSubjectReview", "SelfSubjectRulesReview", "ServiceCIDR", "StorageClass",
    "StorageVersion", "StorageVersionMigration", "SubjectAccessReview", "TokenReview",
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    "VolumeAttachment", "VolumeAttributesClass",
))
# fmt: on
"""Kinds whose objects live in no namespace (`+genclient:nonNamespaced` in k8s.io/api)."""

NAME_RULES: dict[str, Callable[[str], str]] = {
    "Namespace": names.dns_label,
    "Service": names.dns_1035_label,
    **dict.fromkeys(("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"), names.path_segment),
}
"""Kinds whose names are not DNS subdomains."""

_ANY: RawSchema = {"x-kubernetes-preserve-unknown-fields": True}
_TIME: RawSchema = {"type": "string", "format": "date-time"}
_API = "io.k8s.apimachinery.pkg."
_OBJECT_META = f"{_API}apis.meta.v1.ObjectMeta"
_SPECIAL: dict[str, RawSchema] = {
    f"{_API}api.resource.Quantity": {"type": ["integer", "number", "string"], "format": "quantity"},
    f"{_API}util.intstr.IntOrString": {"x-kubernetes-int-or-string": True, "format": "int32"},
    f"{_API}apis.meta.v1.Time": _TIME,
    f"{_API}apis.meta.v1.MicroTime": _TIME,
    f"{_API}apis.meta.v1.FieldsV1": _ANY,
    f"{_API}runtime.RawExtension": _ANY,
}
_OPTIONAL = {
    "io.k8s.api.batch.v1.PodFailurePolicy": ("rules",),
    "io.k8s.api.storage.v1.CSIDriver": ("spec",),
    "io.k8s.api.core.v1.HTTPHeader": ("value",),
    "io.k8s.api.core.v1.LimitRangeSpec": ("limits",),
    "io.k8s.api.core.v1.PreferredSchedulingTerm": ("preference",),
    "io.k8s.api.core.v1.SleepAction": ("seconds",),
    "io.k8s.api.core.v1.Sysctl": ("value",),
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion": ("served",),
}
"""Fields that the published schemas call required, and the server does not: in Go they are empty, or false."""
_FORMATS = ("int32", "int64", "byte", "date-time")


def kinds(definitions: dict[str, RawSchema]) -> dict[tuple[str, str, str], str]:
    """Group, version and kind of all that has an object's metadata -> name of its definition."""
    found = {}
    for name, definition in definitions.items():
        metadata = definition.get("properties", {}).get("metadata", {})
        if metadata.get(REF, "").endswith(_OBJECT_META):
            for gvk in definition.get("x-kubernetes-group-version-kind", ()):
                found[gvk["group"], gvk["version"], gvk["kind"]] = name
    return found


def root_schema(name: str, definition: RawSchema) -> RawSchema:
    """The schema of a kind, its references left as they are; of its metadata only that it is an object."""
    schema = named(name, definition)
    schema["properties"] |= {
        "metadata": {"type": "object"},
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
    }
    return schema


def named(name: str, published: Any) -> RawSchema:
    """A published schema by its name, as `converted`, with the fields required that the server requires."""
    schema = converted(published)
    if name in _OPTIONAL:
        schema["required"] = [field for field in schema["required"] if field not in _OPTIONAL[name]]
    return schema


def converted(published: Any) -> RawSchema:
    """A published schema without "or null", without hints on merging, with the types that Go reads."""
    if REF in published:
        name = published[REF].rpartition("/")[2]
        return _SPECIAL.get(name) or {REF: name}
    said = published.get("type", [])
    types = [said] if isinstance(said, str) else [word for word in said if word != "null"]
    if not types and "properties" not in published:
        return _ANY
    schema: RawSchema = {"type": types[0] if types else "object"}
    if published.get("format") in _FORMATS:
        schema["format"] = published["format"]
    if published.get("required"):
        schema["required"] = published["required"]
    if "properties" in published:
        schema["properties"] = {name: converted(field) for name, field in published["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(published.get(key), dict):
            schema[key] = converted(published[key])
    return schema


class Kubernetes:
    """Kubernetes' own kinds, of the version that versions.toml names (`kubernetes.schemas`)."""

    name = "Kubernetes"
    builtin = True

    def __init__(self) -> None:
        self._folder: schema_cache.Folder | None = None
        self._index: Index | None = None

    def index(self) -> Index:
        """All kinds.

        Raises:
            EnvironmentFault: the package of definitions is not installed, and the cache is empty.
        """
        if self._index is None:
            cached = self._cache().read("index.json")
            rows = json.loads(cached) if cached else [[*gvk, name] for gvk, name in kinds(_definitions()).items()]
            if not cached:
                self._cache().write("index.json", json.dumps(rows))
            self._index = {}
            for group, version, kind, name in rows:
                entry = {"definition": name, "namespaced": kind not in CLUSTER_SCOPED}
                self._index.setdefault((group, kind), {})[version] = entry
        return self._index

    def root(self, group: str, version: str, kind: str) -> RawSchema:
        """The linked schema of a kind; it may contain itself."""
        file = schema_cache.file_name(group, version, kind)
        cached = self._cache().read(file)
        if cached is not None:
            return compiled.load(cached)
        definitions = _definitions()
        definition = self.index()[group, kind][version]["definition"]
        root = root_schema(definition, definitions[definition])
        text = compiled.dump(root, lambda name: named(name, definitions[name]))
        self._cache().write(file, text)
        return compiled.load(text)

    def _cache(self) -> schema_cache.Folder:
        if self._folder is None:
            self._folder = schema_cache.Folder(
                schema_cache.key([b"kubernetes", *schema_cache.compiler(), *schema_cache.kubernetes()])
            )
        return self._folder


def _definitions() -> dict[str, RawSchema]:
    from kube_manifests.schemas.kubernetes import definitions  # noqa: PLC0415 - only where the cache lacks them

    return definitions()
