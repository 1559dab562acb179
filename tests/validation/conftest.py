"""A kube-apiserver of its own for the tests of validation, with the CRDs that the sources compile to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dynamo_crd.schemas.compile import crds
from support.validation.apiserver import running_server
from support.validation.objects import make
from support.validation.ours import Ours
from support.validation.verdicts import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.validation.apiserver import ApiServer


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
