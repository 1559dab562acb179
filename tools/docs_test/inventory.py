"""What a cluster has, as far as any product asks; the inventory of one product adds what its pages need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


PLAIN = "cluster"
"""Tier of a result from a cluster of which nothing but Kubernetes is asked."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that tells an environment from others, such as the version of a product."""

    name: str
    """Name of the fact, for programs: "operator"."""
    title: str
    """Title before its text: "Dynamo runtime"."""
    text: str
    """Text of the fact, such as "1.4.2"; "" if it is not known."""


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A StorageClass."""

    name: str
    default: bool

    def __str__(self) -> str:
        return f"{self.name} (default)" if self.default else self.name


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a cluster has."""

    kubernetes: str = ""
    """Version; "": not known."""
    nodes: int = 0
    storage: tuple[StorageClass, ...] = ()
    cluster_scope: bool = False
    """Whether pages may touch what lies outside their namespace."""

    def capabilities(self) -> frozenset[str]:
        """The words of `data-needs` that hold here."""
        words = {"storage": any(item.default for item in self.storage), "cluster-scope": self.cluster_scope}
        return frozenset(word for word, holds in words.items() if holds)

    def lacking(self, need: str, wanted: Any) -> str:  # noqa: ARG002 - for those who add to it
        """Why the cluster does not meet a need of which it has all capabilities, in words; "": it does.

        Args:
            need: its name.
            wanted: what a page says of it.
        """
        return ""

    def amount(self, need: str, wanted: Any) -> int:  # noqa: ARG002 - as above
        """How much there is of a need that pages take while they run (`Need.amount`).

        Args:
            need: its name.
            wanted: what a page says of it: only what is fit for that counts.
        """
        return 0

    def lines(self) -> Iterator[tuple[str, str]]:
        """What there is, a name and a text each, for people."""
        nodes = f"{self.nodes} node" + ("" if self.nodes == 1 else "s")
        yield "Kubernetes", f"{self.kubernetes}, {nodes}"
        yield "storage", ", ".join(map(str, self.storage)) or "none"

    @property
    def tier(self) -> str:
        """What a result proves."""
        return PLAIN

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What tells the cluster from others, in the order to show it."""
        return ()

    @property
    def gpu_names(self) -> str:
        """The GPUs, for people; "": none that anybody asked for."""
        return ""

    @property
    def note(self) -> str:
        """What stands behind the title of a cluster: ", operator: real"."""
        return ""
