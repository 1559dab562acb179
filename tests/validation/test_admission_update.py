"""Changes that the webhook refuses, and those that it lets through."""

from __future__ import annotations

from typing import Any

import pytest

from dynamo_crd.admission.faults import field_path
from dynamo_crd.admission.rule import RELEASES
from dynamo_crd.admission.rules import RULES
from dynamo_crd.admission.update import HELD, update_faults

Object = dict[str, Any]
NEWEST = RELEASES[-1]
WORKER = "spec components 1"
PROVIDER = "metadata annotations nvidia.com/workload-provider"
PROVIDER_FIELD = "metadata.annotations[nvidia.com/workload-provider]"
RACK = {"packDomain": "rack"}
POLICY, POLICY_FIELD = "spec experimental kvTransferPolicy", "spec.experimental.kvTransferPolicy"
LIMIT = f"{WORKER} podTemplate metadata annotations dynamo.nvidia.com/gpu-power-limit"
LIMIT_FIELD = "spec.components[1].podTemplate.metadata.annotations[dynamo.nvidia.com/gpu-power-limit]"
SCALED: dict[str, Any] = {f"{WORKER} scalingAdapter": {}}
COUNT = f"{WORKER} replicas"
ALPHA_SCALED, ALPHA_COUNT = (f"spec services VllmWorker {key}" for key in ("scalingAdapter", "replicas"))
IMAGE = f"{WORKER} podTemplate spec containers 1 image"


def refused(make: Any, which: str, before: Object, after: Object) -> list[tuple[str, str]]:
    found = update_faults(make(which, after), make(which, before), NEWEST)
    return [(fault.rule, field_path(fault.path)) for fault in found]


@pytest.mark.parametrize(
    ("which", "before", "after", "rule", "field"),
    [
        ("DGD beta", {}, {f"{WORKER} name": "other"}, "update-components", "spec.components"),
        ("DGD alpha", {}, {"spec services VllmWorker": None}, "update-components", "spec.services"),
        ("DGD beta", {}, {"spec backendFramework": "sglang"}, "update-backend", "spec.backendFramework"),
        ("DGD beta", {}, {f"{WORKER} multinode": {}}, "update-multinode", "spec.components[1].multinode"),
        (
            "DGD beta",
            {f"{WORKER} multinode": {"nodeCount": 2}},
            {f"{WORKER} multinode": {"nodeCount": 4}},
            "update-node-count",
            "spec.components[1].multinode.nodeCount",
        ),
        (
            "DCD beta",
            {"spec multinode": {}},
            {"spec multinode": {"nodeCount": 3}},
            "update-node-count",
            "spec.multinode.nodeCount",
        ),
        ("DGD beta", {PROVIDER: "component"}, {PROVIDER: "grove"}, "update-provider", PROVIDER_FIELD),
        ("DGD alpha", {PROVIDER: "grove"}, {}, "update-provider", PROVIDER_FIELD),
        ("DCD beta", {}, {"spec backendFramework": "sglang"}, "update-backend", "spec.backendFramework"),
        ("DCD alpha", {}, {"spec backendFramework": "sglang"}, "update-backend", "spec.backendFramework"),
        ("DCD beta", {}, {"spec multinode": {"nodeCount": 2}}, "update-multinode", "spec.multinode"),
        ("DCD beta", {}, {"spec topologyConstraint": RACK}, "update-topology", "spec.topologyConstraint"),
        ("DGD beta", {}, {"spec topologyConstraint": RACK}, "update-topology", "spec.topologyConstraint"),
        ("DGD beta", {"spec topologyConstraint": RACK}, {}, "update-topology", "spec.topologyConstraint"),
        (
            "DGD alpha",
            {"spec topologyConstraint": RACK},
            {"spec topologyConstraint": {"packDomain": "zone"}},
            "update-topology",
            "spec.topologyConstraint",
        ),
        (
            "DGD beta",
            {"spec topologyConstraint": RACK},
            {"spec topologyConstraint": RACK, f"{WORKER} topologyConstraint": RACK},
            "update-topology",
            "spec.components[1].topologyConstraint",
        ),
        ("DGD beta", {}, {POLICY: {"labelKey": "z", "domain": "zone"}}, "update-transfer-policy", POLICY_FIELD),
        ("DGD beta", {POLICY: {"labelKey": "z"}}, {}, "update-transfer-policy", POLICY_FIELD),
        (
            "DGD alpha",
            {POLICY: {"labelKey": "a"}},
            {POLICY: {"labelKey": "z"}},
            "update-transfer-policy",
            POLICY_FIELD,
        ),
        ("DGD beta", {}, {LIMIT: "300"}, "update-power-limit", LIMIT_FIELD),
        ("DGD beta", {LIMIT: "300"}, {}, "update-power-limit", LIMIT_FIELD),
        ("DGD beta", {LIMIT: "300"}, {LIMIT: "400"}, "update-power-limit", LIMIT_FIELD),
        (
            "DGD beta",
            {LIMIT: "300"},
            {LIMIT: "300", f"{WORKER} podTemplate spec containers 1 resources limits nvidia.com/gpu": "2"},
            "update-power-limit",
            "spec.components[1].podTemplate.spec.containers[1].resources",
        ),
        *(
            (
                which,
                {"status rollingUpdate phase": phase},
                {"spec restart id": "7"},
                "update-restart",
                "spec.restart.id",
            )
            for which in ("DGD beta", "DGD alpha")
            for phase in ("Pending", "InProgress")
        ),
        ("DGD beta", SCALED, {**SCALED, COUNT: 3}, "update-replicas", "spec.components[1].replicas"),
        ("DGD beta", {**SCALED, COUNT: 2}, SCALED, "update-replicas", "spec.components[1].replicas"),
        ("DGD beta", {**SCALED, COUNT: 2}, {COUNT: 1}, "update-replicas", "spec.components[1].replicas"),
        ("DGD beta", {COUNT: 2}, {**SCALED, COUNT: 1}, "update-replicas", "spec.components[1].replicas"),
        # Upstream's webhook sees a graph of v1alpha1 in v1beta1, and names the field that it has there.
        (
            "DGD alpha",
            {ALPHA_SCALED: {"enabled": True}},
            {ALPHA_SCALED: {"enabled": True}, ALPHA_COUNT: 3},
            "update-replicas",
            "spec.components[1].replicas",
        ),
        ("DGD beta", {}, {IMAGE: "x:latest"}, "image-tag", "spec.components[1].runtimeVersionOverride"),
        ("DGD beta", {IMAGE: "x:a"}, {IMAGE: "x:b"}, "image-tag", "spec.components[1].runtimeVersionOverride"),
        ("DGDR beta", {"status phase": "Deployed"}, {"spec sla": {"ttft": 1}}, "update-phase", "spec"),
        ("DGDR alpha", {"status state": "Ready"}, {"spec autoApply": True}, "update-phase", "spec"),
        ("DGDR alpha", {"status state": "Profiling"}, {"spec useMocker": True}, "update-phase", "spec"),
        (
            "DGDR beta",
            {"status phase": "Ready", "spec autoApply": False},
            {"spec model": "m"},
            "update-phase",
            "spec",
        ),
        (
            "DGDR beta",
            {"status phase": "Profiling", "spec autoApply": False},
            {"spec autoApply": True},
            "update-phase",
            "spec",
        ),
        ("DM alpha", {}, {"spec modelType": "base"}, "update-model", "spec.modelType"),
        ("DM alpha", {}, {"spec baseModelName": "b"}, "update-model", "spec.baseModelName"),
    ],
)
def test_refused(make: Any, which: str, before: Object, after: Object, rule: str, field: str) -> None:  # noqa: PLR0917
    assert refused(make, which, before, after) == [(rule, field)]


@pytest.mark.parametrize(
    ("which", "before", "after"),
    [
        ("DGD beta", {}, {f"{WORKER} replicas": 3, IMAGE: "x:1.4.3"}),
        ("DGD beta", {IMAGE: "x:latest"}, {IMAGE: "x:latest", "metadata labels a": "b"}),
        ("DGD beta", {}, {IMAGE: "x:latest", "metadata deletionTimestamp": "2026-11-24T00:00:00Z"}),
        ("DGD beta", SCALED, {**SCALED, COUNT: 1}),
        ("DGD beta", {**SCALED, COUNT: 2}, {COUNT: 2}),
        ("DGD alpha", {ALPHA_SCALED: {"enabled": False}}, {ALPHA_SCALED: {"enabled": False}, ALPHA_COUNT: 3}),
        ("DGDR beta", {"status phase": "Deployed"}, {"metadata labels a": "b"}),
        ("DGDR beta", {"status phase": "Failed"}, {"spec model": "m"}),
        ("DGDR beta", {"status phase": "Pending"}, {"spec model": "m"}),
        ("DGDR beta", {"status phase": "Ready", "spec autoApply": False}, {"spec autoApply": True}),
        (
            "DGDR beta",
            {"status phase": "Profiling", "spec autoApply": False},
            {"spec autoApply": False, "spec runtimeVersionOverride": "1.4.2"},
        ),
        # A stored request of v1alpha1 is read without these; the API server fills them into each new one.
        ("DGDR alpha", {"status state": "Deploying"}, {"spec autoApply": False, "spec useMocker": False}),
        ("DGDR alpha", {"status state": "Profiling"}, {"spec runtimeVersionOverride": "1.4.2"}),
        ("DM alpha", {}, {"spec source uri": "s3://a"}),
        ("DGD beta", {}, {PROVIDER: "component"}),
        ("DGD beta", {"status rollingUpdate phase": "Completed"}, {"spec restart id": "7"}),
        (
            "DGD beta",
            {"status rollingUpdate phase": "InProgress", "spec restart id": "7"},
            {"spec restart id": "7", f"{WORKER} replicas": 3},
        ),
        ("DGD beta", {LIMIT: "300"}, {LIMIT: "300", f"{WORKER} replicas": 3}),
        ("DGD beta", {POLICY: {"labelKey": "z"}}, {POLICY: {"labelKey": "z"}, IMAGE: "x:1.4.3"}),
        ("DCD beta", {}, {"spec replicas": 3}),
        ("DGD beta", {f"{WORKER} multinode": {}}, {f"{WORKER} multinode": {"nodeCount": 2}}),
    ],
)
def test_let_through(make: Any, which: str, before: Object, after: Object) -> None:
    assert refused(make, which, before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "first", "message"),
    [
        (
            {f"{WORKER} multinode": {"nodeCount": 2}},
            {f"{WORKER} multinode": {"nodeCount": 4}},
            "v1.5.0",
            "Invalid value: 4: field is immutable",
        ),
        ({PROVIDER: "component"}, {PROVIDER: "grove"}, "main-1.5.0", 'Invalid value: "grove": field is immutable'),
        ({PROVIDER: "component"}, {}, "main-1.5.0", "Invalid value: null: field is immutable"),
        (SCALED, {**SCALED, COUNT: 3}, "main-1.5.0", f"Forbidden: {HELD}"),
    ],
)
def test_a_change_is_refused_from_a_release_on(
    make: Any, before: Object, after: Object, first: str, message: str
) -> None:
    items = make("DGD beta", after), make("DGD beta", before)
    said = {release: [fault.message for fault in update_faults(*items, release)] for release in RELEASES}
    start = RELEASES.index(first)
    assert said == {release: [message] * (index >= start) for index, release in enumerate(RELEASES)}


def test_operator_and_planner_change_what_an_adapter_holds(make: Any) -> None:
    old, new = make("DGD beta", SCALED), make("DGD beta", {**SCALED, COUNT: 3})
    assert [fault.rule for fault in update_faults(new, old, NEWEST)] == ["update-replicas"]
    assert list(update_faults(new, old, NEWEST, scales=True)) == []


def test_every_rule_about_changes_has_a_case() -> None:
    (marker,) = test_refused.pytestmark  # type: ignore[attr-defined]
    asked = {case[3] for case in marker.args[1]}
    assert {rule.name for rule in RULES.values() if rule.update} <= asked
