"""Which pictures there are of a planner's run, and what each says in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_site.scaling.chart import Chart, Line
from docs_site.scaling.recording import HINT
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docs_site.scaling.reading import Points, Scaling


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a run and the facts that it shows."""

    chart: Chart
    facts: str
    """Facts in a sentence or two, for the caption; its alternative text has them, too."""


def replicas(run: Scaling) -> Picture:
    """Decode workers over time: how many were asked for, and how many were ready."""
    facts = f"Asked for: {_changes(run.asked)}. Ready: {_changes(run.available)}."
    lines = (
        Line("ready", "ready", run.available, stepped=True, filled=True),
        Line("asked for by the planner", "asked", run.asked, stepped=True),
    )
    return Picture(Chart(f"Decode workers over time. {facts}", "workers", lines, _bands(run)), facts)


def itl(run: Scaling) -> Picture:
    """The inter-token latency that the clients saw, beside the planner's estimate and the target."""
    return _latency("Inter-token latency", run.client_itl, run.estimated_itl, run, run.target_itl)


def ttft(run: Scaling) -> Picture:
    """The time to first token, likewise."""
    return _latency("Time to first token", run.client_ttft, run.estimated_ttft, run, run.target_ttft)


def cache(run: Scaling) -> Picture:
    """How full the fullest decode worker's KV cache was, beside the thresholds."""
    if not run.cache or run.threshold_up is None or run.threshold_down is None:
        raise UserError("a planner's log has no threshold of the KV cache", hint=HINT)
    first, last = run.available[0][0], run.available[-1][0]
    up, down = run.threshold_up, run.threshold_down
    lines = (
        Line("the fullest decode worker", "client", run.cache),
        Line(f"adds a worker above {up:g} %", "target", ((first, up), (last, up))),
        Line(f"removes one at {down:g} % or less", "estimate", ((first, down), (last, down))),
    )
    facts = (
        f"The KV cache of the fullest decode worker was at most {max(value for _, value in run.cache):.0f} % full."
    )
    return Picture(Chart(f"KV cache over time. {facts}", "% of the KV cache", lines, _bands(run)), facts)


def _latency(name: str, client: Points, estimate: Points, run: Scaling, target: float | None) -> Picture:
    if not client or not estimate or target is None:
        raise UserError("a planner's log has no target of a latency", hint=HINT)
    first, last = min(run.available[0][0], client[0][0]), run.available[-1][0]
    lines = (
        Line("seen by the client", "client", client),
        Line("the planner's estimate", "estimate", estimate),
        Line(f"target, {target:g} ms", "target", ((first, target), (last, target))),
    )
    facts = (
        f"The client saw {_range(client)} (medians of 5 s), the planner estimated {_range(estimate)}; "
        f"the target is {target:g} ms."
    )
    return Picture(Chart(f"{name} over time. {facts}", "ms", lines, _bands(run)), facts)


PICTURES: dict[str, Callable[[Scaling], Picture]] = {
    "replicas": replicas,
    "itl": itl,
    "ttft": ttft,
    "cache": cache,
}
"""Pictures by the names under which pages ask for them."""


def _bands(run: Scaling) -> Sequence[tuple[str, float, float]]:
    return [(name.removesuffix(".log"), start, end) for name, start, end in run.loads]


def _changes(points: Points) -> str:
    """`1 at first, 2 from 7 s on, 1 from 80 s on`."""
    told = [f"{points[0][1]:g} at first"]
    before = points[0][1]
    for at, value in points[1:]:
        if value != before:
            told.append(f"{value:g} from {at:.0f} s on")
        before = value
    return ", ".join(told)


def _range(points: Points) -> str:
    values = [value for _, value in points]
    return f"{_short(min(values))} to {_short(max(values))} ms"


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004 - three digits are enough
