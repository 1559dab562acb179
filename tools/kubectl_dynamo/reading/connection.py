"""The cluster of kubectl's own configuration; it is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from groundwork.base.errors import EnvironmentFault
from groundwork.kube.access import find_access
from groundwork.kube.client import Client
from groundwork.kube.errors import NoClusterError, NoLoginError

if TYPE_CHECKING:
    from groundwork.kube.listing import Answer, Query

HINT = "kubectl cluster-info says what kubectl reaches; --kubeconfig and --context choose another cluster"


class Connection(Protocol):
    """A cluster that can be read."""

    server: str
    """The API server's URL."""
    namespace: str
    """Namespace of the commands that name none."""

    def read(self, path: str, query: Query = ()) -> Answer:
        """GET a path of the API server.

        Raises:
            ApiError: it does not answer.
        """


def connect(kubeconfig: str = "", context: str = "") -> Connection:
    """The cluster that kubectl would reach; nothing is sent yet.

    Args:
        kubeconfig: path of the file; "": as kubectl finds it, else the Pod's own account.
        context: of the kubeconfig; "": the current one.

    Raises:
        EnvironmentFault: there is no configuration, or it cannot be read.
    """
    try:
        return Client(find_access(kubeconfig, context))
    except NoLoginError as error:
        raise EnvironmentFault(str(error), hint=error.hint) from None
    except NoClusterError as error:
        raise EnvironmentFault(f"no cluster: {error}", hint=error.hint or HINT) from None
