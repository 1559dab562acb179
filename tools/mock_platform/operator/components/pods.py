"""The Pods of a component: the user's template laid over the operator's defaults."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import names
from mock_platform.operator.components.containers import PodContext, base_container
from mock_platform.operator.components.spec import main_container, merge_by_name

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from mock_platform.operator.config import OperatorConfig

_SHARED_MEMORY = "shared-memory"
_SHARED_MEMORY_PATH = "/dev/shm"  # noqa: S108  A mount point in a container, not a temporary file here.
_DEFAULT_SHARED_MEMORY = "8Gi"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_GRACE_SECONDS = 60


def pod_spec(component: Object, config: OperatorConfig, context: PodContext) -> Object:
    """The spec of a component's Pods.

    The user's values win wherever they are given; lists (command, args, ports) replace the default as a whole,
    variables merge by name, a probe replaces the default probe. A volume mount without a volume means the
    PersistentVolumeClaim of that name. Containers beside main stay as they are.

    Args:
        component: the spec of a DynamoComponentDeployment.
        config: the operator's settings.
        context: the graph the component belongs to.
    """
    given = copy.deepcopy((component.get("podTemplate") or {}).get("spec") or {})
    others = [item for item in given.pop("containers", None) or [] if item.get("name") != names.MAIN_CONTAINER]
    container = _main_container(component, config, context)
    account = names.PLANNER_SERVICE_ACCOUNT if component.get("type") == names.PLANNER else ""
    spec: Object = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "serviceAccountName": account or names.service_discovery(context.graph),
        # A security context of the user's is theirs entirely: one that is empty on purpose runs as root.
        "securityContext": {"fsGroup": 1000},
    }
    spec = {**spec, **{key: value for key, value in given.items() if value not in (None, "", [])}}
    volumes = list(given.get("volumes") or [])
    _add_shared_memory(component, container, volumes)
    _add_claims(container, volumes)
    spec["volumes"] = volumes
    spec["containers"] = [container, *others]
    return {key: value for key, value in spec.items() if value != []}


def _main_container(component: Object, config: OperatorConfig, context: PodContext) -> Object:
    base = base_container(component, config, context)
    given = copy.deepcopy(main_container(component))
    merged: Object = _overlay(base, {key: value for key, value in given.items() if key not in (*_PROBES, "env")})
    merged |= {probe: given[probe] for probe in _PROBES if given.get(probe)}
    merged["env"] = merge_by_name(base["env"], given.get("env") or [])
    return merged


def _overlay(base: Any, given: Any) -> Any:
    """`given` over `base`: objects field by field, anything else as a whole; empty values change nothing."""
    if isinstance(base, dict) and isinstance(given, dict):
        return base | {
            key: _overlay(base.get(key), value) for key, value in given.items() if value not in (None, "", [], {})
        }
    return given


def _add_shared_memory(component: Object, container: Object, volumes: list[Object]) -> None:
    """Memory for the engine's processes to share, unless the size is 0 or the user mounts something there."""
    size = component.get("sharedMemorySize")
    wanted = _DEFAULT_SHARED_MEMORY if size is None else str(size)
    mounts = container.setdefault("volumeMounts", [])
    if wanted.strip() in ("0", "") or any(mount.get("mountPath") == _SHARED_MEMORY_PATH for mount in mounts):
        return
    mounts.append({"name": _SHARED_MEMORY, "mountPath": _SHARED_MEMORY_PATH})
    volumes.append({"name": _SHARED_MEMORY, "emptyDir": {"medium": "Memory", "sizeLimit": wanted}})


def _add_claims(container: Object, volumes: list[Object]) -> None:
    known = {volume.get("name") for volume in volumes}
    for mount in container.get("volumeMounts") or []:
        if mount["name"] not in known:
            known.add(mount["name"])
            volumes.append({"name": mount["name"], "persistentVolumeClaim": {"claimName": mount["name"]}})
