"""What `docs-test validate` would say of every example under a new release's CRDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs_test.manifests.collect import DEFAULT_FOLDER, manifests
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from dynamo_docs.intake.model import Verdict
from kube_manifests.check import Item, Validator

if TYPE_CHECKING:
    from pathlib import Path


def verdicts(root: Path, crds: list[dict[str, Any]] | None, state: str) -> tuple[Verdict, ...]:
    """The verdict on each file of examples/ that has manifests.

    Args:
        root: the site's top folder.
        crds: the CRDs; None: those that this project has of `state`.
        state: the state whose admission rules and advice hold.
    """
    if not (root / DEFAULT_FOLDER).is_dir():
        return ()
    schemas = release_schemas.of_crds(crds) if crds else release_schemas.of_release(state)
    validator = Validator(schemas, DynamoRules(state))
    found = []
    for text in manifests(root, [DEFAULT_FOLDER]).texts:
        problems = validator.check(Item(document) for document in text.documents())
        errors = tuple(f"{one.position}: {one.fact}" for one in problems if one.counts)
        found.append(Verdict(text.position.file, errors, len(problems) - len(errors)))
    return tuple(sorted(found, key=lambda one: one.file))
