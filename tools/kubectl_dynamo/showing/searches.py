"""Requests of v1beta2 as people read them: what they lack, their run, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from dynamo_api.facts.searches import ACCEPTED
from groundwork.kube.objects import condition
from kubectl_dynamo import words
from kubectl_dynamo.showing.style import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dynamo_api.views.searches import Candidate, SearchRun
    from kubectl_dynamo.judging.item import Item, Searching

LACKS = "a search has no phase, makes no graph, deploys nothing"
"""Clause on what a request of v1beta2 lacks, beside one of v1beta1."""


def notes(items: Sequence[Item], *, namespaces: bool) -> Iterator[str]:
    """Below a list: a line for each search, so that nobody waits for its phase."""
    found = [item for item in items if item.searching]
    if found:
        yield ""
    for item in found:
        where = f"{item.namespace} " if namespaces else ""
        searching = item.searching
        if searching:
            yield f"{where}{item.title}: a request of {kinds.SEARCH}: {LACKS}; {in_short(searching)}"


def in_short(searching: Searching) -> str:
    """`run find-1 has 3 candidates`, or that there is none."""
    if searching.run is None:
        return "it has no run"
    return f"run {searching.run.name} has {words.plural(len(searching.candidates), 'candidate')}"


def cells(searching: Searching) -> tuple[str, str, str, str]:
    """Model, backends, GPUs, and what stands in the place of the SLA: the objective."""
    search = searching.search
    return search.model, ",".join(search.backends), words.gpus(search.hardware), search.objective


def facts(searching: Searching) -> Iterator[tuple[str, str]]:
    """Label and text of each line of the detailed form; a label is empty on what goes on."""
    search, run = searching.search, searching.run
    read = search.api_version.partition("/")[2]
    yield "version", f"{kinds.SEARCH}{f', read in {read}' if read != kinds.SEARCH else ''}: {LACKS}"
    on = f" on {' or '.join(search.backends)}" if search.backends else ""
    yield "request", ", ".join(filter(None, (f"{search.model or 'no model'}{on}", words.gpus(search.hardware))))
    if search.objective:
        yield "objective", search.objective
    accepted = condition(search.conditions, ACCEPTED)
    yield "accepted", (accepted.status if accepted else "unknown")
    yield "run", (_run(run, searching.runs) if run else "none")
    for index, text in enumerate(columns([_candidate(one) for one in searching.candidates]) or ["none"]):
        yield "" if index else "candidates", text


def _run(run: SearchRun, runs: int) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in run.progress)
    others = f"{words.plural(runs - 1, 'earlier run')}" if runs > 1 else ""
    return ", ".join(filter(None, (f"{run.name}: {run.phase or 'no status'}", counts, others)))


def _candidate(one: Candidate) -> tuple[str, str, str]:
    rank = "" if one.rank is None else f"rank {one.rank}"
    return one.name, rank, ", ".join(f"{each.type} {each.status}" for each in one.conditions)
