"""The kind cluster that all processes of a test run share: the first one that needs it makes it and removes it."""

from __future__ import annotations

import fcntl
import json
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.content import locked
from groundwork.system.progress import Progress
from kind_cluster.gpus import load_profile
from kind_cluster.kind import Cluster, open_cluster
from kind_cluster.registry import find_registry
from kind_cluster.removal import node_name, registry_name

if TYPE_CHECKING:
    from collections.abc import Iterator

GPUS = 64
"""Mock GPUs that Pods can ask for. The node's labels still say 8; so tests do not wait for each other's GPUs."""
EXISTS = "cluster.json"


@contextmanager
def shared_cluster(
    folder: Path, *, name: str = "", keep: bool = False, given: Path | None = None
) -> Iterator[Cluster]:
    """The run's cluster.

    Args:
        folder: of the run; in it the processes tell each other what there is.
        name: the cluster's name; empty: one of this run's own.
        keep: leave it running afterwards.
        given: the kubeconfig of a cluster that was made before, and stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("w") as users, ExitStack() as stack:
        with locked(folder):
            cluster = _made_by_another(folder)
            makes = cluster is None
            if cluster is None:
                cluster = stack.enter_context(open_cluster(Progress(), name=name, keep=keep, kubeconfig=given))
                give_gpus(cluster)
                fields = asdict(replace(cluster, registry=None))  # type: ignore[arg-type]
                (folder / EXISTS).write_text(json.dumps(fields, default=str), encoding="utf-8")
            else:
                fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            if makes:
                with locked(folder):
                    (folder / EXISTS).unlink()
                fcntl.flock(users, fcntl.LOCK_EX)  # Until no other process uses it.


def _made_by_another(folder: Path) -> Cluster | None:
    file = folder / EXISTS
    if not file.exists():
        return None
    fields = json.loads(file.read_text(encoding="utf-8"))
    fields |= {key: Path(fields[key]) for key in ("kubeconfig", "kubectl")}
    return Cluster(**fields | {"registry": find_registry(registry_name(fields["name"]))})


def give_gpus(cluster: Cluster) -> None:
    """Let Pods ask for more GPUs than the node's labels say."""
    patch = replace(load_profile("h100x8"), count=GPUS).status_patch()
    where = ("node", node_name(cluster.name), "--subresource=status")
    cluster.run_kubectl("patch", *where, "--type=json", "-p", patch)
