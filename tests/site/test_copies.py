"""llms.txt, and the Markdown copy beside each page: what the site renders, with nothing lost."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from mkdocs.config import load_config

from docs_site.build.markdown_copy import copy_of
from docs_site.build.npm import Asset, assets, fetch, unpack
from docs_site.pages.navigation import entries
from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import BeautifulSoup

    from conftest import Build


def copies(site: Build, root: Path) -> dict[str, tuple[str, BeautifulSoup]]:
    listed = list(entries(load_config(str(root / "mkdocs.yml")).nav))
    assert len(listed) > 5
    return {
        entry.copy: ((site.folder / entry.copy).read_text(encoding="utf-8"), site.soup(entry.built))
        for entry in listed
    }


def test_copy_has_every_heading_and_every_line_of_code(site: Build, root: Path) -> None:
    for name, (text, soup) in copies(site, root).items():
        article = soup.find("article")
        assert article is not None
        for link in article.select(".headerlink"):
            link.decompose()
        plain = re.sub(r"[`\\*]", "", text)
        for heading in article.select("h1, h2, h3, h4"):
            assert f"# {' '.join(heading.get_text().split())}" in plain, name
        for block in article.select("pre"):
            lines = [line.strip() for line in block.get_text().splitlines() if line.strip()]
            assert [line for line in lines if line not in text] == [], name


def test_copy_has_no_macro_no_markup_and_living_links(site: Build, root: Path) -> None:
    for name, (text, _) in copies(site, root).items():
        prose = re.sub(r"^( *(?:> )?)(`{3,}).*?^\1\2$", "", text, flags=re.DOTALL | re.MULTILINE)
        prose = re.sub(r"`[^`\n]+`", "", prose)
        assert not re.search(r"\{\{|\{%|</?(?:div|span|p|a|details)\b|¶", prose), name
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
            if "://" not in target:
                assert (site.folder / name).parent.joinpath(target).resolve().is_file(), (name, target)


def test_tabs_are_named_and_the_file_too(site: Build) -> None:
    text = (site.folder / "kubernetes/quick-deploy.md").read_text(encoding="utf-8")
    assert text.index("**Tab: v1beta1**") < text.index("apiVersion: nvidia.com/v1beta1")
    assert text.index("apiVersion: nvidia.com/v1beta1") < text.index("**Tab: v1alpha1**")
    assert "`dgd-quickstart.yaml`:\n\n```yaml\n" in text
    install = (site.folder / "kubernetes/install.md").read_text(encoding="utf-8")
    assert "(Not run by this site's tests: the tests install no chart" in install


def test_list_names_every_page_once_with_what_it_is_about(site: Build, root: Path) -> None:
    text = (site.folder / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# Dynamo on Kubernetes\n\n> ")
    assert "- [DynamoGraphDeploymentRequest v1beta1](" in text, "a kind is one word, although a page may break it"
    listed = re.findall(r"^- \[.+\]\((.+)\) \((?:tutorial|how-to|concept|reference)\): \S", text, re.MULTILINE)
    assert listed == list(copies(site, root))


def test_page_links_its_copy(site: Build) -> None:
    soup = site.soup("kubernetes/quick-deploy.html")
    assert [link["href"] for link in soup.select('[type="text/markdown"]')] == ["quick-deploy.md"]


HTML = """<head><meta name="description" content="What it is."></head><article>
<p class="kind" data-kind="how-to">How-to</p><h1>T <a class="headerlink" href="#t">¶</a></h1>
<div class="admonition note"><p class="admonition-title">Mind <code>x</code></p><p>gap</p></div>
<div class="language-md highlight"><pre><span></span><code>```
inner
```
</code></pre></div>
<table><tr><th>a</th></tr><tr><td><code>b|c</code></td></tr></table>
<p><a href="../x.html#y">x</a> <a href="https://e.example/z.html">z</a></p></article>"""


def test_what_is_hard_to_say_in_markdown() -> None:
    copy = copy_of(HTML)
    assert (copy.title, copy.description, copy.kind) == ("T", "What it is.", "how-to")
    assert copy.markdown == (
        "# T\n\n> **Mind x**\n>\n> gap\n\n````md\n```\ninner\n```\n````\n\n"
        "| a |\n| --- |\n| `b\\|c` |\n\n[x](../x.md#y) [z](https://e.example/z.html)\n"
    )


def test_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.tgz").write_bytes(b"other")
    asset = assets()[0]
    assert isinstance(asset, Asset)
    with pytest.raises(EnvironmentFault, match=r"has the checksum 'sha512-.*', allowed: 'sha512-roeaaI"):
        unpack(tmp_path / "other.tgz", asset, tmp_path / "kept.js")
    assert not (tmp_path / "kept.js").exists()


def archive(path: Path, name: str) -> Asset:
    """A package's archive with one file, and the asset that pins it."""
    with tarfile.open(path, "w:gz") as package:
        member = tarfile.TarInfo(name)
        member.size = 4
        package.addfile(member, io.BytesIO(b"code"))
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    return replace(assets()[0], integrity=integrity)


def test_package_without_the_file_is_refused(tmp_path: Path) -> None:
    asset = archive(tmp_path / "p.tgz", "package/other.js")
    with pytest.raises(EnvironmentFault, match=f"has no file '{asset.file}'\nhint: npm.toml"):
        unpack(tmp_path / "p.tgz", asset, tmp_path / "kept.js")


def test_warnings_of_npm_are_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = archive(tmp_path / "p.tgz", assets()[0].file)
    npm = tmp_path / "npm"
    npm.write_text(
        "#!/bin/sh\necho 'npm warn Unknown user config' >&2\necho p-1.tgz\n"
        f'for last; do :; done\n[ -e {tmp_path}/nothing ] || cp {tmp_path}/p.tgz "$last/p-1.tgz"\n'
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert fetch(asset).read_bytes() == b"code"
    (tmp_path / "nothing").touch()
    with pytest.raises(EnvironmentFault, match="npm pack left 0 archives, expected 1"):
        fetch(replace(asset, target="another"))
