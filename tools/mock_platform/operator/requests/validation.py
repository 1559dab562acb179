"""What a DynamoGraphDeploymentRequest fails for before anything is profiled, and the cluster is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts.profiler import HARDWARE_NEEDED
from groundwork.kube.gpus import LABELS
from groundwork.kube.objects import Object, namespace_of
from groundwork.kube.resources import CLAIMS, NODES
from mock_platform.operator.requests import hardware
from mock_platform.operator.requests.job import model_cache_claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_platform.operator.kube.api import Api


def faults(request: Object, api: Api) -> list[str]:
    """Why the request fails with ValidationFailed; what the webhook refuses never comes here.

    Raises:
        ApiError: the cluster does not answer.
    """
    found = list(_not_in_the_mock(request["spec"]))
    claim = model_cache_claim(request)
    if claim and api.get(CLAIMS, namespace_of(request), claim) is None:
        found.append(
            f"spec.modelCache.pvcName: there is no PersistentVolumeClaim {claim} in {namespace_of(request)}"
        )
    given = request["spec"].get("hardware") or {}
    if (
        any(given.get(key) in (None, "") for key in HARDWARE_NEEDED)
        and hardware.discover(api.list(NODES)[0]) is None
    ):
        labels = ", ".join(LABELS)
        found.append(
            f"no GPUs were found: no node has the labels {labels}; label the GPU nodes (the GPU operator does), or"
            f" set spec.hardware.{{{','.join(HARDWARE_NEEDED)},totalGpus}}"
        )
    return found


def _not_in_the_mock(spec: Object) -> Iterator[str]:
    """What only the real platform does; it is refused aloud, never ignored."""
    if spec.get("searchStrategy") == "thorough":
        yield "spec.searchStrategy: thorough measures on real GPUs, which the mock platform has not; use rapid"
