"""Advice about what the operator makes of an object, and the API server then refuses: Pods, and derived names.

The graph itself is accepted; its Pods or Services never come, and nothing but an event says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import GRAPH, REQUEST
from dynamo_api.facts.names import MAIN_CONTAINER
from dynamo_api.releases import label
from dynamo_crd.admission.components import components
from dynamo_crd.admission.rule import RELEASES
from groundwork.base.problems import Stage
from groundwork.base.wording import shown
from groundwork.kube.objects import name_of
from groundwork.kube.values import Json, mapping
from groundwork.text.model import FieldError
from kube_manifests.pods import containers, pod, warnings
from kube_manifests.pods.templates import template_metadata
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.components import Component
    from groundwork.base.field_paths import Path

_POD = "advice/pod"
_NAME = "advice/derived-name"
_CONSEQUENCE = "no Pod can be made of it"
_DOTS_SINCE = "v1.0.2"
"""The first release read that makes a dash of each dot in a graph's name (ai-dynamo/dynamo pull 7062)."""


def generated_advice(item: Json, release: str) -> Iterator[FieldError]:
    """Advice about one object."""
    for component in components(item):
        for error in _pod(component):
            told = f"{error.fact}: {_CONSEQUENCE}"
            yield replace(error, code=_POD, fact=told, stage=Stage.ADVICE)
        if not component.alpha:
            yield from warnings.check(mapping(component.spec, "podTemplate"), component.at("podTemplate"))
        yield from _component_name(component)
    if item.get("kind") in (GRAPH, REQUEST):
        yield from _graph_name(item, release)


def _pod(component: Component) -> Iterator[FieldError]:
    if component.alpha:
        yield from _extra_pod_spec(component)
        return
    template, path = mapping(component.spec, "podTemplate"), component.at("podTemplate")
    yield from pod.check(mapping(template, "spec"), (*path, "spec"))
    yield from template_metadata(template, path)


def _extra_pod_spec(component: Component) -> Iterator[FieldError]:
    """The main container stands apart in v1alpha1, and the component's own variables are added to its."""
    extra, path = mapping(component.spec, "extraPodSpec"), component.at("extraPodSpec")
    yield from pod.check(extra, path)
    volumes, claims = pod.names_in(extra, "volumes"), pod.names_in(extra, "resourceClaims")
    yield from containers.check(component.main, component.main_path, volumes, claims)
    own = {"name": MAIN_CONTAINER, "env": component.spec.get("envs")}
    for error in containers.check(own, component.path, None, set()):
        yield replace(error, path=_renamed(error.path, len(component.path)))
    for probe in containers.PROBES:
        given = component.spec.get(probe)
        yield from containers.check({probe: given}, component.path, None, set())


def _renamed(path: Path, at: int) -> Path:
    return (*path[:at], "envs", *path[at + 1 :]) if path[at : at + 1] == ("env",) else path


def _graph_name(item: Json, release: str) -> Iterator[FieldError]:
    name, where = name_of(item), ("metadata", "name")
    if not name or names.subdomain(name):
        return
    if name[0].isdigit():
        fact = f"{shown(name)} begins with a digit, and no Service can: the graph would stay pending"
        yield FieldError(where, _NAME, fact, "begin it with a letter", Stage.ADVICE)
    elif "." in name and RELEASES.index(release) < RELEASES.index(_DOTS_SINCE):
        fact = f"{shown(name)} has a dot, and the names made of it in {label(release)} may have none"
        yield FieldError(where, _NAME, fact, f"write {name.replace('.', '-')}", Stage.ADVICE)


def _component_name(component: Component) -> Iterator[FieldError]:
    """Names of v1alpha1 services are keys, which the CRD does not check."""
    name = component.name.lower()
    if not component.alpha or not name or not names.dns_label(name):
        return
    fact = f"objects are named after the service {shown(component.name)}, and no name may be so in Kubernetes"
    better = name.replace("_", "-").replace(".", "-").strip("-")
    hint = f"write {better}" if not names.dns_label(better) else names.dns_label(name)
    yield FieldError(component.path, _NAME, fact, hint, Stage.ADVICE, at_key=True)
