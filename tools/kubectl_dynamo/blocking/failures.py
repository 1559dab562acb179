"""Why a request has failed, in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dynamo_api.facts import names, phases, reasons
from dynamo_api.facts.conditions import SUCCEEDED
from dynamo_api.facts.kinds import GRAPH
from dynamo_api.facts.profiler import SLA_DEFAULTS
from dynamo_api.views.model import Sla
from groundwork.kube.objects import condition
from kubectl_dynamo.blocking.blocker import Blocker
from kubectl_dynamo.blocking.validation import invalid
from kubectl_dynamo.words import gpus, latencies, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dynamo_api.views.model import Request
    from groundwork.kube.pods import Pod

_DEFAULT_SLA = Sla(**SLA_DEFAULTS)
_NO_GRAPH = re.compile(r"did not produce|no .*config|\bSLA\b", re.IGNORECASE)
"""The profiler's message where nothing that it tried is good enough; that phase can fail for other reasons."""
_TWO_LOADS = ("concurrency", "requestRate")
"""Words of the profiler's message where it refuses both load fields."""


def failure(request: Request, job_pods: Sequence[Pod]) -> Blocker:
    """Why a request in phase Failed has failed."""
    reason, message = _decisive(request)
    sentence, look = _explained(request, reason, message, job_pods)
    return Blocker(reason, sentence, look, message)


def _decisive(request: Request) -> tuple[str, str]:
    """The reason, and the message without what Succeeded puts before it."""
    summary = condition(request.conditions, SUCCEEDED)
    reason = summary.reason if summary else ""
    for entry in request.conditions:
        if entry.type != SUCCEEDED and entry.status == "False" and (not reason or entry.reason == reason):
            return entry.reason, entry.message
    return (reason, summary.message) if summary and reason else (phases.FAILED, "its status does not say why")


def _explained(request: Request, reason: str, message: str, job_pods: Sequence[Pod]) -> tuple[str, str]:
    """The sentence, and the command to look further with."""
    said = quoted(message)
    found = _before_profiling(request, reason, message) or _after_profiling(request, reason, said)
    if found:
        return found
    logs = f"kubectl -n {request.namespace} logs job/{request.job} -c {names.PROFILER_CONTAINER}"
    if reason == reasons.profiling_failed(phases.GENERATING_GRAPH) and _NO_GRAPH.search(message):
        return _no_configuration(request), logs
    phase = reasons.failed_phase(reason)
    if phase:
        return f"The profiler failed in {phase}{_ended(job_pods)}: {said}.", logs
    return f"It has failed: {said}.", _describe(request)


def _before_profiling(request: Request, reason: str, message: str) -> tuple[str, str] | None:
    match reason:
        case reasons.VALIDATION_FAILED:
            return invalid(request, message)
        case reasons.JOB_CREATION_FAILED:
            return f"The profiling Job could not be created: {quoted(message)}.", _describe(request)
        case _ if reason == reasons.profiling_failed(phases.INITIALIZING) and all(
            word in message for word in _TWO_LOADS
        ):
            return (
                "spec.workload has both concurrency and requestRate, and the profiler takes one of them.",
                f"{_get(request)} -o jsonpath='{{.spec.workload}}'",
            )
    return None


def _after_profiling(request: Request, reason: str, said: str) -> tuple[str, str] | None:
    on = f"kubectl -n {request.namespace} get"
    match reason:
        case reasons.GENERATION_FAILED:
            output = f"{on} configmap {names.profiling_output(request.name)} -o yaml"
            return f"What the profiler wrote is not a graph: {said}.", output
        case reasons.DEPLOYMENT_REJECTED | reasons.DEPLOYMENT_CREATION_FAILED:
            selected = f"{_get(request)} -o jsonpath='{{.status.profilingResults.selectedConfig}}'"
            return f"The API server refused the generated graph: {said}.", selected
        case reasons.DEPLOYMENT_DELETED:
            sentence = f"{GRAPH} {request.graph} was deleted, and a request deploys only once."
            return sentence, f"{on} dgd"
    return None


def _get(request: Request) -> str:
    return f"kubectl -n {request.namespace} get {request.resource} {request.name}"


def _describe(request: Request) -> str:
    return f"kubectl -n {request.namespace} describe {request.resource} {request.name}"


def _no_configuration(request: Request) -> str:
    asked = latencies(request.sla)
    target = f"the SLA ({asked})" if asked else f"the profiler's default SLA ({latencies(_DEFAULT_SLA)})"
    hardware = gpus(request.hardware)
    return f"No configuration that was tried meets {target}{' on ' + hardware if hardware else ''}."


def _ended(pods: Sequence[Pod]) -> str:
    for pod in pods:
        if pod.trouble and pod.trouble.exit_code is not None:
            memory = "out of memory, " if pod.trouble.reason == "OOMKilled" else ""
            return f" ({memory}exit status {pod.trouble.exit_code})"
    return ""
