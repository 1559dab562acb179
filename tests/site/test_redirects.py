"""Old addresses lead to the new ones, in the site and from a folder; one that leads nowhere fails the build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from groundwork.base.paths import root

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Build

QUICKSTART = ("planner/sla_planner_quickstart.md", "planner/sla-planner-quickstart.md")
"""The address that the docs' analysis names, and what it has become."""


class _Loader(yaml.SafeLoader):
    """mkdocs.yml may name Python objects; they are of no concern here."""


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
_Loader.add_constructor("!ENV", lambda *_: "")


def redirects() -> dict[str, str]:
    """`redirect_maps` of mkdocs.yml: old page to new page, both relative to docs/."""
    config = yaml.load((root() / "mkdocs.yml").read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    maps = [plugin["redirects"]["redirect_maps"] for plugin in config["plugins"] if "redirects" in plugin]
    assert len(maps) == 1
    return dict(maps[0])


def page(source: str) -> str:
    """Where MkDocs writes a page, relative to the site: no folders for pages, so that links work from a disk."""
    return re.sub(r"(^|/)README\.md$", r"\1index.md", source).removesuffix(".md") + ".html"


def target(folder: Path, old: str) -> Path:
    """The file that the old page's refresh leads to."""
    text = (folder / old).read_text(encoding="utf-8")
    address = text.partition('content="0; url=')[2].partition('"')[0].partition("#")[0]
    assert address, text
    assert not address.startswith(("/", "http")), "not relative: it would not lead anywhere from a folder"
    return ((folder / old).parent / address).resolve()


def test_the_address_of_the_analysis_is_kept() -> None:
    old, new = QUICKSTART
    assert redirects()[old] == new


@pytest.mark.parametrize(("old", "new"), redirects().items())
def test_old_address_leads_to_the_new_page(site: Build, old: str, new: str) -> None:
    assert target(site.folder, page(old)) == (site.folder / page(new.partition("#")[0])).resolve()
    assert not (root() / "docs" / old).exists(), "a page that is still there cannot have moved"


def small_site(folder: Path, new: str) -> subprocess.CompletedProcess[str]:
    """A site of two pages, built strictly without folders for pages, as for reading from a disk."""
    (folder / "docs/planner").mkdir(parents=True)
    (folder / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    (folder / "docs" / QUICKSTART[1]).write_text("# Quickstart\n", encoding="utf-8")
    config = {
        "site_name": "Small",
        "strict": True,
        "use_directory_urls": False,
        "theme": {"name": "mkdocs"},
        "plugins": [{"redirects": {"redirect_maps": {QUICKSTART[0]: new}}}],
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_redirect_works_from_a_folder(tmp_path: Path) -> None:
    done = small_site(tmp_path, QUICKSTART[1])
    assert done.returncode == 0, done.stderr
    old, new = (page(name) for name in QUICKSTART)
    assert target(tmp_path / "site", old) == (tmp_path / "site" / new).resolve()
    assert (tmp_path / "site" / new).is_file()


def test_redirect_to_nowhere_fails_the_build(tmp_path: Path) -> None:
    done = small_site(tmp_path, "planner/gone.md")
    assert done.returncode != 0
    assert "Redirect target 'planner/gone.md' does not exist" in done.stderr
