from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from dynamo_crd.schemas import kubernetes, registry, releases, source_files
from dynamo_crd.schemas.compile import crds
from groundwork.base.paths import root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def compiled():
    return crds()


@pytest.fixture(scope="session")
def newest():
    """The CRDs of the newest release that was read, which may be newer than the followed one."""
    return crds(release=releases.newest())


@pytest.fixture(scope="session")
def by_kind(compiled):
    return {crd["spec"]["names"]["kind"]: crd for crd in compiled}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the sources, to break."""
    copy = tmp_path / "sources"
    shutil.copytree(source_files.FOLDER, copy)
    monkeypatch.setattr(source_files, "FOLDER", copy)
    caches = (registry._kinds, registry.version_sources, registry._load, releases.table)
    caches += (kubernetes.additions, kubernetes._named)
    for cached in caches:
        cached.cache_clear()
    yield copy
    for cached in caches:
        cached.cache_clear()


@pytest.fixture(scope="session")
def upstream() -> Path:
    """Folder of the CRDs that Dynamo's releases install; not part of this project."""
    folder = root().parent / "shared" / "upstream" / "crds"
    if not folder.is_dir():
        pytest.skip("../shared/upstream/crds is not there")
    return folder
