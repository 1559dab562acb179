"""LISTs: whole collections, by pages, in whichever version the cluster serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from kubectl_dynamo.reading.connection import Answer, Connection
    from kubectl_dynamo.reading.model import Object

GROUP = "nvidia.com"
VERSIONS = ("v1beta1", "v1alpha1")
"""The first that is served counts: v1beta1 says more, and reading it prints no deprecation."""
_PAGE = "500"
_OK, _FORBIDDEN, _NOT_FOUND, _GONE = 200, (401, 403), 404, 410


class AbsentError(EnvironmentFault):
    """There is nothing of that name."""


class RefusedError(EnvironmentFault):
    """The API server answered, with something else than what was asked for."""


class ForbiddenError(RefusedError):
    """The user may not read this."""


class NotServedError(RefusedError):
    """There is no such resource in this cluster."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of a collection."""

    items: tuple[Object, ...]
    at: datetime
    """When, by the server's clock."""


def list_objects(
    connection: Connection, path: str, namespace: str, resource: str, *, labels: str = "", fields: str = ""
) -> Listing:
    """All objects of a resource.

    Args:
        connection: the cluster.
        path: of the group and version: `api/v1`, `apis/batch/v1`.
        namespace: "" for all of them.
        resource: its plural.
        labels: a label selector.
        fields: a field selector.

    Raises:
        NotServedError: the resource is not served.
        ForbiddenError: reading it is not allowed.
        RefusedError: the API server answers with another error.
        EnvironmentFault: it does not answer, or with something that is no listing.
    """
    where = f"/{path}/namespaces/{namespace}/{resource}" if namespace else f"/{path}/{resource}"
    query = [("limit", _PAGE)]
    query += [("labelSelector", labels)] if labels else []
    query += [("fieldSelector", fields)] if fields else []
    items: list[Object] = []
    more = ""
    while True:
        answer = connection.get(where, [*query, *([("continue", more)] if more else [])])
        if answer.status == _GONE and more:
            # The list changed for too long between two pages: begin again.
            items, more = [], ""
            continue
        body = _checked(answer, resource, namespace)
        kind = str(body.get("kind", "")).removesuffix("List")
        common = {"apiVersion": body.get("apiVersion", ""), "kind": kind}
        items += [{**item, **common} for item in body.get("items") or []]
        more = (body.get("metadata") or {}).get("continue") or ""
        if not more:
            return Listing(tuple(items), answer.at)


def list_dynamo(connection: Connection, namespace: str, resource: str, *, fields: str = "") -> Listing:
    """All objects of a resource of Dynamo, in the first version that can be read.

    Raises:
        NotServedError: in no version.
        ForbiddenError: reading it is not allowed.
        RefusedError: no version can be read.
        EnvironmentFault: the API server does not answer.
    """
    problems: list[RefusedError] = []
    for version in VERSIONS:
        try:
            return list_objects(connection, f"apis/{GROUP}/{version}", namespace, resource, fields=fields)
        except ForbiddenError:
            raise
        except RefusedError as error:
            # Not served; or the webhook that converts does not answer, while the stored version can be read.
            problems.append(error)
    raise next((error for error in problems if not isinstance(error, NotServedError)), problems[0])


def read_text(connection: Connection, path: str, query: list[tuple[str, str]]) -> str:
    """A text from the API server (a log); "" where there is none or it may not be read."""
    try:
        answer = connection.get(path, query)
    except UserError:
        return ""
    return answer.body.decode(errors="replace") if answer.status == _OK else ""


def read_object(connection: Connection, path: str) -> Object:
    """One object; `{}` where there is none or it may not be read."""
    try:
        answer = connection.get(path)
    except UserError:
        return {}
    return answer.json() if answer.status == _OK else {}


def _checked(answer: Answer, resource: str, namespace: str) -> Object:
    if answer.status == _OK:
        body = answer.json()
        if not body:
            # A proxy's page, or half a body: read as a listing it would be an empty one.
            size = len(answer.body)
            raise EnvironmentFault(
                f"the API server's listing of {resource} cannot be read: {size} bytes that are no JSON object",
                hint="kubectl cluster-info says what kubectl reaches",
            )
        return body
    where = f" in namespace {namespace!r}" if namespace else ""
    said = printable(" ".join(str(answer.json().get("message") or "").split()))
    if answer.status == _NOT_FOUND:
        raise NotServedError(
            f"this cluster does not serve {resource}.{GROUP}",
            hint="Dynamo's CRDs are not installed; kubectl api-resources --api-group nvidia.com lists what is",
        )
    if answer.status in _FORBIDDEN:
        verb = "all of them" if not namespace else "them"
        raise ForbiddenError(
            f"not allowed to list {resource}{where}: {said or answer.status}",
            hint=f"ask for the right to list {verb}, or name a namespace with -n where you have it",
        )
    if "conversion webhook" in said:
        raise RefusedError(
            f"the API server cannot convert {resource}{where}: {said}",
            hint="Dynamo's operator runs that webhook: is it up? kubectl get pods -n dynamo-system",
        )
    raise RefusedError(f"the API server cannot list {resource}{where}: {said or answer.status}")
