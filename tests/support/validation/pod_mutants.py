"""Pods with one to three changed fields: right values, and the mistakes that people make.

A seed and a number name a Pod for ever. Types are always right: those the schema checks.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]

SPEC: Object = yaml.safe_load("""
volumes: [{name: cache, emptyDir: {}}, {name: conf, configMap: {name: conf}}]
initContainers: [{name: first, image: busybox}]
containers:
  - name: main
    image: nginx
    env: [{name: A, value: b}]
    ports: [{containerPort: 80, name: http}]
    volumeMounts: [{name: cache, mountPath: /cache}]
  - name: side
    image: busybox
""")

NAMES = ["a", "a-b", "A", "a_b", "a.b", "-a", "a-", "a" * 63, "a" * 64, "1a", "0", "a b", "é"]
PORTS = [1, 80, 65535, 0, 65536, -1]
PORT_NAMES = ["http", "a1", "8080", "a--b", "Http", "http_main", "a" * 15, "a" * 16, "-a", "a-"]
TARGETS = [*PORTS, *PORT_NAMES]
AMOUNTS = ["1", "100m", "2Gi", "0", "-1", "0.5", "1500m", "1e3", 1]
COUNTS = [-1, 0, 1, 2, 30]
KEYS = ["app", "a/b", "example.com/a", "a b", "-a", "a/b/c", "A.b/c", "/a", "a/", "a" * 63, "a" * 64]
VALUES = ["", "a", "a b", "-a", "a.b_c", "a/b", "a" * 63, "a" * 64]
KUBERNETES = [
    "nvidia.com/gpu",
    "cpu",
    "memory",
    "ephemeral-storage",
    "hugepages-2Mi",
    "gpu",
    "example.com/",
    "a b/c",
]
PROBES = [
    {},
    {"httpGet": {"port": 80}},
    {"httpGet": {"port": "http"}},
    {"httpGet": {"port": 80, "path": "/x", "scheme": "HTTPS"}},
    {"httpGet": {"port": 80, "scheme": "https"}},
    {"tcpSocket": {"port": 0}},
    {"tcpSocket": {"port": "a--b"}},
    {"exec": {"command": ["true"]}},
    {"exec": {"command": []}},
    {"grpc": {"port": 80}},
    {"grpc": {"port": 70000}},
    {"exec": {"command": ["true"]}, "tcpSocket": {"port": 80}},
    *({"tcpSocket": {"port": 80}, key: value} for key in (
        "periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold", "initialDelaySeconds",
        "terminationGracePeriodSeconds",
    ) for value in COUNTS),
]  # fmt: skip
HOOKS = [
    {},
    {"exec": {"command": ["a"]}},
    {"sleep": {"seconds": 1}},
    {"httpGet": {"port": 0}},
    {"tcpSocket": {"port": 1}},
]
SOURCES = [
    {},
    {"fieldRef": {"fieldPath": "metadata.name"}},
    {"fieldRef": {"fieldPath": "metadata.nam"}},
    {"fieldRef": {"fieldPath": "metadata.labels['a']"}},
    {"resourceFieldRef": {"resource": "limits.cpu"}},
    {"resourceFieldRef": {"resource": "limits.gpus"}},
    {"secretKeyRef": {"name": "a", "key": "b"}},
    {"secretKeyRef": {"name": "a", "key": ""}},
    {"secretKeyRef": {"name": "", "key": "b"}},
    {"configMapKeyRef": {"name": "a", "key": "b c"}},
    {"secretKeyRef": {"name": "a", "key": "b"}, "configMapKeyRef": {"name": "a", "key": "b"}},
]
MOUNTS = [
    {"name": name, "mountPath": path, **more}
    for name in ("cache", "conf", "other", "")
    for path in ("/a", "a", "/cache", "/a:b", "")
    for more in ({}, {"subPath": "b"}, {"subPath": "../b"}, {"subPath": "/b"}, {"readOnly": True})
]
SECURITY = [
    {"runAsUser": 1000},
    {"runAsUser": -1},
    {"privileged": True, "allowPrivilegeEscalation": False},
    {"capabilities": {"add": ["SYS_ADMIN"]}, "allowPrivilegeEscalation": False},
    {"procMount": "Default"},
    {"seccompProfile": {"type": "RuntimeDefault"}},
    {"seccompProfile": {"type": "Localhost"}},
    {"seccompProfile": {"type": "runtimeDefault"}},
]
CONTAINER: dict[str, list[Any]] = {
    "name": NAMES,
    "image": ["nginx", " nginx", "nginx ", "NGINX", "a b", ""],
    "imagePullPolicy": ["Always", "IfNotPresent", "always", "ifNotPresent", ""],
    "terminationMessagePolicy": ["File", "Log", ""],
    "terminationMessagePath": ["/a", "a", ""],
    "workingDir": ["/a", "a"],
    "env": [[{"name": name}] for name in ["A", "a.b-c", "A=b", "1", "a b", "é", ""]]
    + [[{"name": "A", "valueFrom": source}] for source in SOURCES]
    + [[{"name": "A", "value": "x", "valueFrom": source}] for source in SOURCES[:2]]
    + [[{"name": "A"}, {"name": "A"}]],
    "envFrom": [
        [{"secretRef": {"name": "a"}}],
        [{"secretRef": {"name": ""}}],
        [{"secretRef": {"name": "A"}}],
        [{"configMapRef": {"name": "a"}, "prefix": "a="}],
        [{}],
        [{"secretRef": {"name": "a"}, "configMapRef": {"name": "a"}}],
    ],
    "ports": [[{"containerPort": port}] for port in PORTS]
    + [[{"containerPort": 80, "name": name}] for name in PORT_NAMES]
    + [[{"containerPort": 80, "hostPort": port}] for port in PORTS]
    + [[{"containerPort": 80, "protocol": one}] for one in ("TCP", "UDP", "tcp", "HTTP")]
    + [[{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]]
    + [[{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 80}]]
    + [[{"containerPort": 80, "hostIP": one}] for one in ("10.0.0.1", "host", "")],
    "volumeMounts": [[mount] for mount in MOUNTS] + [[MOUNTS[0], MOUNTS[0]]],
    "livenessProbe": PROBES,
    "readinessProbe": PROBES,
    "startupProbe": PROBES,
    "lifecycle": [{"preStop": hook} for hook in HOOKS] + [{"postStart": hook} for hook in HOOKS],
    "resources": [
        {side: {name: amount}} for side in ("limits", "requests") for name in KUBERNETES for amount in AMOUNTS
    ]
    + [
        {"requests": {name: one}, "limits": {name: two}}
        for name in KUBERNETES[:3]
        for one in AMOUNTS
        for two in AMOUNTS
    ]
    + [{"claims": [{"name": "a"}]}],
    "securityContext": SECURITY,
    "restartPolicy": ["Always", "always"],
    "resizePolicy": [[{"resourceName": name, "restartPolicy": "NotRequired"}] for name in ("cpu", "gpu")],
}
SOURCES_OF_VOLUMES: list[Object] = [
    {"emptyDir": {}},
    {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
    {"emptyDir": {"medium": "memory"}},
    {"emptyDir": {"sizeLimit": "-1"}},
    {"configMap": {"name": "a"}},
    {"configMap": {}},
    {"configMap": {"name": "A"}},
    {"configMap": {"name": "a", "defaultMode": 420}},
    {"configMap": {"name": "a", "defaultMode": 1000}},
    {"configMap": {"name": "a", "items": [{"key": "b", "path": "../c"}]}},
    {"configMap": {"name": "a", "items": [{"key": "b", "path": "/c"}]}},
    {"configMap": {"name": "a", "items": [{"key": "b", "path": "c"}]}},
    {"secret": {"secretName": "a"}},
    {"secret": {}},
    {"persistentVolumeClaim": {"claimName": "a"}},
    {"persistentVolumeClaim": {"claimName": ""}},
    {"persistentVolumeClaim": {"claimName": "A"}},
    {"hostPath": {"path": "/a"}},
    {"hostPath": {"path": "/a", "type": "Directory"}},
    {"hostPath": {"path": "/a", "type": "directory"}},
    {"hostPath": {"path": "/a/../b"}},
    {"hostPath": {"path": ""}},
    {"nfs": {"server": "a", "path": "/b"}},
    {"nfs": {"server": "", "path": "/b"}},
    {"nfs": {"server": "a", "path": "b"}},
    {"csi": {"driver": "a.b"}},
    {"csi": {"driver": ""}},
    {"downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "metadata.name"}}]}},
    {"projected": {"sources": [{"configMap": {"name": "a"}}]}},
    {"projected": {"sources": [{}]}},
    {"emptyDir": {}, "configMap": {"name": "a"}},
    {},
]
TERMS = [
    {"matchExpressions": [{"key": key, "operator": operator, **more}]}
    for key in ("a", "a b", "example.com/a")
    for operator in ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "in", "Equals")
    for more in ({}, {"values": ["b"]}, {"values": ["5"]}, {"values": ["5", "6"]}, {"values": ["b c"]})
]
TOLERATION = ("key", "operator", "value", "effect")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
POD: dict[str, list[Any]] = {
    "restartPolicy": ["Always", "Never", "OnFailure", "always", "None"],
    "dnsPolicy": ["ClusterFirst", "Default", "None", "clusterFirst", "ClusterFirstWithHostNet"],
    "activeDeadlineSeconds": COUNTS,
    "terminationGracePeriodSeconds": COUNTS,
    "serviceAccountName": NAMES,
    "hostname": NAMES,
    "subdomain": NAMES,
    "nodeName": ["a", "A", "a b"],
    "schedulerName": ["kai-scheduler", "My Scheduler"],
    "imagePullSecrets": [[{"name": "a"}], [{"name": "A"}], [{"name": ""}]],
    "nodeSelector": [{key: "a"} for key in KEYS] + [{"a": value} for value in VALUES],
    "tolerations": [
        [{name: one for name, one in zip(TOLERATION, row, strict=True) if one is not None}]
        for key in ("a", "a b", None)
        for operator in ("Exists", "Equal", "exists", None)
        for value in ("b", "b c", None)
        for effect in ("NoSchedule", "NoExecute", "noSchedule", None)
        for row in [(key, operator, value, effect)]
    ]
    + [
        [{"key": "a", "operator": "Exists", "effect": effect, "tolerationSeconds": 5}]
        for effect in ("NoExecute", "NoSchedule")
    ],
    "topologySpreadConstraints": [
        [{"maxSkew": skew, "topologyKey": key, "whenUnsatisfiable": when}]
        for skew in (0, 1)
        for key in ("zone", "", "a b")
        for when in ("DoNotSchedule", "ScheduleAnyway", "Never")
    ],
    "affinity": [{"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [term]}}} for term in TERMS]
    + [{"nodeAffinity": {PREFERRED: [{"weight": weight, "preference": TERMS[1]}]}} for weight in (0, 1, 100, 101)]
    + [{"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": []}}}]
    + [
        {"podAntiAffinity": {REQUIRED: [{"topologyKey": key, "labelSelector": term}]}}
        for key in ("zone", "")
        for term in TERMS
    ]
    + [
        {"podAffinity": {PREFERRED: [{"weight": 5, "podAffinityTerm": {"topologyKey": key}}]}}
        for key in ("zone", "")
    ],
    "securityContext": [
        {"runAsUser": -1},
        {"fsGroup": 5},
        {"fsGroupChangePolicy": "always"},
        {"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]},
        {"sysctls": [{"name": "A B", "value": "1"}]},
        *SECURITY[5:],
    ],
    "volumes": [[*SPEC["volumes"], {"name": "more", **source}] for source in SOURCES_OF_VOLUMES]
    + [[*SPEC["volumes"], {"name": name, "emptyDir": {}}] for name in [*NAMES, "cache"]],
    "hostAliases": [[{"ip": ip, "hostnames": ["a"]}] for ip in ("10.0.0.1", "a")],
    "readinessGates": [[{"conditionType": one}] for one in ("a/b", "a b")],
    "hostNetwork": [True],
    "shareProcessNamespace": [True],
    "dnsConfig": [{"nameservers": ["10.0.0.1"]}, {"nameservers": ["dns"]}, {"searches": ["a b"]}],
    "enableServiceLinks": [False],
    "containers": [[*SPEC["containers"], SPEC["containers"][0]]],
    "initContainers": [[{**SPEC["initContainers"][0], "restartPolicy": one}] for one in ("Always", "Never", "")],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PodMutant:
    """A Pod's spec with changed fields."""

    number: int
    done: tuple[str, ...]
    """What was changed, for people: `containers[0].env = [...]`."""
    spec: Object

    def __str__(self) -> str:
        return f"{self.number}: {'; '.join(self.done)}"


def pod_mutants(count: int, *, seed: int = 1) -> Iterator[PodMutant]:
    """`count` specs, each with one to three changes."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - cases, no secrets.
        spec = copy.deepcopy(SPEC)
        done = tuple(_change(rng, spec) for _ in range(rng.choice((1, 1, 1, 2, 3))))
        yield PodMutant(number, done, spec)


def _change(rng: random.Random, spec: Object) -> str:
    where = rng.choice(("pod", "main", "main", "side", "init"))
    holder, fields, at = spec, POD, ""
    if where != "pod":
        key = "initContainers" if where == "init" else "containers"
        index = 1 if where == "side" else 0
        holder, fields, at = spec[key][index], CONTAINER, f"{key}[{index}]."
    name = rng.choice(list(fields))
    value = copy.deepcopy(rng.choice(fields[name]))
    holder[name] = value
    return f"{at}{name} = {value}"
