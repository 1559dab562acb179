"""The scripts that tutorials offer: linked from the page, and the same that docs-test prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.config import load_config

from docs_site.pages.navigation import entries
from docs_site.pages.page_scripts import script_links
from docs_test.cli.main import main
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.index import page_index

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from conftest import Build


def test_each_tutorial_links_to_a_script_for_each_variant(
    site: Build, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offered: dict[str, dict[str, str]] = {}
    for tutorial in read_tutorials(root).tutorials():
        words = [word for key, value in tutorial.variant.items() for word in ("--when", f"{key}={value}")]
        assert main(["script", "--root", str(root), tutorial.path, *words]) == 0
        name = "-".join([tutorial.path.rpartition("/")[2].removesuffix(".md"), *tutorial.variant.values()])
        offered.setdefault(tutorial.path, {})[f"{name}.sh"] = capsys.readouterr().out
    assert len(offered) > 3
    assert max(map(len, offered.values())) > 1
    for entry in entries(load_config(str(root / "mkdocs.yml")).nav):
        links = site.soup(entry.built).select(".page-scripts a[download]")
        folder = (site.folder / entry.built).parent
        found = {str(link["href"]): (folder / str(link["href"])).read_text(encoding="utf-8") for link in links}
        assert found == offered.pop(f"docs/{entry.source}", {}), entry
        assert "bash script: " not in (site.folder / entry.copy).read_text(encoding="utf-8")
    assert offered == {}


def test_the_variant_stands_beside_its_link(root: Path) -> None:
    page = page_index(root).page("docs/kubernetes/quick-deploy.md")
    assert page
    said = script_links(page)
    assert ">quick-deploy-v1beta1.sh</code></a> (api v1beta1), <a " in said
    assert said.endswith(">quick-deploy-v1alpha1.sh</code></a> (api v1alpha1)</p>")
