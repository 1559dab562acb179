"""Whose a Pod is: a graph's, or a profiling Job's; `groundwork.kube.pods` reads the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names

if TYPE_CHECKING:
    from groundwork.kube.pods import Pod

JOB_LABEL = "job-name"


def owner_of(pod: Pod) -> str:
    """The name of the graph or the Job it belongs to."""
    return pod.labels.get(names.GRAPH_NAME) or pod.labels.get(JOB_LABEL, "")


def component_of(pod: Pod) -> str:
    """The name of the graph's component; "" of a Job's Pod."""
    return pod.labels.get(names.DYNAMO_COMPONENT, "")
