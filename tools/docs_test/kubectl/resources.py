"""Types of objects by the names that kubectl takes: plural, singular, short, with a group or a version."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.kubectl.table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docs_test.kubectl.table import Resource

VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d+)?")
ALL = "all"
"""Category of the most common types of workloads."""


class Types:
    """Kubernetes' own types, and those of a product."""

    def __init__(self, product: Iterable[Resource] = (), categories: Iterable[str] = ()) -> None:
        self.resources: Sequence[Resource] = (*table().resources, *product)
        self.categories = frozenset((ALL, *categories))
        self._by_name: dict[str, Resource] = {}
        for one in self.resources:
            for name in one.names:
                self._by_name.setdefault(name, one)
        self._groups = {one.group for one in self.resources}

    def find(self, text: str) -> Resource | None:
        """The type of a name such as `deploy`, `deployments.apps`, `deployments.v1.apps`; None: there is none."""
        name, dot, rest = text.lower().partition(".")
        if not dot:
            return self._by_name.get(name)
        for one in self.resources:
            if name in one.names and rest.rstrip(".") == one.group:
                return one
        version, _, group = rest.partition(".")
        for one in self.resources:
            if name in one.names and one.group == group and VERSION.fullmatch(version):
                return replace(one, version=version)
        return None

    def of_kind(self, kind: str, group: str | None = None) -> Resource | None:
        """The type of a kind."""
        return next((one for one in self.resources if one.kind == kind and group in {None, one.group}), None)

    def foreign(self, text: str) -> bool:
        """Whether a name has a group that nobody here knows: a type of another project."""
        _, dot, group = text.lower().partition(".")
        return bool(dot) and not any(group == one or group.endswith(f".{one}") for one in self._groups if one)

    @property
    def names(self) -> list[str]:
        """All names, for hints."""
        return sorted({*self._by_name, *self.categories})
