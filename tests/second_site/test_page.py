"""docs/contribute/another-project.md: what it says to write is right, in the order in which it says it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.ports import registry, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "contribute" / "another-project.md"
FENCE = re.compile(r'^(`{3,})\w+ \{[^\n]*title="([^"]+)"[^\n]*\}\n(.*?)^\1\n', re.MULTILINE | re.DOTALL)
METADATA = "Metadata-Version: 2.1\nName: tea-docs\nVersion: 1.0\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The files of the page; those of the site are written, and are here."""
    found = {title: text for _, title, text in FENCE.findall(PAGE.read_text(encoding="utf-8"))}
    for name in ("mkdocs.yml", "docs/index.md", "docs/kitchen.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(found[name])
    monkeypatch.setenv("DOCS_TEST_RESULTS", "")
    monkeypatch.chdir(tmp_path)
    yield found
    registry._points.cache_clear()
    settings._product.cache_clear()
    sys.modules.pop("tea_docs", None)  # Else this process has code that is younger than it.


@pytest.mark.usefixtures("files")
def test_the_pages_of_the_page_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    assert main(["run", "--no-sandbox", "docs/index.md"]) == 0
    assert "docs/index.md: passed" in capsys.readouterr().err


def test_the_product_of_the_page_is_found(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tea_docs.py").write_text(files["tea_docs.py"])
    # What pip makes of the page's pyproject.toml.
    group, point = re.findall(r'entry-points\."([\w.]+)"\]\n(.+)\n', files["pyproject.toml"])[0]
    metadata = tmp_path / "tea_docs-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(METADATA)
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{point.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry._points.cache_clear()
    (tmp_path / "mkdocs.yml").write_text(files["mkdocs.yml"] + files["mkdocs.yml, more"])
    assert main(["lint"]) == 0
    (tmp_path / "docs" / "coffee.md").write_text("# Coffee\n")
    assert main(["lint"]) == 2
    assert "docs/coffee.md:1: the page does not say tea" in capsys.readouterr().out
