"""Which cluster, and as whom: a kubeconfig, or a Pod's own ServiceAccount.

By the official client: it knows the ways in that kubeconfigs have (tokens, certificates, exec plugins of clouds,
proxies). Which context counts and what is wrong with it, `kubeconfig` and `logins` say. Importing the client takes
0.2 s, so it is imported when it is used: a program's `--help` does without.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from groundwork.base.printable import printable
from groundwork.kube.errors import NoClusterError, NoLoginError
from groundwork.kube.kubeconfig import choose
from groundwork.kube.logins import logging_in, watched
from groundwork.kube.values import text

if TYPE_CHECKING:
    from groundwork.kube.kubeconfig import Chosen

_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
"""A file that every Pod with a ServiceAccount has."""
_NO_PROVIDER = (
    "kubectl no longer has gcp and azure: let your cloud's tool write the kubeconfig again, with a plugin"
)
_GONE = ("gcp", "azure")
_AGAIN = "log in again; `kubectl auth whoami` logs in the same way"


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
        NoLoginError: its user cannot log in.
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
        NoLoginError: its user cannot log in.
    """
    from kubernetes.config import load_kube_config  # noqa: PLC0415

    chosen = choose(kubeconfig, context)
    settings = _settings()
    try:
        with logging_in(chosen.user):
            load_kube_config(  # type: ignore[no-untyped-call]
                chosen.files, chosen.context.name, client_configuration=settings
            )
    except NoClusterError:
        raise
    except Exception as error:  # What cannot be used the client finds out in many ways.
        provider = text(chosen.user.body, "auth-provider", "name")
        if provider:
            fact = f"user {chosen.user.name!r} cannot log in by the auth-provider {provider!r}: {one_line(error)}"
            raise NoLoginError(fact, hint=_NO_PROVIDER if provider in _GONE else _AGAIN) from error
        raise NoClusterError(f"context {chosen.context.name!r}: {one_line(error)}") from error
    watched(settings, chosen.user)
    _server_as_kubectl(settings)
    if not text(chosen.cluster.body, "proxy-url"):
        _proxy_as_kubectl(settings)
    _check_certificates(settings, chosen)
    return Access(settings, chosen.namespace)


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


def _server_as_kubectl(settings: Any) -> None:
    """Read a server without a scheme as kubectl does: HTTPS where certificates are spoken of, else HTTP."""
    if "://" not in str(settings.host):
        safe = settings.ssl_ca_cert or settings.cert_file or not settings.verify_ssl
        settings.host = f"{'https' if safe else 'http'}://{settings.host}"


def _proxy_as_kubectl(settings: Any) -> None:
    """Take a proxy of the environment as kubectl does: none for this machine, HTTP if it names no scheme."""
    host = urlsplit(str(settings.host)).hostname or ""
    if _is_here(host):
        settings.proxy = None
    elif settings.proxy and "://" not in settings.proxy:
        settings.proxy = f"http://{settings.proxy}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_certificates(settings: Any, chosen: Chosen) -> None:
    """Find out which certificate is none: of a connection one learns it late, and not whose."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if settings.ssl_ca_cert:
        try:
            context.load_verify_locations(settings.ssl_ca_cert)
        except OSError as error:
            what = f"certificate-authority of cluster {chosen.cluster.name!r}"
            raise NoClusterError(f"{what} is no certificate: {one_line(error)}") from None
    if settings.cert_file:
        try:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        except OSError as error:
            what = f"client-certificate and client-key of user {chosen.user.name!r}"
            raise NoClusterError(f"{what} are not a certificate and its key: {one_line(error)}") from None
