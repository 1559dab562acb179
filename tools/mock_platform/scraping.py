"""What Prometheus collects in a cluster with Dynamo: the configuration that its chart's PodMonitors amount to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dynamo_api.facts import installation, names

INTERVAL = "5s"
"""Interval of the chart's PodMonitors. A planner's shortest window has several values then."""


@dataclass(frozen=True, slots=True)
class PodMonitor:
    """One of the chart's PodMonitors, as far as it matters here."""

    name: str
    types: tuple[str, ...]
    """Types of components whose Pods it selects."""
    port: str
    """Name of the container's port."""
    honor_labels: bool = False
    """Whether a label of the target wins over one of the same name that Prometheus gives."""
    labels: tuple[tuple[str, str], ...] = ()
    """Label of the Pod, and the name that its value gets on each metric."""


MONITORS = (
    PodMonitor(
        "dynamo-frontend",
        (names.FRONTEND,),
        "http",
        honor_labels=True,
        # By it a planner finds the traffic of its own graph: without it, it reads none, and says nothing.
        labels=((names.DYNAMO_NAMESPACE, "dynamo_namespace"),),
    ),
    PodMonitor(
        "dynamo-worker",
        (names.WORKER, names.DECODE, names.PREFILL),
        "system",
        labels=((names.COMPONENT_TYPE, "dynamo_component_type"),),
    ),
    PodMonitor(installation.PLANNER_MONITOR, (names.PLANNER,), "metrics"),
)


def configuration() -> dict[str, Any]:
    """What stands in prometheus.yml."""
    return {
        "global": {"scrape_interval": "30s", "evaluation_interval": "30s"},
        "scrape_configs": [_job(monitor) for monitor in MONITORS],
    }


def _job(monitor: PodMonitor) -> dict[str, Any]:
    """What the Prometheus operator writes from a PodMonitor, less what makes no difference to the metrics."""
    return {
        "job_name": f"podMonitor/{installation.NAMESPACE}/{monitor.name}/0",
        "honor_labels": monitor.honor_labels,
        "scrape_interval": INTERVAL,
        "kubernetes_sd_configs": [{"role": "pod"}],
        "relabel_configs": [
            # Of a Pod that has ended nothing can be asked.
            {"action": "drop", "source_labels": ["__meta_kubernetes_pod_phase"], "regex": "(Failed|Succeeded)"},
            _keep(_label(names.COMPONENT_TYPE), "|".join(monitor.types)),
            _keep(_label(names.METRICS_ENABLED), "true"),
            _keep("__meta_kubernetes_pod_container_port_name", monitor.port),
            _copy("__meta_kubernetes_namespace", "namespace"),
            _copy("__meta_kubernetes_pod_container_name", "container"),
            _copy("__meta_kubernetes_pod_name", "pod"),
            {"target_label": "job", "replacement": f"{installation.NAMESPACE}/{monitor.name}"},
            {"target_label": "endpoint", "replacement": monitor.port},
            *(_copy(_label(label), target) for label, target in monitor.labels),
        ],
    }


def _label(name: str) -> str:
    """The name under which a label of a Pod is known while targets are chosen."""
    return f"__meta_kubernetes_pod_label_{re.sub(r'[^A-Za-z0-9_]', '_', name)}"


def _keep(source: str, pattern: str) -> dict[str, Any]:
    return {"action": "keep", "source_labels": [source], "regex": f"({pattern})"}


def _copy(source: str, target: str) -> dict[str, Any]:
    return {"source_labels": [source], "target_label": target}
