"""The kubectl of the pinned Kubernetes release, where it was built or taken out of the node image before."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from groundwork.base.paths import cache_dir
from groundwork.base.versions import version
from kind_cluster.toolchain import kubernetes_folder

if TYPE_CHECKING:
    from pathlib import Path


def pinned_kubectl() -> Path:
    """The program; a test that asks for it is skipped where the cache has none."""
    for path in (kubernetes_folder() / "kubectl", *sorted(cache_dir("kubectl").glob("*/kubectl"))):
        if path.is_file():
            said = subprocess.run([path, "version", "--client", "-o", "json"], capture_output=True, check=True)
            if json.loads(said.stdout)["clientVersion"]["gitVersion"] == f"v{version('kubernetes.version')}":
                return path
    pytest.skip("no kubectl of the pinned version is in the cache: ./nox -s tests -- --provision")
