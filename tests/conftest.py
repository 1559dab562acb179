"""The cluster that tests share: pytest-kind's fixture and options, on this project's pinned tools and images."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groundwork.base.content import locked
from groundwork.system import orphans
from groundwork.system.progress import Progress
from kind_cluster.provision import preflight
from kind_cluster.toolchain import build_folder, kubernetes_folder
from support import parallel
from support.shared_cluster import shared_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kind_cluster.kind import Cluster


def pytest_configure(config: pytest.Config) -> None:
    """Make tests mean the same in a nox session, alone, and with coverage measured."""
    # What the programs print names the way they were started; a test that is about a session sets it itself.
    os.environ.pop("NOX_CURRENT_SESSION", None)
    if sys.version_info < (3, 12):
        _trace_in_turns()
    # Coverage is measured in pytest's own processes: in each program that tests start it would cost too much.
    if not config.getoption("numprocesses", None):  # Else the processes of pytest-xdist are yet to start.
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def _trace_in_turns() -> None:
    """Let a thread wait until it can be traced: Python 3.11 refuses it while another one is at the same point."""
    settrace = sys.settrace

    def patient(function: Any) -> None:
        while True:
            try:
                return settrace(function)
            except RuntimeError:
                time.sleep(0)

    sys.settrace = patient


@pytest.hookimpl(trylast=True)  # Of those that were not deselected.
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes: tests that share something slow run in one of them."""
    if file := getattr(config, "workerinput", {}).get(parallel.FILE):
        parallel.arrange(items, Path(file))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process where the groups are written down."""
    if node.config.getvalue("dist") == "loadgroup":
        node.workerinput[parallel.FILE] = str(parallel.groups_file(node.config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> parallel.GroupScheduling | None:
    """Give whole groups to processes."""
    if config.getvalue("dist") != "loadgroup":
        return None
    return parallel.GroupScheduling(config, log, parallel.groups_file(config))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that all processes of this run share."""
    return parallel.run_folder(tmp_path_factory)


@pytest.fixture(autouse=True)
def _same_signal_handlers() -> Iterator[None]:
    """Programs install handlers of their own; those that run inside a test leave none to the next."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def ctrl_c(_same_signal_handlers: None) -> None:
    """SIGINT raises KeyboardInterrupt: in the background of a script, pytest inherits it as ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def own_orphans(monkeypatch: pytest.MonkeyPatch) -> str:
    """The first lines of a program whose orphans `end_orphans` finds in this test, and in no other; nor others'.

    It looks at all of the machine, where other tests and runs may be at work.
    """
    name = f"{orphans.OWNER}_{secrets.token_hex(4)}"
    monkeypatch.setattr(orphans, "OWNER", name)
    return f"from groundwork.system import orphans\norphans.OWNER = {name!r}\n"


@pytest.fixture(scope="session")
def page_fakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PATH: a kubectl, and a curl, on which Quick Deploy runs without a cluster."""
    folder = tmp_path_factory.mktemp("fakes")
    for program in (Path(__file__).parent / "docs_test" / "fakes" / "page").iterdir():
        first, _, rest = program.read_text().partition("\n")
        # This Python without its packages: what PATH calls python3 may be a slow wrapper.
        first = f"#!{sys.executable} -IS" if "python3" in first else first
        (folder / program.name).write_text(f"{first}\n{rest}")
        (folder / program.name).chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def kind_cluster(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[Cluster]:
    """One kind cluster for the whole run, all its processes together.

    `--cluster-name NAME --keep-cluster` makes it outlive the run; `--kubeconfig FILE` uses one that
    `python -m kind_cluster create` made, and leaves it.
    """
    preflight()
    name = request.config.getoption("--cluster-name")
    given = request.config.getoption("--kubeconfig")
    with shared_cluster(
        run_folder / "kind-cluster",
        name="" if name == "pytest-kind" else name,
        keep=request.config.getoption("--keep-cluster"),
        given=Path(given) if given else None,
    ) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def server_programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """kube-apiserver and etcd: those built for the node image; where that was pulled, the running node's own."""
    from support.validation.apiserver import copy_of_running  # noqa: PLC0415 - of tests/validation

    etcd = build_folder("etcd", {"etcd": "go.etcd.io/etcd/server/v3"})  # As cluster/node_image.py builds it.
    built = {"kube-apiserver": kubernetes_folder() / "kube-apiserver", "etcd": etcd / "etcd"}
    if all(path.exists() for path in built.values()):
        return built
    node = f"{request.getfixturevalue('kind_cluster').name}-control-plane"
    folder = tmp_path_factory.mktemp("programs")
    return {name: copy_of_running(name, ("docker", "exec", node), folder) for name in built}


@pytest.fixture(scope="session")
def platform(kind_cluster: Cluster, run_folder: Path) -> Cluster:
    """The shared cluster with the stand-in platform installed."""
    from mock_platform.images import ensure_images  # noqa: PLC0415 - slow to import, needed by few
    from mock_platform.install import install  # noqa: PLC0415

    progress = Progress()
    installed = run_folder / "platform" / kind_cluster.name
    with locked(installed.parent):
        if not installed.exists():
            install(kind_cluster, ensure_images(progress), progress)
            installed.touch()
    return kind_cluster


@pytest.fixture(autouse=True)
def _cluster_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """While a test uses the shared cluster no other process changes it for all; tests marked `alone` do."""
    if "kind_cluster" not in request.fixturenames:
        yield
        return
    folder: Path = request.getfixturevalue("run_folder")
    kind = fcntl.LOCK_EX if request.node.get_closest_marker("alone") else fcntl.LOCK_SH
    with (folder / "cluster.lock").open("w") as lock:
        # Whoever waits to be alone lets nobody else begin.
        with locked(folder / "turn"):
            fcntl.flock(lock, kind)
        yield
