"""Record a namespace of a live cluster: `python tests/kubectl_dynamo/record.py NAMESPACE > recorded/NAME.yaml`.

It keeps what `kubectl dynamo status` reads, in the cluster's own words; specs of Pods and generated manifests,
which it does not read, are left out.
"""

from __future__ import annotations

import sys
from typing import Any

import yaml

from dynamo_api.facts import kinds, names
from groundwork.kube.resources import CONFIG_MAPS, CORE_EVENTS, JOBS, PODS, Resource
from kubectl_dynamo.reading.api import list_objects, read_text
from kubectl_dynamo.reading.connection import Connection, connect

Object = dict[str, Any]
LISTED = (
    *(
        Resource(kinds.BETA_API, kind, kinds.KINDS[kind].plural)
        for kind in (kinds.REQUEST, kinds.GRAPH, kinds.ADAPTER)
    ),
    *(JOBS, PODS, CORE_EVENTS, CONFIG_MAPS),
)
DECIDES = ("[summary]", "GPU budget band")
"""Words of the lines of a planner's log that `kubectl_dynamo.judging.planner_words` reads."""
READ = ("Overall Best Configuration:", "- TTFT:", "- TPOT:", "- Request Latency:", "Enumerated ", " candidate ")
EVENT = "apiVersion kind metadata type reason message involvedObject eventTime firstTimestamp lastTimestamp series"
NAMESPACE = "demo"
"""What the namespace is called in the record."""


def pruned(item: Object) -> Object:
    """The object without what nobody reads here."""
    item["metadata"] = _only(
        item["metadata"], "name namespace labels uid creationTimestamp generation ownerReferences"
    )
    if item["kind"] in ("Pod", "Job"):
        spec = item.pop("spec", {})
    if item["kind"] == "Pod":
        probes = "name startupProbe readinessProbe livenessProbe"
        item["spec"] = {"containers": [_only(container, probes) for container in spec.get("containers", ())]}
    if item["kind"] == "Pod":
        status = _only(item["status"], "phase reason message conditions containerStatuses initContainerStatuses")
        for key in ("containerStatuses", "initContainerStatuses"):
            if key in status:
                kept = "name image ready restartCount started state lastState"
                status[key] = [_only(container, kept) for container in status[key]]
        item["status"] = status
    if item["kind"] == "Event":
        item = _only(item, EVENT)
    for part in item.get("spec", {}).get("components", ()):
        part.pop("podTemplate", None)
    item.get("status", {}).pop("profilingResults", None)
    if item["kind"] == "ConfigMap":
        item["data"] = {key: item["data"][key] for key in ("phase", "message") if key in item["data"]}
    return item


def _only(found: Object, keys: str) -> Object:
    return {key: value for key, value in found.items() if key in keys.split()}


def wanted(item: Object) -> bool:
    if item["kind"] == "ConfigMap":
        return str(item["metadata"]["name"]).startswith("dgdr-output-")
    return item["kind"] != "Event" or item.get("type") == "Warning" or item.get("reason") == "Scaled"


def read_lines(log: str) -> str:
    """Of the profiler's log the lines that `kubectl_dynamo.judging.profiler` reads."""
    return "".join(line for line in log.splitlines(keepends=True) if any(word in line for word in READ))


def planner_logs(connection: Connection, namespace: str, objects: list[Object]) -> dict[str, str]:
    """The planners' logs, as far as they are read."""
    found = {}
    for item in objects:
        if item["metadata"].get("labels", {}).get(names.COMPONENT_TYPE) == names.PLANNER and item["kind"] == "Pod":
            pod = item["metadata"]["name"]
            query = [("container", "main"), ("tailLines", "2000")]
            text = read_text(connection, f"/api/v1/namespaces/{namespace}/pods/{pod}/log", query)
            found[pod] = "".join(
                line for line in text.splitlines(keepends=True) if any(w in line for w in DECIDES)
            )
    return found


def record(namespace: str) -> Object:
    """The state of a namespace, at this moment."""
    connection = connect()
    listings = [list_objects(connection, resource, namespace) for resource in LISTED]
    objects = [pruned(item) for listing in listings for item in listing.items if wanted(item)]
    query = [("container", "profiler"), ("tailLines", "3000")]
    pods = [item["metadata"]["name"] for item in objects if item["kind"] == "Pod"]
    profilers = [name for name in pods if name.startswith("profile-")]
    logs = {
        name: read_text(connection, f"/api/v1/namespaces/{namespace}/pods/{name}/log", query) for name in profilers
    }
    logs = {name: read_lines(text) for name, text in logs.items() if text}
    logs |= planner_logs(connection, namespace, objects)
    state = {"now": listings[0].at.isoformat(), "serves": ["v1beta1"], "objects": objects, "logs": logs}
    text = yaml.safe_dump(state, sort_keys=False, allow_unicode=True)
    found: Object = yaml.safe_load(text.replace(namespace, NAMESPACE))
    return found


if __name__ == "__main__":
    yaml.safe_dump(record(sys.argv[1]), sys.stdout, sort_keys=False, allow_unicode=True)
