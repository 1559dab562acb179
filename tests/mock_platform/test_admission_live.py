"""What `docs-test validate` says of a manifest, and what the API server with the stand-in's webhook says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dynamo_crd.admission.rule import Source
from dynamo_crd.admission.rules import RULES
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from groundwork.base.paths import root
from groundwork.base.problems import Problem, Stage
from groundwork.text.documents import read
from kube_manifests.check import Item, Validator
from mock_platform.install import KINDS
from mock_platform.operator.webhook.admission import ENVIRONMENT, RELEASE

if TYPE_CHECKING:
    from groundwork.text.model import Document
    from kind_cluster.kind import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.image, pytest.mark.xdist_group("requests")]
FOLDERS = ("examples", "tests/cases/manifests")
OURS_ALONE = {"placeholder", "elision"}
"""What a server takes literally."""
FILLED_IN = {"alpha-profiling-missing.yaml"}
"""Invalid as written, but the webhook that sets the profiler's image makes the missing parent on its way."""


def documents() -> list[Document]:
    """The documents of the served kinds, of examples and cases."""
    found = []
    for folder in FOLDERS:
        for path in sorted(Path(root(), folder).rglob("*.yaml")):
            if path.name not in FILLED_IN:
                found += [one for one in read(path.read_text(), path.name) if served(one)]
    return found


def served(document: Document) -> bool:
    value = document.value
    if not isinstance(value, dict) or any(error.stage is Stage.READ for error in document.errors):
        return False
    versions = ("nvidia.com/v1alpha1", "nvidia.com/v1beta1")
    return value.get("kind") in KINDS and value.get("apiVersion") in versions


def of_the_server(problem: Problem) -> bool:
    """Whether the API server or the webhook would say it, not the profiler hours later."""
    name = problem.code.removeprefix("admission/")
    if problem.stage is Stage.ADMISSION:
        return RULES[name].source is Source.WEBHOOK
    return problem.counts and problem.code not in OURS_ALONE and problem.code != "namespace"  # Posted to default.


def test_admission_is_the_same_without_a_cluster(platform: Cluster) -> None:
    validator = Validator(release_schemas.of_release(), DynamoRules(RELEASE, ENVIRONMENT))
    compared = refused = 0
    apart = []
    for document in documents():
        ours = [problem for problem in validator.check([Item(document)]) if of_the_server(problem)]
        kubectl = [str(platform.kubectl), "--kubeconfig", str(platform.kubeconfig)]
        command = [*kubectl, "create", "--dry-run=server", "--validate=strict", "-n", "default", "-f", "-"]
        value = json.loads(json.dumps(document.value))
        value.get("metadata", {}).pop("namespace", None)
        done = subprocess.run(
            command, input=json.dumps(value), capture_output=True, text=True, check=False, timeout=120
        )
        compared += 1
        refused += done.returncode != 0
        if bool(ours) != (done.returncode != 0):
            said = [f"{problem.path}: {problem.fact}" for problem in ours]
            apart.append(f"{document.position}: ours {said}, the server {done.stderr.strip() or 'takes it'}")
    assert apart == []
    assert compared - refused >= 10
    assert refused >= 20
