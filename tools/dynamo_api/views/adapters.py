"""Scaling adapters of both versions in one form: what a planner, or an HPA, asks for through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundwork.kube.objects import key_of
from groundwork.kube.values import integer, mapping, text, when

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Adapter:
    """A DynamoGraphDeploymentScalingAdapter."""

    namespace: str
    name: str
    graph: str
    component: str
    """Name of the component whose replicas it sets."""
    replicas: int | None
    """Replicas that are asked for; None if nobody has asked yet."""
    scaled: datetime | None
    """Time of its last change; None if there was none."""


def read_adapter(item: Any) -> Adapter:
    """A scaling adapter as the API server has it, in either version."""
    namespace, name = key_of(item)
    of = mapping(item, "spec", "dgdRef")
    return Adapter(
        namespace=namespace,
        name=name,
        graph=text(of, "name"),
        component=text(of, "componentName") or text(of, "serviceName"),
        replicas=integer(item, "spec", "replicas"),
        scaled=when(item, "status", "lastScaleTime"),
    )
