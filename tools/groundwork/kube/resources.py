"""Where the API server serves the objects of a kind: Kubernetes' own kinds, as far as programs here use them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind and where the API server serves it."""

    api_version: str
    """Group and version, "apps/v1"; "v1" for a core kind."""
    kind: str
    plural: str

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL path; without a namespace, that of all namespaces."""
        base = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        parts = [base, f"namespaces/{namespace}" if namespace else "", self.plural, name, subresource]
        return "/".join(filter(None, parts))


DEPLOYMENTS = Resource("apps/v1", "Deployment", "deployments")
SERVICES = Resource("v1", "Service", "services")
SERVICE_ACCOUNTS = Resource("v1", "ServiceAccount", "serviceaccounts")
ROLES = Resource("rbac.authorization.k8s.io/v1", "Role", "roles")
ROLE_BINDINGS = Resource("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings")
JOBS = Resource("batch/v1", "Job", "jobs")
CONFIG_MAPS = Resource("v1", "ConfigMap", "configmaps")
PODS = Resource("v1", "Pod", "pods")
ENDPOINT_SLICES = Resource("discovery.k8s.io/v1", "EndpointSlice", "endpointslices")
NODES = Resource("v1", "Node", "nodes")
CLAIMS = Resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
SECRETS = Resource("v1", "Secret", "secrets")
VALIDATING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"
)
MUTATING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"
)
DEFINITIONS = Resource("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions")
EVENTS = Resource("events.k8s.io/v1", "Event", "events")
CORE_EVENTS = Resource("v1", "Event", "events")
"""The same objects, as `kubectl get events` shows them."""

BUILT_IN = (
    *(DEPLOYMENTS, SERVICES, SERVICE_ACCOUNTS, ROLES, ROLE_BINDINGS, JOBS, CONFIG_MAPS, PODS, NODES, CLAIMS),
    *(ENDPOINT_SLICES, SECRETS, VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS, DEFINITIONS, EVENTS, CORE_EVENTS),
)
