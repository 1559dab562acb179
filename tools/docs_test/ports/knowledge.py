"""What lint knows of a product without a cluster: its types of objects, and how its operator works."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.kubectl.table import Resource
    from kube_manifests.schemas.schemas import SchemaSet


class Knowledge:
    """A product's part in the checks of shell code (`docs_test.checks`). Here: Kubernetes alone."""

    name = "Kubernetes"
    """Name of what has these types, for people: "Dynamo"."""
    resources: Sequence[Resource] = ()
    """Types of the product's own objects."""

    def schemas(self) -> SchemaSet:
        """Schemas of its objects, and Kubernetes' own."""
        from kube_manifests.schemas import builtin  # noqa: PLC0415 - only where a field is named
        from kube_manifests.schemas.schemas import SchemaSet  # noqa: PLC0415

        return SchemaSet(builtin.Kubernetes())

    def plugin(self, name: str, words: Sequence[str]) -> tuple[int, str, str] | None:  # noqa: ARG002
        """What is wrong with the words of a plugin of kubectl: the index of the word, the fact, a hint.

        None if nothing is.

        Raises:
            KeyError: the product has no plugin of that name.
        """
        raise KeyError(name)
