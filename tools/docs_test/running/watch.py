"""How docs-test looks at a cluster while a page runs there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.clusters.namespaces import kinds_beside
from docs_test.clusters.snapshot import VOLUMES, snapshot
from docs_test.ports.registry import GIVEN
from docs_test.running import killed_runs
from groundwork.kube.kubectl import Kubectl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docs_test.model import Environment, Tutorial


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a cluster before a page runs there."""

    kubectl: Kubectl
    before: frozenset[str]
    """Objects that were there before the page."""
    expected: tuple[str, ...]
    """Objects that may be there after it, in the form of `leftovers`."""
    beside: tuple[str, ...] = ()
    """Kinds outside of namespaces that it may make, in the form of `snapshot`."""


def watch(
    tutorial: Tutorial,
    environment: Environment,
    folder: Path,
    env: Mapping[str, str],
    before: frozenset[str] | None = None,
) -> Watch | None:
    """Look at the cluster of a page; None if the page has none.

    Args:
        tutorial: the page.
        environment: where it runs.
        folder: the page's.
        env: of its commands.
        before: what was there before the page; None: what is there now.
    """
    if not tutorial.cluster:
        return None
    mine = {"PATH": env["PATH"], "KUBECONFIG": environment.kubeconfig}
    kubectl = Kubectl({**os.environ, **mine}, environment.context, environment.namespace)
    beside = _beside(tutorial, environment)
    there = snapshot(kubectl, beside) if before is None else before
    if environment.platform == GIVEN:
        # It outlives the run: what a killed page leaves there, the next run cleans up.
        asked = {"context": environment.context, "namespace": environment.namespace}
        programs, left = environment.path_prefix if environment.sandboxed else None, environment.left_behind
        killed_runs.plan(folder, env, tutorial, there, programs=programs, mine=mine | asked, left_behind=left)
    return Watch(kubectl, there, environment.left_behind, beside)


def _beside(tutorial: Tutorial, environment: Environment) -> tuple[str, ...]:
    """Kinds outside of the run's namespace that a page may make: none where all of the cluster is looked at.

    Of a cluster that is given it is not known whether they can be listed.
    """
    if not environment.namespace or environment.platform == GIVEN:
        return ()
    return (VOLUMES, *(kinds_beside() if tutorial.cluster_scope else ()))
