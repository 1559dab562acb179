"""How lists and objects in a graph are merged, by the name of their field: a part of the schema, as a table.

The schema itself is not at hand where the graph is merged. A test compares the table with it.
"""

from __future__ import annotations

LIST_KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("components", "roles", "extraClientPods"), ("name",)),
    **dict.fromkeys(("containers", "initContainers", "ephemeralContainers", "volumes", "env"), ("name",)),
    **dict.fromkeys(("claims", "resourceClaims", "imagePullSecrets", "schedulingGates"), ("name",)),
    "ports": ("containerPort", "protocol"),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
"""Lists whose items are merged, by field: what tells one item from another. All other lists are replaced."""
DEFAULT_KEYS = {"protocol": "TCP"}
"""Values of such keys where an item leaves them out."""
ATOMIC = frozenset(
    {
        *("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"),
        *("configMap", "configMapRef", "secretRef", "nodePublishSecretRef", "dataSource"),
        *("selector", "labelSelector", "namespaceSelector", "nodeSelector", "preference"),
        "requiredDuringSchedulingIgnoredDuringExecution",
    }
)
"""Objects that are replaced as a whole, by field; of all others the fields are merged."""
