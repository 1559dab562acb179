"""The controller on an API server in memory: changes, drift, failures, races, deletion."""

from __future__ import annotations

import http.client
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dynamo_api.facts import kinds
from groundwork.base.errors import UserError
from groundwork.kube.errors import ApiError
from mock_platform.operator.config import OperatorConfig, from_environment
from mock_platform.operator.control.controller import WATCHES, Controller
from mock_platform.operator.control.health import serve
from mock_platform.operator.control.queue import WorkQueue
from mock_platform.operator.kube.events import Recorder
from support.in_memory_api import InMemoryApi
from support.stand_in import Operator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Object = dict[str, Any]
pytestmark = pytest.mark.usefixtures("graph")


def state(api: Any) -> tuple[str, str]:
    """The graph's state, and the reason of its Ready condition."""
    status = api.named(kinds.GRAPH, "agg")["status"]
    (ready,) = [entry for entry in status["conditions"] if entry["type"] == "Ready"]
    return status["state"], ready["reason"]


def settled(api: Any, operator: Any) -> None:
    operator.settle()
    api.run_pods()
    operator.settle()
    assert state(api) == ("successful", "all_resources_are_ready")


def change(api: Any, index: int, **fields: Any) -> None:
    """Edit a component of the graph, as kubectl edit would."""
    graph = api.named(kinds.GRAPH, "agg")
    graph["spec"]["components"][index] |= fields
    api.replace(graph)


def with_args(api: Any, *args: str) -> None:
    graph = api.named(kinds.GRAPH, "agg")
    graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["args"] = list(args)
    api.replace(graph)


def workers(api: Any) -> list[str]:
    return sorted(
        item["metadata"]["name"] for item in api.of_kind("Deployment") if "decode" in item["metadata"]["name"]
    )


def test_replicas_change_in_place_and_the_graph_is_not_ready_meanwhile(api: Any, operator: Any) -> None:
    settled(api, operator)
    before = workers(api)
    change(api, 1, replicas=5)
    operator.settle()
    assert workers(api) == before
    assert api.named("Deployment", "agg-decode")["spec"]["replicas"] == 5
    assert state(api) == ("pending", "some_resources_are_not_ready")
    api.run_pods()
    operator.settle()
    assert state(api)[0] == "successful"


def test_ready_is_not_claimed_before_a_changed_component_was_looked_at(api: Any, operator: Any) -> None:
    settled(api, operator)
    change(api, 1, replicas=5)
    operator.controller.handle((kinds.GRAPH, "demo", "agg"))
    assert state(api) == ("pending", "some_resources_are_not_ready")


def test_frontend_image_changes_in_place(api: Any, operator: Any) -> None:
    settled(api, operator)
    graph = api.named(kinds.GRAPH, "agg")
    graph["spec"]["components"][0]["podTemplate"]["spec"]["containers"][0]["image"] += "-rc1"
    api.replace(graph)
    operator.settle()
    container = api.named("Deployment", "agg-frontend")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"].endswith("1.5.1-rc1")


def test_worker_change_rolls_to_a_new_generation(api: Any, operator: Any) -> None:
    settled(api, operator)
    (old,) = workers(api)
    with_args(api, "--model-path", "other/model")
    operator.settle()
    both = workers(api)
    assert len(both) == 2
    assert old in both
    (new,) = set(both) - {old}
    status = api.named(kinds.GRAPH, "agg")["status"]
    assert status["rollingUpdate"]["phase"] == "InProgress"
    assert status["components"]["decode"]["componentNames"] == both
    assert status["components"]["decode"]["runtimeNamespace"].endswith(old[-8:])
    assert state(api)[0] == "pending"
    assert api.named("Deployment", old)["spec"]["replicas"] == 2, "the old ones serve until new ones are there"

    for _ in range(4):
        api.run_pods()
        operator.settle()
    assert workers(api) == [new]
    graph = api.named(kinds.GRAPH, "agg")
    assert graph["metadata"]["annotations"]["nvidia.com/current-worker-hash-v2"] == new[-8:]
    assert graph["status"]["rollingUpdate"]["phase"] == "Completed"
    assert graph["status"]["rollingUpdate"]["updatedComponents"] == ["decode"]
    assert state(api)[0] == "successful"


def test_workers_that_never_get_ready_leave_the_old_ones_serving(api: Any, operator: Any) -> None:
    settled(api, operator)
    (old,) = workers(api)
    with_args(api, "--no-such-flag")
    operator.settle()
    for _ in range(3):
        api.run_pods(only=old)
        operator.settle()
    assert api.named("Deployment", old)["spec"]["replicas"] == 2
    assert state(api) == ("pending", "rolling_update_in_progress")

    with_args(api, "--model-path", "Qwen/Qwen3-0.6B")
    operator.settle()
    assert workers(api) == [old], "going back makes no third generation"
    assert state(api)[0] == "successful"


def test_component_added_and_removed(api: Any, operator: Any) -> None:
    settled(api, operator)
    graph = api.named(kinds.GRAPH, "agg")
    second = {**graph["spec"]["components"][0], "name": "Second"}
    graph["spec"]["components"].append(second)
    api.replace(graph)
    settled(api, operator)
    assert api.named("Service", "agg-second")["spec"]["ports"][0]["port"] == 8000

    graph = api.named(kinds.GRAPH, "agg")
    graph["spec"]["components"].pop()
    api.replace(graph)
    settled(api, operator)
    assert not [key for key in api.objects if "second" in key[2]]
    assert set(api.named(kinds.GRAPH, "agg")["status"]["components"]) == {"Frontend", "decode"}


def test_deletion_leaves_only_what_the_namespace_keeps(api: Any, operator: Any) -> None:
    settled(api, operator)
    api.delete(api.named(kinds.GRAPH, "agg"))
    operator.settle()
    left = {f"{key[0].kind}/{key[2]}" for key in api.objects}
    assert left == {"ServiceAccount/planner-serviceaccount", "RoleBinding/planner-serviceaccount-binding"}


@pytest.mark.parametrize("kind", ["DynamoComponentDeployment", "Deployment", "Service", "Role", "ServiceAccount"])
def test_what_is_deleted_by_hand_comes_back_when_the_graph_is_looked_at(
    api: Any, operator: Any, kind: str
) -> None:
    settled(api, operator)
    for item in api.of_kind(kind):
        api.delete(item)
    settled(api, operator)
    assert api.of_kind(kind)


@pytest.mark.parametrize(
    ("kind", "name", "edit"),
    [
        ("Deployment", "agg-decode", {"spec": {"replicas": 7}}),
        ("Deployment", "agg-frontend", {"metadata": {"labels": {"nvidia.com/dynamo-component": "other"}}}),
        ("DynamoComponentDeployment", "agg-frontend", {"spec": {"replicas": 3}}),
    ],
)
def test_drift_is_corrected(api: Any, operator: Any, kind: str, name: str, edit: Object) -> None:
    settled(api, operator)
    before = api.named(kind, name)
    api.edit(before, edit)
    settled(api, operator)
    after = api.named(kind, name)
    for part in ("spec", "rules"):
        assert after.get(part) == before.get(part)
    assert after["metadata"]["labels"] == before["metadata"]["labels"]


@pytest.mark.parametrize(
    ("kind", "name", "edit"),
    [
        ("Service", "agg-frontend", {"spec": {"type": "NodePort"}}),
        ("Service", "agg-frontend", {"spec": {"selector": {"nvidia.com/dynamo-component": "other"}}}),
        ("Role", "agg", {"rules": []}),
    ],
)
def test_what_has_no_generation_keeps_what_somebody_changes(
    api: Any, operator: Any, kind: str, name: str, edit: Object
) -> None:
    settled(api, operator)
    changed = api.edit(api.named(kind, name), edit)
    settled(api, operator)
    change(api, 0, replicas=3)
    settled(api, operator)
    after = api.named(kind, name)
    assert {part: after.get(part) for part in ("spec", "rules")} == {
        part: changed.get(part) for part in ("spec", "rules")
    }


def test_labels_of_others_stay(api: Any, operator: Any) -> None:
    settled(api, operator)
    api.edit(api.named("Service", "agg-frontend"), {"metadata": {"labels": {"team": "a"}}})
    settled(api, operator)
    assert api.named("Service", "agg-frontend")["metadata"]["labels"]["team"] == "a"


def test_a_fault_is_reported_and_retried(api: Any, operator: Any) -> None:
    api.faults["create", "Role"] += [ApiError(403, "roles is forbidden")]
    operator.controller.handle((kinds.GRAPH, "demo", "agg"))
    assert state(api) == ("failed", "failed_to_reconcile_the_resources")
    assert "roles is forbidden" in api.named(kinds.GRAPH, "agg")["status"]["conditions"][0]["message"]
    assert operator.controller.queue.get() == (kinds.GRAPH, "demo", "agg"), "it is tried again by itself"
    settled(api, operator)


def test_a_component_fault_is_an_event(api: Any, operator: Any) -> None:
    api.faults["create", "Service"] += [ApiError(422, "no more addresses")] * 2
    operator.settle()
    found = {item["reason"]: item for item in api.events if item["type"] == "Warning"}
    about = {reason: event["regarding"]["kind"] for reason, event in found.items()}
    assert about == {"CreateService": "Service", "ReconcileError": kinds.COMPONENT}
    assert all("no more addresses" in event["note"] for event in found.values())
    settled(api, operator)


@pytest.mark.parametrize("method", ["replace", "replacestatus", "create"])
def test_a_lost_race_is_no_failure(api: Any, operator: Any, method: str) -> None:
    for kind in (kinds.GRAPH, kinds.COMPONENT):
        api.faults[method, kind] += [ApiError(409, "the object has been modified")]
    operator.controller.handle((kinds.GRAPH, "demo", "agg"))
    assert api.named(kinds.GRAPH, "agg").get("status", {}).get("state") != "failed"
    settled(api, operator)


def test_a_webhook_away_is_no_failure(api: Any, operator: Any) -> None:
    api.faults["create", kinds.COMPONENT] += [ApiError(500, 'Internal error: failed calling webhook "v.kb.io"')]
    operator.controller.handle((kinds.GRAPH, "demo", "agg"))
    assert api.named(kinds.GRAPH, "agg").get("status", {}).get("state") != "failed"
    settled(api, operator)


def test_somebody_elses_object_is_left_alone(api: Any, operator: Any) -> None:
    metadata = {"name": "agg-frontend", "namespace": "demo"}
    mine = api.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [1]}})
    operator.settle()
    assert api.named("Service", "agg-frontend") == mine
    assert state(api) == ("pending", "some_resources_are_not_ready")
    (note,) = {item["note"] for item in api.events if item["reason"] == "ReconcileError"}
    assert "Service agg-frontend exists already" in note


@pytest.mark.parametrize(
    ("fields", "reason", "word"),
    [
        ({"multinode": {"nodeCount": 2}}, "no_multinode_orchestrator_available", "decode"),
        ({"compilationCache": {"pvcName": "m"}}, "failed_to_reconcile_the_resources", "compilationCache"),
        ({"type": "epp"}, "failed_to_reconcile_the_resources", "InferencePool"),
        ({"podTemplate": {"metadata": {"annotations": {"nvidia.com/deployment-strategy": "Recreate"}},
                          "spec": {"containers": [{"name": "main", "image": "x:1.0.0"}]}}},
         "failed_to_reconcile_the_resources", "deployment-strategy"),
        ({"podTemplate": None}, "failed_to_reconcile_the_resources", "container named main"),
        ({"podTemplate": {"spec": {"containers": [{"name": "main", "image": "x:latest"}]}}},
         "failed_to_reconcile_the_resources", "runtimeVersionOverride"),
    ],
)  # fmt: skip
def test_what_cannot_be_deployed_is_refused_aloud(
    api: Any, operator: Any, fields: Object, reason: str, word: str
) -> None:
    change(api, 1, **fields)
    operator.settle()
    assert state(api) == ("failed", reason)
    assert word in api.named(kinds.GRAPH, "agg")["status"]["conditions"][0]["message"]
    assert not api.of_kind("Deployment")


def adapter_events(api: Any) -> list[tuple[str, str, str, str, str]]:
    """Kind and name of the object, reason, action and reporter of each event about scaling."""
    about = [event for event in api.events if event["reason"] in ("AdapterCreated", "AdapterDeleted", "Scaled")]
    keys = ("reason", "action", "reportingController")
    return [(event["regarding"]["kind"], event["regarding"]["name"], *map(event.get, keys)) for event in about]


def test_an_adapter_sets_the_replicas_of_its_component(api: Any, operator: Any) -> None:
    settled(api, operator)
    workers_before = workers(api)
    change(api, 1, scalingAdapter={})
    settled(api, operator)
    adapter = api.named(kinds.ADAPTER, "agg-decode")
    assert adapter["spec"] == {"replicas": 2, "dgdRef": {"name": "agg", "componentName": "decode"}}
    selector = "nvidia.com/dynamo-component=decode,nvidia.com/dynamo-graph-deployment-name=agg"
    assert adapter["status"] == {"replicas": 2, "selector": selector}
    made = (kinds.GRAPH, "agg", "AdapterCreated", "Create", "dynamographdeployment")
    assert adapter_events(api) == [made]
    api.edit(adapter, {"spec": {"replicas": 5}})
    settled(api, operator)
    assert api.named("Deployment", "agg-decode")["spec"]["replicas"] == 5
    assert workers(api) == workers_before, "more of the same workers"
    status = api.named(kinds.ADAPTER, "agg-decode")["status"]
    assert {**status, "lastScaleTime": ""} == {"replicas": 5, "selector": selector, "lastScaleTime": ""}
    assert datetime.fromisoformat(status["lastScaleTime"]) <= datetime.now(UTC)
    scaled = (kinds.ADAPTER, "agg-decode", "Scaled", "Scale", "dgdscalingadapter")
    assert adapter_events(api) == [made, scaled]
    (note,) = [event["note"] for event in api.events if event["reason"] == "Scaled"]
    assert "decode" in note
    assert "from 2 to 5 replicas" in note
    graph = api.named(kinds.GRAPH, "agg")
    del graph["spec"]["components"][1]["scalingAdapter"]
    api.replace(graph)
    settled(api, operator)
    assert not api.of_kind(kinds.ADAPTER)
    assert api.named("Deployment", "agg-decode")["spec"]["replicas"] == 5
    gone = (kinds.GRAPH, "agg", "AdapterDeleted", "Delete", "dynamographdeployment")
    assert adapter_events(api) == [made, scaled, gone]


def test_an_adapter_leaves_a_graph_alone_that_asks_for_as_many(api: Any, operator: Any) -> None:
    """One replica said, and one that is the default: the operator does not change what a user wrote."""
    graph = api.named(kinds.GRAPH, "agg")
    component = graph["spec"]["components"][1]
    del component["replicas"]
    component["scalingAdapter"] = {}
    api.replace(graph)
    settled(api, operator)
    adapter = api.named(kinds.ADAPTER, "agg-decode")
    assert adapter["spec"]["replicas"] == 1
    api.edit(adapter, {"metadata": {"labels": {"touched": "true"}}})
    settled(api, operator)
    assert "replicas" not in api.named(kinds.GRAPH, "agg")["spec"]["components"][1]
    assert "lastScaleTime" not in api.named(kinds.ADAPTER, "agg-decode")["status"]
    assert [reason for _, _, reason, _, _ in adapter_events(api)] == ["AdapterCreated"]


def test_a_malformed_graph_harms_nobody_else(api: Any, operator: Any, facts: Object) -> None:
    broken = {**facts["graph"], "metadata": {"name": "broken", "namespace": "demo"}}
    nameless = {key: item for key, item in facts["graph"]["spec"]["components"][1].items() if key != "name"}
    broken["spec"] = {"components": [nameless]}
    api.create(broken)
    operator.settle()
    assert api.named(kinds.GRAPH, "broken")["status"]["state"] == "failed"
    settled(api, operator)


def test_identical_events_become_a_series(api: Any, operator: Any) -> None:
    settled(api, operator)
    known = len(api.events)
    for _ in range(3):
        operator.controller.handle((kinds.COMPONENT, "demo", "agg-frontend"))
    assert len(api.events) == known, "nothing new is told about unchanged objects"
    counts = [event["series"]["count"] for event in api.events if "series" in event]
    assert counts
    assert min(counts) == 2


class NothingNew(InMemoryApi):
    """Its watches end at once."""

    def watch(self, *_: Any) -> Iterator[tuple[str, Object]]:
        return iter(())


class Told(WorkQueue[Any]):
    """Keeps what it is told, until somebody asks."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: set[Any] = set()

    def add(self, key: Any, delay: float = 0.0) -> None:
        del delay
        self.keys.add(key)

    def asked(self) -> set[Any]:
        keys, self.keys = self.keys, set()
        return keys


@pytest.fixture
def quiet() -> NothingNew:
    return NothingNew()


@pytest.fixture
def listed(quiet: NothingNew) -> Callable[[], set[Any]]:
    """Lists all kinds anew, as a watcher does when its watch ends; returns what is to be looked at."""
    queue = Told()
    controller = Controller(quiet, Recorder(quiet, "test"), OperatorConfig("1.5.0"), queue=queue)

    def again() -> set[Any]:
        for watch in WATCHES:
            controller._follow_once(watch)
        return queue.asked()

    return again


def test_what_did_not_change_is_not_looked_at_again_and_identities_never_are(
    quiet: NothingNew, listed: Callable[[], set[Any]], facts: Object
) -> None:
    api = quiet
    api.create(facts["graph"])
    settled(api, Operator(api))
    graph, frontend = (kinds.GRAPH, "demo", "agg"), (kinds.COMPONENT, "demo", "agg-frontend")
    assert {graph, frontend} < listed(), "what is there at the start"
    assert listed() == set(), "nothing changed"
    for kind in ("ServiceAccount", "Role", "RoleBinding"):
        for item in api.of_kind(kind):
            api.delete(item)
    assert listed() == set()
    api.edit(api.named("Service", "agg-frontend"), {"spec": {"type": "NodePort"}})
    assert listed() == {frontend}
    api.delete(api.named("Service", "agg-frontend"))
    assert listed() == {frontend}, "that it went is found, though nothing told so"
    change(api, 1, replicas=3)
    assert listed() == {graph}


def test_a_component_made_by_hand_is_followed_as_well(
    quiet: NothingNew, listed: Callable[[], set[Any]], facts: Object
) -> None:
    part = {**facts["graph"]["spec"]["components"][0], "name": "Alone"}
    metadata = {"name": "alone", "namespace": "demo"}
    quiet.create({"apiVersion": kinds.BETA_API, "kind": kinds.COMPONENT, "metadata": metadata, "spec": part})
    Operator(quiet).settle()
    listed()
    quiet.run_pods()
    assert listed() == {(kinds.COMPONENT, "demo", "alone")}


def test_threads_follow_changes_over_lost_and_expired_watches(api: Any) -> None:
    recorder = Recorder(api, "test")
    controller = Controller(api, recorder, OperatorConfig("1.5.0"))
    recorder.start()
    controller.start()
    try:
        api.wait_for(lambda now: len(now.of_kind("Service")) == 2, "both Services")
        assert controller.healthy
        api.disconnect(forget=True)
        api.run_pods()
        api.wait_for(lambda now: state(now)[0] == "successful", "Ready after an expired watch")
        api.disconnect()
        api.faults["list", kinds.GRAPH] += [ApiError(0, "connection refused")]
        change(api, 1, replicas=3)
        api.wait_for(lambda now: now.named("Deployment", "agg-decode")["spec"]["replicas"] == 3, "three workers")
        assert controller.ready
        assert answers(controller) == {"/healthz": 200, "/readyz": 200, "/other": 404}
    finally:
        controller.stop()
        recorder.stop()
        api.disconnect()
    assert answers(controller)["/healthz"] == 503, "threads have ended"
    alive = {thread.name for thread in threading.enumerate()}
    assert not [name for name in alive if name.startswith(("worker-", "events"))]


@pytest.mark.parametrize(
    ("kind", "field", "asked"),
    [
        (kinds.COMPONENT, "status", {kinds.GRAPH}),
        (kinds.COMPONENT, "spec", {kinds.GRAPH, kinds.COMPONENT}),
        (kinds.COMPONENT, "metadata", {kinds.GRAPH, kinds.COMPONENT}),
        (kinds.ADAPTER, "status", set()),
        (kinds.ADAPTER, "spec", {kinds.GRAPH}),
    ],
)
def test_a_status_that_the_operator_writes_is_no_reason_for_another_round(
    api: Any, operator: Any, kind: str, field: str, asked: set[str]
) -> None:
    change(api, 1, scalingAdapter={})
    settled(api, operator)
    controller = operator.controller
    resource = next(watch.resource for watch in WATCHES if watch.resource.kind == kind)
    (item, *_) = api.of_kind(kind)
    controller._there(resource, item)
    queued(controller)
    touched = {**item[field], **({"labels": {"a": "b"}} if field == "metadata" else {"replicas": 4})}
    changed = {**item, field: touched}
    controller._there(resource, {**changed, "metadata": {**changed["metadata"], "resourceVersion": "9999"}})
    assert {key[0] for key in queued(controller)} == asked
    controller._gone(resource, item)
    queued(controller)
    controller._there(resource, item)
    assert kinds.GRAPH in {key[0] for key in queued(controller)}, "one that is made anew is looked at"


def queued(controller: Controller) -> list[Any]:
    """What waits to be looked at; nothing waits afterwards."""
    found = []
    controller.queue.add(("end", "", ""))
    while (key := controller.queue.get()) != ("end", "", ""):
        found.append(key)
        controller.queue.done(key)
    controller.queue.done(key)
    return found


def answers(controller: Controller) -> dict[str, int]:
    """Status by path of the kubelet's probes."""
    server = serve([controller], 0)
    found = {}
    try:
        for path in ("/healthz", "/readyz", "/other"):
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=120)
            connection.request("GET", path)
            found[path] = connection.getresponse().status
            connection.close()
    finally:
        server.shutdown()
        server.server_close()
    return found


@pytest.mark.parametrize(
    ("environment", "word"),
    [({}, "OPERATOR_VERSION"), ({"OPERATOR_VERSION": "1", "MOCK_OPERATOR_RESYNC_SECONDS": "soon"}, "'soon'")],
)
def test_a_wrong_setting_is_one_line(environment: dict[str, str], word: str) -> None:
    with pytest.raises(UserError, match=word):
        from_environment(environment)


def test_settings_come_from_the_environment() -> None:
    config = from_environment({"OPERATOR_VERSION": "1.5.0", "MOCK_OPERATOR_NATS_SERVER": "nats://n:4222"})
    assert config == OperatorConfig("1.5.0", nats_server="nats://n:4222")
