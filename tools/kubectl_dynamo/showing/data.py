"""Status as programs read it: JSON or YAML, in the form that status.schema.json describes."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import searches
from dynamo_api.facts.kinds import GRAPH, REQUEST, SEARCH
from groundwork.kube.objects import condition
from kubectl_dynamo.judging.outcome import combined
from kubectl_dynamo.judging.steps import steps
from kubectl_dynamo.reading.pods import component_of, owner_of
from kubectl_dynamo.showing import planner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dynamo_api.views.model import Component, Graph, Request, Sla
    from groundwork.kube.pods import Pod, Trouble
    from kubectl_dynamo.blocking.blocker import Blocker
    from kubectl_dynamo.judging.item import Dashboard, Item, Profiling, Searching

VERSION = 1
"""Version of the form: fields may be added under the same version, none changes its meaning."""


def document(items: Sequence[Item], now: datetime, notes: Sequence[str]) -> dict[str, Any]:
    """The whole output.

    Args:
        items: requests and graphs.
        now: the server's time.
        notes: what could not be looked at.
    """
    return {
        "version": VERSION,
        "at": now.isoformat(),
        "exitStatus": int(combined(item.outcome for item in items)),
        "notes": list(notes),
        "items": [_item(item, now) for item in items],
    }


def dumped(found: dict[str, Any], form: str) -> str:
    """As `json` or `yaml`."""
    if form == "json":
        return json.dumps(found, indent=2)
    import yaml  # noqa: PLC0415  Not needed otherwise.

    return str(yaml.safe_dump(found, sort_keys=False, allow_unicode=True)).rstrip()


def _item(item: Item, now: datetime) -> dict[str, Any]:
    way, at = steps(item)
    subject = item.subject
    created = subject.created
    return {
        "kind": REQUEST if item.request or item.searching else GRAPH,
        "apiVersion": subject.api_version,
        "namespace": item.namespace,
        "name": item.name,
        "phase": _phase(item),
        "steps": list(way),
        "step": at + 1,
        "outcome": item.outcome.name.lower(),
        "exitStatus": int(item.outcome),
        "ageSeconds": int((now - created).total_seconds()) if created else None,
        "request": _request(item.request) if item.request else None,
        "search": _search(item.searching) if item.searching else None,
        "profiling": _cased(item.profiling),
        "sla": {
            "asked": _sla(item.request.sla) if item.request else None,
            "predicted": _sla(item.predicted),
        },
        "graph": _graph(item.graph, item.update) if item.graph else None,
        "planner": planner.data(item.planner),
        "pods": [_pod(pod) for pod in item.pods],
        "blocked": _cased(item.blocker),
        "dashboard": _cased(item.dashboard),
    }


def _phase(item: Item) -> str | None:
    if item.searching:
        return (item.searching.run.phase if item.searching.run else "") or None
    return (item.request.phase if item.request else item.graph.state if item.graph else "") or None


def _search(found: Searching) -> dict[str, Any]:
    search, run = found.search, found.run
    accepted = condition(search.conditions, searches.ACCEPTED)
    return {
        "version": SEARCH,
        "model": search.model,
        "backends": list(search.backends),
        "gpuSku": search.hardware.sku or None,
        "gpuBudget": search.hardware.total,
        "objective": search.objective or None,
        "accepted": accepted.status if accepted else None,
        "runs": found.runs,
        "run": {
            "name": run.name,
            "phase": run.phase or None,
            "job": run.job or None,
            "progress": dict(run.progress),
        }
        if run
        else None,
        "candidates": [
            {"name": one.name, "rank": one.rank, "conditions": {each.type: each.status for each in one.conditions}}
            for one in found.candidates
        ],
    }


def _cased(found: Blocker | Component | Dashboard | Profiling | Trouble | None) -> dict[str, Any] | None:
    """Fields by the names that Kubernetes would give them: exit_code is exitCode."""
    if found is None:
        return None
    return {re.sub(r"_(.)", lambda at: at[1].upper(), key): value for key, value in asdict(found).items()}


def _request(request: Request) -> dict[str, Any]:
    return {
        "model": request.model,
        "backend": request.backend,
        "searchStrategy": request.strategy or None,
        "autoApply": request.apply,
        "reported": request.reported or None,
        "gpuSku": request.hardware.sku or None,
        "totalGpus": request.hardware.total,
        "isl": request.workload.isl,
        "osl": request.workload.osl,
        "job": request.job,
        "graph": request.graph,
    }


def _sla(sla: Sla | None) -> dict[str, float | None] | None:
    return {"ttft": sla.ttft, "itl": sla.itl, "e2eLatency": sla.e2e} if sla else None


def _graph(graph: Graph, update: str) -> dict[str, Any]:
    return {
        "apiVersion": graph.api_version,
        "name": graph.name,
        "state": graph.state or None,
        "replicas": graph.replicas,
        "ready": graph.ready,
        "components": [_cased(component) for component in graph.components],
        "update": update or None,
    }


def _pod(pod: Pod) -> dict[str, Any]:
    return {
        "name": pod.name,
        "owner": owner_of(pod),
        "component": component_of(pod) or None,
        "phase": pod.phase,
        "ready": pod.ready,
        "restarts": pod.restarts,
        "trouble": _cased(pod.trouble),
    }
