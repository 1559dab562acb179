"""What the stand-in will not deploy, and says so in the Ready condition: what only the real operator can do.

It never ignores a field. What the real operator refuses at admission, the webhook refuses (`admission`); should
such an object be there all the same, from before the webhook was, the same rules speak here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, reasons
from dynamo_api.views import kept
from dynamo_crd.admission.faults import field_path
from groundwork.kube.values import mapping
from mock_platform.operator.graphs.spec import components
from mock_platform.operator.limits import Place, limits
from mock_platform.operator.webhook.admission import graph_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.kube.objects import Object

_SAYS = "the mock platform does not implement it"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is deployed: the Ready condition's reason and message."""

    reason: str
    message: str


def refusal(graph: Object) -> Refusal | None:
    """Why nothing at all is made for this graph (failed_to_reconcile_the_resources), or None."""
    faults = [f"{field_path(fault.path)}: {fault.message}" for fault in graph_faults(graph)]
    faults += _not_in_the_mock(graph)
    if faults:
        return Refusal(reasons.FAILED_TO_RECONCILE, "; ".join(faults))
    return None


def no_orchestrator(graph: Object) -> Refusal | None:
    """Why no component of this graph is deployed (no_multinode_orchestrator_available), or None.

    There is neither Grove nor LWS here, as in a default install. The real operator finds that once it has made
    the identities, and before any component.
    """
    multinode = [item["name"] for item in components(graph) if item.get("multinode") is not None]
    if multinode:
        return Refusal(
            reasons.NO_MULTINODE_ORCHESTRATOR,
            f"neither Grove nor LWS is installed, which {', '.join(multinode)} would need for multinode",
        )
    return None


def _not_in_the_mock(graph: Object) -> Iterator[str]:
    """What is in the table of limits. An empty object counts: `experimental: {}` asks for one."""
    spec = graph.get("spec") or {}
    for name in limits(Place.GRAPH):
        if spec.get(name) is not None:
            yield f"spec.{name}: {_SAYS}"
    templates = [component.get("podTemplate") or {} for component in components(graph)]
    metadata = [graph["metadata"], spec, *(template.get("metadata") or {} for template in templates)]
    for name in limits(Place.ANNOTATION):
        if any(name in (holder.get("annotations") or {}) for holder in metadata):
            yield f"annotation {name}: {_SAYS}"
    yield from _parts_not_in_the_mock(graph)


def _parts_not_in_the_mock(graph: Object) -> Iterator[str]:
    for component in components(graph):
        for name in limits(Place.COMPONENT):
            if component.get(name) is not None:
                yield f"component {component.get('name')}: {name}: {_SAYS}"
    for service, given in mapping(kept.spec(graph, kinds.GRAPH), "services").items():
        for name in limits(Place.SERVICE):
            if mapping(given, name).get("enabled"):
                yield f"spec.services.{service}.{name}: {_SAYS}"
