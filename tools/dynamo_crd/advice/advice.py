"""What is accepted, yet perhaps not what was meant. It never changes an exit status.

Some of it looks across documents: a Secret that one of them needs may be made by another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import ADAPTER, ALPHA, BETA, COMPONENT, GRAPH, GROUP, REQUEST
from dynamo_api.facts.names import generated_graph
from dynamo_api.releases import label
from dynamo_crd.admission import admission
from dynamo_crd.admission.components import components
from dynamo_crd.admission.rule import RELEASES, UNKNOWN, Environment, Needs
from dynamo_crd.admission.rules import RULES
from dynamo_crd.advice.deprecated import deprecated_advice
from dynamo_crd.advice.fields import field_advice
from dynamo_crd.advice.generated import generated_advice
from dynamo_crd.advice.pods import pod_advice
from groundwork.base.problems import Stage
from groundwork.kube.objects import group_version, name_of
from groundwork.kube.values import Json, mapping, text
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BETA_SINCE = {
    REQUEST: "v1.0.2",
    GRAPH: "main-1.4.0",
    COMPONENT: "main-1.4.0",
    ADAPTER: "main-1.4.0",
}
"""The first release known to serve v1beta1."""
NAME_LIMIT = 45
"""Characters of a graph's and a component's name together that leave room for what Grove puts into a Pod's name
(ai-dynamo/dynamo issue 8469); the profiler of 1.1 and later checks it, too."""
_SHORTEST_GENERATED = "Frontend"
"""A component that every generated graph has."""
_LACKING = Environment(grove=False, lws=False, inference_pool=False, checkpoints=False)
_NEEDED = {
    Needs.GROVE: "the cluster needs Grove",
    Needs.ORCHESTRATOR: "the cluster needs Grove or LeaderWorkerSet",
    Needs.INFERENCE_POOL: "the cluster needs the Gateway API Inference Extension",
    Needs.CHECKPOINTS: "the operator needs checkpoint.enabled",
}


def check(items: Sequence[Any], release: str, environment: Environment = UNKNOWN) -> list[tuple[int, FieldError]]:
    """Advice about the documents that belong together, each with the index of the document that it is about.

    Args:
        items: objects as JSON, of any kind and shape: all that a reader applies.
        release: one of `rule.RELEASES`.
        environment: the cluster that they are for.
    """
    found: list[tuple[int, FieldError]] = []
    secrets = {name_of(item) for item in items if mapping(item).get("kind") == "Secret"}
    for index, item in enumerate(items):
        if isinstance(item, dict) and group_version(item)[0] == GROUP:
            found += [(index, advice) for advice in _about(item, release, environment, secrets)]
    return found


def _about(item: Json, release: str, environment: Environment, secrets: set[str]) -> Iterator[FieldError]:
    yield from _version(item, release)
    yield from _environment(item, release, environment)
    yield from _name(item)
    yield from field_advice(item, release)
    yield from deprecated_advice(item, release)
    yield from pod_advice(item, secrets)
    yield from generated_advice(item, release)


def _version(item: Json, release: str) -> Iterator[FieldError]:
    kind = text(item.get("kind"))
    since = BETA_SINCE.get(kind)
    if group_version(item)[1] != ALPHA or since is None or RELEASES.index(release) < RELEASES.index(since):
        return
    fact = f"{GROUP}/{ALPHA} of {kind} is superseded: {label(release)} also serves {GROUP}/{BETA}"
    hint = f"write {GROUP}/{BETA}; of an example NAME.yaml, NAME-{BETA}.yaml is that form"
    yield FieldError(("apiVersion",), "advice/version", fact, hint, Stage.ADVICE)


def _environment(item: Json, release: str, environment: Environment) -> Iterator[FieldError]:
    """What is refused, or does not run, where the cluster lacks what nobody knows of it."""
    certain = {(fault.rule, fault.path) for fault in admission.faults(item, release, environment)
               if admission.certain(fault, environment)}  # fmt: skip
    for fault in admission.faults(item, release, _LACKING):
        needs = RULES[fault.rule].needs
        if needs is None or getattr(environment, needs) is not None or (fault.rule, fault.path) in certain:
            continue
        yield FieldError(fault.path, f"advice/{fault.rule}", _NEEDED[needs], RULES[fault.rule].says, Stage.ADVICE)


def _name(item: Json) -> Iterator[FieldError]:
    name, kind = name_of(item), item.get("kind")
    if kind == REQUEST:
        override = text(mapping(item, "spec", "overrides", "dgd", "metadata").get("name"))
        graph, longest = override or generated_graph(name), _SHORTEST_GENERATED
    elif kind == GRAPH:
        names = [component.name for component in components(item)]
        graph, longest = name, max(names, key=len, default="")
    else:
        return
    length = len(graph) + len(longest)
    if length > NAME_LIMIT:
        fact = f"{name!r} is long: graph {graph!r} and component {longest!r} have {length} characters together"
        hint = f"with Grove, Pods' names allow for {NAME_LIMIT}"
        yield FieldError(("metadata", "name"), "advice/name-length", fact, hint, Stage.ADVICE)
