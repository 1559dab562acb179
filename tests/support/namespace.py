"""A namespace of the tests' cluster: kubectl in it, and waiting for what it says."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from groundwork.base.errors import EnvironmentFault
from groundwork.system.processes import run
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kind_cluster.kind import Cluster

Object = dict[str, Any]
PREFIX = "of-a-test-"
"""What the names of such namespaces begin with."""


def without_other_tests(objects: Iterable[str]) -> set[str]:
    """Objects of a cluster, KIND/NAMESPACE/NAME, without those of tests that use it at the same time.

    The address of a Service is an object of its own, in no namespace; the Service is among the others.
    """
    return {
        item
        for item in objects
        if not item.partition("/")[2].strip("/").startswith(PREFIX) and not item.lower().startswith("ipaddress")
    }


@dataclass(frozen=True)
class Namespace:
    """A namespace of one test's own."""

    cluster: Cluster
    name: str

    def kubectl(self, *arguments: str, stdin: Object | None = None) -> str:
        """What kubectl prints here, with its warnings."""
        content = yaml.safe_dump(stdin).encode() if stdin else None
        command = [self.cluster.kubectl, "--kubeconfig", self.cluster.kubeconfig, "-n", self.name, *arguments]
        return run(command, stdin=content, what=f"kubectl {' '.join(arguments[:2])}")

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

    def models(self, graph: str) -> list[str]:
        """The models that a graph's frontend names, asked through the API server."""
        path = f"/api/v1/namespaces/{self.name}/services/{graph}-frontend:http/proxy/v1/models"
        return [item["id"] for item in json.loads(self.kubectl("get", "--raw", path))["data"]]

    def serves(self, graph: str, model: str) -> None:
        """Wait until a graph that is ready names this model, and no other.

        Its frontend hears of a worker when that is ready, and takes it up a moment later; so does its Service.
        """

        def named() -> bool:
            with suppress(EnvironmentFault):
                return self.models(graph) == [model]
            return False

        wait_until(named, f"{graph} serves {model}")
