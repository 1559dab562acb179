"""What `docs-test validate` says of a manifest, and what the API server with the stand-in's webhook says."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import config

from dynamo_api.facts.kinds import KINDS
from dynamo_crd.admission.rule import Source
from dynamo_crd.admission.rules import RULES
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from groundwork.base.paths import root
from groundwork.base.problems import Problem, Stage
from groundwork.text.documents import read
from kube_manifests.check import Item, Validator
from mock_platform.install import KINDS as SERVED
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
    return value.get("kind") in SERVED and value.get("apiVersion") in versions


def of_the_server(problem: Problem) -> bool:
    """Whether the API server or the webhook would say it, not the profiler hours later."""
    name = problem.code.removeprefix("admission/")
    if problem.stage is Stage.ADMISSION:
        return RULES[name].source is Source.WEBHOOK
    return problem.counts and problem.code not in OURS_ALONE and problem.code != "namespace"  # Posted to default.


class Server:
    """The API server of a cluster, asked whether it would take objects. kubectl would start once for each."""

    def __init__(self, cluster: Cluster) -> None:
        self._client = config.new_client_from_config(str(cluster.kubeconfig))  # type: ignore[no-untyped-call]

    def refusal(self, value: dict[str, Any]) -> str:
        """What it says against a new object in the namespace `default`, unknown fields included; "" if nothing."""
        path = f"/apis/{value['apiVersion']}/namespaces/default/{KINDS[value['kind']].plural}"
        query = [("dryRun", "All"), ("fieldValidation", "Strict")]
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        asked = self._client.param_serialize("POST", path, query_params=query, header_params=headers, body=value)
        answer = self._client.call_api(*asked, _request_timeout=120)
        said = json.loads(answer.read())
        return "" if answer.status == HTTPStatus.CREATED else str(said["message"])


def test_admission_is_the_same_without_a_cluster(platform: Cluster) -> None:
    validator = Validator(release_schemas.of_release(), DynamoRules(RELEASE, ENVIRONMENT))
    server = Server(platform)
    compared = refused = 0
    apart = []
    for document in documents():
        ours = [problem for problem in validator.check([Item(document)]) if of_the_server(problem)]
        value = json.loads(json.dumps(document.value))
        value.get("metadata", {}).pop("namespace", None)
        theirs = server.refusal(value)
        compared += 1
        refused += theirs != ""
        if bool(ours) != bool(theirs):
            said = [f"{problem.path}: {problem.fact}" for problem in ours]
            apart.append(f"{document.position}: ours {said}, the server {theirs or 'takes it'}")
    assert apart == []
    assert compared - refused >= 10
    assert refused >= 20
