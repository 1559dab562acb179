"""The claims of a graph made as v1alpha1 (`spec.pvcs`): made where it says so, missed aloud where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from dynamo_api import conversion
from dynamo_api.facts import kinds

Object = dict[str, Any]
CLAIM = {
    "create": True,
    "name": "pp",
    "size": "1Gi",
    "storageClass": "standard",
    "volumeAccessMode": "ReadWriteOnce",
}


@pytest.fixture
def alpha(facts: Object) -> Object:
    """The graph of the facts as v1alpha1 says it, with a claim."""
    made: Object = conversion.convert(facts["graph"], "nvidia.com/v1alpha1")
    made["spec"]["pvcs"] = [CLAIM]
    return made


def stored(alpha: Object) -> Object:
    made: Object = conversion.convert(alpha, "nvidia.com/v1beta1")
    return made


def ready(api: Any) -> Object:
    (found,) = api.named(kinds.GRAPH, "agg")["status"]["conditions"]
    return dict(found)


def test_a_claim_is_made_as_it_is_asked_for_and_goes_with_the_graph(
    api: Any, operator: Any, alpha: Object
) -> None:
    api.create(stored(alpha))
    operator.settle()
    (claim,) = api.of_kind("PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "pp"
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "standard",
    }
    (owner,) = claim["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == (kinds.GRAPH, "agg", True)
    api.run_pods()
    operator.settle()
    assert ready(api)["status"] == "True"
    api.delete(api.named(kinds.GRAPH, "agg"))
    operator.settle()
    assert not api.of_kind("PersistentVolumeClaim")


def test_a_claim_that_is_there_is_left_as_it_is(api: Any, operator: Any, alpha: Object) -> None:
    metadata = {"name": "pp", "namespace": "demo"}
    mine = api.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {}})
    api.create(stored(alpha))
    operator.settle()
    assert api.named("PersistentVolumeClaim", "pp") == mine
    assert api.of_kind("Deployment")


@pytest.mark.parametrize("named", [{**CLAIM, "create": False}, {"name": "pp"}])
def test_a_claim_that_is_not_there_and_not_to_be_made_is_told(
    api: Any, operator: Any, alpha: Object, named: Object
) -> None:
    alpha["spec"]["pvcs"] = [named]
    api.create(stored(alpha))
    operator.settle()
    assert (ready(api)["status"], ready(api)["reason"]) == ("False", "failed_to_reconcile_the_resources")
    assert "PersistentVolumeClaim pp" in ready(api)["message"]
    assert not api.of_kind("Deployment")


def test_a_graph_of_v1beta1_has_none(api: Any, operator: Any, facts: Object) -> None:
    api.create(facts["graph"])
    operator.settle()
    assert not api.of_kind("PersistentVolumeClaim")
