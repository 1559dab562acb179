"""Changed Pods and objects beside them get a real API server's verdict; components that make such Pods, advice."""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml

from dynamo_crd.admission.rule import RELEASES
from dynamo_crd.advice import advice
from kube_manifests.objects import built_in
from support.validation.object_changes import changed_objects
from support.validation.pod_mutants import PodMutant, pod_mutants

pytestmark = pytest.mark.apiserver

SEED = int(os.environ.get("DOCS_SEED", "1"))
SHOWN = 20


def as_pod(mutant: PodMutant) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": mutant.spec}


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.soak(part="apiserver"))])
def test_changed_pods_get_the_verdict_of_the_server(count: int, server: Any, make: Any) -> None:
    apart, refused = [], 0
    graph = make("DGD beta")
    for mutant in pod_mutants(count, seed=SEED):
        pod = as_pod(mutant)
        theirs = server(yaml.safe_dump(pod))
        ours = built_in.check(pod)
        refused += not theirs.valid
        graph["spec"]["components"][0]["podTemplate"]["spec"] = mutant.spec
        told = any(error.code == "advice/pod" for _, error in advice.check([graph], RELEASES[-1]))
        # A component may leave the image to the operator; of all else the same is said, as advice.
        if bool(ours) != told and not all("image" in error.path for error in ours):
            apart.append(f"{mutant}\n  a Pod {[error.fact for error in ours]}\n  advice about a component: {told}")
        if theirs.valid == bool(ours):
            apart.append(
                f"{mutant}\n  ours {[error.fact for error in ours]}\n  server {theirs.said or 'takes it'}"
            )
    assert not apart, f"{len(apart)} of {count} differ (DOCS_SEED={SEED})\n" + "\n".join(apart[:SHOWN])
    assert count * 0.2 <= refused <= count * 0.8


def test_changed_objects_beside_them_get_the_verdict_of_the_server(server: Any) -> None:
    apart = []
    for done, item in changed_objects():
        theirs, ours = server(yaml.safe_dump(item)), built_in.check(item)
        if theirs.valid == bool(ours):
            apart.append(f"{done}\n  ours {[error.fact for error in ours]}\n  server {theirs.said or 'takes it'}")
    assert not apart, "\n".join(apart[:SHOWN])
