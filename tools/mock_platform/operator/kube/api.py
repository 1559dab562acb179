"""What controllers ask of the API server, and the resources they know: Kubernetes' and Dynamo's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dynamo_api.facts import kinds
from groundwork.kube.resources import BUILT_IN, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.kube.objects import Object


def _served(kind: str, version: str = kinds.BETA_API) -> Resource:
    return Resource(version, kind, kinds.KINDS[kind].plural)


GRAPHS = _served(kinds.GRAPH)
REQUESTS = _served(kinds.REQUEST)
COMPONENTS = _served(kinds.COMPONENT)
ADAPTERS = _served(kinds.ADAPTER)
MODELS = _served(kinds.MODEL, kinds.ALPHA_API)
RESOURCES = (GRAPHS, REQUESTS, COMPONENTS, ADAPTERS, MODELS, *BUILT_IN)
_BY_KIND = {(resource.api_version, resource.kind): resource for resource in RESOURCES}


def resource_of(item: Object) -> Resource:
    """Where an object of this apiVersion and kind is served."""
    return _BY_KIND[item["apiVersion"], item["kind"]]


class Api(Protocol):
    """What controllers ask of the API server; tests put an in-memory one in its place.

    Every method raises ApiError.
    """

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """The object, or None where there is none."""

    def list(self, resource: Resource, namespace: str = "", selector: str = "") -> tuple[list[Object], str]:
        """Objects by label selector, and the resource version to watch from."""

    def create(self, item: Object) -> Object:
        """Make it; a conflict if it exists."""

    def replace(self, item: Object, subresource: str = "") -> Object:
        """Put it (or its "status") in place of the version it was read at; a conflict if there is a later one."""

    def patch(self, item: Object, change: Object) -> Object:
        """JSON merge patch."""

    def delete(self, item: Object) -> None:
        """Delete this very object (by uid); nothing happens if it is gone."""

    def watch(
        self, resource: Resource, namespace: str, selector: str, version: str, seconds: int
    ) -> Iterator[tuple[str, Object]]:
        """Changes since a resource version, for so many seconds: ("ADDED" | "MODIFIED" | "DELETED", object)."""
