"""What a profiler that succeeds hands over, for the tests of requests."""

from __future__ import annotations

from typing import Any

GRAPH: dict[str, Any] = {
    "apiVersion": "nvidia.com/v1beta1",
    "kind": "DynamoGraphDeployment",
    "metadata": {"name": "vllm-agg-2b1f2225"},
    "spec": {
        "components": [
            {
                "name": "Frontend",
                "type": "frontend",
                "podTemplate": {"spec": {"containers": [{"name": "main", "image": "x/frontend:1.4.2"}]}},
            }
        ]
    },
}
