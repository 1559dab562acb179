"""Unknown fields that another served version of the kind has: a wrong apiVersion, or a field of another form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kube_manifests.structure.fragments import knows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundwork.base.field_paths import Path
    from groundwork.text.model import Problem
    from kube_manifests.schemas.schemas import Schema, SchemaSet


def hinted(problems: Iterable[Problem], schema: Schema, schemas: SchemaSet, at: Path = ()) -> list[Problem]:
    """The problems; an unknown field that another version has is told so in its hint.

    Args:
        problems: their paths count from `at`.
        schema: that they were checked against.
        schemas: where the other versions are.
        at: where in the object the checked part stands.
    """
    return [
        replace(problem, hint=_hint(problem, schema, schemas, (*at, *problem.path)) or problem.hint)
        if problem.code == "unknown-field"
        else problem
        for problem in problems
    ]


def _hint(problem: Problem, schema: Schema, schemas: SchemaSet, path: Path) -> str:
    for version in schemas.versions(schema.group, schema.kind):
        other = schemas.find(f"{schema.group}/{version}", schema.kind)
        if other is not None and version != schema.version and knows(other, path):
            listed = f"; {problem.hint}" if problem.hint else ""
            return f"a field of {other.api_version}, not of {schema.api_version}{listed}"
    return ""
