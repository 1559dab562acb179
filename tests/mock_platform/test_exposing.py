"""What the mock platform prepares for pages about proxies and NetworkPolicies, and what pages may do with it."""

from __future__ import annotations

import tarfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from docs_test.clusters import namespaces
from docs_test.ports.platform import Wanted
from dynamo_docs.inventory import ENFORCE_POLICIES
from dynamo_docs.platforms.helm import HelmPlatform
from dynamo_docs.platforms.kind_with_gpus import to_install
from dynamo_docs.platforms.mock import MockPlatform
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import root
from groundwork.base.versions import version
from groundwork.system.progress import Progress
from mock_platform import policies, program_image, proxy

if TYPE_CHECKING:
    from pathlib import Path

Object = dict[str, Any]
EXAMPLES = root() / "examples" / "expose"


class Cluster:
    """A cluster that takes everything, except what `refuses` names; `says`: what it prints for a word."""

    kubeconfig = "k"

    def __init__(self, refuses: str = "none", **says: str) -> None:
        self.refuses, self.says = refuses, says
        self.published: list[str] = []
        self.applied: list[Object] = []
        self.registry = SimpleNamespace(publish=lambda _, names: self.published.extend(names))

    def run_kubectl(self, *words: str, stdin: bytes = b"") -> str:
        if self.refuses in words:
            raise EnvironmentFault(f"kubectl: {words[0]} timed out")
        self.applied += yaml.safe_load(stdin)["items"] if stdin else []
        return next((text for word, text in self.says.items() if word in words), "")

    def kinds(self) -> set[str]:
        return {item["kind"] for item in self.applied}


def install(cluster: Cluster) -> Progress:
    progress = Progress()
    policies.install(cluster, "dynamo-docs/kube-router:abc", progress)  # type: ignore[arg-type]
    return progress


def test_policies_are_enforced_by_kube_router() -> None:
    cluster = Cluster(daemonsets="daemonset.apps/kube-proxy\n")
    progress = install(cluster)
    assert [stage.name for stage in progress.stages] == [f"install kube-router {version('tools.kube_router')}"]
    assert cluster.published == ["dynamo-docs.invalid/kube-router:abc"]
    (engine,) = [item for item in cluster.applied if item["kind"] == "DaemonSet"]
    assert engine["metadata"]["name"] in ENFORCE_POLICIES, "else a run does not see that it is there"
    assert engine["spec"]["template"]["spec"]["containers"][0]["image"] == cluster.published[0]
    assert {"Namespace", "Role", "RoleBinding"} <= cluster.kinds()


def test_kindnet_does_it_itself() -> None:
    cluster = Cluster(daemonsets="daemonset.apps/kindnet\ndaemonset.apps/kube-proxy\n")
    progress = install(cluster)
    assert "DaemonSet" not in cluster.kinds()
    assert "Namespace" in cluster.kinds(), "pages need `elsewhere` all the same"
    assert cluster.published == []
    assert "kindnet" in progress.stages[0].note


def test_one_that_does_not_start_is_said_with_what_to_look_at() -> None:
    cluster = Cluster("rollout", logs="ipset: no such file")
    with pytest.raises(EnvironmentFault, match=r"not ready after 2m\n(.*\n)*  \| ipset: no such file") as caught:
        install(cluster)
    assert caught.value.hint == "kubectl --kubeconfig k -n kube-system describe pods -l k8s-app=kube-router"


def test_elsewhere_is_as_closed_as_a_page_s_own_namespace() -> None:
    found = {item["kind"]: item for item in policies.objects(policies.ELSEWHERE)}
    own = yaml.safe_load_all((namespaces.RBAC / "run.yaml").read_text(encoding="utf-8"))
    level = "pod-security.kubernetes.io/enforce"
    (namespace,) = [item for item in own if item["kind"] == "Namespace"]
    assert found["Namespace"]["metadata"]["labels"][level] == namespace["metadata"]["labels"][level]
    assert {item["metadata"].get("namespace", "elsewhere") for item in found.values()} == {"elsewhere"}
    asked = {resource for rule in found["Role"]["rules"] for resource in rule["resources"]}
    assert asked == {"pods", "pods/exec", "pods/log"}


def rules(file: str, name: str) -> dict[str, set[str]]:
    """The verbs of a Role, by resource."""
    items = yaml.safe_load_all((namespaces.RBAC / file).read_text(encoding="utf-8"))
    (role,) = [item for item in items if item["kind"] == "Role" and item["metadata"]["name"] == name]
    return {resource: set(rule["verbs"]) for rule in role["rules"] for resource in rule["resources"]}


def test_quotas_are_changed_in_a_cluster_of_the_run_s_own_alone() -> None:
    assert rules("run.yaml", "docs-test")["resourcequotas"] == {"get", "list", "watch"}
    assert {"create", "delete"} <= rules("kind.yaml", "docs-test-quotas")["resourcequotas"]


def test_each_platform_that_makes_a_cluster_prepares_them() -> None:
    for platform in (MockPlatform, HelmPlatform):
        assert {"caddy", "network-policies"} <= platform.prepares.keys()
    assert "prometheus" not in HelmPlatform.prepares


def test_only_what_pages_need_is_built_and_installed() -> None:
    done: list[str] = []

    def part(name: str) -> SimpleNamespace:
        return SimpleNamespace(
            ensure_image=lambda _: done.append(f"image {name}") or name,  # type: ignore[func-returns-value]
            install=lambda _, image, __: done.append(f"install {image}"),
        )

    parts = {name: part(name) for name in ("caddy", "network-policies")}
    wanted: Any = Wanted(SimpleNamespace(), prepared=frozenset({"caddy"}))  # type: ignore[arg-type]
    install_prepared = to_install(parts, wanted, Progress())
    assert done == ["image caddy"], "an image that cannot be built is known before there is a cluster"
    install_prepared(Cluster())  # type: ignore[arg-type]
    assert done == ["image caddy", "install caddy"]


def test_caddy_has_the_name_that_the_manifest_asks_for() -> None:
    cluster = Cluster()
    proxy.install(cluster, "dynamo-docs/caddy:abc", Progress())  # type: ignore[arg-type]
    items = yaml.safe_load_all((EXAMPLES / "proxy.yaml").read_text(encoding="utf-8"))
    (deployment,) = [item for item in items if item["kind"] == "Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert cluster.published == [container["image"]]
    page = (root() / "docs/kubernetes/expose.md").read_text(encoding="utf-8")
    assert '--image=caddy:{{ version("tools.caddy") }} ' in page, "the image that is on the node already"


def test_an_image_has_the_program_its_packages_and_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    base, program = tmp_path / "base.tar", tmp_path / "caddy-123" / "caddy"
    program.parent.mkdir()
    program.write_text("program")
    with tarfile.open(base, "w") as archive:
        archive.add(program, arcname="./bin/busybox")
    made: list[tuple[str, list[str], list[str]]] = []

    def import_image(tar: Path, image: str, changes: list[str], *, what: str) -> None:
        assert what == "importing the image caddy"
        with tarfile.open(tar) as archive:
            made.append((image, archive.getnames(), list(changes)))

    monkeypatch.setattr(program_image, "image_exists", lambda _: bool(made))
    monkeypatch.setattr(program_image, "import_image", import_image)
    monkeypatch.setattr(program_image, "debian_rootfs", lambda *_: base)
    image = program_image.ensure_program_image(proxy.IMAGE, program, Progress())
    assert program_image.ensure_program_image(proxy.IMAGE, program, Progress()) == image
    ((name, files, changes),) = made
    assert name == image
    assert {"./bin/busybox", "usr/bin/caddy", "bin/wget"} <= set(files)
    assert [change for change in changes if change.startswith("ENTRYPOINT")] == ["ENTRYPOINT []"]
    assert not list((tmp_path / "cache").rglob("*.tar")), "what is imported needs no file"
