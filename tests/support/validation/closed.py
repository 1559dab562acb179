"""The CRDs' schemas as plain JSON Schemas in which an unknown field is an error, as kubeconform wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT = "x-kubernetes-preserve-unknown-fields"


def closed_schemas(crds: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """File name (`KIND_VERSION.json`, in small letters) and schema of each version of each CRD."""
    for crd in crds:
        kind = crd["spec"]["names"]["kind"].lower()
        for version in crd["spec"]["versions"]:
            yield f"{kind}_{version['name']}.json", closed(version["schema"]["openAPIV3Schema"])


def closed(schema: Any) -> Any:
    """A schema, and all in it, without what only an API server knows, closed where fields are listed."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: closed(one) for name, one in value.items()}
        elif key in ("items", "additionalProperties", "allOf", "anyOf", "oneOf", "not"):
            made[key] = closed(value)
        elif not key.startswith("x-") and key not in ("description", "nullable", "default"):
            made[key] = value
    if schema.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
        made.pop("anyOf", None)
    if "properties" in made and "additionalProperties" not in made and not schema.get(KEPT):
        made["additionalProperties"] = False
    if schema.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
