"""What an installation of Dynamo's chart is called: the release dynamo-platform in the namespace dynamo-system."""

from __future__ import annotations

NAMESPACE = "dynamo-system"
PLANNER_IMAGE = "dynamo-planner"
"""The repository of the image with the profiler and the planner."""
PLANNER_MONITOR = "dynamo-planner"
"""Name of the chart's PodMonitor for planners."""
RELEASE = "dynamo-platform"
"""The release of the installation guide; names of the operator's objects begin with it."""
OPERATOR = "dynamo-operator"
"""The value of the operator's label `app.kubernetes.io/name`."""
DEPLOYMENT = f"{RELEASE}-{OPERATOR}-controller-manager"
POD_SELECTOR = f"control-plane=controller-manager,app.kubernetes.io/name={OPERATOR}"
PLANNER_ROLE = f"{RELEASE}-{OPERATOR}-planner"
"""The ClusterRole that the ServiceAccount of planners is bound to."""
PROFILING_ROLE = f"{RELEASE}-{OPERATOR}-dgdr-profiling"
"""The ClusterRole of profiling Jobs."""
WEBHOOK_SERVICE = f"{RELEASE}-{OPERATOR}-webhook-service"
WEBHOOK_HOST = f"{WEBHOOK_SERVICE}.{NAMESPACE}.svc"
WEBHOOK_SECRET = "webhook-server-cert"  # noqa: S105  The name of a Secret.
VALIDATING_WEBHOOK = f"{RELEASE}-{OPERATOR}-validating"
DEFAULTING_WEBHOOK = f"{RELEASE}-{OPERATOR}-mutating"
