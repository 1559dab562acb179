"""This project's answer to one manifest, in the form in which a server's answers are: schema and rules only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import release_schemas
from groundwork.base.field_paths import dotted
from groundwork.base.problems import Stage
from groundwork.text.documents import read
from kube_manifests.cel import cel
from kube_manifests.schemas.schemas import identity
from kube_manifests.structure import structure
from support.validation.verdicts import Answer, flat

if TYPE_CHECKING:
    from groundwork.text.model import Document, FieldError

APART = ("placeholder", "elision")
"""Codes of what is wrong for readers of a page, and nothing to a server."""


class Ours:
    """Checks texts against CRDs and Kubernetes' own kinds."""

    def __init__(self, crds: list[dict[str, Any]]) -> None:
        """Compile the CRDs once; what a kind needs is kept."""
        self._schemas = release_schemas.of_crds(crds)
        self._rules: dict[tuple[str, str], cel.Rules] = {}

    def __call__(self, text: str) -> Answer:
        """The answer to a text of one document."""
        documents = read(text, "manifest.yaml")
        errors = [one for document in documents for one in document.errors]
        errors += [one for document in documents for one in self._checked(document)]
        if not documents:
            return Answer(valid=False, said="no document")
        counting = [one for one in errors if one.stage is not Stage.ADVICE and one.code not in APART]
        return Answer(
            valid=not counting,
            paths=frozenset(flat(".".join(map(str, one.path))) for one in counting),
            twice=frozenset(
                (one.position.line, str(one.path[-1]))
                for one in counting
                if one.code == "duplicate-key" and one.position
            ),
            lines=frozenset(
                f"line {one.position.line}" for one in counting if one.code == "yaml" and one.position
            ),
            said="\n".join(f"{one.position or ''} {dotted(one.path)}: [{one.code}] {one.fact}" for one in errors),
        )

    def _checked(self, document: Document) -> list[FieldError]:
        if any(one.code == "yaml" for one in document.errors) and document.value is None:
            return []
        head = identity(document.value)
        if isinstance(head, list):
            return head
        schema = self._schemas.find(*head)
        if schema is None:
            unknown = self._schemas.explain(*head)
            return [unknown] if unknown else []
        value, errors = structure.check(document.value, schema)
        if head not in self._rules:
            self._rules[head] = cel.index(schema.root)
        return [*errors, *cel.check(value, self._rules[head])]
