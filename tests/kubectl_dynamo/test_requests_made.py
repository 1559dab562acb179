"""What status asks of the API server: LISTs, of a number that does not grow, in whichever version there is."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]

MANY = 200


def many(state: dict[str, Any], name: str, count: int) -> dict[str, Any]:
    """The state with everything in it `count` times, under names of their own."""
    objects = json.dumps(state["objects"])
    copies = (json.loads(objects.replace(name, f"{name}-{index:03}")) for index in range(count))
    return {**copy.deepcopy(state), "objects": [item for found in copies for item in found]}


def test_200_requests_take_as_many_lists_as_one(server: Any, load_state: Load, dynamo: Run) -> None:
    made = []
    for count in (1, MANY):
        server.state = many(load_state("bad-image"), "bad-image", count)
        server.asked.clear()
        status, out, _ = dynamo("status", "-o", "json")
        items = json.loads(out)["items"]
        assert (status, len(items)) == (2, count)
        assert all(item["blocked"]["reason"] == "ImagePullBackOff" for item in items)
        made.append(Counter(server.asked))
    lists = {"dynamographdeploymentrequests", "dynamographdeployments", "jobs", "events", "pods"}
    assert {path.rsplit("/", 1)[1] for path in made[0]} == lists
    # 1,600 Pods and 800 others do not fit into one page; nothing else is asked more often.
    pages = 1 + MANY * 9 // 500
    assert made[1] - made[0] == {"/api/v1/namespaces/demo/pods": pages - 1}


def test_requests_that_profile_are_no_dearer(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = many(load_state("secret-missing"), "secret-missing", MANY)
    _, out, _ = dynamo("status", "-o", "json")
    assert len(server.asked) == 5
    assert all(item["blocked"]["reason"] == "CreateContainerConfigError" for item in json.loads(out)["items"])


def test_what_is_healthy_needs_no_pods(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    assert dynamo("status")[0] == 0
    assert not any(path.endswith(("/pods", "/log")) for path in server.asked)


def test_names_that_no_label_holds_are_not_asked_for(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("sweeping")
    server.state["objects"][0]["status"]["profilingJobName"] = "p" * 64
    dynamo("status")
    assert not any(path.endswith("/pods") for path in server.asked)


def test_pages_are_put_together(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state, server.page = many(load_state("sla-unmet"), "sla-unmet", 7), 3
    assert len(json.loads(dynamo("status", "-o", "json")[1])["items"]) == 7


def test_a_list_that_expires_between_pages_begins_again(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state, server.page, server.expire = many(load_state("sla-unmet"), "sla-unmet", 7), 3, True
    assert len(json.loads(dynamo("status", "-o", "json")[1])["items"]) == 7


def test_v1beta1_is_preferred(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    dynamo("status")
    assert not any("v1alpha1" in path for path in server.asked)


def test_v1alpha1_is_read_where_there_is_nothing_else(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("alpha")
    item = json.loads(dynamo("status", "alpha", "-o", "json")[1])["items"][0]
    assert item["apiVersion"] == "nvidia.com/v1alpha1"
    assert (item["phase"], item["request"]["reported"]) == ("Deployed", "Ready")


def test_a_release_between_has_graphs_in_v1alpha1_only(server: Any, load_state: Load, dynamo: Run) -> None:
    """1.0 and 1.1 serve requests in v1beta1 and graphs in v1alpha1."""
    requests = [item for item in load_state("sweeping")["objects"] if item["kind"].endswith("Request")]
    graphs = [item for item in load_state("alpha")["objects"] if item["kind"] == "DynamoGraphDeployment"]
    server.state = {**load_state("sweeping"), "objects": requests + graphs}
    server.lacks = {"nvidia.com/v1beta1/dynamographdeployments"}
    items = json.loads(dynamo("status", "-o", "json")[1])["items"]
    assert [item["name"] for item in items] == ["sweeping", "vllm-agg"]


def test_a_version_that_cannot_be_converted_is_read_in_the_other(
    server: Any, load_state: Load, dynamo: Run
) -> None:
    server.state = load_state("alpha")
    server.state["serves"] = ["v1alpha1", "v1beta1"]
    server.unconvertible = "v1beta1"
    assert dynamo("status", "alpha")[0] == 0


def test_where_no_version_can_be_read_the_webhook_is_named(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    server.unconvertible = "v1"
    status, _, err = dynamo("status")
    assert status == 3
    assert "cannot convert" in err
    assert "kubectl get pods -n dynamo-system" in err
    assert "Traceback" not in err


def test_no_dynamo_at_all(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = {**load_state("quickstart"), "serves": ["none"]}
    status, out, err = dynamo("status")
    assert (status, out) == (3, "")
    assert "Dynamo's CRDs are not installed" in err


def test_no_right_to_list_requests(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = {**load_state("quickstart"), "forbidden": ["dynamographdeploymentrequests"]}
    status, _, err = dynamo("status", "-A")
    assert status == 3
    assert err.startswith("not allowed to list dynamographdeploymentrequests: ")


def test_what_may_not_be_listed_beside_is_noted(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("no-rights")
    status, out, _ = dynamo("status")
    assert status == 2
    assert out.count("note: not allowed to list ") == 3
    assert "is gone" not in out, "a Job that may not be seen is not missing"


def test_names_that_belong_to_others_are_not_asked_for(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("bad-image")
    server.state["objects"] += load_state("worker-crash")["objects"]
    items = json.loads(dynamo("status", "bad-image", "-o", "json")[1])["items"]
    assert [item["name"] for item in items] == ["bad-image"]
    assert {pod["owner"] for pod in items[0]["pods"]} == {"bad-image-dgd", "profile-bad-image"}
