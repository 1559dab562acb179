"""The DynamoGraphDeployment of a request: made once, then watched."""

from __future__ import annotations

from dynamo_api.facts import conditions, kinds, names, phases, reasons
from dynamo_api.views.requests import graph_of
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import (
    Object,
    annotations_of,
    controller_of,
    name_of,
    namespace_of,
    owned_by,
    owner_reference,
)
from groundwork.kube.resources import CONFIG_MAPS
from mock_platform.operator.kube.api import GRAPHS
from mock_platform.operator.requests.job import output_labels
from mock_platform.operator.requests.pods import pull_problems
from mock_platform.operator.requests.result import graph_to_create
from mock_platform.operator.requests.status import deployment_info, entry
from mock_platform.operator.requests.step import Step, applies


class Deployment(Step):
    """Phases Ready, Deploying and Deployed."""

    __slots__ = ()

    def await_review(self, request: Object) -> None:
        """Ready: nothing happens until somebody sets autoApply."""
        if applies(request):
            says = "The request was reviewed, its graph is deployed"
            self.move(
                request, phases.DEPLOYING, entry(conditions.SPEC_GENERATED, "True", reasons.SPEC_GENERATED, says)
            )

    def deploy(self, request: Object) -> None:
        """Make the graph, once, and wait for it.

        The annotation with the generated spec stays until the graph was seen. So an operator that was killed in
        between makes it, and a graph that is deleted later is not made again.
        """
        if not applies(request):
            self.move(request, phases.READY, observe=False)
            return
        graph = self._graph(request)
        if graph is None:
            wanted = graph_to_create(request)
            if wanted is None:
                self._deleted(request)
            else:
                self._create(request, wanted)
            return
        request = self._seen(request)
        self._adopt(request, graph)
        state = _state(graph)
        if state == phases.GRAPH_SUCCESSFUL:
            note = f"{kinds.GRAPH} {name_of(graph)} is ready"
            self.tell(request, reasons.DEPLOYMENT_READY, note)
            ready = entry(conditions.DEPLOYMENT_READY, "True", reasons.DEPLOYMENT_READY, note)
            self.move(request, phases.DEPLOYED, ready, observe=False, deploymentInfo=deployment_info(graph))
            return
        for problem in pull_problems(self.api, graph):
            self.tell(request, reasons.IMAGE_PULL_FAILED, problem)
        says = f"{kinds.GRAPH} {name_of(graph)} is {state or 'new'}"
        waiting = entry(conditions.DEPLOYMENT_READY, "False", reasons.DEPLOYMENT_IN_PROGRESS, says)
        self.move(request, phases.DEPLOYING, waiting, observe=False, deploymentInfo=deployment_info(graph))

    def look_after(self, request: Object) -> None:
        """Notice when the deployed graph is no longer ready, or no longer there."""
        graph = self._graph(request)
        if graph is None:
            self._deleted(request)
            return
        self._adopt(request, graph)
        state = _state(graph)
        if state == phases.GRAPH_SUCCESSFUL:
            self.move(request, phases.DEPLOYED, observe=False, deploymentInfo=deployment_info(graph))
            return
        says = f"{kinds.GRAPH} {name_of(graph)} was ready and is {state} now"
        self.tell(request, reasons.DEPLOYMENT_DEGRADED, says)
        degraded = entry(conditions.DEPLOYMENT_READY, "False", reasons.DEPLOYMENT_DEGRADED, says)
        self.move(request, phases.DEPLOYING, degraded, observe=False, deploymentInfo=deployment_info(graph))

    def _graph(self, request: Object) -> Object | None:
        return self.api.get(GRAPHS, namespace_of(request), graph_of(request))

    def _create(self, request: Object, wanted: Object) -> None:
        try:
            self.api.create(wanted)
        except ApiError as error:
            if error.conflict:
                return  # It was made meanwhile, and its watch leads back here.
            if not error.passing:
                self.tell(request, reasons.DEPLOYMENT_CREATION_FAILED, error.message)
            if not error.final:
                raise
            rejected = entry(conditions.DEPLOYMENT_READY, "False", reasons.DEPLOYMENT_REJECTED, error.message)
            self.move(request, phases.FAILED, rejected)
            return
        self.tell(request, reasons.DEPLOYMENT_CREATED, f"{kinds.GRAPH} {name_of(wanted)} was created")

    def _seen(self, request: Object) -> Object:
        if not annotations_of(request).get(names.GENERATED_SPEC):
            return request
        kept = {**annotations_of(request), names.GENERATED_SPEC: ""}
        return self.api.replace({**request, "metadata": {**request["metadata"], "annotations": kept}})

    def _deleted(self, request: Object) -> None:
        name = graph_of(request)
        self.tell(request, reasons.DEPLOYMENT_DELETED, f"{kinds.GRAPH} {name} was deleted and is not made again")
        says = f"{kinds.GRAPH} {name} was deleted; a new request deploys again"
        gone = entry(conditions.DEPLOYMENT_READY, "False", reasons.DEPLOYMENT_DELETED, says)
        self.move(request, phases.FAILED, gone, observe=False, dgdName=None, deploymentInfo=None)

    def _adopt(self, request: Object, graph: Object) -> None:
        """ConfigMaps that came with the graph go with it, not with the request."""
        selector = ",".join(f"{key}={value}" for key, value in output_labels(request).items())
        found, _ = self.api.list(CONFIG_MAPS, namespace_of(request), selector)
        for item in found:
            if name_of(item) == names.profiling_output(name_of(request)) or owned_by(item, graph):
                continue
            if controller_of(item) is None:
                references = [*(item["metadata"].get("ownerReferences") or []), owner_reference(graph)]
                self.api.replace({**item, "metadata": {**item["metadata"], "ownerReferences": references}})


def _state(graph: Object) -> str:
    return str((graph.get("status") or {}).get("state") or "")
