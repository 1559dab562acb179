"""An installation that is there as it is wanted is left alone; anything else about it, and it is done again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dynamo_api.facts import installation
from groundwork.base.errors import EnvironmentFault
from groundwork.system.progress import Progress
from mock_platform import installed
from mock_platform.gates import SEARCH_VERSION
from mock_platform.images import Images
from mock_platform.install import _PROBES, OPERATOR_REPOSITORY, install

if TYPE_CHECKING:
    from collections.abc import Iterable

IMAGES = Images("mock-runtime:1", "mock-planner:1", "mock-operator:1", "mock-kubectl:1")
WITHOUT_GENERATION = ("Role", "RoleBinding", "Service", "Secret", "ServiceAccount", "Cluster")


class Registry:
    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def publish(self, image: str, names: Iterable[str]) -> None:
        self.names |= dict.fromkeys(names, image)

    def serves(self, image: str, names: Iterable[str]) -> bool:
        return all(self.names.get(name) == image for name in names)


class Cluster:
    """A cluster as far as the installation asks of it."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.stamp = ""
        self.applied = 0

    def run_kubectl(self, *words: str, stdin: bytes = b"") -> str:
        sent = json.loads(stdin) if stdin else {}
        if words[0] == "apply":
            self.applied += 1
            for item in sent["items"]:
                self.put(item)
        elif words[0] == "annotate":
            self.stamp = words[-1].partition("=")[2]
        elif words[:2] == ("get", "namespace"):
            assert words[-1] == r"jsonpath={.metadata.annotations.dynamo-docs/installed}"
            return self.stamp
        elif words[:2] == ("get", "-f"):
            return "\n".join(self.state(item) for item in sent["items"])
        elif words[0] == "create":
            return next(said for item, said in _PROBES if item == sent)
        return ""

    def put(self, item: dict[str, Any]) -> None:
        key = (item["kind"], item["metadata"]["name"])
        old = self.objects.get(key)
        if old is None or old["item"] != item:
            count = old["count"] + 1 if old else 1
            self.objects[key] = {
                "item": item,
                "count": count,
                "uid": old["uid"] if old else f"uid-{len(self.objects)}",
            }

    def state(self, item: dict[str, Any]) -> str:
        kind, name = item["kind"], item["metadata"]["name"]
        if (kind, name) not in self.objects:
            raise EnvironmentFault(f"{kind} {name} not found")
        found = self.objects[kind, name]
        has_none = kind == "Namespace" or kind.startswith(WITHOUT_GENERATION)
        return f"{kind} {name} {found['uid']} {'' if has_none else found['count']} {found['count'] + 100}"


def installs(cluster: Cluster, images: Images = IMAGES, **more: Any) -> bool:
    """Whether an installation applies something; it must say so in its stage."""
    progress, before = Progress(), cluster.applied
    install(cluster, images, progress, **more)  # type: ignore[arg-type]
    (stage,) = progress.stages
    assert (stage.note == "unchanged") == (cluster.applied == before)
    return cluster.applied > before


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster()
    assert installs(made)
    assert made.registry.names[f"{OPERATOR_REPOSITORY}:1"] == IMAGES.operator
    return made


def test_the_same_again_applies_nothing(cluster: Cluster) -> None:
    assert not installs(cluster)
    assert not installs(cluster)


@pytest.mark.parametrize("change", [
    {"images": replace(IMAGES, operator="mock-operator:2")},
    {"images": replace(IMAGES, runtime="mock-runtime:2")},
    {"settings": {"SOME": "thing"}},
    {"switched_on": (SEARCH_VERSION,)},
])  # fmt: skip
def test_another_image_or_setting_is_installed_and_the_first_one_again(
    cluster: Cluster, change: dict[str, Any]
) -> None:
    assert installs(cluster, **change)
    assert not installs(cluster, **change)
    assert installs(cluster)


@pytest.mark.parametrize("kind", ["CustomResourceDefinition", "Deployment", "ClusterRole", "Service"])
@pytest.mark.parametrize("how", ["changed", "removed", "made anew"])
def test_what_somebody_has_done_to_an_object_is_undone(cluster: Cluster, kind: str, how: str) -> None:
    key = next(key for key in cluster.objects if key[0] == kind)
    if how == "changed":
        cluster.objects[key]["count"] += 1
    elif how == "removed":
        del cluster.objects[key]
    else:
        cluster.objects[key]["uid"] = "another"
    assert installs(cluster)
    assert not installs(cluster)


def test_a_name_that_the_registry_gives_to_another_image_is_set_again(cluster: Cluster) -> None:
    """Clusters of other checkouts publish into the same storage."""
    name = next(name for name, image in cluster.registry.names.items() if image == IMAGES.runtime)
    cluster.registry.names[name] = "mock-runtime:other"
    assert installs(cluster)
    assert cluster.registry.names[name] == IMAGES.runtime


def fails(*_: object) -> None:
    raise EnvironmentFault("not ready")


def test_an_installation_that_did_not_come_to_its_end_is_none(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(IMAGES, operator="mock-operator:2")
    with monkeypatch.context() as patch:
        patch.setattr("mock_platform.install.wait_for_webhook", fails)
        with pytest.raises(EnvironmentFault):
            installs(cluster, changed)
    assert installs(cluster, changed)


def test_one_that_is_there_and_does_not_answer_is_an_error(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise EnvironmentFault("not ready")

    monkeypatch.setattr("mock_platform.install.wait_for_webhook", fails)
    with pytest.raises(EnvironmentFault, match="not ready"):
        installs(cluster)


def test_the_stamp_says_nothing_of_its_own_object() -> None:
    """The annotation changes the namespace's version."""
    cluster = Cluster()
    item = {"apiVersion": "v1", "kind": installed.UNVERSIONED, "metadata": {"name": installation.NAMESPACE}}
    cluster.put(item)
    installed.stamp(cluster, "x", [item])  # type: ignore[arg-type]
    cluster.objects[installed.UNVERSIONED, installation.NAMESPACE]["count"] += 1
    assert installed.is_installed(cluster, "x", [item])  # type: ignore[arg-type]
    assert not installed.is_installed(cluster, "y", [item])  # type: ignore[arg-type]
