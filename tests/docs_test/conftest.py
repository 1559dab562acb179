"""Sites to read pages from."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.pages.site import open_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docs_test.pages.site import Site

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def cases() -> Path:
    """The folder of the case files."""
    return CASES


@pytest.fixture
def site_with(tmp_path: Path) -> Callable[..., Path]:
    """Make a site like the cases' one with the given pages (path under docs/ -> text); returns its root."""

    def make(pages: dict[str, str]) -> Path:
        root = tmp_path / "site-root"
        shutil.copytree(CASES / "site", root, dirs_exist_ok=True)
        for name, text in pages.items():
            file = root / "docs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return root

    return make


@pytest.fixture(scope="module")
def cases_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site whose pages are all the cases: docs/good/*.md and docs/bad/*.md, opened once."""
    root = tmp_path_factory.mktemp("cases") / "root"
    shutil.copytree(CASES / "site", root)
    for verdict in ("good", "bad"):
        shutil.copytree(CASES / verdict, root / "docs" / verdict)
    with open_site(root) as site:
        yield site


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])
