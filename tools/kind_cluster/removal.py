"""What a cluster is called, whose it is, and how it is removed with all that belongs to it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from docs_test.names import program
from groundwork.base.content import locked
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.paths import cache_dir
from groundwork.system.processes import run
from groundwork.system.records import Record, abandoned, alive, claimed
from groundwork.system.signals import deferred
from kind_cluster.docker import container_exists, remove_container

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from groundwork.system.progress import Progress
    from kind_cluster.tools import Tools

LABEL = "dynamo-docs/cluster"
"""Docker label, with the cluster's name, of its registry: it tells this project's clusters from others."""

KIND = "cluster"
"""Kind of the records that clusters have while their runs live."""

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,47}[a-z0-9])?")


def checked_name(name: str) -> str:
    """The name, if a cluster may have it: it becomes part of host names and of a path in the cache.

    Raises:
        UserError: it has other characters, or is too long for a host name once `-control-plane` is appended.
    """
    if not NAME.fullmatch(name):
        raise UserError(f"cluster name {name!r}: allowed are 1 to 49 of a-z, 0-9 and -, with no - at either end")
    return name


def removal(name: str) -> str:
    """The command that removes a cluster, as the README has it."""
    return f"{program()} cluster {name} --remove"


def registry_name(cluster: str) -> str:
    """Name of the container that is a cluster's registry."""
    return f"{cluster}-registry"


def node_name(cluster: str) -> str:
    """Name of the container that is a cluster's one node."""
    return f"{cluster}-control-plane"


def claim(name: str) -> AbstractContextManager[Record]:
    """The cluster's record, which no other run that lives may have.

    Raises:
        EnvironmentFault: one has; names its process.
    """
    hint = "wait for it, end it (kill {pid}), or choose another name"
    return claimed(KIND, f"cluster {name!r}", hint, name=name)


def sweep(tools: Tools, progress: Progress) -> None:
    """Remove the clusters of runs that were killed, also those that were to be kept: nobody knows their state."""
    # One sweep at a time: a run that finds nothing to remove must not begin while another one still removes it.
    with locked(cache_dir("locks", "sweep")):
        _sweep(tools, progress)


def _sweep(tools: Tools, progress: Progress) -> None:
    used = {facts.get("name") for facts in alive(KIND)}
    with abandoned(KIND) as left:
        for name in dict.fromkeys(str(facts.get("name", "")) for facts in left):
            if NAME.fullmatch(name) and name not in used:
                with deferred(progress.line), progress.stage(f"remove cluster {name}, whose run was killed"):
                    _remove(name, tools.kind)  # Whose it is was known before it was recorded.


def clusters(kind: Path) -> list[str]:
    """Names of the kind clusters on this machine."""
    return run([kind, "get", "clusters", "--quiet"], what="listing kind clusters").split()


def require_ours(name: str, kind: Path) -> None:
    """Hold that nobody else made a cluster of that name, or a container called like its registry.

    Raises:
        EnvironmentFault: somebody did.
    """
    registry = registry_name(name)
    marked = container_exists(registry, label=f"{LABEL}={name}")
    hint = "choose another name; it is neither used nor removed"
    if not marked and container_exists(registry):
        raise EnvironmentFault(f"container {registry!r}: exists, and this project did not make it", hint=hint)
    ours = marked or (cache_dir("clusters") / name / "kubeconfig").exists()
    if not ours and name in clusters(kind):
        raise EnvironmentFault(f"cluster {name!r}: exists, and this project did not make it", hint=hint)


def remove_cluster(name: str, kind: Path) -> None:
    """Remove a cluster that no run uses, if this project made it.

    Raises:
        EnvironmentFault: one uses it; names its process. Or as `require_ours` and `delete_cluster`.
    """
    require_ours(checked_name(name), kind)  # Before it is recorded: what is recorded is removed.
    _remove(name, kind)


def _remove(name: str, kind: Path) -> None:
    with claim(name) as record:
        delete_cluster(name, kind)
        record.settled()


def delete_cluster(name: str, kind: Path) -> None:
    """Remove a cluster, its registry and its kubeconfig; no error if it is gone already.

    Raises:
        EnvironmentFault: something of it stays; says what, why, and how to remove it.
    """
    containers = [registry_name(checked_name(name)), node_name(name)]
    folder = cache_dir("clusters") / name  # Not made: what cannot be removed is to leave nothing new.
    why = ""
    remove_container(containers[0])
    # kind also takes the cluster out of the kubeconfig it is given; by default that is the user's own.
    command: list[str | Path] = [kind, "delete", "cluster", "--quiet", "--name", name]
    try:
        run([*command, "--kubeconfig", folder / "kubeconfig"], what=f"removing cluster {name}")
        left = [container for container in containers if container_exists(container)]
    except EnvironmentFault as error:
        left, why = containers, f"\n{error.fact}"
    if left:
        raise EnvironmentFault(
            f"cluster {name!r}: could not be removed; what may be left: containers {', '.join(left)}{why}",
            hint=f"once Docker answers: {removal(name)}, or docker rm --force --volumes {' '.join(left)}",
        )
    shutil.rmtree(folder, ignore_errors=True)
