"""Where a page runs: a kind cluster with this project's stand-in, or a cluster that is given."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.kind import open_cluster
from cluster.provision import preflight, provision
from docs_test.model import Environment
from mock_platform.images import ensure_images
from mock_platform.install import install
from project.errors import EnvironmentFault
from project.records import claimed
from project.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster.kind import Cluster
    from project.progress import Progress

GIVEN = "given"
"""Of the records that say which given cluster a run uses."""


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """What the command line says about where pages run."""

    provision: bool = False
    """Install what the machine lacks first."""
    assume_yes: bool = False
    cluster_name: str = ""
    """Empty: a name of the run's own."""
    keep_cluster: bool = False
    kubeconfig: Path | None = None
    """A cluster that exists; nothing is created, installed or deleted there."""
    gpu_profile: str = "h100x8"


@contextmanager
def open_environment(options: EnvironmentOptions, progress: Progress) -> Iterator[Environment]:
    """Everything a tutorial needs, ended with the `with` block unless `keep_cluster`.

    Raises:
        EnvironmentFault: the machine or the cluster lacks something; the message says what and how to mend it.
    """
    if options.provision:
        provision(progress, assume_yes=options.assume_yes)
    if options.kubeconfig:
        environment = given_environment(options.kubeconfig)
        hint = "wait for it, or end it: kill {pid}"  # Each would take the other's objects for left over.
        what = f"--kubeconfig {str(options.kubeconfig)!r}"
        with claimed(GIVEN, what, hint, kubeconfig=environment.kubeconfig) as record:
            try:
                yield environment
            finally:
                record.settled()
        return
    preflight()
    images = ensure_images(progress)
    with open_cluster(
        progress,
        name=options.cluster_name,
        keep=options.keep_cluster,
        kubeconfig=None,
        profile=options.gpu_profile,
    ) as cluster:
        install(cluster, images, progress)
        yield mock_environment(cluster)


def mock_environment(cluster: Cluster) -> Environment:
    """The environment of a cluster with the stand-in installed."""
    return Environment(
        kubeconfig=str(cluster.kubeconfig),
        path_prefix=(str(cluster.kubectl.parent),),
        platform="mock",
        kubernetes=cluster.kubernetes_version,
        runtime=version("dynamo.runtime"),
        operator=version("dynamo.operator_label"),
        gpus=cluster.gpus,
    )


def given_environment(kubeconfig: Path) -> Environment:
    """The environment of a cluster that somebody else made.

    Raises:
        EnvironmentFault: no such file, no kubectl, no answer, or a kubectl too far from the server's version.
    """
    if not kubeconfig.is_file():
        raise EnvironmentFault(f"--kubeconfig {str(kubeconfig)!r}: no such file")
    if shutil.which("kubectl") is None:
        raise EnvironmentFault("kubectl: not found on PATH", hint="install kubectl, or run without --kubeconfig")
    return Environment(
        kubeconfig=str(kubeconfig.resolve()),
        platform="cluster",
        kubernetes=_server_version(kubeconfig),
    )


def _server_version(kubeconfig: Path) -> str:
    """Version of the server, without the v."""
    command = ["kubectl", "--kubeconfig", str(kubeconfig), "version", "--output=json", "--request-timeout=15s"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise EnvironmentFault(
            f"--kubeconfig {str(kubeconfig)!r}: the cluster does not answer: {said}",
            hint=f"kubectl --kubeconfig {kubeconfig} version",
        )
    versions = json.loads(done.stdout)
    client, server = (versions[f"{side}Version"]["gitVersion"].removeprefix("v") for side in ("client", "server"))
    if abs(_minor(client) - _minor(server)) > 1:
        raise EnvironmentFault(
            f"kubectl {client}: too far from the cluster's Kubernetes {server}",
            hint=f"Kubernetes supports one minor version of difference; install kubectl {server}",
        )
    return str(server)


def _minor(version: str) -> int:
    return int(version.split(".")[1])
