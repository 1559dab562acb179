"""What the Pods of a request's Job and graph say of their trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names
from groundwork.kube.objects import Object, name_of, namespace_of
from groundwork.kube.resources import PODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_platform.operator.kube.api import Api

_PULLS = ("ErrImagePull", "ImagePullBackOff")


def profiler_end(api: Api, job: Object) -> str:
    """How the profiler's container ended, in a few words; "" where no Pod says."""
    pods, _ = api.list(PODS, namespace_of(job), f"job-name={name_of(job)}")
    for pod in pods:
        for container in _containers(pod, "containerStatuses"):
            ended = (container.get("state") or {}).get("terminated")
            if container["name"] == names.PROFILER_CONTAINER and ended:
                parts = [f"Pod {name_of(pod)}, container profiler: exit code {ended.get('exitCode')}"]
                parts += [str(ended[key]) for key in ("reason", "message") if ended.get(key)]
                return ", ".join(parts)
    return ""


def pull_problems(api: Api, graph: Object) -> Iterator[str]:
    """One line for each container of the graph's Pods whose image cannot be pulled."""
    pods, _ = api.list(PODS, namespace_of(graph), f"{names.GRAPH_NAME}={name_of(graph)}")
    for pod in pods:
        for container in (*_containers(pod, "initContainerStatuses"), *_containers(pod, "containerStatuses")):
            waiting = (container.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") in _PULLS:
                why = ": ".join(filter(None, (waiting["reason"], waiting.get("message"))))
                yield f"pod {name_of(pod)} container {container['name']}: {why}"


def _containers(pod: Object, key: str) -> list[Object]:
    return (pod.get("status") or {}).get(key) or []
