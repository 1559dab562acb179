"""What manifests are checked against: Kubernetes' own schemas, and those and the rules of a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kube_manifests.schemas import builtin
from kube_manifests.schemas.schemas import SchemaSet
from kube_manifests.schemas.sources import Cluster, Folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from groundwork.text.model import FieldError
    from kube_manifests.check import ProductRules


@dataclass(frozen=True, slots=True)
class Checks:
    """What manifests are checked against."""

    schemas: SchemaSet
    rules: ProductRules
    name: str
    """Name for people: "Kubernetes 1.36.0"."""


@dataclass(frozen=True, slots=True)
class NoRules:
    """`ProductRules` of no product."""

    group: str = ""

    def refused(self, item: Any) -> list[FieldError]:  # noqa: ARG002
        """Nothing."""
        return []

    def advice(self, items: Sequence[Any]) -> Iterable[tuple[int, FieldError]]:  # noqa: ARG002
        """None."""
        return ()


class ManifestRules:
    """What a product's manifests are checked against. Here: Kubernetes' own kinds, and CRDs that are given."""

    def add_options(self, group: argparse._ArgumentGroup) -> None:
        """The options of `docs-test validate` that only this product has."""

    def own(self, options: argparse.Namespace) -> Checks:  # noqa: ARG002
        """The checks if no CRDs are given: those that the product knows.

        Raises:
            UserError: an option has a value that is not allowed.
        """
        schemas = SchemaSet(builtin.Kubernetes())
        return Checks(schemas, NoRules(), "Kubernetes' own kinds, and no product's")

    def of_folder(self, folder: Path, options: argparse.Namespace) -> Checks:  # noqa: ARG002
        """The checks with the CRDs of a folder.

        Raises:
            UserError: no such folder, no CRD in it, or an invalid one; or as `own`.
        """
        schemas = SchemaSet(Folder(folder), builtin.Kubernetes())
        return Checks(schemas, NoRules(), f"the CRDs in {folder}")

    def of_cluster(self, crds: Mapping[str, Any], options: argparse.Namespace) -> Checks:  # noqa: ARG002
        """The checks with what `kubectl get crd -o json` printed.

        Raises:
            UserError: that is not a list of CRDs, or an empty one; or as `own`.
        """
        schemas = SchemaSet(Cluster(crds, "the cluster"), builtin.Kubernetes())
        return Checks(schemas, NoRules(), "the cluster's CRDs")
