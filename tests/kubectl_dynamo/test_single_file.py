"""The plugin as one file, run by a Python without packages: it says of a cluster what the checkout says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from support import single_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def files(run_folder: Path) -> Path:
    """Made before a test gets a cache of its own."""
    return single_files.single_files(run_folder)


@pytest.mark.parametrize("state", ["bad-image", "deployed"])
def test_the_single_file_says_what_the_checkout_says(  # noqa: PLR0917 - fixtures.
    server: Any, load_state: Load, dynamo: Run, files: Path, run_folder: Path, tmp_path: Path, state: str
) -> None:
    server.state = load_state(state)
    ours = dynamo("status", state)
    more = {"KUBECONFIG": os.environ["KUBECONFIG"]}
    cache = run_folder / "single-files-cache"
    done = single_files.start(files / "kubectl-dynamo", "status", state, cwd=tmp_path, cache=cache, more=more)
    assert (done.returncode, done.stdout, done.stderr) == ours
