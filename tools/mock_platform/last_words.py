"""What Pods that did not get ready have said, for the message that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from kind_cluster.kind import Cluster

KEPT_LINES = 15


def last_words(cluster: Cluster, namespace: str, selector: str) -> str:
    """The last lines of the Pods' logs and of the namespace's events, as far as they can be had."""
    found = []
    for what, command in (
        ("pods", ("get", "pods", "-o", "wide")),
        ("log", ("logs", "-l", selector, f"--tail={KEPT_LINES}")),
        ("events", ("get", "events", "--sort-by=.lastTimestamp")),
    ):
        try:
            text = cluster.run_kubectl("-n", namespace, *command)
        except EnvironmentFault as error:
            text = error.fact
        lines = text.splitlines()[-KEPT_LINES:] or ["(nothing)"]
        found.append("\n".join([f"{what}:", *(f"  | {line}" for line in lines)]))
    return "\n".join(found)
