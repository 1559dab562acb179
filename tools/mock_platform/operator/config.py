"""Settings of the stand-in, from the environment of its Pod."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import installation
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping


IMAGE = "MOCK_OPERATOR_IMAGE"
"""Variable for `OperatorConfig.image`; the installer sets it."""
RUNTIME = "MOCK_OPERATOR_RUNTIME"
"""Variable for `OperatorConfig.runtime`."""


@dataclass(frozen=True, slots=True)
class OperatorConfig:
    """What the real operator reads from its OperatorConfiguration file, as far as the stand-in heeds it.

    The defaults are those of a default install of the chart: it brings no NATS, etcd or Prometheus (their
    `install` values are false), so Pods get neither NATS_SERVER nor PROMETHEUS_ENDPOINT; discovery goes
    through the Kubernetes API, requests over TCP and events over ZMQ.
    """

    version: str
    """The version it reports (annotation nvidia.com/dynamo-operator-origin-version)."""
    nats_server: str = ""
    """Value of NATS_SERVER in all Pods, if set (infrastructure.natsAddress)."""
    prometheus_endpoint: str = ""
    """Value of PROMETHEUS_ENDPOINT in all Pods, if set (infrastructure.prometheusEndpoint)."""
    planner_cluster_role: str = installation.PLANNER_ROLE
    """The ClusterRole that planner-serviceaccount is bound to in each namespace (rbac.plannerClusterRoleName)."""
    profiling_cluster_role: str = installation.PROFILING_ROLE
    """The ClusterRole of profiling Jobs, bound likewise (rbac.dgdrProfilingClusterRoleName)."""
    namespace: str = ""
    """The one namespace to watch; "" for all."""
    resync_seconds: float = 60.0
    """Seconds after which the objects are listed again, to find a change that was not reported."""

    image: str = ""
    """Image of the operator itself: a Job whose request overrides its graph gets a program from it."""
    runtime: str = ""
    """Release of the runtime in all images, where a run has put it behind the tags that pages name; "": the tag's,
    as the real operator takes it."""

    @property
    def profiler_image(self) -> str:
        """`spec.image` of requests that name none."""
        return f"nvcr.io/nvidia/ai-dynamo/{installation.PLANNER_IMAGE}:{self.version}"


def from_environment(environment: Mapping[str, str] | None = None) -> OperatorConfig:
    """Read OPERATOR_VERSION (required) and MOCK_OPERATOR_*; see `OperatorConfig` for what they mean.

    Raises:
        UserError: OPERATOR_VERSION is missing, or a value that must be a number is not one.
    """
    given = os.environ if environment is None else environment
    version = given.get("OPERATOR_VERSION", "")
    if not version:
        raise UserError("OPERATOR_VERSION is not set", hint="set it to the version to report, such as 1.5.0")
    seconds = given.get("MOCK_OPERATOR_RESYNC_SECONDS", "60")
    try:
        resync = float(seconds)
    except ValueError:
        raise UserError(f"MOCK_OPERATOR_RESYNC_SECONDS is {seconds!r}, not a number of seconds") from None
    default = OperatorConfig(version)
    return OperatorConfig(
        version=version,
        nats_server=given.get("MOCK_OPERATOR_NATS_SERVER", ""),
        prometheus_endpoint=given.get("MOCK_OPERATOR_PROMETHEUS_ENDPOINT", ""),
        planner_cluster_role=given.get("MOCK_OPERATOR_PLANNER_CLUSTER_ROLE", default.planner_cluster_role),
        profiling_cluster_role=given.get("MOCK_OPERATOR_PROFILING_CLUSTER_ROLE", default.profiling_cluster_role),
        namespace=given.get("MOCK_OPERATOR_NAMESPACE", ""),
        resync_seconds=resync,
        image=given.get(IMAGE, ""),
        runtime=given.get(RUNTIME, ""),
    )
