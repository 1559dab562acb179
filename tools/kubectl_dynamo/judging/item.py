"""What is made of what the cluster says: one line of the list, judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from dynamo_api.views.model import Graph, Request, Sla
    from dynamo_api.views.searches import Candidate, Search, SearchRun
    from groundwork.kube.pods import Pod
    from kubectl_dynamo.blocking.blocker import Blocker
    from kubectl_dynamo.judging.outcome import Outcome
    from kubectl_dynamo.judging.planner_words import Round
    from kubectl_dynamo.reading.jobs import Job


@dataclass(frozen=True, slots=True)
class Profiling:
    """How far the profiler is."""

    phase: str
    percent: int | None
    percent_from: str
    """Basis of the number, in words."""
    elapsed: int | None
    """Seconds that it has taken so far."""
    eta: int | None
    """Seconds left; None if they are unknown."""
    eta_from: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Where the metrics are shown."""

    url: str
    origin: str
    """Way in which it was found."""
    open: str = ""
    """A command that must run for the address to answer."""


@dataclass(frozen=True, slots=True)
class Searching:
    """A request of v1beta2 with what came of it."""

    search: Search
    run: SearchRun | None
    """The active run, else the newest."""
    runs: int
    """Number of its runs."""
    candidates: tuple[Candidate, ...]
    """Candidates of that run, the best first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a scaling adapter asks for."""

    component: str
    replicas: int | None
    """Replicas; None if nobody has asked yet."""
    ready: int
    """Number of replicas that are ready."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """The last change of replicas through an adapter."""

    component: str
    before: int | None
    """Replicas before it; None if its event is gone."""
    after: int | None
    at: datetime
    why: str = ""
    """Reasons of the planner, for people; "" if it does not tell any."""


@dataclass(frozen=True, slots=True)
class Planner:
    """A planner's part in a graph."""

    pod: str
    """Pod that was asked; "" if none has started."""
    asked: tuple[Asked, ...]
    """Wishes, by component."""
    scaled: Scaled | None
    """Last change; None if there was none."""
    decision: Round | None
    """Last decision; None if it is not known."""
    held: tuple[str, str] | None
    """Reason why it does not scale, and what it means; None if nothing holds it back."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: a request with all that came of it, or a graph that somebody wrote."""

    request: Request | None
    graph: Graph | None
    job: Job | None
    pods: tuple[Pod, ...]
    """Pods of the Job and of the graph."""
    profiling: Profiling | None
    predicted: Sla | None
    blocker: Blocker | None
    outcome: Outcome
    dashboard: Dashboard | None = None
    searching: Searching | None = None
    """The request, if it is one of v1beta2; `request` is None then."""
    planner: Planner | None = None
    """Part of a planner in its graph; None if there is none, or if it was not looked at: in a list."""
    update: str = ""
    """Sentence about an update or a restart of its graph that goes on: what it waits for."""

    @property
    def namespace(self) -> str:
        return self.subject.namespace

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def title(self) -> str:
        """`dgdr/my-model`, as `kubectl get` names objects of several kinds."""
        return f"{'dgdr' if self.request or self.searching else 'dgd'}/{self.name}"

    @property
    def phase(self) -> str:
        """The phase of the request, or the state of the graph; "no status" before there is one.

        A search has no phase of its own: it is that of its run, and "no run" without one.
        """
        if self.searching:
            return (self.searching.run.phase or "no status") if self.searching.run else "no run"
        own = self.request.phase if self.request else self.graph.state if self.graph else ""
        return own or "no status"

    @property
    def subject(self) -> Request | Graph | Search:
        """The object that it is about."""
        subject = self.request or self.graph or (self.searching.search if self.searching else None)
        if subject is None:
            raise ValueError("an item is a request or a graph")
        return subject
