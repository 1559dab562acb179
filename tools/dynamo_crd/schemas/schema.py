"""From entries of the sources to structural schemas, as a CustomResourceDefinition holds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import kubernetes, releases
from dynamo_crd.schemas.entries import Entry, read_entry
from dynamo_crd.schemas.releases import suggestion
from kube_manifests.schemas.kubernetes import definitions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dynamo_crd.schemas.source_files import Source

Schema = dict[str, Any]

OWN = "x-dynamo-own"
"""Key that marks what is not Kubernetes' own until the schema becomes a CRD: the API server knows no such key."""
KUBERNETES = "x-dynamo-kubernetes"
"""Key that names, until then, the type that is Kubernetes' own (`core.v1.PodSpec`): reference pages link to it."""

_SCALARS: dict[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "number": {"type": "number"},
    "date-time": {"type": "string", "format": "date-time"},
    "quantity": {**kubernetes.INT_OR_STRING, "pattern": kubernetes.QUANTITY},
    "int-or-string": kubernetes.INT_OR_STRING,
    "object": {"type": "object"},
    "any": {"x-kubernetes-preserve-unknown-fields": True},
}
_OBJECT_METADATA = "ObjectMeta"
_OF = re.compile(r"(list|map)<(.+)>")
_STEP = re.compile(r"[^.\[\]{}]+|\[\]|\{\}")


class Types:
    """The named types that one version can use: its own and those of the files under `uses`."""

    def __init__(self, sources: Iterable[Source], release: str = "") -> None:
        """Read all types of the sources, as they were in a release (by default the newest).

        Raises:
            UserError: an entry that cannot be read, or one name given twice.
        """
        release = release or releases.newest()
        self._build = releases.build(release)
        self._entries: dict[str, Entry] = {}
        self._made: dict[str, Schema] = {}
        self._open: list[str] = []
        for source in sources:
            for name in source.data.get("types", {}):
                entry = read_entry(source, ("types", name), release)
                if name in self._entries:
                    raise entry.error(f"type {name!r} is also in {self._entries[name].source.path.name}")
                self._entries[name] = entry

    def there(self, entry: Entry) -> bool:
        """Whether the release has an entry: the entry itself and the type it names."""
        seen: list[str] = []
        while entry.there:
            named = entry.values.get("include") or entry.values.get("type", "")
            while nested := _OF.fullmatch(named):
                named = nested[2]
            if named not in self._entries or named in seen:
                return True
            seen.append(named)
            entry = self._entries[named]
        return False

    def schema(self, entry: Entry) -> Schema:
        """The schema of an entry.

        Raises:
            UserError: an unknown type, a type that contains itself, keys that do not fit the type.
        """
        values = entry.values
        made = self._base(entry) | entry.limits
        made[OWN] = True
        if "doc" in values:
            made["description"] = values["doc"]
        if entry.fields is not None:
            fields = self._with_fields(entry, made)
            made.pop("required", None)
            made |= fields
        if values.get("preserve"):
            made["x-kubernetes-preserve-unknown-fields"] = True
        if values.get("embedded"):
            made["x-kubernetes-embedded-resource"] = True
        if "list" in values:
            made["x-kubernetes-list-type"] = values["list"]
        if "keys" in values:
            self._check_keys(entry, made)
            made |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": values["keys"]}
        if values.get("rules"):
            made["x-kubernetes-validations"] = [*made.get("x-kubernetes-validations", []), *values["rules"]]
        for path, extra in entry.at.items():
            made = _refined(extra, made, _STEP.findall(path), self._additions(extra))
        return made

    def _base(self, entry: Entry) -> Schema:
        if "include" in entry.values:
            return dict(self._named(entry, entry.values["include"], "include"))
        if "type" in entry.values:
            made = self._expression(entry, entry.values["type"])
            bare = made == {"type": "object"} and entry.fields is None
            if bare and not entry.values.get("preserve"):
                raise entry.error(
                    "an object needs 'fields', 'preserve: true', or a type such as map<string>", key="type"
                )
            return made
        if entry.fields is None:
            raise entry.error("an entry needs 'type', 'fields' or 'include'")
        return {"type": "object"}

    def _expression(self, entry: Entry, text: str) -> Schema:
        """The schema of a type such as `list<map<Component>>`; a new dict."""
        if nested := _OF.fullmatch(text):
            inner = self._expression(entry, nested[2])
            if nested[1] == "list":
                return {"type": "array", "items": inner}
            return {"type": "object", "additionalProperties": inner}
        if text in _SCALARS:
            return dict(_SCALARS[text])
        if text.startswith("k8s:"):
            return self._kubernetes(entry, text.removeprefix("k8s:"))
        return dict(self._named(entry, text, "type"))

    def _kubernetes(self, entry: Entry, name: str) -> Schema:
        if name == _OBJECT_METADATA:
            return {**kubernetes.embedded_metadata(self._build), KUBERNETES: "meta.v1.ObjectMeta"}
        try:
            return {**kubernetes.type_schema(name, self._build), KUBERNETES: name}
        except KeyError:
            known = [full.removeprefix("io.k8s.api.") for full in definitions(self._build.version)]
            raise entry.error(
                f"Kubernetes has no type {name!r}", key="type", hint=suggestion(name, known)
            ) from None

    def _named(self, entry: Entry, name: str, key: str) -> Schema:
        if name not in self._entries:
            hint = suggestion(name, [*self._entries, *_SCALARS])
            raise entry.error(f"unknown type {name!r}", key=key, hint=hint)
        if name in self._open:
            raise entry.error(f"type {name!r} contains itself: {' -> '.join([*self._open, name])}", key=key)
        if name not in self._made:
            self._open.append(name)
            self._made[name] = self.schema(self._entries[name])
            self._open.pop()
        return self._made[name]

    def _with_fields(self, entry: Entry, made: Schema) -> Schema:
        properties = dict(made.get("properties", {}))
        required = set(made.get("required", ()))
        for name, field in (entry.fields or {}).items():
            if field.values.get("inherit"):
                if name not in properties:
                    raise field.error(f"field {name!r} inherits from no field of that name", key="inherit")
                properties[name] = {**properties[name], **self._additions(field)}
            elif self.there(field):
                properties[name] = self.schema(field)
            else:
                continue
            if field.values.get("required"):
                required.add(name)
            elif "required" in field.values:
                required.discard(name)
        out: Schema = {"properties": dict(sorted(properties.items()))} if properties else {}
        return out | ({"required": sorted(required)} if required else {})

    def _additions(self, entry: Entry) -> Schema:
        """What an entry without a type of its own adds to a schema."""
        added = entry.limits
        if "doc" in entry.values:
            added["description"] = entry.values["doc"]
        if entry.values.get("preserve"):
            added["x-kubernetes-preserve-unknown-fields"] = True
        if "rules" in entry.values:
            added["x-kubernetes-validations"] = entry.values["rules"]
        return added

    def _check_keys(self, entry: Entry, made: Schema) -> None:
        items = made.get("items", {})
        for key in entry.values["keys"]:
            field = items.get("properties", {}).get(key)
            if field is None or (key not in items.get("required", ()) and "default" not in field):
                raise entry.error(
                    f"list-map key {key!r} must be a required field of the items, or have a default", key="keys"
                )


def _refined(entry: Entry, schema: Schema, steps: list[str], extra: Schema) -> Schema:
    """A copy of a schema with something added deep in it; what is not on the way is shared."""
    if not steps:
        return {**schema, **extra}
    step, rest = steps[0], steps[1:]
    key = {"[]": "items", "{}": "additionalProperties"}.get(step, "properties")
    if key not in schema or (key == "properties" and step not in schema[key]):
        raise entry.error(f"there is no {step!r} to add to", hint="a path such as spec.containers[] or labels{}")
    if key != "properties":
        return {**schema, key: _refined(entry, schema[key], rest, extra)}
    return {**schema, key: {**schema[key], step: _refined(entry, schema[key][step], rest, extra)}}
