"""A cluster that somebody else made: what must hold before anything is asked to run there."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from docs_test.clusters.namespaces import ALLOW
from groundwork.base.errors import EnvironmentFault
from groundwork.kube.kubectl import Kubectl, KubectlFault
from groundwork.kube.values import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PERMISSION = "configmap/docs-test-allowed"
"""ConfigMap in kube-system with which somebody who may decide it lets pages run in this cluster."""


def given_cluster(kubeconfig: Path, context: str, allowed: Sequence[str]) -> tuple[Kubectl, str]:
    """The cluster of a kubeconfig, if pages may run there.

    Args:
        kubeconfig: the file.
        context: which of its contexts; "": the only one.
        allowed: contexts that the command line allows.

    Returns:
        kubectl with the kubeconfig's rights, and the server's version without the v.

    Raises:
        EnvironmentFault: no such file or context, no kubectl, no answer, a kubectl too far from the server's
            version, or nobody allowed it.
    """
    if not kubeconfig.is_file():
        raise EnvironmentFault(f"--kubeconfig {str(kubeconfig)!r}: no such file")
    if shutil.which("kubectl") is None:
        raise EnvironmentFault("kubectl: not found on PATH", hint="install kubectl, or run without --kubeconfig")
    kubectl = Kubectl({**os.environ, "KUBECONFIG": str(kubeconfig.resolve())})
    chosen = _chosen(kubectl, kubeconfig, context)
    kubectl = Kubectl(kubectl.env, chosen)
    server = _server_version(kubectl, kubeconfig)
    if chosen not in allowed and not kubectl.run(
        "get", PERMISSION, "-n", "kube-system", "--ignore-not-found", "-o", "name"
    ):
        raise EnvironmentFault(
            f"context {chosen!r} of {str(kubeconfig)!r}: docs-test is not allowed to run in this cluster",
            hint=f"kubectl --context {chosen} apply -f {ALLOW}, or for one run: --allow-context {chosen}",
        )
    return kubectl, server


def _chosen(kubectl: Kubectl, kubeconfig: Path, context: str) -> str:
    names = kubectl.run("config", "get-contexts", "-o", "name").split()
    if context and context not in names:
        raise EnvironmentFault(
            f"--context {context!r}: {str(kubeconfig)!r} has no such context", hint=f"it has {', '.join(names)}"
        )
    if not context and len(names) != 1:
        # The current one is what somebody worked with last.
        raise EnvironmentFault(
            f"--kubeconfig {str(kubeconfig)!r}: it has {len(names)} contexts",
            hint=f"name one with --context: {', '.join(names)}" if names else "is it a kubeconfig?",
        )
    return context or names[0]


def _server_version(kubectl: Kubectl, kubeconfig: Path) -> str:
    """Version of the server, without the v."""
    command = ("version", "--output=json", "--request-timeout=15s")
    try:
        versions = kubectl.json(*command)
    except KubectlFault as error:
        raise EnvironmentFault(
            f"--kubeconfig {str(kubeconfig)!r}: the cluster does not answer: {error.reason}",
            hint=f"kubectl --kubeconfig {kubeconfig} --context {kubectl.context} version",
        ) from None
    client, server = (
        text(versions, f"{side}Version", "gitVersion").removeprefix("v") for side in ("client", "server")
    )
    if abs(_minor(kubectl, client) - _minor(kubectl, server)) > 1:
        raise EnvironmentFault(
            f"kubectl {client}: too far from the cluster's Kubernetes {server}",
            hint=f"Kubernetes supports one minor version of difference; install kubectl {server}",
        )
    return server


def _minor(kubectl: Kubectl, version: str) -> int:
    found = re.match(r"\d+\.(\d+)", version)
    if not found:
        raise kubectl.fault(("version",), f"printed {version!r} as a version of client or server")
    return int(found[1])
