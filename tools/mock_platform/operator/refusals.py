"""What the stand-in will not deploy, and says so: what the real operator refuses, and what only it can do.

The real operator refuses some of it at admission; the stand-in has no webhook yet, so it accepts the object and
then reports the same fault in its Ready condition. It never ignores a field: what it does not know how to do is
a refusal too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_platform.operator import names
from mock_platform.operator.graph import components, main_container

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_platform.operator.objects import Object

_VERSION_TAG = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+_-]+)?")

_GRAPH_FIELDS = (
    "experimental",
    "priorityClassName",
    "providerOverride",
    "restart",
    "topologyConstraint",
)
_COMPONENT_FIELDS = (
    "compilationCache",
    "eppConfig",
    "experimental",
    "frontendSidecar",
    "modelRef",
    "providerOverride",
    "scalingAdapter",
    "topologyConstraint",
)
"""Fields whose effect the stand-in does not produce. An empty object counts: `scalingAdapter: {}` asks for one."""

_ANNOTATIONS = (
    "nvidia.com/deployment-strategy",
    "nvidia.com/deployment-rolling-update-max-surge",
    "nvidia.com/deployment-rolling-update-max-unavailable",
)
"""Annotations that change how the real operator updates workers; here all updates go the default way."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is deployed: the Ready condition's reason and message."""

    reason: str
    message: str


def refusal(graph: Object) -> Refusal | None:
    """The first reason not to deploy this graph, or None.

    Reasons: no_multinode_orchestrator_available for `multinode` (there is neither Grove nor LWS here, as in a
    default install), failed_to_reconcile_the_resources for all else.
    """
    faults = [*_admission_faults(graph), *_not_in_the_mock(graph)]
    if faults:
        return Refusal(names.FAILED_TO_RECONCILE, "; ".join(faults))
    multinode = [item["name"] for item in components(graph) if item.get("multinode") is not None]
    if multinode:
        return Refusal(
            names.NO_MULTINODE_ORCHESTRATOR,
            f"neither Grove nor LWS is installed, which {', '.join(multinode)} would need for multinode",
        )
    return None


def _admission_faults(graph: Object) -> Iterator[str]:
    items = components(graph)
    if not items:
        yield "spec.components: at least one component is required"
    for index, component in enumerate(items):
        where = f"spec.components[{index}] ({component.get('name')})"
        image = main_container(component).get("image")
        if not image:
            yield f"{where}: podTemplate.spec.containers needs a container named main with an image"
        elif not component.get("runtimeVersionOverride") and not _has_version_tag(image):
            yield f"{where}: runtimeVersionOverride is required: the tag of image {image!r} is no semantic version"


def _has_version_tag(image: str) -> bool:
    reference = image.split("@", 1)[0]
    tag = reference.rsplit("/", 1)[-1].partition(":")[2]
    return "@" not in image and _VERSION_TAG.fullmatch(tag) is not None


def _not_in_the_mock(graph: Object) -> Iterator[str]:
    spec = graph.get("spec") or {}
    for name in _GRAPH_FIELDS:
        if spec.get(name) is not None:
            yield f"spec.{name}: the mock platform does not implement it"
    templates = [component.get("podTemplate") or {} for component in components(graph)]
    metadata = [graph["metadata"], spec, *(template.get("metadata") or {} for template in templates)]
    for name in _ANNOTATIONS:
        if any(name in (holder.get("annotations") or {}) for holder in metadata):
            yield f"annotation {name}: the mock platform does not implement it"
    for component in components(graph):
        if component.get("type") == "epp":
            yield f"component {component.get('name')}: type epp needs the InferencePool API, absent here"
        for name in _COMPONENT_FIELDS:
            if component.get(name) is not None and not (name == "eppConfig" and component.get("type") == "epp"):
                yield f"component {component.get('name')}: the mock platform does not implement {name}"
