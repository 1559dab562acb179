"""DynamoGraphDeploymentRequests of both versions in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.facts import names
from dynamo_api.facts.kinds import ALPHA, REQUEST
from dynamo_api.views import kept
from dynamo_api.views.model import Hardware, Request, Sla, Workload
from dynamo_api.views.states import phase_of
from groundwork.kube.objects import annotations_of, conditions, group_version, is_current, key_of, name_of
from groundwork.kube.values import integer, lenient_number, mapping, part, text, when

if TYPE_CHECKING:
    from groundwork.kube.values import Json


def read_request(item: Any) -> Request:
    """A request as the API server has it, in either version."""
    alpha = _is_alpha(item)
    namespace, name = key_of(item)
    spec = mapping(item, "spec")
    other = kept.spec(item, REQUEST)
    config = mapping(spec if alpha else other, "profilingConfig", "config")
    return Request(
        api_version=text(item, "apiVersion"),
        namespace=namespace,
        name=name,
        uid=text(item, "metadata", "uid"),
        model=text(spec, "model"),
        backend=text(spec, "backend") or "auto",
        strategy=_strategy(spec, config),
        image=text(spec, "profilingConfig", "profilerImage") if alpha else text(spec, "image"),
        apply=bool(spec.get("autoApply", not alpha)),
        phase=phase_of(item),
        reported=text(item, "status", "state" if alpha else "phase"),
        profiling_phase=text(item, "status", "profilingPhase"),
        created=when(item, "metadata", "creationTimestamp"),
        conditions=conditions(item),
        job=text(item, "status", "profilingJobName") or names.profiling_job(name),
        graph=graph_of(item),
        sla=_sla(mapping(config if alpha else spec, "sla")),
        workload=_workload(mapping(config, "sla") if alpha else mapping(spec, "workload")),
        hardware=_hardware(mapping(other if alpha else spec, "hardware")),
        replicas=_replicas(item),
        current=is_current(item),
        annotations=annotations_of(item),
    )


def graph_of(item: Any) -> str:
    """The name of a request's graph: as its status says, or as it will be."""
    where = ("deployment", "name") if _is_alpha(item) else ("dgdName",)
    return text(item, "status", *where) or planned_graph(item)


def planned_graph(item: Any) -> str:
    """The name that a request's graph will have: the one that its spec names, else the request's with -dgd."""
    alpha = _is_alpha(item)
    where = ("deploymentOverrides", "name") if alpha else ("overrides", "dgd", "metadata", "name")
    return text(item, "spec", *where) or names.generated_graph(name_of(item))


def _is_alpha(item: Any) -> bool:
    return group_version(item)[1] == ALPHA


def _strategy(spec: Json, config: Json) -> str:
    if "searchStrategy" in spec:
        return text(spec, "searchStrategy")
    estimates = part(config, "sweep", "useAiConfigurator")
    return "" if estimates is None else "rapid" if estimates else "thorough"


def _sla(found: Json) -> Sla:
    return Sla(*(lenient_number(found, key) for key in ("ttft", "itl", "e2eLatency")))


def _workload(found: Json) -> Workload:
    return Workload(
        isl=integer(found, "isl"),
        osl=integer(found, "osl"),
        concurrency=lenient_number(found, "concurrency"),
        request_rate=lenient_number(found, "requestRate"),
    )


def _hardware(found: Json) -> Hardware:
    return Hardware(sku=text(found, "gpuSku"), total=integer(found, "totalGpus"))


def _replicas(item: Any) -> tuple[int, int] | None:
    wanted = integer(item, "status", "deploymentInfo", "replicas")
    available = integer(item, "status", "deploymentInfo", "availableReplicas")
    return None if wanted is None else (available or 0, wanted)
