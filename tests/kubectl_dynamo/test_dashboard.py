"""The link to Grafana: whoever says one counts, else a Grafana that is in the cluster, else none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]


def dashboard(dynamo: Run, *arguments: str) -> Any:
    return json.loads(dynamo("status", "deployed", "-o", "json", *arguments)[1])["items"][0]["dashboard"]


def service(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in state["objects"] if item["kind"] == "Service")
    return found


def test_a_grafana_in_the_cluster(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    assert dashboard(dynamo) == {
        "url": "http://localhost:3000/dashboards?query=dynamo",
        "origin": "Service prometheus-grafana in monitoring",
        "open": "kubectl -n monitoring port-forward svc/prometheus-grafana 3000:80",
    }


def test_a_grafana_with_an_address_of_its_own(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    service(server.state)["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}
    found = dashboard(dynamo)
    assert (found["url"], found["open"]) == ("http://192.0.2.7/dashboards?query=dynamo", "")


def test_no_grafana(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    server.state["objects"].remove(service(server.state))
    assert dashboard(dynamo) is None


def test_no_right_to_look_for_one(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = {**load_state("deployed"), "forbidden": ["services"]}
    assert dashboard(dynamo) is None


def test_whoever_says_one(server: Any, load_state: Load, dynamo: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server.state = load_state("deployed")
    subject = server.state["objects"][0]
    subject["status"]["conditions"].append(
        {"type": "Dashboard", "status": "True", "reason": "Linked", "message": "See https://grafana.test/d/1."}
    )
    assert dashboard(dynamo)["url"] == "https://grafana.test/d/1"
    subject["metadata"]["annotations"] = {"dynamo-docs/dashboard-url": "https://grafana.test/d/2"}
    assert dashboard(dynamo)["url"] == "https://grafana.test/d/2"
    monkeypatch.setenv("DYNAMO_GRAFANA_URL", "https://grafana.test/d/3")
    assert dashboard(dynamo)["url"] == "https://grafana.test/d/3"
    assert dashboard(dynamo, "--grafana", "https://grafana.test/d/4")["url"] == "https://grafana.test/d/4"
