"""Objects beside Dynamo's in a manifest, each with one changed field: right values, and mistakes people make."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]

TEMPLATE = "{metadata: {labels: {app: a}}, spec: {containers: [{name: main, image: nginx}]}}"
ENDING = "{metadata: {labels: {app: a}}, spec: {restartPolicy: Never, containers: [{name: main, image: nginx}]}}"
DEVICES = "{devices: {requests: [{name: gpu, exactly: {deviceClassName: gpu.nvidia.com}}]}}"
GOOD: dict[str, Object] = yaml.safe_load(f"""
Deployment:
  apiVersion: apps/v1
  spec: {{selector: {{matchLabels: {{app: a}}}}, template: {TEMPLATE}}}
StatefulSet:
  apiVersion: apps/v1
  spec: {{serviceName: a, selector: {{matchLabels: {{app: a}}}}, template: {TEMPLATE}}}
DaemonSet:
  apiVersion: apps/v1
  spec: {{selector: {{matchLabels: {{app: a}}}}, template: {TEMPLATE}}}
Job: {{apiVersion: batch/v1, spec: {{template: {ENDING}}}}}
CronJob: {{apiVersion: batch/v1, spec: {{schedule: "0 3 * * *", jobTemplate: {{spec: {{template: {ENDING}}}}}}}}}
Service: {{apiVersion: v1, spec: {{selector: {{app: a}}, ports: [{{port: 80}}]}}}}
PersistentVolumeClaim:
  apiVersion: v1
  spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
ConfigMap: {{apiVersion: v1, data: {{a: b}}}}
Secret: {{apiVersion: v1, stringData: {{a: b}}}}
ResourceQuota: {{apiVersion: v1, spec: {{hard: {{requests.nvidia.com/gpu: 1}}}}}}
NetworkPolicy:
  apiVersion: networking.k8s.io/v1
  spec: {{podSelector: {{}}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}
Role: {{apiVersion: rbac.authorization.k8s.io/v1, rules: [{{apiGroups: [""], resources: [pods], verbs: [get]}}]}}
RoleBinding:
  apiVersion: rbac.authorization.k8s.io/v1
  roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}}
  subjects: [{{kind: ServiceAccount, name: a, namespace: default}}]
ResourceClaim: {{apiVersion: resource.k8s.io/v1, spec: {DEVICES}}}
ResourceClaimTemplate: {{apiVersion: resource.k8s.io/v1, spec: {{spec: {DEVICES}}}}}
""")
COUNTS = [-1, 0, 1, 5]
SHARES = [1, 0, -1, "25%", "25", "125%"]
ENDS = ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")
PORTS = [0, 1, 80, 65535, 65536, -1]
CHANGES: dict[str, dict[str, list[Any]]] = {
    "Deployment": {
        "spec replicas": COUNTS,
        "spec revisionHistoryLimit": COUNTS,
        "spec minReadySeconds": COUNTS,
        "spec progressDeadlineSeconds": COUNTS,
        "spec selector": [{}, {"matchLabels": {"app": "b"}}, {"matchLabels": {"a b": "c"}}],
        "spec strategy": [
            {"type": "Recreate"},
            {"type": "recreate"},
            {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}},
            *({"rollingUpdate": {"maxSurge": value}} for value in SHARES),
            *({"rollingUpdate": {"maxUnavailable": value}} for value in SHARES),
            {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
        ],
        "spec template spec activeDeadlineSeconds": [5],
        "spec template metadata labels": [{}, {"app": "a", "b": "c d"}],
    },
    "ResourceClaim": {
        "spec devices requests 0 exactly": [
            {"deviceClassName": "gpu.nvidia.com", "count": 2},
            {"deviceClassName": "gpu.nvidia.com", "count": 0},
            {"deviceClassName": "gpu.nvidia.com", "allocationMode": "All"},
            {"deviceClassName": "gpu.nvidia.com", "allocationMode": "All", "count": 2},
            {"deviceClassName": "GPU"},
        ],
        "spec devices requests": [[{"name": "a"}], [{"name": "A", "firstAvailable": []}]],
    },
    "ResourceClaimTemplate": {"spec spec devices requests 0 name": ["a-b", "a_b"]},
    "StatefulSet": {
        "spec replicas": COUNTS,
        "spec serviceName": ["", "a.b", "A"],
        "spec podManagementPolicy": ["Parallel", "parallel"],
        "spec updateStrategy": [{"type": "OnDelete"}, {"type": "onDelete"}, {"rollingUpdate": {"partition": -1}}],
        "spec persistentVolumeClaimRetentionPolicy": [{"whenDeleted": "Delete"}, {"whenDeleted": "delete"}],
    },
    "DaemonSet": {
        "spec updateStrategy": [{"type": "OnDelete"}, {"type": "onDelete"}],
        "spec minReadySeconds": COUNTS,
    },
    "Job": {
        **{f"spec {key}": COUNTS for key in ENDS},
        "spec completionMode": ["Indexed", "indexed"],
        "spec podReplacementPolicy": ["Failed", "failed"],
    },
    "CronJob": {
        "spec schedule": ["* * * * *", "@daily", "every day", "* * * *", "61 * * * *", "", "TZ=UTC * * * * *"],
        "spec concurrencyPolicy": ["Forbid", "forbid"],
        "spec timeZone": ["Etc/UTC", "", "Local"],
        "spec startingDeadlineSeconds": COUNTS,
        "spec successfulJobsHistoryLimit": COUNTS,
    },
    "Service": {
        "spec type": ["NodePort", "LoadBalancer", "loadBalancer", "ExternalName"],
        "spec clusterIP": ["None", "none", "10.0.0.9", "host"],
        "spec externalName": ["a.example.com"],
        "spec sessionAffinity": ["ClientIP", "clientIP"],
        "spec externalTrafficPolicy": ["Local", "local"],
        "spec internalTrafficPolicy": ["Local", "local"],
        "spec ipFamilyPolicy": ["SingleStack", "singleStack"],
        "spec loadBalancerSourceRanges": [["10.0.0.0/8"], ["10.0.0.0"]],
        "spec externalIPs": [["10.0.0.9"], ["a"]],
        "spec selector": [{"a b": "c"}, {"app": "b c"}],
        "spec ports": [
            [],
            *([{"port": port}] for port in PORTS),
            *([{"port": 80, "targetPort": port}] for port in [*PORTS, "http", "http_main", "8080"]),
            *([{"port": 80, "nodePort": port}] for port in (30000, 80)),
            *([{"port": 80, "protocol": one}] for one in ("UDP", "http")),
            *([{"port": 80, "name": one}] for one in ("http", "Http", "a_b", "a" * 64)),
            [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}],
            [{"port": 80, "name": "a"}, {"port": 80, "name": "b", "protocol": "UDP"}],
            [{"port": 80, "appProtocol": "kubernetes.io/h2c"}],
            [{"port": 80, "appProtocol": "a b"}],
        ],
    },
    "PersistentVolumeClaim": {
        "spec accessModes": [[], ["ReadWriteMany"], ["RWX"], ["ReadWriteOncePod", "ReadWriteOnce"]],
        "spec volumeMode": ["Block", "block"],
        "spec storageClassName": ["", "fast", "Fast"],
        "spec resources": [
            {},
            {"requests": {"storage": "0"}},
            {"requests": {"storage": "-1Gi"}},
            {"requests": {"storage": "1Gi"}, "limits": {"storage": "512Mi"}},
        ],
        "spec volumeName": ["a"],
        "spec selector": [{"matchLabels": {"a b": "c"}}],
        "spec dataSource": [
            {"kind": "PersistentVolumeClaim", "name": "a"},
            {"kind": "Pod", "name": "a"},
            {"kind": "PersistentVolumeClaim", "name": ""},
        ],
    },
    "ConfigMap": {
        "data": [{"a b": "c"}, {".": "c"}, {"..a": "c"}, {"a" * 254: "c"}, {"": "c"}],
        "binaryData": [{"a": "YQ=="}, {"c": "YQ=="}, {"b c": "YQ=="}],
        "immutable": [True],
    },
    "Secret": {
        "type": [
            "Opaque",
            "kubernetes.io/tls",
            "kubernetes.io/dockerconfigjson",
            "kubernetes.io/basic-auth",
            "my/type",
        ],
        "data": [{"a b": "YQ=="}, {"a": "YQ=="}],
    },
    "ResourceQuota": {
        "spec hard": [
            {"pods": 1},
            {"gpu": 1},
            {"limits.nvidia.com/gpu": 1},
            {"requests.cpu": "-1"},
            {"pods": "500m"},
            {"count/deployments.apps": 1},
            {"a b": 1},
            {"nvidia.com/gpu": 1},
        ],
        "spec scopes": [["NotTerminating"], ["Terminating"], ["terminating"]],
    },
    "NetworkPolicy": {
        "spec podSelector": [{"matchLabels": {"a b": "c"}}],
        "spec policyTypes": [["Ingress"], ["ingress"], ["Ingress", "Egress"]],
        "spec ingress": [
            [{"from": [{}]}],
            [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}],
            [{"from": [{"ipBlock": {"cidr": "10.0.0.0"}}]}],
            [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}]}],
            [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/8"]}}]}],
            [{"ports": [{"port": 80}]}],
            [{"ports": [{"port": 0}]}],
            [{"ports": [{"port": "http"}]}],
            [{"ports": [{"port": "http_main"}]}],
            [{"ports": [{"port": 80, "protocol": "http"}]}],
            [{"ports": [{"port": 80, "endPort": 70}]}],
        ],
    },
    "Role": {
        "rules": [
            [{"apiGroups": [""], "resources": ["pods"], "verbs": []}],
            [{"apiGroups": [], "resources": ["pods"], "verbs": ["get"]}],
            [{"apiGroups": [""], "resources": [], "verbs": ["get"]}],
            [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}],
            [],
        ],
    },
    "RoleBinding": {
        "roleRef kind": ["ClusterRole", "role"],
        "roleRef apiGroup": ["", "rbac"],
        "roleRef name": [""],
        "subjects": [
            [{"kind": "User", "name": "a", "apiGroup": "rbac.authorization.k8s.io"}],
            [{"kind": "user", "name": "a"}],
            [{"kind": "ServiceAccount", "name": "a"}],
            [{"kind": "ServiceAccount", "name": "A", "namespace": "b"}],
            [{"kind": "Group", "name": ""}],
        ],
    },
}


def changed_objects() -> Iterator[tuple[str, Object]]:
    """What was changed, for people, and the object; first each good one."""
    for kind, body in GOOD.items():
        good = {"kind": kind, "metadata": {"name": "a"}, **body}
        yield kind, copy.deepcopy(good)
        for keys, values in CHANGES[kind].items():
            for value in values:
                item = copy.deepcopy(good)
                *steps, last = (int(key) if key.isdigit() else key for key in keys.split())
                holder: Any = item
                for step in steps:
                    holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
                holder[last] = copy.deepcopy(value)
                yield f"{kind} {keys} = {value}", item
