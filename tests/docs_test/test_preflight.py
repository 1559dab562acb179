"""What a cluster has beside what pages need, on clusters recorded as the JSON of their API objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.clusters.fit import look, report
from docs_test.language.needs import described, lacking, read_needs
from docs_test.model import SkipKind
from docs_test.tutorials.build import read_tutorials
from dynamo_docs.inventory import DynamoInventory
from dynamo_docs.needs import VOCABULARY
from dynamo_docs.product import Dynamo

if TYPE_CHECKING:
    from collections.abc import Callable


CLUSTERS = Path(__file__).with_name("clusters")

PAGE = """---
tutorial:
  needs: {needs}
---
# Page

```bash {{ .run }}
echo anywhere
```

```bash {{ .run data-needs="real-gpu" }}
echo fast
```

```console {{ .output }}
fast
```

```bash {{ .skip data-reason="takes real GPUs" data-runs-on="gpu" }}
echo measured
```

<!-- check: true -->
<!-- check data-needs="real-gpu": test 1000 -gt 999 -->
"""
PAGES = {
    "any.md": "{}",
    "eight.md": "{gpu: {count: 8, model: H100, memory: 80GB, real: true}, operator: '>=1.3,<2'}",
    "stored.md": "{storage: true, monitoring: [prometheus, grafana]}",
    "wide.md": "{network: rdma, helm: true}",
    "outside.md": "[cluster-scope]",
}


class Recorded:
    """A kubectl whose cluster is a file."""

    def __init__(self, name: str) -> None:
        self.cluster = json.loads((CLUSTERS / f"{name}.json").read_text(encoding="utf-8"))

    def json(self, *words: str) -> Any:
        if words[:2] == ("get", "--raw"):
            versions = {f"/apis/{item['groupVersion']}": item for item in self.cluster["served"]}
            return {"/version": self.cluster["version"], "/apis": self.cluster["groups"], **versions}[words[2]]
        return self.cluster["objects"]


def found(name: str) -> DynamoInventory:
    return looked(Recorded(name))


def looked(recorded: Recorded) -> DynamoInventory:
    inventory = look(recorded, Dynamo(), cluster_scope=False)  # type: ignore[arg-type]
    assert isinstance(inventory, DynamoInventory)
    return inventory


def preflight(name: str, site_with: Callable[..., Path]) -> list[str]:
    inventory = found(name)
    root = site_with({page: PAGE.format(needs=needs) for page, needs in PAGES.items()})
    tutorials = read_tutorials(root).tutorials(capabilities=inventory.capabilities(), inventory=inventory)
    return list(report(inventory, tutorials, VOCABULARY))


WITHOUT_GPU = """\
the cluster has:
  Kubernetes    1.34.2, 2 nodes
  GPUs          none
  operator      1.4.0, real (nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.4.0)
  API versions  dynamocomponentdeployments v1alpha1 v1beta1; dynamographdeploymentrequests v1alpha1 v1beta1; \
dynamographdeployments v1alpha1 v1beta1; dynamographdeploymentscalingadapters v1alpha1 v1beta1
  storage       standard (default)
  Prometheus    none
  Grafana       none
  network       no RDMA
the pages need:
  docs/any.md: a cluster; runs
    without docs/any.md:11: the environment has no real-gpu
    without docs/any.md:15: its command is not run
    without docs/any.md:24: the environment has no real-gpu
  docs/eight.md: 8 x real H100 of 80GB, operator >=1.3,<2; skipped: the environment has no gpu or real-gpu
  docs/outside.md: cluster-scope; skipped: the environment has no cluster-scope
  docs/stored.md: storage, monitoring prometheus, grafana; skipped: the environment has no prometheus or grafana
  docs/wide.md: network rdma, the real operator; skipped: the environment has no rdma
"""
H100X8 = """\
the cluster has:
  Kubernetes    1.35.1, 2 nodes
  GPUs          8 x NVIDIA-H100-80GB-HBM3, 81559 MiB each
  operator      1.4.0, real (mirror.example/ai/kubernetes-operator:1.4.0@sha256:{zeros})
  API versions  dynamocomponentdeployments v1alpha1 v1beta1; dynamographdeploymentrequests v1alpha1 v1beta1; \
dynamographdeployments v1alpha1 v1beta1; dynamographdeploymentscalingadapters v1alpha1 v1beta1
  storage       nfs, weka
  Prometheus    monitoring/kube-prometheus-stack-prometheus
  Grafana       monitoring/kube-prometheus-stack-grafana
  network       RDMA
the pages need:
  docs/any.md: a cluster; runs
  docs/eight.md: 8 x real H100 of 80GB, operator >=1.3,<2; runs
  docs/outside.md: cluster-scope; skipped: the environment has no cluster-scope
  docs/stored.md: storage, monitoring prometheus, grafana; skipped: the environment has no storage
  docs/wide.md: network rdma, the real operator; runs
""".replace("{zeros}", "0" * 64)
WITHOUT_OPERATOR = """\
the cluster has:
  Kubernetes    1.33.5, 3 nodes
  GPUs          2 x GPU of unknown model; 1 x NVIDIA-L4, 23034 MiB each
  operator      none
  API versions  dynamographdeploymentrequests v1alpha1; dynamographdeployments v1alpha1
  storage       gp3 (default)
  Prometheus    none
  Grafana       none
  network       no RDMA
the pages need:
  docs/any.md: a cluster; runs
  docs/eight.md: 8 x real H100 of 80GB, operator >=1.3,<2; skipped: it needs 8 x real H100 of 80GB, \
the cluster has 2 x GPU of unknown model, 1 x NVIDIA-L4; it needs operator >=1.3,<2, the cluster has none
  docs/outside.md: cluster-scope; skipped: the environment has no cluster-scope
  docs/stored.md: storage, monitoring prometheus, grafana; skipped: the environment has no prometheus or grafana
  docs/wide.md: network rdma, the real operator; skipped: the environment has no rdma or helm
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("without-gpu", WITHOUT_GPU), ("h100x8", H100X8), ("without-operator", WITHOUT_OPERATOR)],
)
def test_preflight_on_recorded_clusters(name: str, expected: str, site_with: Callable[..., Path]) -> None:
    assert "\n".join(preflight(name, site_with)) + "\n" == expected


def test_what_only_real_gpus_prove_runs_only_there(site_with: Callable[..., Path]) -> None:
    root = site_with({"any.md": PAGE.format(needs="{}")})
    for name, codes in {
        "without-gpu": ["echo anywhere", "true"],
        "h100x8": ["echo anywhere", "echo fast", "echo measured", "true", "test 1000 -gt 999"],
    }.items():
        inventory = found(name)
        (tutorial,) = read_tutorials(root).tutorials(capabilities=inventory.capabilities(), inventory=inventory)
        assert [step.code for step in tutorial.steps] == codes
        kinds = [skip.kind for skip in tutorial.skipped]
        assert kinds == (
            [] if name == "h100x8" else [SkipKind.MISSING] * 2 + [SkipKind.DECLARED, SkipKind.MISSING]
        )


@pytest.mark.parametrize(
    ("name", "tier"), [("without-gpu", "operator"), ("h100x8", "gpu"), ("without-operator", "mock")]
)
def test_what_a_result_proves(name: str, tier: str) -> None:
    assert found(name).tier == tier


def changed(name: str, kind: str, **metadata: Any) -> DynamoInventory:
    recorded = Recorded(name)
    for item in recorded.cluster["objects"]["items"]:
        if item["kind"] == kind:
            item["metadata"]["labels"] |= metadata.get("labels", {})
            for container in item.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
                container.update(metadata.get("container", {}))
    return looked(recorded)


def test_the_stand_in_and_mock_gpus_are_told_from_the_real_ones() -> None:
    stand_in = changed("h100x8", "Deployment", labels={"dynamo-docs/mock": "true"})
    assert stand_in.operator is not None
    assert (stand_in.operator.kind, stand_in.tier) == ("mock", "mock")
    other = changed("h100x8", "Deployment", container={"image": "mirror.example/stand-in:1.4.0", "args": []})
    assert other.operator is not None
    assert (other.operator.kind, other.operator.version, other.tier) == ("unknown", "1.4.0", "mock")
    for label in ("dynamo-docs/mock-gpus", "run.ai/simulated-gpu-node-pool"):
        mock = changed("h100x8", "Node", labels={label: "x"})
        assert str(mock.gpus[0]) == "8 x NVIDIA-H100-80GB-HBM3 (mock)"
        assert mock.tier == "operator"
        assert "real-gpu" not in mock.capabilities()


@pytest.mark.parametrize(
    ("needs", "name", "reason"),
    [
        ({"gpu": 8}, "h100x8", ""),
        ({"gpu": 9}, "h100x8", "it needs 9 x GPU, the cluster has 8 x NVIDIA-H100-80GB-HBM3"),
        ({"gpu": {"model": ["H200", "h100"]}}, "h100x8", ""),
        ({"gpu": {"model": "H10"}}, "h100x8", "it needs 1 x H10, the cluster has 8 x NVIDIA-H100-80GB-HBM3"),
        ({"gpu": {"memory": "79Gi"}}, "h100x8", ""),
        (
            {"gpu": {"memory": "80Gi"}},
            "h100x8",
            "it needs 1 x GPU of 80Gi, the cluster has 8 x NVIDIA-H100-80GB-HBM3",
        ),
        ({"gpu": 3}, "without-operator", ""),
        ({"gpu": {"count": 2, "model": "L4"}}, "without-operator", "it needs 2 x L4, "),
        ({"operator": ">=1.4"}, "h100x8", ""),
        ({"operator": ">1.4"}, "h100x8", "it needs operator >1.4, the cluster's is 1.4.0"),
        ({"operator": ">=1"}, "without-operator", "it needs operator >=1, the cluster has none"),
        ({"storage": False, "monitoring": "grafana", "network": ["rdma"]}, "h100x8", ""),
    ],
)
def test_numbers_models_and_ranges(needs: dict[str, Any], name: str, reason: str) -> None:
    inventory = found(name)
    said = lacking(read_needs(needs, VOCABULARY), inventory.capabilities(), inventory, VOCABULARY)
    assert said.startswith(reason)
    assert bool(said) is bool(reason)
    assert described(needs, VOCABULARY)


def test_a_development_version_comes_before_its_release() -> None:
    dev = changed("h100x8", "Deployment", container={"args": ["--operator-version=1.5.0-dev"]})
    assert lacking({"operator": ">=1.4"}, frozenset(), dev, VOCABULARY) == ""
    said = lacking({"operator": ">=1.5"}, frozenset(), dev, VOCABULARY)
    assert said == "it needs operator >=1.5, the cluster's is 1.5.0-dev"


@pytest.mark.parametrize(
    ("needs", "fact"),
    [
        ("gpu", "'needs' is neither a list nor a mapping"),
        (["gpus"], "'needs' names the unknown 'gpus'"),
        ({"gpu": 0}, "gpu: 0 is not a number of GPUs"),
        ({"gpu": "8"}, "gpu: '8' is not a number of GPUs"),
        ({"gpu": {"count": True, "modell": "H100"}}, "gpu: 'modell' is not a key"),
        ({"gpu": {"model": [8]}}, "gpu: the model [8] is not a name"),
        ({"gpu": {"memory": "80"}}, "gpu: the memory '80' is not an amount"),
        ({"gpu": {"real": "yes"}}, "gpu: real is 'yes'"),
        ({"operator": "1.3"}, "operator: '1.3' is not a range of versions"),
        (["operator"], "operator: True is not a range of versions"),
        ({"monitoring": "loki"}, "monitoring: 'loki' is not prometheus or grafana"),
        ({"network": True}, "network: True is not rdma"),
        ({"storage": "fast"}, "storage: 'fast' is neither true nor false"),
    ],
)
def test_needs_that_cannot_be_understood(needs: Any, fact: str) -> None:
    with pytest.raises(ValueError, match=r"gpu|operator|monitoring|network|storage|needs") as caught:
        read_needs(needs, VOCABULARY)
    assert caught.value.args[0] == fact
    assert caught.value.args[1], "a hint"
