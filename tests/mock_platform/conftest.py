"""What the tests of the stand-in share: its facts, it on an API server in memory, namespaces and images."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.dynamo_containers import open_stage
from support.in_memory_api import InMemoryApi
from support.namespace import PREFIX, Namespace
from support.stand_in import Operator, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kind_cluster.kind import Cluster

Object = dict[str, Any]
FACTS = Path(__file__).parent / "facts"


@pytest.fixture
def facts() -> Object:
    """facts/dgd.yaml."""
    content: Object = yaml.safe_load((FACTS / "dgd.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def api() -> InMemoryApi:
    return InMemoryApi()


@pytest.fixture
def operator(api: InMemoryApi) -> Operator:
    return Operator(api)


@pytest.fixture
def graph(api: InMemoryApi, facts: Object) -> Object:
    """The graph of the facts, applied."""
    return api.create(facts["graph"])


@pytest.fixture
def play() -> Callable[[Object, dict[str, str]], Request]:
    """Makes an API server of its own with a request on it, in a cluster whose node has these labels."""

    def start(manifest: Object, labels: dict[str, str]) -> Request:
        api = InMemoryApi()
        return Request(api, Operator(api), manifest, labels)

    return start


@pytest.fixture
def request_facts() -> Object:
    """facts/dgdr.yaml."""
    content: Object = yaml.safe_load((FACTS / "dgdr.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def asked(api: InMemoryApi, operator: Operator, request_facts: Object) -> Request:
    """The request of the facts, applied, in a cluster with eight H100."""
    return Request(api, operator, request_facts["request"], request_facts["node_labels"])


@pytest.fixture
def namespace(platform: Cluster) -> Iterator[Namespace]:
    name = f"{PREFIX}{secrets.token_hex(3)}"
    platform.run_kubectl("create", "namespace", name)
    yield Namespace(platform, name)
    platform.run_kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="session")
def running_dynamo():
    """`with running_dynamo(image, {name served: (module, flag, …)}, volume, …) as stage`."""
    return open_stage


@pytest.fixture(scope="session")
def images():
    """The images, built if they are not there."""
    from groundwork.system.progress import Progress  # noqa: PLC0415
    from kind_cluster.provision import preflight  # noqa: PLC0415 - only where there is Docker
    from mock_platform.images import ensure_images  # noqa: PLC0415

    preflight()
    return ensure_images(Progress())
