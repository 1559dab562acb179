"""What Dynamo refuses though no schema says so: the API server's webhook at once, profiler and planner later.

Pure functions over objects of either API version. `rules.RULES` tells of each rule who refuses, and since when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import COMPONENT, GRAPH, GROUP, MODEL, REQUEST
from dynamo_crd.admission.faults import Fault, invalid, required
from dynamo_crd.admission.graph import graph_faults
from dynamo_crd.admission.request import request_faults
from dynamo_crd.admission.rule import UNKNOWN, Environment, Needs, Source, within
from dynamo_crd.admission.rules import RULES
from groundwork.base.problems import Stage
from groundwork.kube.objects import group_version
from groundwork.kube.values import Json, mapping, text
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

LATER = {
    Source.CONTROLLER: "accepted, but the operator reports it: ",
    Source.PROFILER: "accepted, but the profiler fails: ",
    Source.PLANNER: "accepted, but the planner fails: ",
}
"""Words before the fact of a fault that is not refused at once."""
_URI_SCHEMES = {"s3://": "", "hf://": "", "file:///": "main-1.4.0"}
"""Beginnings of a LoRA's source, each with the first release that takes it; "": all that have the rule."""


def check(item: Any, release: str, environment: Environment = UNKNOWN) -> list[FieldError]:
    """Field errors of an object that its schema cannot see; none of a kind that is not Dynamo's.

    Args:
        item: the object as JSON; of any shape, so that a broken one can be checked, too.
        release: one of `rule.RELEASES`.
        environment: the cluster that it is for. What depends on a part that is not known is not a problem here
            (see `advice`).

    Raises:
        ValueError: there is no such release.
    """
    return [field_error(fault) for fault in faults(item, release, environment) if certain(fault, environment)]


def field_error(fault: Fault, stage: Stage = Stage.ADMISSION) -> FieldError:
    """A fault as validation reports it; what is refused only later says by whom."""
    rule = RULES[fault.rule]
    return FieldError(
        fault.path, rule.code, f"{LATER.get(rule.source, '')}{fault.fact}", fault.hint, stage, near=fault.near
    )


def certain(fault: Fault, environment: Environment) -> bool:
    """Whether the cluster is known to lack what the rule needs, or the rule needs nothing of it."""
    needs = RULES[fault.rule].needs
    if needs is None:
        return True
    if needs is Needs.GROVE:
        return True  # Faults of it are only found where Grove is certain to be absent.
    return getattr(environment, needs) is False


def faults(
    item: Any, release: str, environment: Environment = UNKNOWN, sources: Collection[Source] = frozenset(Source)
) -> Iterator[Fault]:
    """Breaches of the rules of these sources; also those that depend on a cluster not known (see `certain`)."""
    group, version = group_version(item)
    kind = text(mapping(item).get("kind"))
    if group != GROUP:
        return
    for fault in _faults(kind, mapping(item), release, environment):
        rule = RULES[fault.rule]
        if rule.source in sources and rule.applies(kind, version, release):
            yield fault


def _faults(kind: str, item: Json, release: str, environment: Environment) -> Iterator[Fault]:
    if kind in (GRAPH, COMPONENT):
        yield from graph_faults(item, release, environment)
    elif kind == REQUEST:
        yield from request_faults(item, release, environment)
    elif kind == MODEL:
        yield from _model_faults(mapping(item, "spec"), release)


def _model_faults(spec: Json, release: str) -> Iterator[Fault]:
    for key in ("modelName", "baseModelName"):
        if not spec.get(key):
            yield required("model-name", ("spec", key), "a model has both modelName and baseModelName")
    if spec.get("modelType") != "lora":
        return
    uri = text(mapping(spec, "source").get("uri"))
    if not uri:
        yield required("lora-source", ("spec", "source", "uri"), "modelType is lora")
        return
    known = tuple(scheme for scheme, since in _URI_SCHEMES.items() if within(release, since))
    if not uri.startswith(known):
        says = f"begins with none of {', '.join(known)}"
        yield invalid("lora-source", ("spec", "source", "uri"), uri, says)
