"""What is refused of a limit of the power of GPUs, an annotation of a component's Pod template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dynamo_api.facts.names import POWER_LIMIT
from dynamo_crd.admission.faults import IMMUTABLE, Fault, forbidden, invalid
from groundwork.kube.values import Json, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.components import Component
    from groundwork.base.field_paths import Path

_NUMBER = re.compile(r"[-+]?[0-9]+", re.ASCII)


def power_limit(component: Component) -> Any:
    """The limit as written; None where there is none."""
    return _annotations(component).get(POWER_LIMIT)


def power_faults(component: Component) -> Iterator[Fault]:
    """Faults of one component of a graph."""
    limit = power_limit(component)
    if limit is None:
        return
    if not isinstance(limit, str) or not _NUMBER.fullmatch(limit):
        yield invalid(
            "power-limit", _path(component), limit, "is not a decimal integer", "give watts, such as 300"
        )
    elif int(limit) <= 0:
        yield invalid("power-limit", _path(component), limit, "is not greater than 0", "give watts, such as 300")
    claimed = next(_claims(component), None)
    if claimed:
        says = (
            f"a component with the annotation {POWER_LIMIT} gets its GPUs as a plain resource, not through claims"
        )
        yield forbidden("power-limit-claims", claimed, says)


def power_changes(new: Component, old: Component) -> Iterator[Fault]:
    """Faults of a change: the limit stays as it was made, and with it the number of GPUs."""
    now, then = power_limit(new), power_limit(old)
    if now != then:
        yield invalid("update-power-limit", _path(new), now, IMMUTABLE)
    if then is not None and str(new.gpus) != str(old.gpus):
        path: Path = new.at("resources") if new.alpha else (*new.main_path, "resources")
        yield invalid("update-power-limit", path, new.gpus, IMMUTABLE)


def _claims(component: Component) -> Iterator[Path]:
    """Where the component gets devices through claims."""
    if component.experimental("gpuMemoryService") is not None:
        yield (*component.experimental_path, "gpuMemoryService")
    if component.alpha:
        pod, at = mapping(component.spec, "extraPodSpec"), component.at("extraPodSpec")
        if sequence(mapping(pod, "mainContainer", "resources").get("claims")):
            yield (*at, "mainContainer", "resources", "claims")
    else:
        pod, at = mapping(component.spec, "podTemplate", "spec"), component.at("podTemplate", "spec")
    for key in ("containers", "initContainers"):
        for index, container in enumerate(sequence(pod.get(key))):
            if sequence(mapping(container, "resources").get("claims")):
                yield (*at, key, index, "resources", "claims")


def _annotations(component: Component) -> Json:
    if component.alpha:
        return mapping(component.spec, "extraPodMetadata", "annotations")
    return mapping(component.spec, "podTemplate", "metadata", "annotations")


def _path(component: Component) -> Path:
    if component.alpha:
        return (*component.at("extraPodMetadata", "annotations"), POWER_LIMIT)
    return (*component.at("podTemplate", "metadata", "annotations"), POWER_LIMIT)
