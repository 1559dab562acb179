"""What a page left in the cluster, and how to remove it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from docs_test.clusters.snapshot import snapshot, unlisted_kinds
from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable

    from groundwork.kube.kubectl import Kubectl

LEFT_BY_KUBERNETES = ("configmaps/*/kube-root-ca.crt", "serviceaccounts/*/default")
"""Objects that Kubernetes makes in each namespace: `KIND/*/NAME`. A product may leave more
(`Product.left_behind`)."""


def leftovers(
    kubectl: Kubectl,
    before: frozenset[str],
    patience: float,
    expected: Container[str],
    said: Callable[[str], None] | None = None,
    *,
    beside: Collection[str] = (),
) -> list[str]:
    """What is there now, was not before, and stays: deletion goes on after `kubectl delete` returns.

    Kinds that could not be listed before are left out: all of their objects would look new.

    Args:
        kubectl: what lists the cluster.
        before: the snapshot before the page.
        patience: seconds that objects may take to go.
        expected: what the product leaves: `KIND/*/NAME`.
        said: called with a line before it waits; None: nobody hears.
        beside: as of `snapshot`.

    Raises:
        EnvironmentFault: the cluster could not be listed to the end of that patience.
    """
    deadline = time.monotonic() + patience
    while True:
        last = time.monotonic() > deadline
        try:
            left = _new(snapshot(kubectl, beside), before, expected)
        except EnvironmentFault:
            if last:
                raise
        else:
            if last or not left:
                return left
            if said:
                others = f" and {len(left) - 1} more" if len(left) > 1 else ""
                said(f"waiting for what clean-up deleted to be gone: {left[0]}{others}")
                said = None
        time.sleep(1.0)


def removal(left: Iterable[str]) -> str:
    """The commands that remove what was left."""
    lines = []
    for item in left:
        kind, namespace, name = item.split("/", 2)
        lines.append(f"kubectl delete {kind} {name}" + (f" -n {namespace}" if namespace else ""))
    return "\n".join(lines)


def _new(there: frozenset[str], before: frozenset[str], expected: Container[str]) -> list[str]:
    unlisted = unlisted_kinds(before)
    new = sorted(item for item in there - before if not _expected(item, unlisted, expected))
    if unseen := sorted(unlisted_kinds(new)):
        raise EnvironmentFault(f"kubectl get: {', '.join(unseen)} can no longer be listed")
    return new


def _expected(item: str, unlisted: frozenset[str], expected: Container[str]) -> bool:
    kind, _, name = item.split("/", 2)
    group, pattern = f"*.{kind.partition('.')[2]}", f"{kind}/*/{name}"
    return pattern in LEFT_BY_KUBERNETES or pattern in expected or kind in unlisted or group in unlisted
