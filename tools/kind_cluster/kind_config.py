"""Configuration of kind and of the node: networking, the kubelet, containerd, and where images come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from groundwork.system.processes import run
from kind_cluster.node_image import built_here

if TYPE_CHECKING:
    from kind_cluster.registry import Registry

CONTAINERD = """\
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"
"""
"""Scores below the runtime's own need CAP_SYS_RESOURCE, which some machines withhold. kind's own configuration
is of version 2 in every image of its release, and containerd 2 reads that, too."""


def kind_config(image: str) -> str:
    """The configuration that `kind create cluster` gets for this node image.

    The image built from source connects one node's Pods with a ptp configuration that lies in it; one that was
    pulled has none, but carries kind's own network add-on.
    """
    kubelet = {
        "kind": "KubeletConfiguration",
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "failCgroupV1": False,
    }
    config = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "networking": {"disableDefaultCNI": built_here(image)},
        "nodes": [{"role": "control-plane"}],
        "kubeadmConfigPatches": [yaml.safe_dump(kubelet)],
        "containerdConfigPatches": [CONTAINERD],
    }
    return yaml.safe_dump(config, sort_keys=False)


def use_registry(node: str, registry: Registry) -> None:
    """Make a node ask this registry first for every image name."""
    path = "/etc/containerd/certs.d/_default"
    run(
        ["docker", "exec", "-i", node, "sh", "-c", f"mkdir -p {path} && cat > {path}/hosts.toml"],
        stdin=registry.hosts_toml.encode(),
        what="telling the node of the cluster's registry",
    )
