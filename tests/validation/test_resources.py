"""The types of objects that lint knows are those of a server of the pinned version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from docs_test.kubectl.__main__ import served
from docs_test.kubectl.table import FILE
from support.pinned_kubectl import pinned_kubectl

if TYPE_CHECKING:
    from support.validation.apiserver import ApiServer


@pytest.mark.apiserver
def test_the_resources_are_those_of_a_server(api_server: ApiServer) -> None:
    rows = [row for row in served(pinned_kubectl(), api_server.kubectl_options) if row[0] != "nvidia.com"]
    assert rows == json.loads(FILE.read_text(encoding="utf-8"))["resources"]
