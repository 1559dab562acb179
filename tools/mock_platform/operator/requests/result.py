"""From the profiler's final_config.yaml to the DynamoGraphDeployment of a request: pure functions, no cluster."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from dynamo_api.conversion import ConversionError, convert
from dynamo_api.facts import kinds, names
from dynamo_api.views.requests import planned_graph
from groundwork.kube.objects import Object, annotations_of, labels_of, name_of, namespace_of
from mock_platform.operator.requests.job import output_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = names.RESULT_FILE
MOST_ANNOTATION_BYTES = 250_000
"""Bytes of the additional resources, at most: an object's annotations may have 256 KiB together."""


class NoResultError(Exception):
    """What the profiler left is no graph; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the profiler chose."""

    graph: Object
    """A v1beta1 DynamoGraphDeployment: name, annotations, spec."""
    additional: list[Object] = field(default_factory=list)
    """Objects that come with it: ConfigMaps."""

    @property
    def selected(self) -> Object:
        """`status.profilingResults.selectedConfig`, which can be applied as it is."""
        return {**self.graph, "status": {"state": ""}}

    @property
    def annotations(self) -> dict[str, str]:
        """What the request is annotated with until the graph is there."""
        kept = {names.GENERATED_SPEC: yaml.safe_dump(self.selected)}
        if self.additional:
            kept[names.ADDITIONAL_RESOURCES] = "\n---\n".join(map(yaml.safe_dump, self.additional))
        return kept


def read_result(request: Object, data: dict[str, str]) -> Result:
    """The result in the data of the output ConfigMap.

    Raises:
        NoResultError: there is none, or it cannot be read, or it is too large to be kept.
    """
    name = names.profiling_output(name_of(request))
    if FILE not in data:
        raise NoResultError(f"ConfigMap {name} has no {FILE}")
    try:
        documents = [
            item for item in yaml.safe_load_all(data[FILE]) if isinstance(item, dict) and item.get("kind")
        ]
    except yaml.YAMLError as error:
        raise NoResultError(f"{FILE} in ConfigMap {name} is not YAML: {error}") from None
    graphs = [item for item in documents if item["kind"] == kinds.GRAPH]
    if not graphs:
        raise NoResultError(f"{FILE} in ConfigMap {name} has no {kinds.GRAPH}")
    graph = _graph(request, graphs[-1])
    result = Result(graph, [item for item in documents if item["kind"] != kinds.GRAPH])
    size = len(result.annotations.get(names.ADDITIONAL_RESOURCES, "").encode())
    if size > MOST_ANNOTATION_BYTES:
        raise NoResultError(f"the other objects of the graph have {size} bytes, more than {MOST_ANNOTATION_BYTES}")
    return result


def graph_to_create(request: Object) -> Object | None:
    """The DynamoGraphDeployment that waits in the request's annotation; None where none does.

    It has the request's labels and no owner: what serves traffic outlives the request.
    """
    kept = annotations_of(request).get(names.GENERATED_SPEC)
    if not kept:
        return None
    graph: Object = yaml.safe_load(kept)
    graph.pop("status", None)
    _override_version(request, graph)
    graph["metadata"] = {
        **graph["metadata"],
        "namespace": namespace_of(request),
        "labels": {**labels_of(graph), **output_labels(request)},
    }
    return graph


def additional_config_maps(request: Object) -> Iterator[Object]:
    """The ConfigMaps that the graph needs, labelled, without an owner until the graph is there."""
    kept = annotations_of(request).get(names.ADDITIONAL_RESOURCES) or ""
    for item in yaml.safe_load_all(kept):
        if isinstance(item, dict) and item.get("kind") == "ConfigMap":
            metadata = {
                **item["metadata"],
                "namespace": namespace_of(request),
                "labels": {**labels_of(item), **output_labels(request)},
            }
            yield {**item, "metadata": metadata}


def _graph(request: Object, found: Object) -> Object:
    try:
        graph = convert(found, kinds.BETA_API)
        graph = {
            "apiVersion": kinds.BETA_API,
            "kind": kinds.GRAPH,
            "metadata": {**graph["metadata"], "name": planned_graph(request)},
            "spec": graph["spec"],
        }
    except (ConversionError, KeyError, TypeError, AttributeError) as error:
        raise NoResultError(f"the profiler's {kinds.GRAPH} cannot be read: {error!r}") from error
    _override_version(request, graph)
    return copy.deepcopy(graph)


def _override_version(request: Object, graph: Object) -> None:
    """The request's runtimeVersionOverride, for components without one of their own."""
    version = request["spec"].get("runtimeVersionOverride")
    if version:
        for component in graph["spec"].get("components") or []:
            component.setdefault("runtimeVersionOverride", version)
