"""What the stand-in does not do is in one table: refused aloud, each of it, and listed on a page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from dynamo_api.facts import kinds
from groundwork.base.paths import root
from mock_platform.operator.limits import LIMITS, Limit, Place

Object = dict[str, Any]
PAGE = root() / "docs" / "contribute" / "testing.md"
ROW = re.compile(r"^\| ([^|]+) \| `([^`|]+)` \| ([^|]+) \|$", re.MULTILINE)
OF_REQUESTS = [limit for limit in LIMITS if limit.place is Place.REQUEST]
OF_GRAPHS = [limit for limit in LIMITS if limit.place is not Place.REQUEST]
COUNTED = 15
"""Fields that are not implemented; one that is implemented is taken out here, too."""


def test_the_page_lists_all_of_them_and_nothing_else() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("{ #limits }")[2].partition("\n## ")[0]
    assert ROW.findall(section) == [(limit.place.value, limit.name, limit.real) for limit in LIMITS]
    assert len(LIMITS) == COUNTED


def with_limit(graph: Object, limit: Limit) -> Object:
    """The graph with this field."""
    match limit.place:
        case Place.GRAPH:
            graph["spec"][limit.name] = {}
        case Place.COMPONENT:
            graph["spec"]["components"][1][limit.name] = {}
        case Place.ANNOTATION:
            graph["metadata"]["annotations"] = {limit.name: "x"}
        case Place.SERVICE:
            kept = {"version": 1, "spec": {"services": {"Frontend": {limit.name: {"enabled": True}}}}}
            graph["metadata"]["annotations"] = {"nvidia.com/dgd-spec": json.dumps(kept)}
        case _:
            raise AssertionError(limit)
    return graph


@pytest.mark.parametrize(
    "limit",
    [limit for limit in LIMITS if limit.place is not Place.REQUEST],
    ids=lambda one: f"{one.place} {one.name}",
)
def test_each_field_of_a_graph_is_refused_aloud(limit: Limit, facts: Object, api: Any, operator: Any) -> None:
    api.create(with_limit(facts["graph"], limit))
    operator.settle()
    status = api.named(kinds.GRAPH, "agg")["status"]
    (ready,) = status["conditions"]
    assert (status["state"], ready["reason"]) == ("failed", "failed_to_reconcile_the_resources")
    assert limit.name in ready["message"]
    assert not api.of_kind(kinds.COMPONENT), "nothing is deployed"


@pytest.mark.parametrize(
    "limit", [limit for limit in LIMITS if limit.place is Place.REQUEST], ids=lambda one: one.name
)
def test_each_field_of_a_request_is_refused_aloud(limit: Limit, asked: Any) -> None:
    name, _, value = limit.name.partition(": ")
    asked.api.edit(asked.now, {"spec": {name: value}})
    asked.settle()
    assert asked.now["status"]["phase"] == "Failed"
    assert f"spec.{name}" in asked.message("Validation")
    assert not asked.api.of_kind("Job")


def test_what_is_off_is_not_refused(facts: Object, api: Any, operator: Any) -> None:
    kept = {"version": 1, "spec": {"services": {"Frontend": {"ingress": {"enabled": False}}}}}
    facts["graph"]["metadata"]["annotations"] = {"nvidia.com/dgd-spec": json.dumps(kept)}
    api.create(facts["graph"])
    operator.settle()
    assert api.named(kinds.GRAPH, "agg")["status"]["state"] == "pending"


def test_the_page_says_what_was_never_observed() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("{ #limits }")[2].partition("\n## ")[0]
    manifest = (root() / "tools" / "mock_platform" / "manifests" / "operator.yaml").read_text(encoding="utf-8")
    guessed = re.findall(r"name: (\S+)  # Not observed", manifest)
    assert len(guessed) == 1
    assert f"`{guessed[0]}`" in section
