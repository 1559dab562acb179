"""Put the mock platform into a cluster: images in its registry, CRDs, the operator stand-in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dynamo_api import releases
from dynamo_api.facts import installation, kinds
from dynamo_crd.schemas.compile import crds
from groundwork.base.errors import EnvironmentFault
from groundwork.base.versions import version
from mock_platform import gates, installed
from mock_platform.last_words import last_words
from mock_platform.operator.config import IMAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster
    from mock_platform.images import Images

MANIFEST = Path(__file__).resolve().parent / "manifests" / "operator.yaml"
ENGINE_NAMES = ("vllm-runtime", "sglang-runtime", "tensorrtllm-runtime")
FRONTEND_NAME = "dynamo-frontend"
"""Repositories whose images the runtime and the planner image stand in for."""
KUBECTL_NAME = "docker.io/bitnami/kubectl:latest"
"""Image with which upstream's profiling Job copies its results."""
OPERATOR_REPOSITORY = "dynamo-docs.invalid/mock/dynamo-operator"
"""Repository of the stand-in's image. No host of that name can exist: nobody takes it for upstream's
kubernetes-operator."""
TIMEOUT = "2m"
WEBHOOK_SECONDS = 120.0
_PROBES = (
    # Objects that only a webhook refuses, and how. The second is converted before it is asked about.
    (
        {
            "apiVersion": kinds.BETA_API,
            "kind": kinds.GRAPH,
            "metadata": {"name": "no-component", "namespace": "default"},
            "spec": {"components": []},
        },
        "spec.components: Required value",
    ),
    (
        {
            "apiVersion": kinds.ALPHA_API,
            "kind": kinds.REQUEST,
            "metadata": {"name": "no-version", "namespace": "default"},
            "spec": {
                "model": "m",
                "backend": "vllm",
                "profilingConfig": {"profilerImage": "x.invalid/x:none", "config": {}},
            },
        },
        "spec.runtimeVersionOverride: Required value",
    ),
)
KINDS = (kinds.REQUEST, kinds.GRAPH, kinds.COMPONENT, kinds.ADAPTER, kinds.MODEL, kinds.WORKER_METADATA)
"""Kinds that the stand-in implements, in all versions."""
CONVERSION = {
    "strategy": "Webhook",
    "webhook": {
        "conversionReviewVersions": ["v1"],
        # The operator adds its caBundle.
        "clientConfig": {
            "service": {
                "name": installation.WEBHOOK_SERVICE,
                "namespace": installation.NAMESPACE,
                "path": "/convert",
                "port": 443,
            }
        },
    },
}


def runtime_images() -> list[str]:
    """Full names under which manifests may use the runtime image (nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.1 …).

    The operator's version is a tag too: a generated worker gets the tag of the profiler's image, which is
    dynamo-planner at the operator's version unless the request names another.
    """
    return _full_names((*ENGINE_NAMES, FRONTEND_NAME), _tags())


def planner_images() -> list[str]:
    """Full names of the planner image: dynamo-planner, and the engines' of the release before it existed."""
    today = _full_names((installation.PLANNER_IMAGE,), _tags())
    return [*today, *_full_names(ENGINE_NAMES, (version("dynamo.first"),))]


def _tags() -> tuple[str, ...]:
    return version("dynamo.runtime"), releases.operator().number


def _full_names(repositories: tuple[str, ...], tags: tuple[str, ...]) -> list[str]:
    registry = version("dynamo.image_registry")
    return [f"{registry}/{name}:{tag}" for tag in tags for name in repositories]


def install(
    cluster: Cluster,
    images: Images,
    progress: Progress,
    *,
    settings: Mapping[str, str] | None = None,
    switched_on: Collection[str] = (),
) -> None:
    """Install the platform, or bring an installed one up to date; returns when the operator is ready.

    Where it was installed exactly so, and nobody has changed it, nothing is applied.

    Args:
        cluster: where.
        images: the platform's.
        progress: reports the stages.
        settings: variables of the operator stand-in (operator/config.py); none: as upstream by default.
        switched_on: feature gates that are on (`gates.GATES`).

    Raises:
        EnvironmentFault: the cluster refused something, or the operator did not get ready; with its last log
            lines and events.
    """
    operator = f"{OPERATOR_REPOSITORY}:{images.operator.rsplit(':', 1)[1]}"
    names = {**_runtime_names(images), images.operator: [operator]}
    definitions = crds(kinds=KINDS, conversion=CONVERSION)
    if gates.SEARCH_VERSION in switched_on:
        definitions = gates.with_search_version(definitions)
    rest = operator_objects(operator, settings)
    every = [*definitions, *rest]
    wanted = installed.wanted(every, names)
    with progress.stage("install the mock platform") as stage:
        progress.detail("looking whether it is installed")
        served = all(cluster.registry.serves(image, tags) for image, tags in names.items())
        there = served and installed.is_installed(cluster, wanted, every)
        if there:
            stage.note = "unchanged"
        else:
            progress.detail("publishing images")
            for image, tags in names.items():
                cluster.registry.publish(image, tags)
            progress.detail("applying CRDs")
            _apply(cluster, definitions)
            waited_for = [f"crd/{item['metadata']['name']}" for item in definitions]
            cluster.run_kubectl("wait", "--for=condition=Established", f"--timeout={TIMEOUT}", *waited_for)
            progress.detail("starting the operator")
            _apply(cluster, rest)
        _wait(cluster)
        wait_for_webhook(cluster)
        if not there:
            installed.stamp(cluster, wanted, every)


def publish_runtime(cluster: Cluster, images: Images) -> None:
    """Put the CPU images into the cluster's registry, under the names that manifests and the operator use.

    An image of another release's runtime gets these names, too: pages run word for word.
    """
    for image, names in _runtime_names(images).items():
        cluster.registry.publish(image, names)


def _runtime_names(images: Images) -> dict[str, list[str]]:
    planner = {images.planner: planner_images()} if images.planner else {}
    return {images.runtime: runtime_images(), **planner, images.kubectl: [KUBECTL_NAME]}


def operator_objects(image: str, settings: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The objects of the operator stand-in, run from this image with these variables."""
    variables = {"OPERATOR_VERSION": releases.operator().number, IMAGE: image, **(settings or {})}
    objects: list[dict[str, Any]] = list(yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8")))
    for item in objects:
        item["metadata"].setdefault("labels", {})["dynamo-docs/mock"] = "true"
        if item["kind"] == "Deployment":
            container = item["spec"]["template"]["spec"]["containers"][0]
            container["image"] = image
            container["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    return objects


def _apply(cluster: Cluster, objects: list[dict[str, Any]]) -> None:
    # Server-side: the CRDs are larger than what a client-side apply can remember in its annotation.
    content = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}).encode()
    cluster.run_kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=content)


def _wait(cluster: Cluster) -> None:
    try:
        cluster.run_kubectl(
            *(
                "-n",
                installation.NAMESPACE,
                "rollout",
                "status",
                f"deployment/{installation.DEPLOYMENT}",
                f"--timeout={TIMEOUT}",
            )
        )
    except EnvironmentFault:
        raise EnvironmentFault(
            f"the operator stand-in was not ready after {TIMEOUT}\n{_last_words(cluster)}",
            hint=f"kubectl --kubeconfig {cluster.kubeconfig} -n {installation.NAMESPACE} describe pods",
        ) from None


def wait_for_webhook(cluster: Cluster) -> None:
    """Until the API server asks the webhooks: it learns of configurations and the Pod's address by itself.

    Raises:
        EnvironmentFault: it did not within two minutes.
    """
    deadline = time.monotonic() + WEBHOOK_SECONDS
    for item, refused in _PROBES:
        while refused not in (said := _said(cluster, item)):
            if time.monotonic() > deadline:
                kinds = "validatingwebhookconfigurations,mutatingwebhookconfigurations"
                raise EnvironmentFault(
                    f"the operator's webhooks were not asked for {WEBHOOK_SECONDS:.0f} s\n{said}\n"
                    f"{_last_words(cluster)}",
                    hint=f"kubectl --kubeconfig {cluster.kubeconfig} get {kinds} -o yaml",
                )
            time.sleep(0.5)


def _said(cluster: Cluster, item: dict[str, Any]) -> str:
    """What the API server says to an object that is not stored whatever it says."""
    content = json.dumps(item).encode()
    try:
        return cluster.run_kubectl("create", "--dry-run=server", "-f", "-", stdin=content)
    except EnvironmentFault as error:
        return error.fact


def _last_words(cluster: Cluster) -> str:
    return last_words(cluster, installation.NAMESPACE, installation.POD_SELECTOR)
