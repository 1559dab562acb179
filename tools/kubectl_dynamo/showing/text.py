"""Status as people read it: a table of all, or one of them from request to Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import phases
from dynamo_api.progress import ALL
from kubectl_dynamo import words
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.judging.steps import line
from kubectl_dynamo.showing import searches
from kubectl_dynamo.showing.style import Style, columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kubectl_dynamo.judging.item import Item


def table(items: Sequence[Item], now: datetime, style: Style, *, namespaces: bool, wide: bool) -> list[str]:
    """The list: a row for each, then what blocks which.

    Args:
        items: requests and graphs.
        now: the server's time.
        style: whether colours are used.
        namespaces: whether the items are of several.
        wide: more columns.
    """
    head = [*(["NAMESPACE"] if namespaces else []), "NAME", "PHASE", "PROFILING", "ETA", "READY", "AGE"]
    head += ["MODEL", "BACKEND", "GPUS", "SLA", "STEPS"] if wide else []
    rows = [head, *(_row(item, now, namespaces=namespaces, wide=wide) for item in items)]
    lines = columns(rows)
    for index, item in enumerate(items, 1):
        # Colour after alignment: its codes have no width.
        lines[index] = lines[index].replace(f" {item.phase} ", f" {style.outcome(item.phase, item.outcome)} ", 1)
    lines[0] = style.paint(lines[0], "bold")
    return [*lines, *searches.notes(items, namespaces=namespaces), *_blocked(items, style, namespaces=namespaces)]


def nothing(namespace: str) -> str:
    """Instead of a list that would be empty; `namespace` is "" where all were looked at."""
    where = f"namespace {namespace!r}" if namespace else "any namespace"
    return f"No requests and no graphs in {where}."


def one_line(item: Item) -> str:
    """An item in a line, for logs: phase, progress, what blocks it."""
    parts = [f"{item.namespace}/{item.name}: {item.phase}"]
    profiling = item.profiling
    if profiling and item.outcome is Outcome.GOING and item.phase in (phases.PENDING, phases.PROFILING):
        parts.append(profiling_cell(item))
        if profiling.percent != ALL:
            parts.append(f"ETA {eta_cell(item)}")
    if item.graph and item.phase not in (phases.PENDING, phases.PROFILING):
        parts.append(f"{item.graph.ready}/{item.graph.replicas} replicas ready")
    if item.searching:
        parts.append(searches.in_short(item.searching))
    said = [*([item.blocker.sentence] if item.blocker else []), *([item.update] if item.update else [])]
    return ". ".join(filter(None, (", ".join(parts), " ".join(said))))


def _row(item: Item, now: datetime, *, namespaces: bool, wide: bool) -> list[str]:
    request, graph = item.request, item.graph
    created = item.subject.created
    ready = f"{graph.ready}/{graph.replicas}" if graph else "-"
    age = words.duration((now - created).total_seconds()) if created else "-"
    row = [*([item.namespace] if namespaces else []), item.title, item.phase]
    row += [profiling_cell(item), eta_cell(item), ready, age]
    if wide:
        said = (
            (request.model, request.backend, words.gpus(request.hardware), words.latencies(request.sla))
            if request
            else searches.cells(item.searching)
            if item.searching
            else ()
        )
        row += [*(cell or "-" for cell in said or ("",) * 4), line(item)]
    return row


def profiling_cell(item: Item) -> str:
    """`17% SweepingPrefill`; `-` before there is any."""
    profiling = item.profiling
    if profiling is None:
        return "-"
    percent = "" if profiling.percent is None else f"{profiling.percent}%"
    phase = "" if profiling.phase == phases.DONE and item.phase != phases.PROFILING else profiling.phase
    return " ".join(filter(None, (percent, phase))) or ("unknown" if item.phase == phases.PROFILING else "-")


def eta_cell(item: Item) -> str:
    """The time left; `unknown` where nothing tells, `-` where there is nothing to wait for."""
    if item.phase != phases.PROFILING or item.profiling is None or item.profiling.percent == ALL:
        return "-"
    return "unknown" if item.profiling.eta is None else words.duration(item.profiling.eta)


def _blocked(items: Sequence[Item], style: Style, *, namespaces: bool) -> Iterator[str]:
    for item in items:
        title = style.paint((f"{item.namespace} " if namespaces else "") + item.title, "bold")
        if item.blocker:
            yield from ("", f"{title}: {item.blocker.sentence}", style.paint(f"  {item.blocker.look}", "dim"))
        elif item.update:
            yield from ("", f"{title}: {item.update}")
