"""Objects that commands make, and those that Kubernetes and a product make of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docs_test.ports.knowledge import Derived, Made
from docs_test.shellcode.model import UNKNOWN
from groundwork.text.documents import expand, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.kubectl.resources import Types
    from docs_test.kubectl.table import Resource
    from docs_test.ports.knowledge import Knowledge

PLACEHOLDER = re.compile(r"<[\w .-]+>|\$\{?\w+\}?")
CREATED_BY_NAME = {
    "poddisruptionbudget": "poddisruptionbudgets",
    "pdb": "poddisruptionbudgets",
    "quota": "resourcequotas",
    "priorityclass": "priorityclasses",
}
"""Commands below `kubectl create` whose name is no type."""
KUBERNETES = {
    "deployments": (Derived("replicasets", "{name}-*"), Derived("pods", "{name}-*")),
    "statefulsets": (Derived("pods", "{name}-*"),),
    "daemonsets": (Derived("pods", "{name}-*"),),
    "replicasets": (Derived("pods", "{name}-*"),),
    "jobs": (Derived("pods", "{name}-*"),),
    "cronjobs": (Derived("jobs", "{name}-*"), Derived("pods", "{name}-*")),
    "services": (Derived("endpoints", "{name}"), Derived("endpointslices", "{name}-*")),
}
"""Objects that Kubernetes' own controllers make of another, by the plural of its type."""
STANDING = {
    "services": ("kubernetes",),
    "serviceaccounts": ("default",),
    "configmaps": ("kube-root-ca.crt",),
    "endpoints": ("kubernetes",),
    "endpointslices": ("kubernetes",),
}
"""Objects of each namespace, or of the first one, that nobody makes."""


@dataclass(frozen=True, slots=True)
class Known:
    """An object that there is, or will be."""

    resource: Resource
    pattern: str
    """Name; `*` stands for what is not known of it."""
    root: Made
    """Object from whose making it came, itself perhaps."""
    outlives: bool = False
    """Whether it stays when that one is deleted."""
    states: frozenset[str] = frozenset()
    """States of that one in which it is there."""

    def matches(self, name: str) -> bool:
        """Whether an object of that name may be it."""
        return matches(name, self.pattern)


def matches(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern, in which `*` stands for any text."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, last = rest
    if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
        return False
    at, end = len(first), len(name) - len(last)
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def of_text(text: str, types: Types) -> list[Made] | None:
    """The objects of manifests; None if they cannot be read."""
    found: list[Made] = []
    for document in (item for one in read(text, "") for item in expand(one)):
        value = document.value
        if value is None:
            continue
        if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
            return None
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if not isinstance(name, str) and isinstance(metadata, dict) and metadata.get("generateName"):
            name = f"{metadata['generateName']}*"
        resource = types.of_kind(value["kind"], str(value.get("apiVersion", "")).rpartition("/")[0])
        if resource is not None and isinstance(name, str):
            found.append(Made(resource, pattern(name), value))
    return found


def pattern(name: str) -> str:
    """A name with `*` for what is not known of it."""
    return PLACEHOLDER.sub("*", name.replace(UNKNOWN, "*"))


def patched(made: Sequence[Made], body: str) -> list[Made] | None:
    """Objects with a patch; None if it cannot be read."""
    try:
        change = json.loads(body)
    except ValueError:
        return None
    if not isinstance(change, dict):
        return None
    metadata = change.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return [replace(one, name=pattern(name)) if isinstance(name, str) else one for one in made]


@dataclass(slots=True)
class Family:
    """Follows what becomes of an object."""

    knowledge: Knowledge
    types: Types
    seen: set[tuple[str, str]] = field(default_factory=set)

    def of(self, made: Made) -> list[Known]:
        """The object, and all that is made of it."""
        self.seen = set()
        return list(self._below(made, made, None))

    def _below(self, one: Made, root: Made, by: Derived | None) -> Iterator[Known]:
        key = (one.resource.plural, one.name)
        if key in self.seen:
            return
        self.seen.add(key)
        yield Known(one.resource, one.name, root, *((by.outlives, by.states) if by is not None else ()))
        for below in (*KUBERNETES.get(one.resource.plural, ()), *self.knowledge.derived(one)):
            resource = self.types.find(below.plural)
            if resource is not None:
                made = Made(resource, below.pattern.format(name=one.name), below.value)
                yield from self._below(made, root, below)
