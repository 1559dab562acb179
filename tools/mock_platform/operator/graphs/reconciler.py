"""One DynamoGraphDeployment: its components, its identities, its rolling updates, its status."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import names, phases, reasons
from groundwork.kube.objects import (
    Object,
    annotations_of,
    being_deleted,
    name_of,
    namespace_of,
    owned_by,
)
from mock_platform.operator.components.spec import is_worker, replicas
from mock_platform.operator.graphs.adapters import sync_adapters
from mock_platform.operator.graphs.claims import ensure_claims
from mock_platform.operator.graphs.refusals import no_orchestrator, refusal
from mock_platform.operator.graphs.restart import Restart, plan_restart, with_restart
from mock_platform.operator.graphs.rollout import Rollout, of_generation, old_workers, plan, update_phase
from mock_platform.operator.graphs.spec import component_deployments, keep_frameworks, worker_hash
from mock_platform.operator.graphs.status import failed_status, graph_status
from mock_platform.operator.kube import rbac
from mock_platform.operator.kube.api import COMPONENTS, GRAPHS, Api
from mock_platform.operator.kube.events import GRAPH_REPORTER, Recorder, timestamp
from mock_platform.operator.kube.sync import Syncer
from mock_platform.operator.kube.write import hold, release, write_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_platform.operator.config import OperatorConfig

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GraphReconciler:
    """Brings a graph from what is to what its spec asks for."""

    api: Api
    recorder: Recorder
    config: OperatorConfig

    def reconcile(self, namespace: str, name: str) -> None:
        """Do all that can be done now; called again on every change.

        Raises:
            ApiError, NotYetError, BlockedError: it could not be done (to the end).
        """
        graph = self.api.get(GRAPHS, namespace, name)
        if graph is None:
            return
        if being_deleted(graph):
            release(self.api, graph)
            return
        graph = hold(self.api, graph)
        refused = refusal(graph)
        if refused:
            write_status(self.api, graph, failed_status(graph, refused.reason, refused.message, timestamp()))
            return
        ensure_claims(self.api, graph)
        graph = sync_adapters(self.api, self.recorder, graph)
        desired = worker_hash(graph, self.config)
        current = annotations_of(graph).get(names.CURRENT_WORKER_HASH, "")
        graph = self._annotate(graph, current or desired)
        self._identities(graph)
        refused = no_orchestrator(graph)
        if refused:
            write_status(self.api, graph, failed_status(graph, refused.reason, refused.message, timestamp()))
            return
        existing = self._components(graph)
        rollout = plan(graph, current, desired, existing)
        restart = plan_restart(graph, of_generation(existing, rollout.generation), updating=rollout.active)
        live = self._sync_components(graph, rollout, existing, restart)
        old = self._retire(existing, live, rollout)
        if rollout.complete:
            graph = self._annotate(graph, desired)
        status = graph_status(graph, live, old, rollout, timestamp(), restart=restart)
        written = write_status(self.api, graph, status)
        self._tell_update(graph, update_phase(graph), update_phase(written), desired)

    def report(self, graph: Object, message: str) -> None:
        """Say in the status that reconciling failed."""
        status = failed_status(graph, reasons.FAILED_TO_RECONCILE, message, timestamp())
        write_status(self.api, graph, status)

    def _annotate(self, graph: Object, generation: str) -> Object:
        """Record what the operator decided about the graph, once for its life but for the generation."""
        known = annotations_of(graph)
        wanted = {
            names.ORIGIN_VERSION: known.get(names.ORIGIN_VERSION, self.config.version),
            names.WORKLOAD_PROVIDER: "component",
            names.CURRENT_WORKER_HASH: generation,
        }
        if wanted.items() <= known.items():
            return graph
        return self.api.replace({**graph, "metadata": {**graph["metadata"], "annotations": {**known, **wanted}}})

    def _identities(self, graph: Object) -> None:
        syncer = Syncer(self.api, self.recorder, GRAPH_REPORTER)
        for item in rbac.planner(namespace_of(graph), self.config.planner_cluster_role):
            syncer.ensure(item)
        for item in rbac.service_discovery(graph):
            syncer.sync(item, graph)

    def _components(self, graph: Object) -> list[Object]:
        found, _ = self.api.list(COMPONENTS, namespace_of(graph), f"{names.GRAPH_NAME}={name_of(graph)}")
        return [item for item in found if owned_by(item, graph)]

    def _sync_components(
        self, graph: Object, rollout: Rollout, existing: Sequence[Object], restart: Restart
    ) -> list[Object]:
        syncer = Syncer(self.api, self.recorder, GRAPH_REPORTER)
        wanted = component_deployments(graph, self.config, rollout.generation, rollout.targets)
        wanted = keep_frameworks(wanted, existing)
        return [syncer.sync(item, graph)[0] for item in with_restart(wanted, existing, restart)]

    def _retire(self, existing: Sequence[Object], live: Sequence[Object], rollout: Rollout) -> list[Object]:
        """Shrink the workers of other generations, delete what is no longer wanted; returns the workers left."""
        wanted = {name_of(item) for item in live}
        stays = rollout.active and not rollout.drained
        left = old_workers(existing, rollout.generation) if stays else []
        kept = wanted | {name_of(item) for item in left}
        for item in left:
            target = rollout.old_targets.get(name_of(item), replicas(item["spec"]))
            if target != replicas(item["spec"]):
                self.api.patch(item, {"spec": {"replicas": target}})
        for item in existing:
            if name_of(item) not in kept and not being_deleted(item):
                why = "its generation is over" if is_worker(item["spec"]) else "its component is gone"
                _log.info("deleting %s: %s", name_of(item), why)
                self.api.delete(item)
        return left

    def _tell_update(self, graph: Object, before: str, now: str, generation: str) -> None:
        """Say in an event that a rolling update has begun, or is done."""
        if now == before:
            return
        if now == phases.UPDATE_PENDING:
            reason, note = reasons.UPDATE_STARTED, f"workers of generation {generation} take over from now on"
        elif now == phases.UPDATE_COMPLETED:
            reason, note = reasons.UPDATE_COMPLETED, f"workers of generation {generation} have taken over"
        else:
            return
        _log.info("%s/%s: %s", namespace_of(graph), name_of(graph), note)
        self.recorder.event(graph, GRAPH_REPORTER, "Update", reason, note)
