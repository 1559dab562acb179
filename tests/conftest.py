"""The cluster that tests share: pytest-kind's fixture and options, on this project's pinned tools and images."""

from __future__ import annotations

import secrets
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from groundwork.system import orphans
from groundwork.system.progress import Progress
from kind_cluster.kind import Cluster, open_cluster
from kind_cluster.provision import preflight
from kind_cluster.toolchain import build_folder, kubernetes_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


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
def kind_cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """One kind cluster for the whole run.

    `--cluster-name NAME --keep-cluster` makes it outlive the run; `--kubeconfig FILE` uses one that
    `python -m kind_cluster create` made, and leaves it.
    """
    preflight()
    name = request.config.getoption("--cluster-name")
    given = request.config.getoption("--kubeconfig")
    with open_cluster(
        Progress(),
        name="" if name == "pytest-kind" else name,
        keep=request.config.getoption("--keep-cluster"),
        kubeconfig=Path(given) if given else None,
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
def platform(kind_cluster: Cluster) -> Cluster:
    """The shared cluster with the stand-in platform installed."""
    from mock_platform.images import ensure_images  # noqa: PLC0415 - slow to import, needed by few
    from mock_platform.install import install  # noqa: PLC0415

    progress = Progress()
    install(kind_cluster, ensure_images(progress), progress)
    return kind_cluster
