"""What the webhook refuses of a change to an object that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import BETA, ConversionError, convert
from dynamo_api.conversion.zero_values import dropped
from dynamo_api.facts import phases
from dynamo_api.facts.kinds import ALPHA, COMPONENT, GRAPH, MODEL, REQUEST
from dynamo_api.facts.names import WORKLOAD_PROVIDER
from dynamo_crd.admission import admission
from dynamo_crd.admission.components import components
from dynamo_crd.admission.faults import IMMUTABLE, Fault, forbidden, invalid
from dynamo_crd.admission.power import power_changes
from dynamo_crd.admission.restart import restart_changes
from dynamo_crd.admission.rule import UNKNOWN, Environment, Source
from dynamo_crd.admission.rules import RULES
from groundwork.kube.objects import group_version
from groundwork.kube.values import Json, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.components import Component

LEGACY = frozenset({"main-image", "image-tag", "thorough-auto", "hardware", "epp-config"})
"""Rules that came when objects were there: what an object broke before, it may go on breaking."""
_STATES = {"profiling": phases.PROFILING, "deploying": phases.DEPLOYING, "ready": phases.DEPLOYED}
"""Phases by v1alpha1's status.state in lower case. In its Ready nothing may change, as in v1beta1's Deployed."""
_FOR_GOOD = "is made with the object, and neither added, removed nor changed later"
HELD = "a scaling adapter holds it: scale the component's DynamoGraphDeploymentScalingAdapter instead"
"""Text of the refusal of replicas that are changed in a graph."""
_LATE = ("runtimeVersionOverride", "autoApply")


def update_faults(
    new: Json,
    old: Json,
    release: str,
    environment: Environment = UNKNOWN,
    *,
    scales: bool = False,
    operates: bool = True,
) -> Iterator[Fault]:
    """Faults of a changed object, in the webhook's terms; none while it is being deleted.

    Args:
        new: what was asked for.
        old: what is stored, with its status.
        release: one of `rule.RELEASES`.
        environment: the cluster.
        scales: whether who asks is one who sets the replicas that scaling adapters hold: operator or planner.
        operates: whether who asks is the operator.
    """
    if mapping(new, "metadata").get("deletionTimestamp"):
        return  # Whoever removes a finalizer must not be stopped.
    sources = (Source.WEBHOOK,)
    before = {(fault.rule, fault.path) for fault in admission.faults(old, release, environment, sources)}
    for fault in admission.faults(new, release, environment, sources):
        if admission.certain(fault, environment) and not (
            fault.rule in LEGACY and (fault.rule, fault.path) in before and _same_images(new, old)
        ):
            yield fault
    kind, version = text(new.get("kind")), group_version(new)[1]
    changes = list(_changes(kind, new, old))
    if kind == GRAPH:
        changes += [*(() if scales else _replicas(new, old)), *(() if operates else _provider_given(new, old))]
    for fault in changes:
        if RULES[fault.rule].applies(kind, version, release):
            yield fault


def _same_images(new: Json, old: Json) -> bool:
    """Whether what names a runtime is as it was: an old fault is forgiven, a new one in its place is not."""

    def images(item: Json) -> list[Any]:
        spec = mapping(item, "spec")
        whole = [spec.get("image"), mapping(spec, "profilingConfig").get("profilerImage")]
        return whole + [(one.image, one.spec.get("runtimeVersionOverride")) for one in components(item)]

    return images(new) == images(old)


def _changes(kind: str, new: Json, old: Json) -> Iterator[Fault]:
    spec, before = mapping(new, "spec"), mapping(old, "spec")
    if kind in (GRAPH, COMPONENT):
        yield from _node_counts(new, old)
        yield from _parts(new, old)
    if kind == GRAPH:
        yield from _provider(new, old)
        yield from _graph(new, old)
        yield from restart_changes(new, old)
    elif kind == REQUEST:
        yield from _request(new, old)
    elif kind == MODEL:
        for key in ("modelType", "baseModelName"):
            if spec.get(key) != before.get(key):
                yield invalid("update-model", ("spec", key), spec.get(key), f"was {before.get(key)!r} for good")


def _request(new: Json, old: Json) -> Iterator[Fault]:
    spec, before = (_meant(item) for item in (new, old))
    phase = _phase(old)
    if spec != before and phase in phases.CLOSED and not _late_change(spec, before, phase):
        says = f"no change while the request is {phase}: delete it and make a new one"
        yield forbidden("update-phase", ("spec",), says)


def _meant(request: Json) -> dict[str, Any]:
    """The spec in one form; in v1alpha1, the API server fills in flags that the stored request leaves out."""
    spec = dict(mapping(request, "spec"))
    return dropped(REQUEST, spec) if group_version(request)[1] == ALPHA else spec


def _node_counts(new: Json, old: Json) -> Iterator[Fault]:
    then = {component.name: component.nodes for component in components(old)}
    for component in components(new):
        nodes, before = component.nodes, then.get(component.name, 1)
        if nodes > 1 and before > 1 and nodes != before:  # One node or several is another rule's to say.
            yield invalid("update-node-count", component.at("multinode", "nodeCount"), nodes, IMMUTABLE)


def _provider(new: Json, old: Json) -> Iterator[Fault]:
    now, then = (mapping(item, "metadata", "annotations").get(WORKLOAD_PROVIDER) for item in (new, old))
    if then is not None and now != then:
        yield invalid("update-provider", ("metadata", "annotations", WORKLOAD_PROVIDER), now, IMMUTABLE)


def _provider_given(new: Json, old: Json) -> Iterator[Fault]:
    """A provider that somebody else than the operator gives a graph that has none yet."""
    now, then = (mapping(item, "metadata", "annotations").get(WORKLOAD_PROVIDER) for item in (new, old))
    if now is not None and then is None:
        says = "only the operator writes it into a graph that is there"
        yield forbidden("update-provider", ("metadata", "annotations", WORKLOAD_PROVIDER), says)


def _graph(new: Json, old: Json) -> Iterator[Fault]:
    now, then = ({component.name: component for component in components(item)} for item in (new, old))
    added, removed = sorted(now.keys() - then), sorted(then.keys() - now)
    if added or removed:
        changes = [
            f"{what}: {', '.join(names)}" for what, names in (("added", added), ("removed", removed)) if names
        ]
        field = "services" if group_version(new)[1] == ALPHA else "components"
        says = f"a graph keeps its components; {'; '.join(changes)}"
        yield forbidden("update-components", ("spec", field), says)
    for name in now.keys() & then:
        yield from power_changes(now[name], then[name])
    yield from _kept("update-topology", ("spec", "topologyConstraint"), new, old)
    yield from _kept("update-transfer-policy", ("spec", "experimental", "kvTransferPolicy"), new, old)


def _parts(new: Json, old: Json) -> Iterator[Fault]:
    """Faults of what graphs and DynamoComponentDeployments have alike: each component, and the engine."""
    then = {component.name: component for component in components(old)}
    for component in components(new):
        before = then.get(component.name)
        if before is None:
            continue
        if component.multinode != before.multinode:
            says = "changes between one node and several"
            yield invalid("update-multinode", component.at("multinode"), component.spec.get("multinode"), says)
        if component.spec.get("topologyConstraint") != before.spec.get("topologyConstraint"):
            value = component.spec.get("topologyConstraint")
            yield invalid("update-topology", component.at("topologyConstraint"), value, _FOR_GOOD)
    backend, was = (mapping(item, "spec").get("backendFramework", "") for item in (new, old))
    if backend != was:
        yield invalid("update-backend", ("spec", "backendFramework"), backend, f"was {was!r} for good")


def _kept(rule: str, path: tuple[str, ...], new: Json, old: Json) -> Iterator[Fault]:
    """A fault where a field of the spec is not as it was, be it that it was not there."""
    *above, last = path
    now, then = (mapping(item, *above).get(last) for item in (new, old))
    if now != then:
        yield invalid(rule, path, now, _FOR_GOOD)


def _phase(request: Json) -> str:
    status = mapping(request, "status")
    return text(status.get("phase")) or _STATES.get(text(status.get("state")).lower(), "")


def _late_change(new: Json, old: Json, phase: str) -> bool:
    """Whether only what may still change has: the runtime's version, and with it whether to deploy."""
    if old.get("autoApply") is not False or phase not in (phases.PROFILING, phases.READY):
        return False
    if new.get("autoApply") is not False and phase != phases.READY:
        return False
    rest = [{key: value for key, value in spec.items() if key not in _LATE} for spec in (new, old)]
    return rest[0] == rest[1]


def _replicas(new: Json, old: Json) -> Iterator[Fault]:
    """Replicas that changed where a component had an adapter, or has one now.

    The webhook sees a graph of either version in v1beta1: that is the path that it names.
    """
    now, then = _in_beta(new), _in_beta(old)
    for name, component in now.items():
        before = then.get(name)
        if before is None or not (_has_adapter(component) or _has_adapter(before)):
            continue
        if _count(component) != _count(before):
            yield forbidden("update-replicas", component.at("replicas"), HELD)


def _in_beta(graph: Json) -> dict[str, Component]:
    try:
        beta = convert(dict(graph), BETA)
    except ConversionError:
        return {}  # The API server does not store such a graph: it converts it, too.
    return {component.name: component for component in components(beta)}


def _has_adapter(component: Component) -> bool:
    return component.spec.get("scalingAdapter") is not None


def _count(component: Component) -> object:
    """What is asked for: 1 where nothing is, which the webhook fills in."""
    count = component.spec.get("replicas")
    return 1 if count is None else count
