"""What the operator puts beside the components of a graph: identities, and what they may do."""

from __future__ import annotations

from dynamo_api.facts import kinds, names
from groundwork.kube.objects import Object, name_of, namespace_of, owner_reference

_RBAC = "rbac.authorization.k8s.io"
_LONGEST_LABEL = 63
_READ = ["get", "list", "watch"]
_WRITE = ["create", "get", "list", "watch", "update", "patch", "delete"]


def service_discovery(graph: Object) -> list[Object]:
    """ServiceAccount, Role and RoleBinding with which the graph's Pods find each other; deleted with the graph."""
    name, namespace = names.service_discovery(name_of(graph)), namespace_of(graph)

    def metadata(own_name: str) -> Object:
        return {
            "name": own_name,
            "namespace": namespace,
            "labels": _labels(name),
            "ownerReferences": [owner_reference(graph)],
        }

    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(name)},
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "Role",
            "metadata": metadata(f"{name}-role"),
            "rules": [
                {"apiGroups": [""], "resources": ["endpoints", "pods"], "verbs": _READ},
                {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": _READ},
                {
                    "apiGroups": [kinds.GROUP],
                    "resources": [kinds.KINDS[kinds.WORKER_METADATA].plural],
                    "verbs": _WRITE,
                },
            ],
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": metadata(names.binding(name)),
            "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": f"{name}-role"},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        },
    ]


def planner(namespace: str, cluster_role: str) -> list[Object]:
    """planner-serviceaccount and its binding: made in each namespace with a graph, owned by none, so they stay."""
    return _bound(names.PLANNER_SERVICE_ACCOUNT, namespace, cluster_role)


def profiling(namespace: str, cluster_role: str) -> list[Object]:
    """dgdr-profiling-job and its binding: made in each namespace with a request, owned by none, so they stay."""
    return _bound(names.PROFILING_SERVICE_ACCOUNT, namespace, cluster_role)


def _bound(name: str, namespace: str, cluster_role: str) -> list[Object]:
    labels = _labels(name)
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": name, "namespace": namespace, "labels": labels},
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": names.binding(name), "namespace": namespace, "labels": labels},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": cluster_role},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        },
    ]


def _labels(name: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/component": "rbac",
        names.MANAGED_BY: names.MANAGER,
        # The name of a long graph's account is longer than a label's value may be.
        "app.kubernetes.io/name": name[:_LONGEST_LABEL].rstrip("-."),
    }
