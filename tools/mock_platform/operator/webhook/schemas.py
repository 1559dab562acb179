"""The schemas that the API server has for Dynamo's kinds, read from their definitions in the cluster.

The stand-in carries none: what it says of types is what this very API server would say of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from groundwork.kube.errors import ApiError
from groundwork.kube.resources import DEFINITIONS
from groundwork.kube.values import mapping, sequence

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from groundwork.kube.values import Json
    from mock_platform.operator.kube.api import Api

_FRESH_SECONDS = 60.0
"""Seconds for which a definition is not read again: a feature gate may change one."""


@dataclass(slots=True)
class Schemas:
    """Schemas of the kinds that have two versions; none at all without an API server to ask."""

    api: Api | None = None
    _read: dict[str, tuple[float, Object]] = field(default_factory=dict)

    def of(self, kind: str, version: str) -> Json:
        """The schema of a kind's `spec` in one version ("v1beta1"); {} where it cannot be had."""
        for served in sequence(mapping(self._definition(kind), "spec").get("versions")):
            if mapping(served).get("name") == version:
                return mapping(served, "schema", "openAPIV3Schema", "properties", "spec")
        return {}

    def _definition(self, kind: str) -> Object:
        when, known = self._read.get(kind, (0.0, {}))
        known_kind = kinds.KINDS.get(kind)
        if self.api is None or known_kind is None or (known and time.monotonic() - when < _FRESH_SECONDS):
            return known
        try:
            found = self.api.get(DEFINITIONS, "", known_kind.definition)
        except ApiError:
            found = None  # What cannot be read is not checked here: the API server checks it, too.
        if found is not None:
            self._read[kind] = (time.monotonic(), found)
        return found or known


NO_SCHEMAS = Schemas()
