"""The program that lays `spec.overrides.dgd` over the generated graph, brought to the profiler. Pure functions."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from dynamo_api.facts import names
from mock_platform.operator.requests.overrides import by_name

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

_PROGRAM = ("python3", "-m", "mock_platform.operator.overriding")
_SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "runAsGroup": 1000,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def with_override_tool(job: Object, image: str) -> Object:
    """The Job with an init container that copies the program into a volume, from which the profiler runs it.

    It comes last: nothing of `overrides.profilingJob` may take its place.
    """
    job = copy.deepcopy(job)
    pod = job["spec"]["template"]["spec"]
    pod["volumes"] = by_name(pod.get("volumes") or [], [{"name": names.OVERRIDE_VOLUME, "emptyDir": {}}])
    for container in (*(pod.get("initContainers") or []), *pod["containers"]):
        if "volumeMounts" in container:
            container["volumeMounts"] = [mount for mount in container["volumeMounts"] if not _taken(mount)]
    installer = {
        "name": names.OVERRIDE_INSTALLER,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(_PROGRAM),
        "args": ["--install-to", names.OVERRIDE_PROGRAM],
        "securityContext": _SECURITY,
        "volumeMounts": [{"name": names.OVERRIDE_VOLUME, "mountPath": names.OVERRIDE_FOLDER}],
    }
    pod["initContainers"] = by_name(pod.get("initContainers") or [], [installer])
    profiler = pod["containers"][0]
    mount = {"name": names.OVERRIDE_VOLUME, "mountPath": names.OVERRIDE_FOLDER, "readOnly": True}
    profiler["volumeMounts"] = [*profiler["volumeMounts"], mount]
    profiler["env"] = by_name(
        profiler["env"], [{"name": names.OVERRIDE_VARIABLE, "value": names.OVERRIDE_PROGRAM}]
    )
    return job


def _taken(mount: Object) -> bool:
    return mount.get("name") == names.OVERRIDE_VOLUME or mount.get("mountPath") == names.OVERRIDE_FOLDER
