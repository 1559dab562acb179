"""`docs-test run --kubeconfig` on a cluster prepared apart: it is left as it was, and pages get no further."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.clusters.given_cluster import PERMISSION
from docs_test.clusters.namespaces import ALLOW, own_namespace
from docs_test.clusters.snapshot import snapshot
from dynamo_docs.product import Dynamo
from groundwork.base.errors import ExitStatus
from groundwork.kube.kubectl import Kubectl
from support.namespace import without_other_tests
from support.shared_cluster import GPUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kind_cluster.kind import Cluster

pytestmark = pytest.mark.cluster

HEAD = "---\ntutorial: {needs: {gpu: 1}}\n---\n# X\n"
GOOD = """
```bash { .run }
kubectl create configmap made --from-literal=a=b
kubectl get nodes -o custom-columns='GPUS:.status.allocatable.nvidia\\.com/gpu'
kubectl get crd dynamographdeployments.nvidia.com -o name
kubectl wait --for=create serviceaccount/default
```

```bash { .run }
printf '%s\\n' 'apiVersion: v1' 'kind: Pod' 'metadata: {name: host}' 'spec:' \\
  '  containers: [{name: x, image: x}]' '  volumes: [{name: host, hostPath: {path: /etc/kubernetes}}]' >pod.yaml
refused() {
  if "$@" >out 2>&1; then echo "not refused: $*"; cat out; return 1; fi
  grep -qiE 'forbidden|denied' out
}
refused kubectl get secrets -n kube-system
refused kubectl get pods -n dynamo-system
refused kubectl get configmaps -A
refused kubectl get namespaces
refused kubectl create namespace other
refused kubectl apply -f pod.yaml
NAME=$(kubectl config view --minify -o jsonpath='{..namespace}')
refused kubectl label namespace "$NAME" pod-security.kubernetes.io/enforce-
refused kubectl create rolebinding more --clusterrole=cluster-admin --serviceaccount="$NAME:docs-test"
refused kubectl label node --all mine=yes
refused kubectl delete crd dynamographdeployments.nvidia.com
```

```bash { .run .cleanup }
kubectl delete configmap made
```
"""
HANGS = """
```bash { .run data-timeout="5m" }
kubectl create configmap made --from-literal=a=b
sleep 240
```

```bash { .run .cleanup }
kubectl delete configmap made --ignore-not-found
```
"""


@pytest.fixture(scope="module")
def kubectl(platform: Cluster) -> Iterator[Kubectl]:
    """Of the shared cluster, in which somebody allowed docs-test to run."""
    path = f"{platform.kubectl.parent}:{os.environ['PATH']}"
    given = Kubectl({**os.environ, "PATH": path, "KUBECONFIG": str(platform.kubeconfig)})
    yield given
    given.run("delete", "--ignore-not-found", "-f", str(ALLOW))


@pytest.fixture
def start(
    kubectl: Kubectl, site_with: Callable[..., Path], tmp_path: Path
) -> Callable[..., subprocess.Popen[str]]:
    """Start docs-test on a page."""

    def begin(page: str) -> subprocess.Popen[str]:
        root = site_with({"x.md": HEAD + page})
        command = [sys.executable, "-m", "docs_test", "run", "--root", str(root)]
        command += ["--kubeconfig", kubectl.env["KUBECONFIG"], "--results", str(tmp_path / "results.json")]
        env = {**kubectl.env, "XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path)}
        return subprocess.Popen(command, env=env, text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE)

    return begin


def said(process: subprocess.Popen[str], status: int) -> str:
    out, error = process.communicate(timeout=300)
    assert process.returncode == status, out + error
    assert "Traceback" not in error
    return error


def objects(kubectl: Kubectl) -> set[str]:
    return without_other_tests(snapshot(kubectl))


def own(kubectl: Kubectl) -> list[str]:
    labels = "app.kubernetes.io/managed-by=docs-test,dynamo-docs/owner,dynamo-docs/expires"
    return kubectl.run("get", "namespaces", "-l", labels, "-o", "jsonpath={.items[*].metadata.name}").split()


def until_made(kubectl: Kubectl) -> str:
    """Wait for the page's object; returns its namespace."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for name in own(kubectl):
            if kubectl.read("get", "configmap", "made", "-n", name, "-o", "name"):
                return name
        time.sleep(0.2)
    raise AssertionError("the page did not get there")


def test_a_cluster_that_nobody_allowed(start: Callable[..., subprocess.Popen[str]], kubectl: Kubectl) -> None:
    kubectl.run(
        "delete", "--ignore-not-found", "-n", "kube-system", PERMISSION
    )  # Another test may have allowed it.
    before = objects(kubectl)
    error = said(start(GOOD), ExitStatus.ENVIRONMENT)
    assert "docs-test is not allowed to run in this cluster\nhint: kubectl " in error
    assert objects(kubectl) == before


def test_pages_pass_and_the_cluster_is_as_it_was(
    start: Callable[..., subprocess.Popen[str]], kubectl: Kubectl, tmp_path: Path
) -> None:
    kubectl.run("apply", "-f", str(ALLOW))
    before = objects(kubectl)
    error = said(start(GOOD), ExitStatus.OK)
    assert f"GPUs          {GPUS} x NVIDIA-H100-80GB-HBM3 (mock), 81559 MiB each" in error
    assert "docs/x.md: 1 x GPU; runs" in error
    assert "ran on: the given cluster, operator: mock" in error
    assert objects(kubectl) == before
    environment = json.loads((tmp_path / "results.json").read_text())["environment"]
    assert (environment["platform"], environment["tier"]) == ("cluster", "mock")


def test_a_killed_run_leaves_a_labelled_namespace_which_the_next_one_removes(
    start: Callable[..., subprocess.Popen[str]], kubectl: Kubectl
) -> None:
    kubectl.run("apply", "-f", str(ALLOW))
    before = objects(kubectl)
    process = start(HANGS)
    name = until_made(kubectl)
    process.kill()
    process.communicate()
    left = objects(kubectl) - before
    assert f"namespaces//{name}" in left
    assert {item for item in left if f"/{name}/" not in item} == {f"namespaces//{name}"}

    interrupted = start(HANGS)
    second = until_made_beside(kubectl, name)
    interrupted.send_signal(signal.SIGTERM)
    error = said(interrupted, ExitStatus.INTERRUPTED)
    assert f"removing what killed runs left: namespace {name}" in error
    assert second != name
    assert own(kubectl) == []
    assert objects(kubectl) == before


def until_made_beside(kubectl: Kubectl, old: str) -> str:
    while (name := until_made(kubectl)) == old:
        time.sleep(0.2)
    return name


def test_accounts_in_our_own_clusters_can_do_no_more(kubectl: Kubectl, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"

    def can(content: str, *words: str) -> bool:
        file.write_text(content)
        page = Kubectl({**kubectl.env, "KUBECONFIG": str(file)})
        return page.read("auth", "can-i", *words).strip() == "yes"

    with own_namespace(kubectl, print, ours=True, groups=Dynamo.api_groups) as mine:
        for content in (mine.kubeconfig, mine.cluster_kubeconfig):
            assert can(content, "create", "dynamographdeployments.nvidia.com")
            assert can(content, "create", "pods", "--subresource=portforward")
            assert can(content, "list", "nodes")
            for refused in (
                ("get", "secrets", "-n", "kube-system"),
                ("get", "pods", "-n", "default"),
                ("list", "namespaces"),
                ("patch", "namespaces", mine.name),
                ("create", "persistentvolumes"),
                ("escalate", "roles"),
                ("get", "nodes", "--subresource=proxy"),
            ):
                assert not can(content, *refused), refused
        assert can(mine.cluster_kubeconfig, "patch", "nodes")
        assert not can(mine.kubeconfig, "patch", "nodes")
    assert mine.name not in own(kubectl)
    with own_namespace(kubectl, print, ours=True) as plain:
        assert can(plain.kubeconfig, "create", "pods")
        assert not can(plain.kubeconfig, "create", "dynamographdeployments.nvidia.com"), (
            "no product, none of its kinds"
        )


def test_a_look_at_one_namespace_has_what_belongs_to_it_outside_and_nothing_of_others(kubectl: Kubectl) -> None:
    names = [f"of-a-test-{secrets.token_hex(3)}" for _ in range(2)]
    mine, theirs = names

    def objects_of(name: str) -> list[dict[str, object]]:
        volume = {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Mi"},
            "claimRef": {"namespace": name, "name": "data"},
            "hostPath": {"path": "/nothing"},
            "storageClassName": "none",
        }
        return [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made", "namespace": name}},
            {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": volume},
        ]

    own, beside = replace(kubectl, namespace=mine), ("persistentvolumes",)
    made = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*objects_of(mine), *objects_of(theirs)]})
    before = snapshot(own, beside)
    try:
        kubectl.run("apply", "-f", "-", stdin=made)
        new = snapshot(own, beside) - before
        assert {item for item in new if theirs in item} == set()
        assert new >= {f"configmaps/{mine}/made", f"persistentvolumes//{mine}"}
        assert f"persistentvolumes//{theirs}" in snapshot(kubectl)
    finally:
        kubectl.run("delete", "--ignore-not-found", "-f", "-", stdin=made)
