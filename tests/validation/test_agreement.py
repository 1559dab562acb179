"""This project's verdict on a manifest against a real API server's: the same, and naming no field less.

The server runs no admission: schema and rules are compared here, whatever Dynamo's webhook would add.
"""

from __future__ import annotations

import os

import pytest

from dynamo_crd.schemas.compile import crds
from support.validation.manifests import all_manifests, sources
from support.validation.mutants import mutants
from support.validation.verdicts import difference, judge, report

pytestmark = pytest.mark.apiserver

SEED = int(os.environ.get("DOCS_SEED", "1"))
"""Another seed makes other mutants: for whoever looks for more than the tests do."""

REQUEST = """
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeploymentRequest
metadata: {name: a, labels: {}}
spec: {model: m, backend: vllm, profilingConfig: {}}
"""
FOUND = [
    ("labels: {}", "labels: {a b: null}"),  # A null is an empty value here, its key is held to the rules.
    ("labels: {}", "annotations: {a//b: null}"),
    ("spec:", "status: {state: x, generatedDeployment: {}}\nspec:"),  # Dropped, so nothing is required of it;
    ("spec:", "status: {state: x, generatedDeployment: {kind: 5}}\nspec:"),  # decoded before.
    ("spec:", "status: {state: x, generatedDeployment: {metadata: {labels: {a: 5}}}}\nspec:"),
    ("spec:", "status: {state: x, generatedDeployment: {metadata: {lables: {}}}}\nspec:"),
]
"""What mutants of other seeds once found, from text to text."""

SHOWN = 5
"""Disagreements that a failure prints in full."""


KNOWN = {
    "elision-at-margin.yaml": (
        "ours says invalid, the server valid",
        "The server reads nothing after `...`, and kubectl sends that as another document: it is lost.",
    ),
    "deployment-selector.yaml": (
        "the server names ['spec.template.metadata.labels'], ours does not",
        "Of Kubernetes' own kinds the schema is checked, not what Go code adds: that no selector matches labels.",
    ),
}
"""Cases in which the two differ: how, and why that is meant."""


@pytest.mark.parametrize("manifest", all_manifests(), ids=str)
def test_manifests_get_the_verdict_of_the_server(manifest, server, ours):
    said, _why = KNOWN.get(manifest.name.rpartition("/")[2], ("", ""))
    told = judge(manifest.text, server=server, ours=ours)
    assert told.startswith(said) if said else not told


@pytest.mark.parametrize(("right", "wrong"), FOUND, ids=[wrong for _, wrong in FOUND])
def test_what_was_found_stays_mended(right, wrong, server, ours):
    assert right in REQUEST
    assert not judge(REQUEST.replace(right, wrong, 1), server=server, ours=ours)


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.soak(part="apiserver"))])
def test_mutants_get_the_verdict_of_the_server(count, server, ours):
    seeds = sources(all_manifests(), crds())
    found = []
    for mutant in mutants(seeds, count, seed=SEED):
        theirs, mine = server(mutant.text), ours(mutant.text)
        if difference(mine, theirs):
            found.append(f"==== mutant {mutant} (DOCS_SEED={SEED})\n{report(mutant.text, mine, theirs)}")
    assert not found, f"{len(found)} of {count} disagree\n" + "\n".join(found[:SHOWN])
