"""A kube-apiserver of its own for the tests of validation, with the CRDs that the sources compile to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from apiserver import copy_of_running, running_server
from objects import make
from ours import Ours
from verdicts import Server

from cluster.toolchain import build_folder, kubernetes_folder
from dynamo_crd.compile import crds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from apiserver import ApiServer


@pytest.fixture(scope="session")
def server_programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """kube-apiserver and etcd: those built for the node image; where that was pulled, the running node's own."""
    etcd = build_folder("etcd", {"etcd": "go.etcd.io/etcd/server/v3"})  # As cluster/node_image.py builds it.
    built = {"kube-apiserver": kubernetes_folder() / "kube-apiserver", "etcd": etcd / "etcd"}
    if all(path.exists() for path in built.values()):
        return built
    node = f"{request.getfixturevalue('kind_cluster').name}-control-plane"
    folder = tmp_path_factory.mktemp("programs")
    return {name: copy_of_running(name, ("docker", "exec", node), folder) for name in built}


@pytest.fixture(scope="session")
def api_server(server_programs, tmp_path_factory) -> Iterator[ApiServer]:
    """A server with all compiled CRDs; it holds no objects."""
    with running_server(tmp_path_factory.mktemp("apiserver"), server_programs) as server:
        server.install(crds())
        yield server


@pytest.fixture(scope="session")
def server(api_server) -> Server:
    """Its verdict on a text."""
    return Server(api_server)


@pytest.fixture(scope="session")
def ours() -> Ours:
    """This project's verdict on a text, by the same CRDs."""
    return Ours(crds())


@pytest.fixture(name="make")
def make_fixture() -> Callable[..., dict[str, object]]:
    """Small valid objects of each kind and version, to be changed by a test."""
    return make
