"""A namespace of the tests' cluster: kubectl in it, and waiting for what it says."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Callable

    from kind_cluster.kind import Cluster

Object = dict[str, Any]


@dataclass(frozen=True)
class Namespace:
    """A namespace of one test's own."""

    cluster: Cluster
    name: str

    def kubectl(self, *arguments: str, stdin: Object | None = None) -> str:
        content = yaml.safe_dump(stdin).encode() if stdin else None
        return self.cluster.run_kubectl("-n", self.name, *arguments, stdin=content)

    def apply(self, item: Object) -> str:
        return self.kubectl("apply", "-f", "-", stdin=item)

    def get(self, what: str | tuple[str, ...]) -> Object:
        words = (what,) if isinstance(what, str) else what
        text = self.kubectl("get", *words, "-o", "json")
        found: Object = json.loads(text[text.index("{") :])  # After kubectl's warnings.
        return found

    def wait_for(
        self, what: str | tuple[str, ...], holds: Callable[[Object], bool], seconds: float = LONG
    ) -> Object:
        deadline = time.monotonic() + seconds
        while not holds(found := self.get(what)):
            assert time.monotonic() < deadline, yaml.safe_dump(found.get("status"))
            time.sleep(0.5)
        return found
