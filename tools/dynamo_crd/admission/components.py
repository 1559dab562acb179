"""Components of graphs, and DynamoComponentDeployments, seen alike in both API versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts.names import MAIN_CONTAINER, SIDECAR_CONTAINER
from dynamo_api.views.graphs import Part, parts
from groundwork.kube.gpus import ACCELERATOR, RESOURCE
from groundwork.kube.values import Json, mapping, sequence, text

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

_LONGEST_TAG = 128
"""Characters of the longest tag in the registries' protocol."""
_TAG = re.compile(
    r"[vV]?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
"""A semantic version (semver.org), with or without a v."""


NOTHING = (None, 0, "0", "")
"""Amounts of a resource that are none."""


@dataclass(frozen=True, slots=True)
class Component(Part):
    """One component, and what rules ask about it."""

    main: Json
    """The main container."""
    main_path: Path
    containers_path: Path

    def at(self, *steps: str) -> Path:
        """A path below the component."""
        return (*self.path, *steps)

    @property
    def image(self) -> str:
        """Of the main container."""
        return text(self.main.get("image"))

    @property
    def image_path(self) -> Path:
        """The field that the webhook names where the image is missing."""
        return (*self.main_path, "image") if self.alpha or self.main else self.containers_path

    @property
    def words(self) -> list[str]:
        """Command and arguments of the main container."""
        return [str(word) for key in ("command", "args") for word in sequence(self.main.get(key))]

    @property
    def container_names(self) -> list[str]:
        """Names of the Pod's containers, in v1alpha1 those that they have in v1beta1; no init containers."""
        pod = mapping(self.spec, "extraPodSpec") if self.alpha else mapping(self.spec, "podTemplate", "spec")
        listed = [text(mapping(container).get("name")) for container in sequence(pod.get("containers"))]
        if not self.alpha:
            return listed
        sidecar = [SIDECAR_CONTAINER] if self.spec.get("frontendSidecar") is not None else []
        return [MAIN_CONTAINER, *listed, *sidecar]

    @property
    def experimental_path(self) -> Path:
        """Where checkpoint, gpuMemoryService and failover are."""
        return self.path if self.alpha else self.at("experimental")

    def experimental(self, key: str) -> Json | None:
        """checkpoint, gpuMemoryService or failover, if it is on."""
        found = (self.spec if self.alpha else mapping(self.spec, "experimental")).get(key)
        if not isinstance(found, dict):
            return None
        on = found.get("enabled") is True if self.alpha or key == "checkpoint" else True
        return found if on else None

    @property
    def gpus(self) -> Any:
        """How many GPUs it asks for, as written; None where it asks for none."""
        resources = [(self.main, RESOURCE)] if not self.alpha else [(self.spec, "gpu"), (self.main, RESOURCE)]
        for holder, key in resources:
            for side in ("limits", "requests"):
                found = mapping(holder, "resources", side).get(key)
                if found is not None:
                    return found
        return None

    @property
    def has_gpu(self) -> bool:
        """Whether it asks for at least one."""
        return self.gpus not in NOTHING

    @property
    def has_accelerator(self) -> bool:
        """Whether it asks for one by any means: GPUs, parts of them, another vendor's, or a claim of a device."""
        holders = [self.main, self.spec] if self.alpha else [self.main]
        for holder in holders:
            if sequence(mapping(holder, "resources").get("claims")):
                return True
            for side in ("limits", "requests"):
                amounts = mapping(holder, "resources", side)
                named = {**amounts, **mapping(amounts, "custom")}
                if any(ACCELERATOR.search(str(name)) and named[name] not in NOTHING for name in named):
                    return True
        return self.has_gpu

    @property
    def multinode(self) -> bool:
        """Whether it runs on several nodes."""
        return self.nodes > 1


def components(item: Json) -> list[Component]:
    """The components of a graph in the order of the manifest, or the one of a DynamoComponentDeployment."""
    return [_component(part) for part in parts(item)]


def _component(part: Part) -> Component:
    own = (part.name, part.path, part.spec, part.alpha, part.type)
    if part.alpha:
        pod: Path = (*part.path, "extraPodSpec")
        main = mapping(part.spec, "extraPodSpec", "mainContainer")
        return Component(*own, main, (*pod, "mainContainer"), (*pod, "containers"))
    listed: Path = (*part.path, "podTemplate", "spec", "containers")
    containers = sequence(mapping(part.spec, "podTemplate", "spec").get("containers"))
    for index, container in enumerate(containers):
        if mapping(container).get("name") == MAIN_CONTAINER:
            return Component(*own, container, (*listed, index), listed)
    return Component(*own, {}, (*listed, len(containers)), listed)


def runtime_version(image: str) -> tuple[int, int, int] | None:
    """The version that an image's tag names, a digest after it or not; None where it names none."""
    reference = image.strip().partition("@")[0]
    tag = reference.rsplit("/", 1)[-1].partition(":")[2].strip()
    found = _TAG.fullmatch(tag) if len(tag) <= _LONGEST_TAG else None
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
