"""DynamoGraphDeploymentRequests of both versions, in one form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import kinds, names, phases
from dynamo_api.facts.profiler import HARDWARE_NEEDED
from groundwork.kube.objects import Object, annotations_of, conditions, is_current, key_of
from groundwork.kube.values import integer, lenient_number, mapping, part, text, when
from kubectl_dynamo.reading.model import Hardware, Request, Sla, Workload

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHA_SPEC = names.kept_spec(kinds.REQUEST)
"""Where the conversion keeps what v1alpha1 has no field for, as JSON: `{"version": 1, "spec": {...}}`."""
_ALPHA_PHASES = {phases.NEW: phases.PENDING, phases.DELETED: phases.FAILED}


def read_request(item: Object) -> Request:
    """A request as the API server has it, in either version."""
    alpha = item.get("apiVersion") == kinds.ALPHA_API
    namespace, name = key_of(item)
    spec = mapping(item, "spec")
    config = mapping(spec, "profilingConfig", "config") if alpha else {}
    apply = bool(spec.get("autoApply", not alpha))
    reported = text(item, "status", "state" if alpha else "phase")
    return Request(
        api_version=text(item, "apiVersion"),
        namespace=namespace,
        name=name,
        uid=text(item, "metadata", "uid"),
        model=text(spec, "model"),
        backend=text(spec, "backend") or "auto",
        strategy=_strategy(spec, config),
        apply=apply,
        phase=_phase(reported, alpha=alpha, apply=apply),
        reported=reported,
        profiling_phase=text(item, "status", "profilingPhase"),
        created=when(item, "metadata", "creationTimestamp"),
        conditions=conditions(item),
        job=text(item, "status", "profilingJobName") or names.profiling_job(name),
        graph=_graph(item, spec, alpha=alpha) or names.generated_graph(name),
        sla=_sla(mapping(config, "sla") if alpha else mapping(spec, "sla")),
        workload=_workload(mapping(config, "sla") if alpha else mapping(spec, "workload")),
        hardware=_hardware(_alpha_spec(item) if alpha else spec),
        replicas=_replicas(item),
        current=is_current(item),
        annotations=annotations_of(item),
    )


def _phase(reported: str, *, alpha: bool, apply: bool) -> str:
    if alpha and reported == phases.READY and apply:
        return phases.DEPLOYED
    return _ALPHA_PHASES.get(reported, reported)


def _strategy(spec: Object, config: Object) -> str:
    if "searchStrategy" in spec:
        return text(spec, "searchStrategy")
    estimates = part(config, "sweep", "useAiConfigurator")
    return "" if estimates is None else "rapid" if estimates else "thorough"


def _graph(item: Object, spec: Object, *, alpha: bool) -> str:
    if alpha:
        return text(item, "status", "deployment", "name") or text(spec, "deploymentOverrides", "name")
    return text(item, "status", "dgdName") or text(spec, "overrides", "dgd", "metadata", "name")


def _sla(found: Mapping[str, Any]) -> Sla:
    return Sla(lenient_number(found, "ttft"), lenient_number(found, "itl"), lenient_number(found, "e2eLatency"))


def _workload(found: Mapping[str, Any]) -> Workload:
    return Workload(
        isl=integer(found, "isl"),
        osl=integer(found, "osl"),
        concurrency=lenient_number(found, "concurrency"),
        request_rate=lenient_number(found, "requestRate"),
    )


def _hardware(spec: Object) -> Hardware:
    found = mapping(spec, "hardware")
    return Hardware(
        sku=text(found, "gpuSku"),
        total=integer(found, "totalGpus"),
        complete=all(found.get(key) not in (None, "") for key in HARDWARE_NEEDED),
    )


def _alpha_spec(item: Object) -> Object:
    try:
        return mapping(json.loads(annotations_of(item).get(_ALPHA_SPEC, "{}")), "spec")
    except ValueError:
        return {}


def _replicas(item: Object) -> tuple[int, int] | None:
    wanted = integer(item, "status", "deploymentInfo", "replicas")
    available = integer(item, "status", "deploymentInfo", "availableReplicas")
    return None if wanted is None else (available or 0, wanted)
