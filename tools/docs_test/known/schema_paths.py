"""Whether a path of fields is in the schema of a type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.kubectl.jsonpath import ANYWHERE, ITEM
from docs_test.shellcode.model import UNKNOWN
from groundwork.base.suggest import hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.kubectl.table import Resource
    from docs_test.ports.knowledge import Knowledge
    from kube_manifests.schemas.nodes import Node
    from kube_manifests.schemas.schemas import SchemaSet

LIST = ("apiVersion", "kind", "metadata", "items")
"""Fields of a list."""

LIST_METADATA = ("resourceVersion", "continue", "remainingItemCount", "selfLink")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A step of a path that leads nowhere."""

    index: int
    """Index of the step."""
    fact: str
    hint: str


class Fields:
    """The fields of types, whose schemas are read when first asked for."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._schemas: SchemaSet | None = None

    def wrong(self, resource: Resource, names: Sequence[str], *, listed: bool) -> Wrong | None:
        """What is wrong with a path; None if nothing is, or nobody knows.

        Args:
            resource: the type.
            names: the steps of the path.
            listed: whether it starts at a list of such objects.
        """
        if listed:
            return self._of_list(resource, names)
        node = self._root(resource)
        return None if node is None else self._walk(resource, node, names, 0)

    def is_list(self, resource: Resource, names: Sequence[str]) -> bool:
        """Whether a path leads to a list."""
        node = self._root(resource)
        for name in names:
            if node is None:
                return False
            node = node.items if name == ITEM else self._child(node, name)
        return node is not None and "array" in node.types

    def _root(self, resource: Resource) -> Node | None:
        if self._schemas is None:
            self._schemas = self._knowledge.schemas()
        found = self._schemas.find(resource.api_version, resource.kind)
        return found.node if found is not None else None

    def _of_list(self, resource: Resource, names: Sequence[str]) -> Wrong | None:
        first, second, *_ = *names, "", ""
        if first in {"", ITEM, ANYWHERE} or UNKNOWN in first:
            return None
        if first not in LIST:
            near = "of each object: .items[*]" if self.wrong(resource, names, listed=False) is None else ""
            return Wrong(0, f"a list has no field {first!r}", near or hint(first, LIST, "fields"))
        if first == "metadata" and second not in {"", ANYWHERE, *LIST_METADATA}:
            return Wrong(1, f"the metadata of a list has no {second!r}", "of each object: .items[*].metadata")
        if first == "items" and second not in {"", ANYWHERE, ITEM}:
            return Wrong(1, "'items' is a list", "go into its items: .items[*]")
        node = self._root(resource) if first == "items" else None
        return None if node is None else self._walk(resource, node, names, 2)

    def _walk(self, resource: Resource, node: Node, names: Sequence[str], start: int) -> Wrong | None:
        at: Node = node
        for index in range(start, len(names)):
            name = names[index]
            if name == ANYWHERE or UNKNOWN in name or at.preserve or not at.types:
                return None
            if name == ITEM:
                below = at.items if "array" in at.types else at.additional
            else:
                if "array" in at.types:
                    path = ".".join(one for one in names[start:index] if one != ITEM)
                    return Wrong(index, f"{path!r} of {resource.kind} is a list", f"go into its items: [*].{name}")
                below = self._child(at, name, top=index == start)
                if below is None and not at.open_map:
                    return self._unknown(resource, at, names, start, index)
            if below is None:
                return None
            at = below
        return None

    def _child(self, node: Node, name: str, *, top: bool = False) -> Node | None:
        if top and name == "metadata":
            from kube_manifests.structure.metadata import NODES, SCHEMA  # noqa: PLC0415 - few paths go there

            return NODES.of(SCHEMA)
        return node.child(name) or node.additional

    def _unknown(self, resource: Resource, at: Node, names: Sequence[str], start: int, index: int) -> Wrong:
        path = ".".join(one for one in names[start:index] if one != ITEM)
        where = f"{path!r} of {resource.kind}" if path else resource.kind
        where = f"{where} ({resource.api_version})"
        fact = f"{where} has no field {names[index]!r}"
        if not at.properties and "object" not in at.types:
            fact = f"{where} is of type {' or '.join(sorted(at.types))}, without a field {names[index]!r}"
        return Wrong(index, fact, hint(names[index], at.properties, "fields"))
