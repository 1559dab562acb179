"""No network, an interrupted earlier build, another run at work: one line and a hint, or it does not matter."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import EnvironmentFault, ExitStatus
from groundwork.base.paths import cache_dir
from groundwork.system.orphans import end_orphans
from groundwork.system.progress import Progress
from kind_cluster import node_image, removal, toolchain
from kind_cluster.rootfs import RootFileSystem, debian_rootfs
from kind_cluster.tools import _kubectl
from mock_platform.image import site_packages as packages
from support.waiting import LONG, wait_until_runs

if TYPE_CHECKING:
    from collections.abc import Callable

WANTED = RootFileSystem("tiny", packages=("bash",))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Put a shell script on PATH under a program's name."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(name: str, script: str) -> Path:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
        return folder / name

    return make


def fault(action: Callable[[], object]) -> str:
    """What is said: at most one line and a hint, and the exit status is the machine's."""
    with pytest.raises(EnvironmentFault) as caught:
        action()
    assert caught.value.status is ExitStatus.ENVIRONMENT
    fact, hint = str(caught.value).split("\nhint: ")
    assert "\n" not in fact
    assert hint
    return str(caught.value)


# Out of reach.


def test_a_package_index_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("INDEX_URL", "http://127.0.0.1:1/simple"), ("RETRIES", "1"), ("CONFIG_FILE", os.devnull)):
        monkeypatch.setenv(f"PIP_{name}", value)
    (tmp_path / "x.txt").write_text(f"tiny==1 --hash=sha256:{'0' * 64}\n")
    (tmp_path / "x.prune").write_text("")
    said = fault(lambda: packages.site_packages(tmp_path / "x.txt", Progress(io.StringIO())))
    assert said.startswith("installing x.txt: the Python package index is out of reach: ")
    assert "refused" in said
    assert list((cache_dir("site-packages")).glob("partial-*")) == []


GO_SAYS = """go: downloading github.com/x/y v1.2.3
../main.go:4:2: github.com/x/y@v1.2.3: Get "https://proxy.example": dial tcp: lookup proxy.example: no such host"""


def test_a_go_proxy_out_of_reach(program, monkeypatch: pytest.MonkeyPatch) -> None:
    go = program("go", f"cat >&2 <<'END'\n{GO_SAYS}\nEND\nexit 1")
    monkeypatch.setattr(toolchain, "go_program", lambda _: go)
    said = fault(lambda: toolchain.build("registry", {"registry": "."}, Progress(io.StringIO())))
    assert said.startswith("building registry: the Go module proxy is out of reach: ")
    assert "no such host\nhint: is it reachable from here? `go env GOPROXY`" in said


def test_a_debian_archive_out_of_reach(program) -> None:
    program("mmdebstrap", "echo 'W: Failed to fetch x  Could not connect to deb.example:80' >&2; exit 25")
    said = fault(lambda: debian_rootfs(WANTED, Progress(io.StringIO())))
    assert said.startswith("making the root file system tiny: Debian's archive is out of reach: W: Failed")


def test_another_failure_keeps_its_last_lines(program) -> None:
    program("mmdebstrap", "echo 'E: no space left on device' >&2; exit 25")
    with pytest.raises(EnvironmentFault, match=r"ended with status 25\n  \| E: no space left"):
        debian_rootfs(WANTED, Progress(io.StringIO()))


def test_a_registry_out_of_reach_is_no_failure_but_said(program) -> None:
    program("docker", "echo 'Error response from daemon: dial tcp: no such host' >&2; exit 1")
    stream = io.StringIO()
    assert not node_image._pull("kindest/node:v1", Progress(stream))
    assert "no registry answers; it is built from source instead" in stream.getvalue()


# An earlier build was interrupted.


def test_half_a_go_build_is_built_anew(program, monkeypatch: pytest.MonkeyPatch) -> None:
    go = program("go", 'while [ "$1" != -o ]; do shift; done; echo whole >"$2"')
    monkeypatch.setattr(toolchain, "go_program", lambda _: go)

    def build() -> Path:
        return toolchain.build("pause", {"pause": "."}, Progress(io.StringIO()))

    target = build()
    (target / "pause").unlink()
    partial = target.rename(target.with_name(f"{target.name}.partial"))
    (partial / "half").write_text("half")
    assert build() == target
    assert [path.name for path in target.iterdir()] == ["pause"]
    assert not partial.exists()


def test_half_a_root_file_system_is_made_anew(program) -> None:
    program("mmdebstrap", 'for word; do case $word in *.tar) echo whole >"$word" ;; esac; done')
    target = debian_rootfs(WANTED, Progress(io.StringIO()))
    target.rename(target.with_name(target.name.replace(".tar", ".partial.tar")))
    assert debian_rootfs(WANTED, Progress(io.StringIO())).read_text() == "whole\n"
    assert list(target.parent.glob("*.partial.tar")) == []


def test_half_the_packages_are_installed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.txt").write_text("")
    (tmp_path / "x.prune").write_text("")
    stale = cache_dir("site-packages", "partial-x-killed")
    (stale / "packages").mkdir()
    monkeypatch.setattr(packages, "_install", lambda _, target, __: (target / "module").mkdir(parents=True))
    assert packages.site_packages(tmp_path / "x.txt", Progress(io.StringIO())).is_file()
    assert not stale.exists()


def test_half_a_node_image_is_built_anew(program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("docker", "exit 0")
    stale = cache_dir("node-image", "partial-killed")
    (stale / "half").write_text("half")
    monkeypatch.setattr(node_image, "kubernetes_programs", lambda _: Path("/nonexistent"))

    def stop(*_: object) -> None:
        raise EnvironmentFault("far enough")

    monkeypatch.setattr(node_image, "_component_images", stop)
    with pytest.raises(EnvironmentFault, match="far enough"):
        node_image._build("dynamo-docs/node:v1-key", Progress(io.StringIO()))
    assert list(cache_dir("node-image").iterdir()) == []


def test_half_a_kubectl_is_copied_anew_and_its_container_removed(program, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program("docker", f'echo "$1" >>{log}; [ "$1" != cp ] || echo whole >"$3"')
    target = _kubectl("node:v1")
    target.rename(target.parents[1] / f"{target.parent.name}.partial")
    log.write_text("")
    assert _kubectl("node:v1").read_text() == "whole\n"
    assert log.read_text().split() == ["rm", "create", "cp", "rm"]


BUILD = """
import sys
from groundwork.system.processes import run
run(["sh", "-c", "echo $$ >" + sys.argv[1] + "; exec sleep 987"])
"""


def test_what_a_killed_run_goes_on_building_is_ended(tmp_path: Path, own_orphans: str) -> None:
    started = tmp_path / "started"
    command = [sys.executable, "-c", own_orphans + BUILD, str(started)]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_until_runs("sleep", started)
    said: list[str] = []
    end_orphans(said.append)
    assert said == [], "its run lives"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    end_orphans(said.append)
    assert said == ["ended sleep, which a killed run had started"]
    said.clear()
    end_orphans(said.append)
    assert said == []


CREATE = """
import sys
from pathlib import Path
from types import SimpleNamespace
from kind_cluster.kind import _run_kind
tools = SimpleNamespace(kind=Path(sys.argv[1]), node_image="node:v1", kubectl=Path("kubectl"))
_run_kind("dev", Path("kubeconfig"), tools, Path.cwd())
"""


def test_kind_does_not_go_on_creating_a_cluster_for_a_killed_run(
    program, tmp_path: Path, own_orphans: str
) -> None:
    started = tmp_path / "started"
    creating = program("kind", f'[ "$1" = get ] || {{ echo $$ >{started}; exec sleep 986; }}')
    command = [sys.executable, "-c", own_orphans + CREATE, str(creating)]
    killed = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    wait_until_runs("sleep", started)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    said: list[str] = []
    end_orphans(said.append)
    assert said == ["ended sleep, which a killed run had started"]


# Another run is at work.

TOGETHER = """
import sys
from pathlib import Path
from kind_cluster import toolchain
from groundwork.system.progress import Progress
toolchain.go_program = lambda _: Path(sys.argv[1])
print(toolchain.build("pause", {"pause": "."}, Progress()))
"""


def test_two_runs_build_once(program, tmp_path: Path) -> None:
    log = tmp_path / "log"
    go = program("go", f'echo built >>{log}; sleep 0.2; while [ "$1" != -o ]; do shift; done; echo whole >"$2"')
    command = [sys.executable, "-c", TOGETHER, str(go)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(2)]
    first, second = (run.communicate(timeout=LONG)[0] for run in runs)
    assert first == second != b""
    assert log.read_text() == "built\n"


USE = """
import sys
from kind_cluster.removal import claim
with claim("dev") as record:
    record.settled()
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_cluster_that_another_run_uses_is_neither_used_nor_removed(program) -> None:
    program("docker", "exit 0")
    other_kind = program("kind", '[ "$1" = get ] || { echo never >&2; exit 1; }')
    other = subprocess.Popen([sys.executable, "-c", USE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"held\n"
    try:
        said = fault(lambda: removal.remove_cluster("dev", other_kind))
    finally:
        other.communicate()
    assert said == (
        f"cluster 'dev': another run uses it, process {other.pid}\n"
        f"hint: wait for it, end it (kill {other.pid}), or choose another name"
    )


def test_a_cluster_that_cannot_be_removed_is_reported_and_tried_again_by_the_next_run(program) -> None:
    program("docker", "exit 0")
    broken = program("kind", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    (cache_dir("clusters", "dev") / "kubeconfig").touch()
    with pytest.raises(EnvironmentFault) as caught:
        removal.remove_cluster("dev", broken)
    said = str(caught.value)
    assert said.startswith(
        "cluster 'dev': could not be removed; what may be left: containers dev-registry, dev-control-plane\n"
    )
    assert "Cannot connect to the Docker daemon" in said
    assert "hint: once Docker answers: docs-test cluster dev --remove, or docker rm --force" in said
    tools = type("Tools", (), {"kind": program("kind", "exit 0")})
    stream = io.StringIO()
    removal.sweep(tools, Progress(stream))
    assert "remove cluster dev, whose run was killed: done" in stream.getvalue()
    assert not (cache_dir("clusters") / "dev").exists()
    assert list(cache_dir("runs").iterdir()) == []


def test_a_cluster_that_is_not_this_projects_gets_no_folder_in_the_cache(program) -> None:
    """Neither where it is refused, nor where it is to be removed: an empty folder would stay for ever."""
    program("docker", "exit 0")
    tools = type("Tools", (), {"kind": program("kind", "echo else")})
    with pytest.raises(EnvironmentFault, match="did not make it"):
        removal.require_ours("else", tools.kind)
    assert not cache_folders()
    removal.delete_cluster("else", program("kind", "exit 0"))
    assert not cache_folders()
    with pytest.raises(EnvironmentFault, match="could not be removed"):
        removal.delete_cluster("else", program("kind", "exit 1"))
    assert not cache_folders()


DOCKER = """\
echo "$*" >>{log}
case "$*" in
*label=dynamo-docs/cluster=dev*) {ours} ;;
"ps "*dev-registry*) {container} ;;
esac
"""


@pytest.mark.parametrize(
    ("ours", "container", "cluster", "refused"),
    [
        ("", "echo 1", "", "container 'dev-registry'"),
        ("", "", "echo dev", "cluster 'dev'"),
        ("echo 1", "echo 1", "echo dev", ""),
        ("", "", "", ""),
    ],
)
def test_only_what_this_project_made_is_removed_by_its_name(  # noqa: PLR0917 - pytest passes fixtures by name
    program, tmp_path: Path, ours: str, container: str, cluster: str, refused: str
) -> None:
    log = tmp_path / "log"
    program("docker", DOCKER.format(log=log, ours=ours or ":", container=container or ":"))
    found = program("kind", f'echo "kind $*" >>{log}; [ "$1" != get ] || {cluster or ":"}')
    if refused:
        said = fault(lambda: removal.remove_cluster("dev", found))
        assert said == (
            f"{refused}: exists, and this project did not make it\n"
            "hint: choose another name; it is neither used nor removed"
        )
        assert not re.search("^(docker )?rm |kind delete", log.read_text(), re.MULTILINE)
        assert not list(cache_dir("runs").iterdir()), "what is recorded is removed by the next run"
    else:
        with suppress(EnvironmentFault):  # The containers never go here.
            removal.remove_cluster("dev", found)
        assert "rm --force --volumes dev-registry" in log.read_text().splitlines()


def cache_folders() -> list[Path]:
    return list(cache_dir("clusters").iterdir())
