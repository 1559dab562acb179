"""LISTs in whichever version the cluster serves; what the API server refuses becomes a message for people here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import installation, kinds
from groundwork.base.errors import EnvironmentFault
from groundwork.base.printable import printable
from groundwork.kube.errors import ApiError, NoAnswerError, UnreadableError
from groundwork.kube.listing import list_all
from groundwork.kube.resources import Resource
from kubectl_dynamo.reading.connection import HINT

if TYPE_CHECKING:
    from datetime import datetime

    from groundwork.kube.listing import Query
    from groundwork.kube.objects import Object
    from kubectl_dynamo.reading.connection import Connection

VERSIONS = (kinds.BETA_API, kinds.ALPHA_API)
"""The first that is served counts: v1beta1 says more, and reading it prints no deprecation."""
_ALSO = {kinds.REQUEST: (kinds.SEARCH_API,)}
"""Versions that only some kinds have. They come last: requests of v1beta1 say more in their own."""


class AbsentError(EnvironmentFault):
    """There is nothing of that name."""


class RefusedError(EnvironmentFault):
    """The API server answered, with something else than what was asked for."""


class ForbiddenError(RefusedError):
    """The user may not read this, or is not known."""


class NotServedError(RefusedError):
    """There is no such resource in this cluster."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of a collection."""

    items: tuple[Object, ...]
    at: datetime
    """Time of the answer by the server's clock."""


def list_objects(
    connection: Connection, resource: Resource, namespace: str, *, labels: str = "", fields: str = ""
) -> Listing:
    """All objects of a resource.

    Args:
        connection: the cluster.
        resource: the resource.
        namespace: "" for all of them.
        labels: a label selector.
        fields: a field selector.

    Raises:
        NotServedError: the resource is not served.
        ForbiddenError: reading it is not allowed.
        RefusedError: the API server answers with another error.
        EnvironmentFault: it does not answer, or with something that is no listing.
    """
    query = [("labelSelector", labels)] if labels else []
    query += [("fieldSelector", fields)] if fields else []
    try:
        found = list_all(connection.read, resource.path(namespace), query)
    except UnreadableError as error:
        # A proxy's page, or half a body: read as a listing it would be an empty one.
        what = f"the API server's listing of {resource.plural} cannot be read: {error.fact}"
        raise EnvironmentFault(what, hint=HINT) from None
    except NoAnswerError as error:
        what = f"the API server {connection.server} cannot be reached: {error.reason}"
        raise EnvironmentFault(what, hint=HINT) from None
    except ApiError as error:
        raise _refusal(error, connection.server, resource.plural, namespace) from None
    return Listing(found.items, found.at)


def list_dynamo(connection: Connection, namespace: str, kind: str, *, fields: str = "") -> Listing:
    """All objects of a kind of Dynamo, in the first version that can be read.

    Raises:
        NotServedError: in no version.
        ForbiddenError: reading it is not allowed.
        RefusedError: no version can be read.
        EnvironmentFault: the API server does not answer.
    """
    problems: list[RefusedError] = []
    for version in (*VERSIONS, *_ALSO.get(kind, ())):
        resource = Resource(version, kind, kinds.KINDS[kind].plural)
        try:
            return list_objects(connection, resource, namespace, fields=fields)
        except ForbiddenError:
            raise
        except RefusedError as error:
            # Not served; or the webhook that converts does not answer, while the stored version can be read.
            problems.append(error)
    raise next((error for error in problems if not isinstance(error, NotServedError)), problems[0])


def read_text(connection: Connection, path: str, query: Query) -> str:
    """A text from the API server (a log); "" where there is none or it may not be read."""
    try:
        answer = connection.read(path, query)
    except ApiError:
        return ""
    return answer.body.decode(errors="replace") if answer.good else ""


def read_object(connection: Connection, path: str) -> Object:
    """One object; `{}` where there is none or it may not be read."""
    try:
        return connection.read(path).object()
    except ApiError:
        return {}


def _refusal(error: ApiError, server: str, resource: str, namespace: str) -> RefusedError:
    """Why the API server does not list a resource, for people."""
    where = f" in namespace {namespace!r}" if namespace else ""
    said = printable(" ".join(error.message.split()))
    if error.absent:
        return NotServedError(
            f"this cluster does not serve {resource}.{kinds.GROUP}",
            hint=f"Dynamo's CRDs are not installed; kubectl api-resources --api-group {kinds.GROUP} lists what is",
        )
    if error.unknown_user:
        return ForbiddenError(
            f"the API server {server} does not know who asks: {said}",
            hint="your login is missing or has expired: log in again; kubectl auth whoami says who you are",
        )
    if error.forbidden:
        verb = "all of them" if not namespace else "them"
        return ForbiddenError(
            f"not allowed to list {resource}{where}: {said}",
            hint=f"ask for the permission to list {verb}, or name a namespace with -n in which you have it",
        )
    if "conversion webhook" in said:
        return RefusedError(
            f"the API server cannot convert {resource}{where}: {said}",
            hint=f"Dynamo's operator runs that webhook: is it up? kubectl get pods -n {installation.NAMESPACE}",
        )
    return RefusedError(f"the API server cannot list {resource}{where}: {said}")
