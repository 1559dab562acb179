"""A kind cluster that a run has kept is opened again as it is; nothing of Docker is needed to say what stays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from docs_test.ports.platform import ClusterGone, Wanted
from groundwork.base.paths import cache_dir
from groundwork.system.progress import Progress
from groundwork.system.records import alive
from kind_cluster.kind import KEPT
from kind_cluster.platforms import again
from kind_cluster.removal import KIND

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clusters that are removed; the one that runs is `dev`."""
    names: list[str] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (cache_dir("clusters", "dev") / "kubeconfig").write_text("")
    tools = SimpleNamespace(kind=tmp_path / "kind", kubectl=tmp_path / "kubectl")
    monkeypatch.setattr(again, "ensure_tools", lambda _: tools)
    monkeypatch.setattr(again, "clusters", lambda _: ["dev", "stopped"])
    monkeypatch.setattr(again, "running", lambda node: node == "dev-control-plane")
    monkeypatch.setattr(again, "delete_cluster", lambda name, _: names.append(name))
    return names


def opened(name: str, *, keep: bool = False, stays: bool = False) -> None:
    own = SimpleNamespace()
    with again.kept_cluster(Wanted(own, name, keep, lambda: stays), Progress()) as cluster:
        assert cluster.kubeconfig == cache_dir("clusters") / name / "kubeconfig"
        assert [facts["name"] for facts in alive(KIND)] == [name], "no other run may use it meanwhile"


@pytest.mark.parametrize(("keep", "stays"), [(True, False), (False, True), (True, True)])
def test_what_is_to_stay_stays(removed: list[str], *, keep: bool, stays: bool) -> None:
    opened("dev", keep=keep, stays=stays)
    assert removed == []
    assert alive(KIND) == []


def test_a_cluster_that_stayed_for_one_page_alone_goes_with_it(removed: list[str]) -> None:
    opened("dev")
    assert removed == ["dev"]


def test_a_cluster_that_somebody_keeps_stays(removed: list[str]) -> None:
    (cache_dir("clusters", "dev") / KEPT).touch()
    opened("dev")
    assert removed == []


@pytest.mark.parametrize("name", ["absent", "stopped"])
def test_a_cluster_that_is_gone_is_said_so(removed: list[str], name: str) -> None:
    with pytest.raises(ClusterGone, match=f"cluster '{name}': it was removed, or has stopped"):
        opened(name)
    assert removed == []
    assert alive(KIND) == []
