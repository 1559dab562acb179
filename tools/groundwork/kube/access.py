"""Which cluster, and as whom: a kubeconfig, or a Pod's own ServiceAccount.

By the official client: it knows every way in that kubeconfigs have (tokens, certificates, exec plugins of the
clouds, proxies, several files in KUBECONFIG). Importing it takes 0.2 s, so it is imported when it is used: a
program's `--help` does without.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundwork.base.printable import printable
from groundwork.kube.errors import NoClusterError

_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
"""A file that every Pod with a ServiceAccount has."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster."""

    settings: Any
    """A `kubernetes.client.Configuration`."""
    namespace: str
    """Namespace of the commands that name none."""

    @property
    def server(self) -> str:
        """The API server's URL."""
        return str(self.settings.host)


def find_access(kubeconfig: str = "", context: str = "") -> Access:
    """As kubectl: a kubeconfig's, or that of the Pod this runs in where no kubeconfig is named or found.

    Args:
        kubeconfig: path of the file; "": what KUBECONFIG says, else ~/.kube/config.
        context: of the kubeconfig; "": the current one.

    Raises:
        NoClusterError: there is no configuration, or it cannot be read.
    """
    # The client reads KUBECONFIG once, when it is imported; here it counts as it is now.
    kubeconfig = kubeconfig or os.environ.get("KUBECONFIG", "")
    try:
        return access_of_kubeconfig(kubeconfig, context)
    except NoClusterError:
        if kubeconfig or context or not _NAMESPACE.exists():
            raise
        return access_of_pod()


def access_of_kubeconfig(kubeconfig: str = "", context: str = "") -> Access:
    """As of `find_access`, by a kubeconfig alone.

    Raises:
        NoClusterError: there is no kubeconfig, or it cannot be read.
    """
    from kubernetes.config import ConfigException, load_kube_config  # noqa: PLC0415
    from yaml import YAMLError  # noqa: PLC0415

    settings = _settings()
    try:
        # What is no kubeconfig the client finds out in many ways.
        load_kube_config(  # type: ignore[no-untyped-call]
            kubeconfig or None, context or None, client_configuration=settings
        )
        return Access(settings, _namespace(kubeconfig, context))
    except (ConfigException, YAMLError, OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise NoClusterError(one_line(error)) from error


def access_of_pod() -> Access:
    """As the ServiceAccount of the Pod that this runs in.

    Raises:
        NoClusterError: it runs in no Pod, or in one without a ServiceAccount's token.
    """
    from kubernetes.config import ConfigException, load_incluster_config  # noqa: PLC0415

    settings = _settings()
    try:
        load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call]
        namespace = _NAMESPACE.read_text(encoding="utf-8").strip()
    except (ConfigException, OSError) as error:
        raise NoClusterError(one_line(error)) from error
    return Access(settings, namespace or "default")


def one_line(error: object) -> str:
    """What an exception says, in one line; its type where it says nothing."""
    return printable(" ".join(str(error).split())) or type(error).__name__


def _settings() -> Any:
    from kubernetes.client import Configuration  # noqa: PLC0415

    settings = Configuration()
    settings.retries = 0  # Whoever asks again says so.
    return settings


def _namespace(kubeconfig: str, context: str) -> str:
    from kubernetes.config import list_kube_config_contexts  # noqa: PLC0415

    contexts, active = list_kube_config_contexts(kubeconfig or None)  # type: ignore[no-untyped-call]
    chosen = next((entry for entry in contexts if entry["name"] == context), active) if context else active
    return str((chosen.get("context") or {}).get("namespace") or "default")
