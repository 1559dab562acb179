"""One look at the cluster: read, joined and judged; what the verb `status` shows once or again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import names, phases
from groundwork.kube.values import mapping
from kubectl_dynamo.judging.chain import Details, items_of
from kubectl_dynamo.judging.dashboard import with_dashboard
from kubectl_dynamo.judging.history import History
from kubectl_dynamo.judging.outcome import Outcome, combined
from kubectl_dynamo.judging.planner import with_planner
from kubectl_dynamo.judging.selection import GRAPH, REQUEST, kind_of, parsed
from kubectl_dynamo.reading.api import AbsentError, read_object, read_text
from kubectl_dynamo.reading.collect import collect
from kubectl_dynamo.reading.pods import owner_of

if TYPE_CHECKING:
    from datetime import datetime

    from dynamo_api.views.model import Request
    from kubectl_dynamo.judging.item import Item
    from kubectl_dynamo.reading.collect import Snapshot
    from kubectl_dynamo.reading.connection import Connection

_LOG_LINES = "3000"
_LOG_BYTES = str(1 << 20)


@dataclass(frozen=True, slots=True)
class View:
    """What one look has shown."""

    items: tuple[Item, ...]
    at: datetime
    notes: tuple[str, ...]
    namespace: str
    single: bool
    """Whether one was asked for by name and is shown from request to Pods."""

    @property
    def outcome(self) -> Outcome:
        return combined(item.outcome for item in self.items)


@dataclass(slots=True)
class Viewer:
    """Looks at the same part of a cluster, as often as it is asked to."""

    connection: Connection
    namespace: str
    """Namespace; "" for all of them."""
    name: str = ""
    """Selection: `NAME`, `dgdr/NAME` or `dgd/NAME`; "" for all."""
    grafana: str = ""
    history: History = field(default_factory=History.load)

    def look(self) -> View:
        """Read the cluster once.

        Raises:
            EnvironmentFault: there is nothing of that name, no Dynamo, no access or no cluster.
            UserError: the name is invalid.
        """
        kind, name = parsed(self.name)
        snapshot = collect(self.connection, self.namespace, name, every_pod=bool(name))
        chosen = snapshot.requests if kind != GRAPH else ()
        details = self._details(chosen[0], snapshot) if name and len(chosen) == 1 else None
        items = items_of(snapshot, self.history, details)
        self.history.save()
        if not name:
            return View(tuple(items), snapshot.at, snapshot.notes, self.namespace, single=False)
        found = [item for item in items if self._wanted(item, kind, name)]
        # A hand-written graph may share a request's name; prefer the request.
        found = [item for item in found if item.graph is not item.subject] or found
        if not found:
            where = f"in namespace {self.namespace!r}" if self.namespace else "in any namespace"
            what = {REQUEST: "request", GRAPH: "graph"}.get(kind, "request or graph")
            hint = f"{name} is a kind: {name}/NAME shows one; " if kind_of(name) and not kind else ""
            fact = f"there is no {what} {name!r} {where}"
            raise AbsentError(fact, hint=f"{hint}kubectl dynamo status -A lists all")
        planned = [with_planner(item, self.connection) for item in found]
        shown = tuple(with_dashboard(item, self.connection, given=self.grafana) for item, _ in planned)
        notes = {*snapshot.notes, *(note for _, others in planned for note in others)}
        return View(shown, snapshot.at, tuple(sorted(notes)), self.namespace, single=True)

    @staticmethod
    def _wanted(item: Item, kind: str, name: str) -> bool:
        if kind == GRAPH:
            return item.graph is not None and item.graph.name == name
        return item.name == name and (kind == "" or item.request is not None or item.searching is not None)

    def _details(self, request: Request, snapshot: Snapshot) -> Details:
        core = f"/api/v1/namespaces/{request.namespace}"
        output = {}
        if request.phase not in ("", phases.DEPLOYED):
            found = read_object(self.connection, f"{core}/configmaps/{names.profiling_output(request.name)}")
            output = {key: str(value) for key, value in mapping(found, "data").items()}
        pod = next((pod for pod in snapshot.pods if owner_of(pod) == request.job and pod.started), None)
        log = ""
        if pod:
            query = [
                ("container", names.PROFILER_CONTAINER),
                ("tailLines", _LOG_LINES),
                ("limitBytes", _LOG_BYTES),
            ]
            log = read_text(self.connection, f"{core}/pods/{pod.name}/log", query)
        return Details(output, log)
