"""The two engines answer the same, whatever is changed in an object; and the one that is used is fast."""

from __future__ import annotations

import copy
import random
from functools import partial
from pathlib import Path

import yaml

from dynamo_crd.schemas import release_schemas
from kube_manifests.structure import engines, jsonschema_engine, structure, walk
from support.cost import least_seconds

HERE = Path(__file__).parent
GOOD = yaml.safe_load((HERE / "probe-good.yaml").read_text(encoding="utf-8"))
POOL = [
    None, 0, 1, -1, 1.5, 1e21, 2**63, True, "", "a", "ab", "A", "1h", "1.5GB", "a b", [], {}, [None], ["a", "a"],
    [{}],
    {"a": None}, {"k": "v"}, {"a": {"b": 1}}, [{"name": "a"}, {"name": "a"}], [[1]],
]  # fmt: skip
PODS = """
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: graph, labels: {a: b}}
spec:
  backendFramework: vllm
  env:
    - {name: HF_HOME, value: /models}
  components:
    - name: Frontend
      type: frontend
      replicas: 1
      podTemplate:
        spec:
          containers:
            - name: main
              image: nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2
              ports:
                - containerPort: 8000
    - name: decode
      type: decode
      replicas: 2
      multinode: {nodeCount: 2}
      podTemplate:
        metadata: {annotations: {a: b}}
        spec:
          nodeSelector: {a: b}
          volumes:
            - name: models
              persistentVolumeClaim: {claimName: models}
          containers:
            - name: main
              image: nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2
              command: [python3]
              args: [-m, dynamo.vllm, --model, Qwen/Qwen3-0.6B]
              env:
                - {name: A, value: b}
                - name: TOKEN
                  valueFrom:
                    secretKeyRef: {name: hf, key: token}
              resources:
                limits: {nvidia.com/gpu: 1, memory: 1.5Gi}
              readinessProbe:
                httpGet: {path: /health, port: 9090}
                periodSeconds: 10
              volumeMounts:
                - {name: models, mountPath: /models}
"""


def places(value, path=()):
    yield path
    for key, one in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(one, (*path, key))


def mutant(seed):
    chance = random.Random(seed)  # noqa: S311 - the same every time
    value = copy.deepcopy(GOOD)
    for _ in range(chance.choice([1, 1, 2, 3])):
        path = chance.choice([one for one in places(value) if one and one[0] not in ("apiVersion", "kind")])
        at = value
        for step in path[:-1]:
            at = at[step]
        if chance.random() < 0.2:
            del at[path[-1]]
        else:
            at[path[-1]] = copy.deepcopy(chance.choice(POOL))
    return value


def test_both_engines_say_the_same_of_mutants():
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    schema = release_schemas.of_crds([crd]).find("probe.example.com/v1", "Thing")
    wrong = 0
    for seed in range(400):
        value = mutant(seed)
        ours = structure.check(value, schema)
        assert ours == structure.check(value, schema, engine=jsonschema_engine.check), f"seed {seed}"
        wrong += bool(ours[1])
    assert 200 < wrong < 400


def test_names_of_engines():
    assert [engines.named(name) for name in engines.NAMES] == [walk.check, jsonschema_engine.check]


def test_the_engine_that_is_used_is_the_faster_one():
    value = yaml.safe_load(PODS)
    schema = release_schemas.of_release().find(value["apiVersion"], value["kind"])
    used = partial(structure.check, value, schema)
    other = partial(used, engine=jsonschema_engine.check)
    assert used()[1] == other()[1] == []
    ours, theirs = least_seconds(lambda: [used() for _ in range(50)], lambda: [other() for _ in range(50)])
    assert ours < theirs, "half on an idle machine"
