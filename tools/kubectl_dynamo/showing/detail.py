"""One request or graph, from what was asked to the Pods that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import phases
from dynamo_api.progress import ALL
from kubectl_dynamo import words
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.judging.steps import line
from kubectl_dynamo.reading.pods import component_of, owner_of
from kubectl_dynamo.showing import planner
from kubectl_dynamo.showing.searches import facts
from kubectl_dynamo.showing.style import Style, columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from dynamo_api.views.model import Component, Graph, Request
    from groundwork.kube.objects import Condition
    from groundwork.kube.pods import Pod
    from kubectl_dynamo.judging.item import Item

_WIDTH = 11
_PODS = 3
"""Number of a component's Pods in trouble that are shown; if it has more, the last line counts the rest."""


_LABELS = {Outcome.FAILED: "failed", Outcome.REVIEW: "next", Outcome.DEPLOYED: "note"}


def detail(item: Item, now: datetime, style: Style, *, wide: bool = False) -> list[str]:
    """One item as lines.

    Args:
        item: the request or graph.
        now: the server's time.
        style: whether colours are used.
        wide: all Pods, not only those in trouble, and the conditions.
    """
    subject = item.subject
    created = subject.created
    age = f", {words.duration((now - created).total_seconds())} old" if created else ""
    lines = [
        f"{style.paint(item.title, 'bold')} in {item.namespace}: {style.outcome(item.phase, item.outcome)}{age}",
        "",
    ]
    marked = line(item)
    here = marked[marked.index("[") : marked.index("]") + 1]
    lines += ["  " + marked.replace(here, style.paint(here, "bold")), ""]
    lines += [
        f"{label:{_WIDTH}} {text}" if label else f"{'':{_WIDTH}} {text}"
        for label, text in _facts(item, now, wide=wide)
    ]
    lines += list(_blocker(item, style))
    if wide:
        lines += ["", style.paint("conditions", "bold"), *_conditions(subject.conditions, now)]
    return lines


def _facts(item: Item, now: datetime, *, wide: bool) -> Iterator[tuple[str, str]]:
    if item.searching:
        yield from facts(item.searching)
    if item.request:
        yield from _request(item, item.request)
        yield from _profiling(item, wide=wide)
    if item.graph:
        yield "graph", _graph(item.graph)
        for index, text in enumerate(_components(item, item.graph, wide=wide)):
            yield "" if index else "components", text
        if item.update:
            yield "update", item.update
        if item.planner:
            yield from planner.facts(item.planner, now)
    elif item.request and item.phase in (phases.DEPLOYING, phases.DEPLOYED):
        yield "graph", f"{item.request.graph}: not there"
    if item.dashboard:
        yield "dashboard", f"{item.dashboard.url} ({item.dashboard.origin})"
        if item.dashboard.open:
            yield "", item.dashboard.open


def _request(item: Item, request: Request) -> Iterator[tuple[str, str]]:
    hardware = words.gpus(request.hardware)
    parts = [
        f"{request.model} on {request.backend}",
        hardware,
        f"{request.strategy} search" if request.strategy else "",
    ]
    yield "request", ", ".join(filter(None, [*parts, "" if request.apply else "to be reviewed"]))
    asked, load = words.latencies(request.sla), words.load(request.workload)
    if asked or load:
        yield "asked", " at ".join(filter(None, (asked, load)))
    if item.predicted:
        yield "predicted", f"{words.latencies(item.predicted, rounded=True)} (by the profiler, not measured)"


def _profiling(item: Item, *, wide: bool) -> Iterator[tuple[str, str]]:
    profiling = item.profiling
    if profiling is None or item.request is None:
        return
    took = words.duration(profiling.elapsed) if profiling.elapsed is not None else ""
    job = f", Job {item.request.job}" if wide or item.phase == phases.PROFILING else ""
    if item.phase != phases.PROFILING:
        done = "done" if profiling.percent == ALL else f"ended in {profiling.phase or 'an unknown phase'}"
        yield "profiling", f"{done}{' after ' + took if took else ''}{job}"
        return
    percent = "unknown" if profiling.percent is None else f"{profiling.percent}% ({profiling.percent_from})"
    yield "profiling", ", ".join(filter(None, (profiling.phase, percent, f"for {took}" if took else ""))) + job
    if profiling.percent == ALL:
        return
    left = "unknown" if profiling.eta is None else f"{words.duration(profiling.eta)} left"
    yield "ETA", f"{left} ({profiling.eta_from})" if profiling.eta_from else left


def _graph(graph: Graph) -> str:
    ready = f"{graph.ready} of {words.plural(graph.replicas, 'replica')} ready"
    return f"{graph.name}: {graph.state or 'no status'}, {ready}"


def _components(item: Item, graph: Graph, *, wide: bool) -> Iterator[str]:
    for component, text in zip(
        graph.components, columns([_component(part) for part in graph.components]), strict=True
    ):
        yield text
        pods = [pod for pod in item.pods if owner_of(pod) == graph.name and component_of(pod) == component.name]
        yield from _pods(pods, wide=wide)


def _component(component: Component) -> tuple[str, ...]:
    nodes = f"over {component.nodes} nodes" if component.nodes > 1 else ""
    return (
        component.name,
        component.type or "-",
        f"{min(component.ready, component.replicas)}/{component.replicas}",
        nodes,
    )


def _pods(pods: Sequence[Pod], *, wide: bool) -> list[str]:
    """All Pods, or a few of those in trouble: what they have in common is said once."""
    shown = list(pods) if wide else [pod for pod in pods if pod.trouble]
    most = len(shown) if wide or len(shown) <= _PODS else _PODS - 1
    rows = []
    for pod in shown[:most]:
        state = pod.trouble.reason if pod.trouble else "ready" if pod.ready else pod.phase
        restarts = words.plural(pod.restarts, "restart") if pod.restarts else ""
        rows.append((f"  {pod.name}", state, restarts))
    return [*columns(rows), *([f"  and {len(shown) - most} more in trouble"] if most < len(shown) else [])]


def _blocker(item: Item, style: Style) -> Iterator[str]:
    if item.blocker is None:
        return
    yield ""
    label = _LABELS.get(item.outcome, "waits" if item.blocker.passing else "blocked")
    yield f"{style.outcome(label, item.outcome)}{' ' * (_WIDTH - len(label))} {item.blocker.sentence}"
    yield f"{'look':{_WIDTH}} {item.blocker.look}"
    yield f"{'explain':{_WIDTH}} kubectl dynamo explain {item.blocker.reason}"


def _conditions(found: Sequence[Condition], now: datetime) -> list[str]:
    rows = [
        (
            f"  {entry.type}",
            entry.status,
            entry.reason,
            words.duration((now - entry.since).total_seconds()) if entry.since else "-",
            words.quoted(entry.message),
        )
        for entry in found
    ]
    return columns(rows)
