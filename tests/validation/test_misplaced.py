"""Unknown fields that are known elsewhere: the hint says where they belong, or what they are now."""

from __future__ import annotations

import pytest

from dynamo_crd.admission.rule import RELEASES
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from groundwork.text.documents import read
from kube_manifests.check import Item, Validator

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      containers:
        - name: main
          image: a
"""
HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 50}}]
"""
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {serviceName: a, servicePort: 80}}]}}]}
"""


def hints(text: str) -> dict[str, str]:
    validator = Validator(release_schemas.of_release(), DynamoRules(RELEASES[-1]))
    found = validator.check(map(Item, read(text, "a.yaml")))
    return {one.path.removeprefix("$."): one.hint for one in found if one.code == "unknown-field"}


@pytest.mark.parametrize(
    ("line", "path", "hint"),
    [
        ("namespace: b", "namespace", "write it in metadata: {namespace: ...}"),
        ("  volumes: []", "spec.volumes", "it belongs in $.spec.template.spec"),
        ("          limits: {cpu: 1}", "spec.template.spec.containers[0].limits",
         "it belongs in $.spec.template.spec.containers[0].resources"),
        ("          nodeSelector: {a: b}", "spec.template.spec.containers[0].nodeSelector",
         "it belongs in $.spec.template.spec"),
        ("    restartPolicy: Always", "spec.template.restartPolicy", "it belongs in $.spec.template.spec"),
        ("  replica: 2", "spec.replica", "did you mean 'replicas'?"),
    ],
)  # fmt: skip
def test_a_field_at_the_wrong_level(line: str, path: str, hint: str) -> None:
    assert hints(f"{DEPLOYMENT}{line}\n") == {path: hint}


def test_fields_of_versions_that_are_gone() -> None:
    at = "spec.rules[0].http.paths[0].backend."
    wanted = "write service: {name: NAME, port: {number: 80}}"
    assert hints(INGRESS) == {f"{at}serviceName": wanted, f"{at}servicePort": wanted}
    target = "write target: {type: Utilization, averageUtilization: 80}"
    assert hints(HPA) == {"spec.metrics[0].resource.targetAverageUtilization": target}


def test_a_large_object_is_not_for_apply() -> None:
    validator = Validator(release_schemas.of_release(), DynamoRules(RELEASES[-1]))
    for size, said in ((250_000, []), (270_000, ["kubectl apply --server-side keeps none"])):
        text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{a: {'x' * size}}}\n"
        assert [one.hint for one in validator.check(map(Item, read(text, "a.yaml")))] == said


@pytest.mark.parametrize("kind", ["2026-01-02", "my_kind", "a b"])
def test_what_is_no_name_of_a_kind(kind: str) -> None:
    validator = Validator(release_schemas.of_release(), DynamoRules(RELEASES[-1]))
    text = f"apiVersion: nvidia.com/v1beta1\nkind: {kind}\nmetadata: {{name: a}}\n"
    assert [one.code for one in validator.check(map(Item, read(text, "a.yaml")))] == ["unknown-kind"]
