"""Unknown fields that another served version of the kind has: a wrong apiVersion, or a field of another form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kube_manifests.structure.fragments import knows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError
    from kube_manifests.schemas.schemas import Schema, SchemaSet


def hinted(errors: Iterable[FieldError], schema: Schema, schemas: SchemaSet, at: Path = ()) -> list[FieldError]:
    """The errors; if another version has an unknown field, its hint says so.

    Args:
        errors: their paths count from `at`.
        schema: that they were checked against.
        schemas: where the other versions are.
        at: where in the object the checked part stands.
    """
    return [
        replace(error, hint=_hint(error, schema, schemas, (*at, *error.path)) or error.hint)
        if error.code == "unknown-field"
        else error
        for error in errors
    ]


def _hint(error: FieldError, schema: Schema, schemas: SchemaSet, path: Path) -> str:
    for version in schemas.versions(schema.group, schema.kind):
        other = schemas.find(f"{schema.group}/{version}", schema.kind)
        if other is not None and version != schema.version and knows(other, path):
            listed = f"; {error.hint}" if error.hint else ""
            return f"a field of {other.api_version}, not of {schema.api_version}{listed}"
    return ""
