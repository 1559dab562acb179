"""Advice about fields that are ignored, or whose absence means something that few expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import ADAPTER, ALPHA, REQUEST
from dynamo_api.facts.profiler import SLA_DEFAULTS
from dynamo_api.releases import label
from dynamo_crd.admission.components import components
from dynamo_crd.admission.planner_config import planner_of, setting, written
from dynamo_crd.admission.planner_fields import FIELDS, RETIRED
from dynamo_crd.admission.rule import RELEASES, within
from groundwork.base.problems import Stage
from groundwork.base.suggest import did_you_mean
from groundwork.kube.objects import group_version
from groundwork.kube.values import Json, mapping
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.planner_fields import PlannerField
    from groundwork.base.field_paths import Path

_IGNORED = {
    "autoscaling": f"scale with a {ADAPTER}",
    "dynamoNamespace": "the operator names it NAMESPACE-GRAPH",
}
"""Fields of a v1alpha1 service that the operator warns about and ignores."""
_CONVERTED_SINCE = "v1.0.2"
"""Requests are stored as v1beta1 since then."""


def field_advice(item: Json, release: str) -> Iterator[FieldError]:
    """Advice about the fields of one object."""
    for component in components(item):
        for key, instead in _IGNORED.items() if component.alpha else ():
            if component.spec.get(key):
                yield _advice(component.at(key), "ignored", f"{key} is ignored", instead, at_key=True)
        config, path = planner_of(component)
        if config is not None:
            yield from _planner(config, path, release, inline=True)
    if item.get("kind") == REQUEST:
        yield from _request(item, release)


def _request(item: Json, release: str) -> Iterator[FieldError]:
    spec = mapping(item, "spec")
    if group_version(item)[1] == ALPHA:
        stored = RELEASES.index(release) >= RELEASES.index(_CONVERTED_SINCE)
        if stored and mapping(spec, "profilingConfig", "config").get("hardware"):
            path: Path = ("spec", "profilingConfig", "config", "hardware")
            hint = "v1beta1 has spec.hardware; without it, the operator must discover the GPUs"
            yield _advice(path, "ignored", "hardware has no effect in v1alpha1", hint, at_key=True)
        return
    sla = mapping(spec, "sla")
    given = [key for key in SLA_DEFAULTS if sla.get(key) is not None]
    if len(given) == 1 and sla.get("e2eLatency") is None:
        (other,) = SLA_DEFAULTS.keys() - set(given)
        fact = f"{other} is not given: the profiler takes {SLA_DEFAULTS[other]} ms"
        yield _advice(("spec", "sla"), "sla-half", fact, f"write {other}, too", at_key=True)
    planner = mapping(spec, "features").get("planner")
    if isinstance(planner, dict):
        yield from _planner(planner, ("spec", "features", "planner"), release, inline=False)


def _planner(config: Json, path: Path, release: str, *, inline: bool) -> Iterator[FieldError]:
    known = [name for name, field in FIELDS.items() if field.in_release(release)]
    if not known:
        return
    for key in config:
        if key in known or (key in RETIRED and within(release, RETIRED[key][0])):
            continue
        where = path if inline else (*path, key)
        fact = f"the planner knows no field {key!r} and ignores it"
        hint = _when(FIELDS[key], release) if key in FIELDS else did_you_mean(str(key), known)
        yield _advice(where, "planner-field", fact, hint, at_key=not inline)
    if "optimization_target" not in known or setting(config, "optimization_target") == "sla":
        return
    for name in ("ttft_ms", "itl_ms"):
        key = written(config, name)
        if key in config:
            fact = f"{key} is ignored: optimization_target is {setting(config, 'optimization_target')}"
            where = path if inline else (*path, key)
            yield _advice(where, "planner-target", fact, "set optimization_target: sla", at_key=not inline)


def _when(field: PlannerField, release: str) -> str:
    """Which releases know a field that this one does not."""
    if within(release, until=field.since):
        return f"it is known from {label(field.since)} on"
    return f"it was known up to {label(field.until)}"


def _advice(path: Path, code: str, fact: str, hint: str, *, at_key: bool) -> FieldError:
    return FieldError(path, f"advice/{code}", fact, hint, Stage.ADVICE, at_key)
