"""The API server in memory that the controller's tests run on: it does what Kubernetes does, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.kube.errors import ApiError
from groundwork.kube.resources import EVENTS
from mock_platform.operator.kube.api import GRAPHS
from support.in_memory_api import InMemoryApi, matches, merge

Object = dict[str, Any]


def graph(name: str = "one", **metadata: Any) -> Object:
    head = {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment"}
    return {**head, "metadata": {"name": name, "namespace": "demo", **metadata}, "spec": {"size": 1}}


def config_map(name: str, **metadata: Any) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "demo", **metadata}}


def status_of(error: pytest.ExceptionInfo[ApiError]) -> int:
    return error.value.status


def test_what_is_given_out_is_a_copy(api: InMemoryApi) -> None:
    made = api.create(graph())
    made["spec"]["size"] = 9
    found = api.get(GRAPHS, "demo", "one")
    assert found is not None
    found["spec"]["size"] = 8
    (listed,), _ = api.list(GRAPHS)
    listed["spec"]["size"] = 7
    assert api.named("DynamoGraphDeployment", "one")["spec"] == {"size": 1}


def test_a_name_is_taken_once_in_each_namespace(api: InMemoryApi) -> None:
    api.create(graph())
    with pytest.raises(ApiError) as refused:
        api.create(graph())
    assert status_of(refused) == 409
    api.create(graph(namespace="other"))
    assert len(api.list(GRAPHS)[0]) == 2
    assert len(api.list(GRAPHS, "demo")[0]) == 1


def test_a_stale_version_is_refused(api: InMemoryApi) -> None:
    old = api.create(graph())
    api.replace({**old, "spec": {"size": 2}})
    with pytest.raises(ApiError) as refused:
        api.replace({**old, "spec": {"size": 3}})
    assert status_of(refused) == 409
    assert api.named("DynamoGraphDeployment", "one")["spec"] == {"size": 2}


def test_what_is_not_there_cannot_be_changed(api: InMemoryApi) -> None:
    for change in (lambda: api.replace(graph()), lambda: api.patch(graph(), {})):
        with pytest.raises(ApiError) as refused:
            change()
        assert status_of(refused) == 404
    api.delete(graph())


def test_a_generation_counts_changes_of_the_spec_alone(api: InMemoryApi) -> None:
    made = api.create(graph())
    assert made["metadata"]["generation"] == 1
    labelled = api.patch(made, {"metadata": {"labels": {"a": "b"}}})
    assert labelled["metadata"]["generation"] == 1
    resized = api.patch(made, {"spec": {"size": 2}})
    assert resized["metadata"]["generation"] == 2
    assert "generation" not in api.create(config_map("plain"))["metadata"]


def test_a_status_is_written_apart(api: InMemoryApi) -> None:
    made = api.create(graph())
    written = api.replace({**made, "spec": {"size": 5}, "status": {"state": "up"}}, "status")
    assert (written["spec"], written["status"]) == ({"size": 1}, {"state": "up"})
    kept = api.replace({**written, "spec": {"size": 2}, "status": {"state": "down"}})
    assert (kept["spec"], kept["status"]) == ({"size": 2}, {"state": "up"})


def test_a_change_of_nothing_makes_no_version(api: InMemoryApi) -> None:
    made = api.create(graph())
    before = api.version
    assert api.patch(made, {"spec": {"size": 1}}) == made
    assert api.version == before


def test_finalizers_hold_a_deletion_up(api: InMemoryApi) -> None:
    made = api.create(graph(finalizers=["hold"]))
    api.delete(made)
    marked = api.named("DynamoGraphDeployment", "one")
    assert marked["metadata"]["deletionTimestamp"]
    api.patch(marked, {"metadata": {"finalizers": []}})
    assert api.of_kind("DynamoGraphDeployment") == []


def test_only_the_object_that_is_meant_is_deleted(api: InMemoryApi) -> None:
    made = api.create(graph())
    api.delete({**made, "metadata": {**made["metadata"], "uid": "of an earlier one"}})
    assert api.get(GRAPHS, "demo", "one")
    api.delete(made)
    assert api.get(GRAPHS, "demo", "one") is None


def test_what_an_object_owns_goes_with_it(api: InMemoryApi) -> None:
    owner = api.create(graph())
    reference = {"kind": "DynamoGraphDeployment", "name": "one", "uid": owner["metadata"]["uid"]}
    parent = api.create(config_map("child", ownerReferences=[reference]))
    api.create(config_map("grandchild", ownerReferences=[{"uid": parent["metadata"]["uid"]}]))
    api.create(config_map("stranger"))
    api.delete(owner)
    assert [item["metadata"]["name"] for item in api.of_kind("ConfigMap")] == ["stranger"]


def test_a_watch_tells_what_came_after_its_version(api: InMemoryApi) -> None:
    api.create(graph("before"))
    _, version = api.list(GRAPHS)
    chosen = api.create(graph("chosen", labels={"a": "b"}))
    api.create(graph("not-chosen"))
    api.create(graph("elsewhere", labels={"a": "b"}, namespace="other"))
    api.create(config_map("another-kind", labels={"a": "b"}))
    api.patch(chosen, {"spec": {"size": 2}})
    api.delete(chosen)
    watch = api.watch(GRAPHS, "demo", "a=b", version, 1)
    seen = [next(watch) for _ in range(3)]
    assert [(kind, item["metadata"]["name"]) for kind, item in seen] == [
        ("ADDED", "chosen"),
        ("MODIFIED", "chosen"),
        ("DELETED", "chosen"),
    ]


def test_a_watch_that_is_cut_may_go_on_unless_its_version_is_forgotten(api: InMemoryApi) -> None:
    made = api.create(graph())
    version = made["metadata"]["resourceVersion"]
    changed = api.patch(made, {"spec": {"size": 2}})
    watch = api.watch(GRAPHS, "demo", "", version, 1)
    assert next(watch) == ("MODIFIED", changed)
    api.disconnect()
    assert list(watch) == []
    assert next(api.watch(GRAPHS, "demo", "", version, 1)) == ("MODIFIED", changed)
    api.disconnect(forget=True)
    with pytest.raises(ApiError) as expired:
        next(api.watch(GRAPHS, "demo", "", version, 1))
    assert status_of(expired) == 410


def test_a_fault_comes_once(api: InMemoryApi) -> None:
    api.faults["create", "ConfigMap"].append(ApiError(500, "no"))
    with pytest.raises(ApiError) as failed:
        api.create(config_map("one"))
    assert status_of(failed) == 500
    assert api.create(config_map("one"))


def test_events_are_kept_apart(api: InMemoryApi) -> None:
    metadata = {"name": "e", "namespace": "demo"}
    event = api.create({"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": metadata, "count": 1})
    api.patch(event, {"count": 2})
    assert [item["count"] for item in api.events] == [2]
    assert api.list(EVENTS)[0] == []


def test_pods_run_where_a_deployment_is(api: InMemoryApi) -> None:
    head = {"apiVersion": "apps/v1", "kind": "Deployment"}
    for name in ("web", "other"):
        api.create({**head, "metadata": {"name": name, "namespace": "demo"}, "spec": {"replicas": 2}})
    api.run_pods("web")
    assert api.named("Deployment", "web")["status"]["readyReplicas"] == 2
    assert "status" not in api.named("Deployment", "other")


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [("", True), ("a=b", True), ("a", True), ("a=b,c", True), ("a=c", False), ("d", False), ("a=b,d=e", False)],
)
def test_selectors(selector: str, chosen: bool) -> None:  # noqa: FBT001
    assert matches({"metadata": {"labels": {"a": "b", "c": "x"}}}, selector) is chosen
    assert matches({"metadata": {}}, selector) is (selector == "")


def test_a_merge_patch() -> None:
    base = {"a": {"b": 1, "c": 2}, "list": [1, 2], "kept": True}
    assert merge(base, {"a": {"b": None, "d": 3}, "list": [3]}) == {
        "a": {"c": 2, "d": 3},
        "list": [3],
        "kept": True,
    }
    assert base["a"] == {"b": 1, "c": 2}
