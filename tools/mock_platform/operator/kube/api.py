"""The API server, reduced to what a controller needs: objects in, objects out, as plain dicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.kube.objects import Object


class ApiError(Exception):
    """The API server refused, or could not be reached (`status` 0)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}" if status else message)
        self.status = status
        self.message = message

    @property
    def absent(self) -> bool:
        """Whether there is no such object."""
        return self.status == 404  # noqa: PLR2004  HTTP.

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed or made the object first: read again and retry."""
        return self.status == 409  # noqa: PLR2004  HTTP.

    @property
    def expired(self) -> bool:
        """Whether the resource version is too old to watch from: list again."""
        return self.status == 410  # noqa: PLR2004  HTTP.

    @property
    def passing(self) -> bool:
        """Whether it is nobody's fault: a race, an API server or webhook away, a namespace on its way out."""
        words = ("being terminated", "failed calling webhook")
        return self.conflict or self.status == 0 or any(word in self.message for word in words)

    @property
    def final(self) -> bool:
        """Whether asking again would be refused again: 400, 403 and 422.

        An API server that has just started does not know yet what the operator may do.
        """
        starting = 'User "' in self.message and " cannot " in self.message
        return self.status in (400, 403, 422) and not (starting or self.passing)


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind and where the API server serves it."""

    api_version: str
    kind: str
    plural: str

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL path; without a namespace, that of all namespaces."""
        base = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        parts = [base, f"namespaces/{namespace}" if namespace else "", self.plural, name, subresource]
        return "/".join(filter(None, parts))


GRAPHS = Resource("nvidia.com/v1beta1", "DynamoGraphDeployment", "dynamographdeployments")
REQUESTS = Resource("nvidia.com/v1beta1", "DynamoGraphDeploymentRequest", "dynamographdeploymentrequests")
COMPONENTS = Resource("nvidia.com/v1beta1", "DynamoComponentDeployment", "dynamocomponentdeployments")
ADAPTERS = Resource(
    "nvidia.com/v1beta1", "DynamoGraphDeploymentScalingAdapter", "dynamographdeploymentscalingadapters"
)
DEPLOYMENTS = Resource("apps/v1", "Deployment", "deployments")
SERVICES = Resource("v1", "Service", "services")
SERVICE_ACCOUNTS = Resource("v1", "ServiceAccount", "serviceaccounts")
ROLES = Resource("rbac.authorization.k8s.io/v1", "Role", "roles")
ROLE_BINDINGS = Resource("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings")
JOBS = Resource("batch/v1", "Job", "jobs")
CONFIG_MAPS = Resource("v1", "ConfigMap", "configmaps")
PODS = Resource("v1", "Pod", "pods")
NODES = Resource("v1", "Node", "nodes")
CLAIMS = Resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
SECRETS = Resource("v1", "Secret", "secrets")
WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"
)
DEFAULTING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"
)
DEFINITIONS = Resource("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions")
EVENTS = Resource("events.k8s.io/v1", "Event", "events")

RESOURCES = {
    (item.api_version, item.kind): item
    for item in (
        *(GRAPHS, REQUESTS, COMPONENTS, ADAPTERS, DEPLOYMENTS, SERVICES, SERVICE_ACCOUNTS, ROLES, ROLE_BINDINGS),
        *(JOBS, CONFIG_MAPS, PODS, NODES, CLAIMS, SECRETS),
        *(WEBHOOKS, DEFAULTING_WEBHOOKS, DEFINITIONS, EVENTS),
    )
}


def resource_of(item: Object) -> Resource:
    """Where an object of this apiVersion and kind is served."""
    return RESOURCES[item["apiVersion"], item["kind"]]


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
