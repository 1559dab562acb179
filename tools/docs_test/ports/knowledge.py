"""What lint knows of a product without a cluster: its types of objects, and how its operator works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docs_test.kubectl.table import Resource
    from kube_manifests.schemas.schemas import SchemaSet


@dataclass(frozen=True, slots=True)
class Made:
    """An object that a command makes."""

    resource: Resource
    name: str
    """Name; `*` stands for what is not known of it."""
    value: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Content of the object, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Derived:
    """An object that an operator makes of another."""

    plural: str
    """Plural of its type."""
    pattern: str
    """Name; `{name}` stands for that of the other object, `*` for what is not known of it."""
    outlives: bool = False
    """Whether it stays when the other one is deleted."""
    states: frozenset[str] = frozenset()
    """States of the other one in which it is there."""
    value: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Content of the object, as far as it is known."""


class Knowledge:
    """A product's part in the checks of shell code (`docs_test.checks`). Here: Kubernetes alone."""

    name = "Kubernetes"
    """Name of what has these types, for people: "Dynamo"."""
    resources: Sequence[Resource] = ()
    """Types of the product's own objects."""
    slow: frozenset[str] = frozenset()
    """Types, by plural, whose objects take time until they can be used, beside Kubernetes' own workloads."""
    passing: Mapping[tuple[str, str], frozenset[str]] = {}
    """States that pass by themselves: plural of the type and path of the field -> its values."""
    selectors: Mapping[str, str] = {}
    """Labels whose value is the name of an object -> plural of its type."""

    def schemas(self) -> SchemaSet:
        """Schemas of its objects, and Kubernetes' own."""
        from kube_manifests.schemas import builtin  # noqa: PLC0415 - only where a field is named
        from kube_manifests.schemas.schemas import SchemaSet  # noqa: PLC0415

        return SchemaSet(builtin.Kubernetes())

    def derived(self, made: Made) -> Iterable[Derived]:  # noqa: ARG002
        """The objects that the product's operator makes of an object."""
        return ()

    def plugin(self, name: str, words: Sequence[str]) -> tuple[int, str, str] | None:  # noqa: ARG002
        """What is wrong with the words of a plugin of kubectl: the index of the word, the fact, a hint.

        None if nothing is.

        Raises:
            KeyError: the product has no plugin of that name.
        """
        raise KeyError(name)
