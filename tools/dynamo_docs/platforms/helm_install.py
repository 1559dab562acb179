"""Install a chart of the Dynamo platform in a kind cluster, with the CPU images under the names it uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import installation, kinds
from groundwork.base.errors import EnvironmentFault
from groundwork.system.processes import run
from mock_platform.install import publish_runtime

if TYPE_CHECKING:
    from pathlib import Path

    from dynamo_docs.platforms.helm_chart import Chart
    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster
    from mock_platform.images import Images

TIMEOUT = "10m"


def install_chart(
    cluster: Cluster, chart: Chart, images: Images, helm: Path, progress: Progress, *, values: Path | None = None
) -> None:
    """Install a chart, or bring an installed one up to date; returns when its Pods are ready.

    Raises:
        EnvironmentFault: Helm failed, or the Pods did not get ready; Helm's last lines say why.
    """
    with progress.stage(f"install the chart {chart}"):
        progress.detail("publishing images")
        publish_runtime(cluster, images)
        progress.detail("helm upgrade --install")
        command: list[str | Path] = [helm, "upgrade", "--install", installation.RELEASE, chart.path]
        command += [
            "--kubeconfig",
            cluster.kubeconfig,
            "--namespace",
            installation.NAMESPACE,
            "--create-namespace",
        ]
        command += ["--wait", "--timeout", TIMEOUT]
        command += ["--values", values] if values else []
        hint = f"kubectl --kubeconfig {cluster.kubeconfig} -n {installation.NAMESPACE} get pods,events"
        run(command, what=f"installing the chart {chart}", hint=hint)
        name_webhook_service(cluster)


def name_webhook_service(cluster: Cluster) -> None:
    """Make the CRDs convert by the release's own webhook Service.

    A CRD names one Service; the Service's name begins with the release's. Where the two differ, the API server
    answers "conversion webhook … not found" to every v1alpha1 request (FACTS 3b).

    Raises:
        EnvironmentFault: the CRDs name a Service that is not there, and it is not clear which is meant.
    """
    services = json.loads(cluster.run_kubectl("get", "services", "-n", installation.NAMESPACE, "-o", "json"))[
        "items"
    ]
    names = {item["metadata"]["name"] for item in services}
    for item in json.loads(cluster.run_kubectl("get", "crd", "-o", "json"))["items"]:
        service = _service(item)
        if not service or (service["namespace"] == installation.NAMESPACE and service["name"] in names):
            continue
        crd, fitting = item["metadata"]["name"], sorted(name for name in names if name.endswith("webhook-service"))
        if len(fitting) != 1:
            raise EnvironmentFault(
                f"CRD {crd} converts by the Service {service['name']!r}, which is not there; "
                f"webhook Services in {installation.NAMESPACE}: {', '.join(fitting) or 'none'}",
                hint="does the chart install its CRDs for this release's name?",
            )
        named = {"name": fitting[0], "namespace": installation.NAMESPACE}
        patch = json.dumps({"spec": {"conversion": {"webhook": {"clientConfig": {"service": named}}}}})
        cluster.run_kubectl("patch", "crd", crd, "--type=merge", "-p", patch)


def _service(crd: dict[str, Any]) -> dict[str, Any]:
    """The Service that a CRD of Dynamo's converts by; "" if it is not Dynamo's, or converts without a Service."""
    spec = crd["spec"]
    conversion = spec.get("conversion", {})
    if spec["group"] != kinds.GROUP or conversion.get("strategy") != "Webhook":
        return {}
    return dict(conversion["webhook"]["clientConfig"].get("service") or {})
