"""What components and adapters ask for: a change of their status alone asks for nothing.

The operator itself writes these statuses. Without this, each writing would be followed by a round that finds
nothing to do, and says so in events: the real operator was seen to make fewer of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundwork.kube.objects import Object, name_of, namespace_of
from mock_platform.operator.kube.fingerprint import fingerprint

if TYPE_CHECKING:
    from groundwork.kube.resources import Resource

_OF_EACH_WRITING = ("managedFields", "resourceVersion")


@dataclass(slots=True)
class Asked:
    """Remembers what objects asked for when they were last heard of. One watch, one of these."""

    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def anew(self, item: Object) -> bool:
        """Whether an object asks for something else than it did, or was not known."""
        metadata = {key: value for key, value in item["metadata"].items() if key not in _OF_EACH_WRITING}
        asks = fingerprint({"metadata": metadata, "spec": item.get("spec")})
        key = (namespace_of(item), name_of(item))
        before = self._known.get(key)
        self._known[key] = asks
        return before != asks

    def forget(self, item: Object) -> None:
        """Forget an object that is gone."""
        self._known.pop((namespace_of(item), name_of(item)), None)


def asked_of(resources: tuple[Resource, ...]) -> dict[Resource, Asked]:
    """One memory for each of these resources."""
    return {resource: Asked() for resource in resources}
