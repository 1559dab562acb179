"""What the acceptance tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from docs_test.running import killed_runs
from support.breakages import copy_of_site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fake(page_fakes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kubeconfig of a fake cluster, for a docs-test that runs in this process."""
    for folder in ("fake", "temporary"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("PATH", f"{page_fakes}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCS_TEST_RESULTS", "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    (tmp_path / "fake" / "cluster").write_text("")
    return tmp_path / "fake" / "cluster"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what pages are made of, which a test breaks."""
    return copy_of_site(tmp_path / "site")
