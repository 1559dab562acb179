"""Small valid objects of each kind and version, to be changed by tests."""

from __future__ import annotations

import copy
from typing import Any

import yaml

Object = dict[str, Any]
OBJECTS = {
    ("DynamoGraphDeployment", "v1beta1"): """
        spec:
          backendFramework: vllm
          components:
            - name: Frontend
              type: frontend
              podTemplate: {spec: {containers: [{name: main, image: "nvcr.io/x/vllm-runtime:1.4.2"}]}}
            - name: decode
              type: decode
              podTemplate:
                spec:
                  containers:
                    - {name: metrics, image: "exporter:latest"}
                    - name: main
                      image: nvcr.io/x/vllm-runtime:1.4.2
                      command: [python3, -m, dynamo.vllm]
                      resources: {limits: {nvidia.com/gpu: "1"}}
    """,
    ("DynamoGraphDeployment", "v1alpha1"): """
        spec:
          services:
            Frontend:
              componentType: frontend
              extraPodSpec: {mainContainer: {image: "nvcr.io/x/vllm-runtime:0.6.1"}}
            VllmWorker:
              componentType: worker
              resources: {limits: {gpu: "1"}}
              extraPodSpec:
                mainContainer: {image: "nvcr.io/x/vllm-runtime:0.6.1", command: [python3, -m, dynamo.vllm]}
    """,
    ("DynamoComponentDeployment", "v1beta1"): """
        spec:
          name: decode
          type: decode
          podTemplate: {spec: {containers: [{name: main, image: "vllm-runtime:1.4.2"}]}}
    """,
    ("DynamoComponentDeployment", "v1alpha1"): """
        spec:
          serviceName: VllmWorker
          componentType: worker
          extraPodSpec: {mainContainer: {image: "vllm-runtime:1.4.2"}}
    """,
    ("DynamoGraphDeploymentRequest", "v1beta1"): """
        spec: {model: Qwen/Qwen3-0.6B, backend: vllm, image: "dynamo-planner:1.4.2"}
    """,
    ("DynamoGraphDeploymentRequest", "v1alpha1"): """
        spec:
          model: Qwen/Qwen3-0.6B
          backend: vllm
          profilingConfig: {profilerImage: "vllm-runtime:0.6.1", config: {sla: {isl: 2048, ttft: 500, itl: 50}}}
    """,
    ("DynamoModel", "v1alpha1"): """
        spec: {modelName: llama-lora, baseModelName: llama, modelType: lora, source: {uri: "hf://a/b"}}
    """,
}
SHORT = {
    "DGD": "DynamoGraphDeployment",
    "DCD": "DynamoComponentDeployment",
    "DGDR": "DynamoGraphDeploymentRequest",
    "DM": "DynamoModel",
}


def make(which: str, changes: Object | None = None) -> Object:
    """An object ("DGD beta"), changed at paths whose steps spaces part; None removes.

    `{"spec components 0 replicas": 2}`
    """
    kind, version = SHORT[which.split(maxsplit=1)[0]], f"v1{which.split()[1]}1"
    item: Object = {"apiVersion": f"nvidia.com/{version}", "kind": kind, "metadata": {"name": "quickstart"}}
    item |= yaml.safe_load(OBJECTS[kind, version])
    for path, value in (changes or {}).items():
        put(item, path.split(), copy.deepcopy(value))
    return item


def put(item: Any, steps: list[str], value: Any) -> None:
    """Set what stands at a path, making what is missing on the way; None removes it."""
    for step in steps[:-1]:
        item = item[int(step)] if isinstance(item, list) else item.setdefault(step, {})
    last: Any = int(steps[-1]) if isinstance(item, list) else steps[-1]
    if value is None:
        del item[last]
    else:
        item[last] = value
