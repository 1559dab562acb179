"""A request of v1beta2, judged: how far its run is, and what keeps it from going on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from dynamo_api.facts import searches as facts
from groundwork.kube.objects import condition
from kubectl_dynamo.blocking.blocker import Blocker
from kubectl_dynamo.blocking.graph_blockers import PATIENCE, PLATFORM
from kubectl_dynamo.judging.item import Item, Searching
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.words import duration, quoted

if TYPE_CHECKING:
    from dynamo_api.views.searches import Search, SearchRun
    from groundwork.kube.objects import Condition
    from kubectl_dynamo.reading.collect import Snapshot

_RUN, _CANDIDATE = (kinds.SEARCH_KINDS[name] for name in (kinds.SEARCH_RUN, kinds.CANDIDATE))
_OUTCOMES = {facts.SUCCEEDED: Outcome.REVIEW, facts.FAILED: Outcome.FAILED}
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def item_of(search: Search, snapshot: Snapshot) -> Item:
    """A search with its runs and candidates, as a line of the list."""
    searching = _joined(search, snapshot)
    blocker = _blocker(searching, snapshot)
    run = searching.run
    going = run is None or not search.current or _refused(search) is not None
    return Item(
        request=None,
        graph=None,
        job=None,
        pods=(),
        profiling=None,
        predicted=None,
        blocker=blocker,
        outcome=Outcome.GOING if going or run is None else _OUTCOMES.get(run.phase, Outcome.GOING),
        searching=searching,
    )


def _joined(search: Search, snapshot: Snapshot) -> Searching:
    own = [run for run in snapshot.runs if run.namespace == search.namespace and _is_of(run, search)]
    active = next((run for run in own if run.name == search.run), None)
    run = active or max(own, key=lambda one: (one.created or _EARLIEST, one.name), default=None)
    found = [
        one
        for one in snapshot.candidates
        if run and one.namespace == run.namespace and (one.name in run.candidates or run.name in one.owners)
    ]
    best = sorted(found, key=lambda one: (one.rank is None, one.rank, one.name))
    return Searching(search, run, len(own), tuple(best))


def _is_of(run: SearchRun, search: Search) -> bool:
    return run.name in search.runs or search.name in run.owners


def _refused(search: Search) -> Condition | None:
    accepted = condition(search.conditions, facts.ACCEPTED)
    return accepted if accepted and accepted.status == "False" else None


def _blocker(searching: Searching, snapshot: Snapshot) -> Blocker | None:
    search, run = searching.search, searching.run
    describe = f"kubectl -n {search.namespace} describe {search.resource} {search.name}"
    refused = _refused(search)
    if refused:
        said = quoted(refused.message or refused.reason) or "its status does not say why"
        return Blocker("SearchNotAccepted", f"The search was not accepted: {said}.", describe, refused.message)
    if not search.current:
        sentence = "Its status is about an earlier spec: its operator has not looked at the present one."
        return Blocker("StaleStatus", sentence, PLATFORM)
    if run is None:
        return _unseen(search, snapshot)
    if run.phase == facts.FAILED:
        completed = condition(run.conditions, facts.COMPLETED)
        message = completed.message if completed else ""
        said = quoted(message) or "its status does not say why"
        look = f"kubectl -n {run.namespace} describe {_RUN.plural}.{kinds.GROUP} {run.name}"
        return Blocker("SearchFailed", f"Run {run.name} has failed: {said}.", look, message)
    if run.phase == facts.SUCCEEDED:
        sentence = "The search is done, and deploys nothing: copy a candidate's spec into a DGD of your own."
        look = f"kubectl -n {run.namespace} get {_CANDIDATE.plural}.{kinds.GROUP}"
        return Blocker("SearchDone", sentence, look)
    return None


def _unseen(search: Search, snapshot: Snapshot) -> Blocker | None:
    """An operator that has not looked at a search; None where it has, or where it still has time to."""
    age = (snapshot.at - search.created).total_seconds() if search.created else 0.0
    if search.conditions or search.runs or age < PATIENCE:
        return None
    sentence = f"No operator has looked at it: it has no status {duration(age)} after it was made."
    return Blocker("NoStatus", sentence, PLATFORM)
