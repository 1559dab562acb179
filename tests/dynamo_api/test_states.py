"""A request's phase in either version: the table, both readings, the conversion and the page."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

import pytest

from dynamo_api.conversion import ALPHA, BETA, convert
from dynamo_api.facts.kinds import REQUEST
from dynamo_api.facts.phases import CLOSED, DELETED, DEPLOYED, FAILED, PENDING, READY
from dynamo_api.views.requests import read_request
from dynamo_api.views.states import ROWS, phase_of, row_of, state_of
from groundwork.base.paths import root

Object = dict[str, Any]
ABSENT = "(absent)"
STATES = (ABSENT, *dict.fromkeys(row.state for row in ROWS), "Levitating")
COMBINATIONS = list(itertools.product(STATES, (True, False, None), (True, False, None)))
"""`status.state`, `spec.autoApply` and `status.deployment.created`; None: absent."""


def request(state: str, apply: bool | None, created: bool | None) -> Object:  # noqa: FBT001
    """A v1alpha1 request as an operator may have left it."""
    deployment = {"name": "d", "namespace": "demo"} | ({} if created is None else {"created": created})
    return {
        "apiVersion": ALPHA,
        "kind": REQUEST,
        "metadata": {"name": "x", "namespace": "demo"},
        "spec": {
            "model": "m",
            "backend": "vllm",
            "profilingConfig": {"profilerImage": "p:1.4.2", "config": {"sla": {"ttft": 500, "isl": 2048}}},
            **({} if apply is None else {"autoApply": apply}),
        },
        "status": ({} if state == ABSENT else {"state": state}) | {"deployment": deployment},
    }


def test_all_combinations_of_the_states_of_dynamo_are_tried() -> None:
    assert len(COMBINATIONS) == 90  # 81 of the 9 states and of none, and 9 of a state that nobody knows.


@pytest.mark.parametrize(("state", "apply", "created"), COMBINATIONS)
def test_a_request_reads_as_the_table_says_in_both_versions(
    state: str,
    apply: bool | None,  # noqa: FBT001
    created: bool | None,  # noqa: FBT001
) -> None:
    alpha = request(state, apply, created)
    beta = convert(alpha, BETA)
    row = row_of("" if state == ABSENT else state, created=created is True)
    assert phase_of(alpha) == row.shown
    assert phase_of(beta) == row.shown
    assert beta["status"].get("phase", "") == ("" if state == ABSENT else row.converted)
    one, other = read_request(alpha), read_request(beta)
    same = {"api_version": "", "reported": "", "annotations": {}}
    assert replace(one, **same) == replace(other, **same)


def test_every_row_that_differs_from_the_converter_says_why() -> None:
    assert [row.state for row in ROWS if row.converted != row.shown] == ["", DELETED]
    assert all(bool(row.why) == (row.converted != row.shown) for row in ROWS)
    assert row_of("Levitating", created=True).why


def test_a_request_that_was_moved_on_since_it_was_converted_is_where_it_is_now() -> None:
    beta = convert(request(DELETED, None, created=True), BETA)
    assert phase_of(beta) == FAILED
    for phase in CLOSED - {READY}:
        assert phase_of({**beta, "status": {**beta["status"], "phase": phase}}) == phase


def test_a_deleted_graph_is_told_of_as_long_as_it_is_the_request_s() -> None:
    """As Dynamo's converter keeps it: with the graph's name."""
    beta = convert(request(READY, apply=True, created=None), BETA)
    kept = '{"state":"DeploymentDeleted","deployment":{"name":"d","created":true}}'
    beta["metadata"]["annotations"] = {"nvidia.com/dgdr-status": kept}
    assert phase_of(beta) == FAILED
    beta["status"]["dgdName"] = "another"
    assert phase_of(beta) == READY


@pytest.mark.parametrize("phase", [PENDING, "Profiling", READY, "Deploying", DEPLOYED, FAILED])
def test_a_phase_is_the_same_read_as_v1alpha1(phase: str) -> None:
    beta = {
        "apiVersion": BETA,
        "kind": REQUEST,
        "metadata": {"name": "x"},
        "spec": {"model": "m"},
        "status": {"phase": phase, "dgdName": "d"},
    }
    alpha = convert(beta, ALPHA)
    assert alpha["status"]["state"] == state_of(phase)
    assert phase_of(alpha) == phase_of(beta) == phase


def test_deployed_is_kept_for_the_graph_that_was_deployed() -> None:
    """As Dynamo's converter keeps it: with the graph's name."""
    kept = '{"phase":"Deployed","dgdName":"d","deploymentInfo":{"replicas":9,"availableReplicas":9}}'
    alpha = request(READY, apply=True, created=None)
    alpha["metadata"]["annotations"] = {"nvidia.com/dgdr-status": kept}
    assert phase_of(alpha) == DEPLOYED
    alpha["status"]["deployment"]["name"] = "another"
    assert phase_of(alpha) == READY


@pytest.mark.parametrize("kept", ["", "{", "[1]", "7", '{"state": 7}', "[" * 100_000])
def test_an_annotation_that_cannot_be_read_says_nothing(kept: str) -> None:
    beta = convert(request(READY, apply=True, created=True), BETA)
    beta["metadata"]["annotations"] = {"nvidia.com/dgdr-status": kept, "nvidia.com/dgdr-spec": kept}
    assert read_request(beta).phase == DEPLOYED


def test_the_page_of_the_resources_says_the_same() -> None:
    """Its table names the state that each phase is in v1alpha1; the lines below tell of the rest."""
    page = (root() / "docs" / "kubernetes" / "custom-resources.md").read_text(encoding="utf-8")
    life = page.partition("{ #dgdr-life }")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", life, re.MULTILINE))
    assert told == {(row.converted, row.state) for row in ROWS if row.state == state_of(row.converted)}
    assert f"`{DELETED}`" in life
    assert "`.status.deployment.created`" in life
