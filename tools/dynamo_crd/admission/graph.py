"""What is refused of a graph, or of a DynamoComponentDeployment: see `rules.py` for who, where and since when."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import ALPHA, COMPONENT, GRAPH
from dynamo_api.facts.names import (
    DISCOVERY_MODE,
    ENABLE_GROVE,
    EXECUTOR_BACKEND,
    GROVE_UPDATE_STRATEGY,
    ORIGIN_VERSION,
    SIDECAR_CONTAINER,
    WORKLOAD_PROVIDER,
)
from dynamo_crd.admission.components import Component, components, runtime_version
from dynamo_crd.admission.experimental import experimental_faults
from dynamo_crd.admission.faults import Fault, forbidden, invalid, required, unsupported
from dynamo_crd.admission.grove import component_fields, graph_fields
from dynamo_crd.admission.planner_config import planner_faults, planner_of
from dynamo_crd.admission.power import power_faults
from dynamo_crd.admission.restart import restart_faults
from dynamo_crd.admission.rule import within
from groundwork.kube.objects import group_version
from groundwork.kube.values import Json, mapping, number, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.rule import Environment
    from groundwork.base.field_paths import Path

TAG_HINT = "use a tag like 1.4.2, or set runtimeVersionOverride to the Dynamo version in the image"
_STRATEGIES = {"RollingRecreate": "", "OnDelete": "", "Coherent": "v1.6.1"}
_PROVIDERS = {"component": "", "grove": ""}
"""Values of annotations, each with the first release that takes it; "": all that have the rule."""
_NATIVE_EPP = (1, 5, 0)
"""First runtime with which an endpoint picker may do without eppConfig, since the operator knows of it."""
_LAST_GO_EPP = "main-1.5.0"
"""Last state of the operator that asks every endpoint picker for eppConfig: the picker in Go needs it."""
_SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_VERSION = re.compile(r"v?\d+(\.\d+){0,2}([-+][0-9A-Za-z.+-]+)?", re.ASCII)


def graph_faults(item: Json, release: str, environment: Environment) -> Iterator[Fault]:
    """All faults of a graph or of a DynamoComponentDeployment, in the order of its fields."""
    kind, found = item.get("kind"), components(item)
    spec = mapping(item, "spec")
    grove = not without_grove(item, environment)
    if kind == GRAPH:
        yield from _metadata(item, found, release)
        yield from _spec(spec, found, alpha=group_version(item)[1] == ALPHA, grove=grove)
    for component in found:
        yield from _runtime(component)
        yield from _elastic(component, spec)
        if not grove:
            yield from component_fields(component)
        yield from _component(component)
        yield from _epp(component, release)
        if kind == GRAPH:
            yield from power_faults(component)
        yield from experimental_faults(component, spec, is_graph=kind == GRAPH, grove=grove)
        yield from _alpha_fields(component)
        config, where = planner_of(component)
        if config is not None:
            yield from planner_faults(config, where, release)


def without_grove(item: Json, environment: Environment) -> bool:
    """Whether it is certain that Grove does not run this: it is absent or opted out of, or never does."""
    annotation = mapping(item, "metadata", "annotations").get(ENABLE_GROVE)
    opted_out = text(annotation).lower() == "false"
    return item.get("kind") == COMPONENT or environment.grove is False or opted_out


def _metadata(item: Json, found: list[Component], release: str) -> Iterator[Fault]:
    annotations = mapping(item, "metadata", "annotations")
    path: Path = ("metadata", "annotations")
    origin = annotations.get(ORIGIN_VERSION)
    if isinstance(origin, str) and not _VERSION.fullmatch(origin):
        yield invalid("annotation", (*path, ORIGIN_VERSION), origin, "is not a semantic version")
    yield from _executor(annotations, path)
    for rule, key, values in (
        ("grove-update-strategy", GROVE_UPDATE_STRATEGY, _STRATEGIES),
        ("workload-provider", WORKLOAD_PROVIDER, _PROVIDERS),
    ):
        allowed = [value for value, since in values.items() if within(release, since)]
        if isinstance(value := annotations.get(key), str) and value not in allowed:
            yield unsupported(rule, (*path, key), value, allowed)
    mode = annotations.get(DISCOVERY_MODE)
    if isinstance(mode, str) and mode not in ("pod", "container"):
        yield unsupported("annotation", (*path, DISCOVERY_MODE), mode, ("pod", "container"))
    shadowed = [component for component in found if _fails_over_in_pod(component)]
    if shadowed and mode != "container":
        names = ", ".join(repr(component.name) for component in shadowed)
        yield invalid(
            "failover-discovery",
            (*path, DISCOVERY_MODE),
            mode or "",
            f"is not container, which failover within the Pods of {names} needs",
        )


def _executor(annotations: Json, path: Path) -> Iterator[Fault]:
    value = annotations.get(EXECUTOR_BACKEND)
    if isinstance(value, str) and value.lower() not in ("mp", "ray"):
        yield invalid("annotation", (*path, EXECUTOR_BACKEND), value, "is neither mp nor ray")


def _fails_over_in_pod(component: Component) -> bool:
    failover = component.experimental("failover")
    return failover is not None and text(failover.get("mode", "IntraPod")).lower() == "intrapod"


def _spec(spec: Json, found: list[Component], *, alpha: bool, grove: bool) -> Iterator[Fault]:
    if not found:
        field = "services" if alpha else "components"
        yield required("component", ("spec", field), "a graph needs at least one component")
    if not grove:
        yield from graph_fields(spec)
    name = text(mapping(spec, "experimental", "kvTransferPolicy").get("clusterTopologyName"))
    if name and not _SUBDOMAIN.fullmatch(name):
        path: Path = ("spec", "experimental", "kvTransferPolicy", "clusterTopologyName")
        yield invalid("transfer-topology-name", path, name, "is not a name of an object")
    yield from restart_faults(spec, found)
    yield from _topology(spec, found)
    for index, claim in enumerate(sequence(spec.get("pvcs"))):
        if isinstance(claim, dict) and not claim.get("name"):
            yield required("claim-name", ("spec", "pvcs", index, "name"), "a claim has a name")


def _topology(spec: Json, found: list[Component]) -> Iterator[Fault]:
    whole = spec.get("topologyConstraint")
    some = [component for component in found if component.spec.get("topologyConstraint") is not None]
    if whole is None and some:
        names = ", ".join(repr(component.name) for component in some)
        yield required("topology", ("spec", "topologyConstraint"), f"{names} has one, so the graph needs one")
    elif isinstance(whole, dict) and not whole.get("packDomain") and not some:
        path: Path = ("spec", "topologyConstraint", "packDomain")
        yield required("topology", path, "no component has a topologyConstraint of its own")


def _runtime(component: Component) -> Iterator[Fault]:
    if not component.image:
        where = "extraPodSpec.mainContainer" if component.alpha else "the container named main"
        yield required("main-image", component.image_path, f"{where} needs an image")
    elif not component.spec.get("runtimeVersionOverride") and runtime_version(component.image) is None:
        path = component.at("runtimeVersionOverride")
        says = f"the tag of image {component.image!r} is not a semantic version"
        yield required("image-tag", path, says, TAG_HINT, near=component.image_path)


def _elastic(component: Component, spec: Json) -> Iterator[Fault]:
    if spec.get("backendFramework") != "vllm" or sequence(component.main.get("command")):
        return
    words = [word for argument in component.words for word in argument.replace("=", " ").split()]
    backends = [after for word, after in pairwise(words) if word in ("--data-parallel-backend", "-dpb")]
    if "--enable-elastic-ep" in words and "ray" in backends:
        says = "elastic expert parallelism over Ray (--enable-elastic-ep) wraps the command, which must be written"
        yield required("elastic-ep-command", (*component.main_path, "command"), says)


def _component(component: Component) -> Iterator[Fault]:
    if component.multinode:
        path = component.at("multinode")
        yield forbidden("multinode-orchestrator", path, "neither Grove nor LeaderWorkerSet is there to run it")
    if component.alpha:
        return
    size = component.spec.get("sharedMemorySize")
    if str(size).startswith("-"):
        yield invalid("shared-memory-negative", component.at("sharedMemorySize"), size, "is negative")
    sidecar = component.spec.get("frontendSidecar")
    if sidecar is None:
        return
    if component.spec.get("podTemplate") is None:
        yield required("frontend-sidecar", component.containers_path, f"frontendSidecar names {sidecar!r}")
        return
    listed = sequence(mapping(component.spec, "podTemplate", "spec").get("containers"))
    names = [mapping(container).get("name") for container in listed]
    if sidecar not in names:
        says = f"is not a container of the Pod template, which has {', '.join(map(repr, names)) or 'none'}"
        yield invalid("frontend-sidecar", component.at("frontendSidecar"), sidecar, says)


def _epp(component: Component, release: str) -> Iterator[Fault]:
    config = component.spec.get("eppConfig")
    if component.alpha and isinstance(config, dict):
        both = [config.get(key) for key in ("configMapRef", "config")]
        if both.count(None) != 1:
            says = "it has configMapRef or config, one of them and not both"
            yield forbidden("epp-config-source", component.at("eppConfig"), says)
    reference = mapping(config).get("configMapRef")
    if isinstance(reference, dict) and not reference.get("name"):
        path = component.at("eppConfig", "configMapRef", "name")
        yield required("epp-config-name", path, "a reference to a ConfigMap has its name")
    if component.type != "epp":
        return
    yield forbidden("epp-inference-pool", component.at("type"), "the InferencePool API is not installed")
    if component.multinode:
        yield forbidden("epp-multinode", component.at("multinode"), "type epp runs on one node")
    replicas = number(component.spec.get("replicas"))
    if replicas is not None and replicas != 1:
        yield invalid("epp-replicas", component.at("replicas"), replicas, "is not the one replica of type epp")
    given = text(component.spec.get("runtimeVersionOverride"))
    runtime = runtime_version(f"x:{given}" if given else component.image)
    if config is not None:
        return
    if within(release, until=_LAST_GO_EPP):
        yield required("epp-config", component.at("eppConfig"), "type epp has one")
    elif runtime is not None and runtime < _NATIVE_EPP:
        says = f"type epp with runtime {'.'.join(map(str, runtime))} has one"
        yield required("epp-config", component.at("eppConfig"), says)


def _alpha_fields(component: Component) -> Iterator[Fault]:
    if not component.alpha:
        return
    yield from _executor(mapping(component.spec, "annotations"), component.at("annotations"))
    for index, mount in enumerate(sequence(component.spec.get("volumeMounts"))):
        if isinstance(mount, dict) and not mount.get("useAsCompilationCache") and not mount.get("mountPoint"):
            path: Path = (*component.at("volumeMounts"), index, "mountPoint")
            yield required("mount-point", path, "a mount that is not a compilation cache has one")
    ingress = mapping(component.spec, "ingress")
    if ingress.get("enabled") is True and not ingress.get("host"):
        yield required("ingress-host", component.at("ingress", "host"), "the ingress is enabled")
    others = sequence(mapping(component.spec, "extraPodSpec").get("containers"))
    if component.spec.get("frontendSidecar") is not None and SIDECAR_CONTAINER in [
        mapping(one).get("name") for one in others
    ]:
        says = f"it gets the name {SIDECAR_CONTAINER}, which a container of extraPodSpec.containers has"
        yield forbidden("frontend-sidecar-name", component.at("frontendSidecar"), says)
    memory = component.spec.get("sharedMemory")
    if isinstance(memory, dict) and not memory.get("disabled") and not memory.get("size"):
        yield required("shared-memory-size", component.at("sharedMemory", "size"), "it is not disabled")
