"""The cluster of kubectl's own configuration.

By the official client: it knows every way in that kubeconfigs have (tokens, certificates, exec plugins of the
clouds, proxies, several files in KUBECONFIG). Importing it takes 0.2 s, half of a cold start; a reader of our own
would save most of that and get the rare ways wrong. So it is imported here only, after the command line is read:
`--help` and `explain` do without.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from groundwork.base.errors import EnvironmentFault
from groundwork.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

_IN_CLUSTER = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_CONNECT_SECONDS = 5.0
_HINT = "kubectl cluster-info says what kubectl reaches; --kubeconfig and --context choose another cluster"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server said."""

    status: int
    body: bytes
    at: datetime
    """The server's own clock, so that ages are right where the two machines disagree."""

    def json(self) -> dict[str, Any]:
        """The body as an object; `{}` where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Connection(Protocol):
    """A cluster that can be read."""

    namespace: str
    """Where commands go that name no namespace."""

    def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Answer:
        """GET a path of the API server.

        Raises:
            EnvironmentFault: it does not answer.
        """


class KubeConnection:
    """`Connection` by the official client."""

    def __init__(self, *, kubeconfig: str = "", context: str = "", seconds: float = 30.0) -> None:
        """Read the configuration; nothing is sent yet.

        Raises:
            EnvironmentFault: there is none, or it cannot be read.
        """
        from kubernetes.client import ApiClient, Configuration  # noqa: PLC0415
        from kubernetes.config import ConfigException, load_incluster_config, load_kube_config  # noqa: PLC0415
        from yaml import YAMLError  # noqa: PLC0415

        # The client reads KUBECONFIG once, when it is imported; here it counts as it is now.
        kubeconfig = kubeconfig or os.environ.get("KUBECONFIG", "")
        settings = Configuration()
        settings.retries = 0  # Whoever follows tries again, and says so.
        settings.connection_pool_maxsize = 8
        try:
            # What is no kubeconfig the client finds out in many ways.
            load_kube_config(  # type: ignore[no-untyped-call]
                kubeconfig or None, context or None, client_configuration=settings
            )
            self.namespace = _namespace(kubeconfig, context)
        except (ConfigException, YAMLError, OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            if kubeconfig or context or not _IN_CLUSTER.exists():
                raise EnvironmentFault(f"no cluster: {_reason(error)}", hint=_HINT) from None
            load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call]
            self.namespace = _IN_CLUSTER.read_text(encoding="utf-8").strip() or "default"
        self._client = ApiClient(settings)
        self._seconds = seconds
        self.server = str(settings.host)

    def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Answer:
        from kubernetes.client import ApiException  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        prepared = self._client.param_serialize(
            "GET",
            path,
            query_params=list(query) or None,
            header_params={"Accept": "application/json"},
            auth_settings=["BearerToken"],
        )
        try:
            reply = self._client.call_api(*prepared, _request_timeout=(_CONNECT_SECONDS, self._seconds))
            # Only now the body is read: it may break off, or stay away, like the whole reply.
            body = bytes(reply.response.data or b"")
        except (HTTPError, ApiException, OSError) as error:
            # urllib3 wraps what happened in the whole request: the inner reason is the news.
            reason = getattr(error, "reason", None) or error
            raise EnvironmentFault(
                f"the API server {self.server} cannot be reached: {_reason(reason)}", hint=_HINT
            ) from None
        return Answer(reply.response.status, body, _date(reply.response.headers))


def _namespace(kubeconfig: str, context: str) -> str:
    from kubernetes.config import list_kube_config_contexts  # noqa: PLC0415

    contexts, active = list_kube_config_contexts(kubeconfig or None)  # type: ignore[no-untyped-call]
    chosen = next((entry for entry in contexts if entry["name"] == context), active) if context else active
    return str((chosen.get("context") or {}).get("namespace") or "default")


def _date(headers: Any) -> datetime:
    try:
        return parsedate_to_datetime(headers["Date"])
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)


def _reason(error: object) -> str:
    return printable(" ".join(str(error).split())) or type(error).__name__
