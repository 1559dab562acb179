"""What says that a node has GPUs: NVIDIA's extended resource, and the labels of its GPU feature discovery."""

from __future__ import annotations

import re

RESOURCE = "nvidia.com/gpu"
"""The resource that Pods ask for; the device plugin announces it."""
ACCELERATOR = re.compile(r"/.*(gpu|mig-|neuron|gaudi|tpu)|gpu[^/]*/", re.IGNORECASE)
"""Names of extended resources that are GPUs, parts of them, or what other vendors have in their place:
`nvidia.com/gpu.shared`, `nvidia.com/mig-1g.5gb`, `gpu.intel.com/xe`, `amd.com/gpu`, `habana.ai/gaudi`."""
COUNT = "nvidia.com/gpu.count"
PRODUCT = "nvidia.com/gpu.product"
MEMORY = "nvidia.com/gpu.memory"
"""The label with the memory of one GPU, in MiB."""
LABELS = (COUNT, PRODUCT, MEMORY)
RDMA_AVAILABLE = "feature.node.kubernetes.io/rdma.available"
RDMA_LABELS = ("nvidia.com/rdma.present", RDMA_AVAILABLE, "feature.node.kubernetes.io/network-sriov.capable")
"""Labels of nodes whose network has RDMA, any one of them."""
MOCK = "dynamo-docs/mock-gpus"
"""The label of nodes that this project gives GPUs which do not exist."""
MOCK_LABELS = (MOCK, "run.ai/simulated-gpu-node-pool")
"""Labels of nodes whose GPUs do not exist: this project's, and that of run.ai's fake-gpu-operator."""
