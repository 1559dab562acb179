"""Links, anchors, images and style sheets of the built site; and a case for each way in which they can be dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_site.build.links import check

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Build


def test_every_address_of_the_site_resolves(site: Build) -> None:
    assert [str(error) for error in check(site.folder)] == []
    assert site.finished == 0, site.said


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/index.html").write_text('<h2 id="there">x</h2>')
    (tmp_path / "picture.png").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("tag", "fact"),
    [
        ('<a href="gone.html">', "'gone.html' leads nowhere: the site has no 'gone.html'"),
        ('<a href="sub/#here">', "'sub/#here' leads to no anchor: 'sub/index.html' has no 'here'"),
        ('<a href="#top">', "'#top' leads to no anchor: 'page.html' has no 'top'"),
        ('<img src="no.png">', "'no.png' leads nowhere: the site has no 'no.png'"),
        ('<img srcset="picture.png 1x, big.png 2x">', "'big.png' leads nowhere: the site has no 'big.png'"),
        ('<a href="../other/">', "'../other/' leads out of the site"),
        ('<a href="/sub/">', "'/sub/' leads out of the site"),
        ('<meta http-equiv="refresh" content="0; url=new/">', "'new/' leads nowhere: the site has no 'new'"),
        (
            '<script src="https://cdn.example/x.js">',
            "'https://cdn.example/x.js' is fetched from another host, allowed: files of the site",
        ),
        ('<img src="//cdn.example/x.png">', "'//cdn.example/x.png' is fetched from another host"),
    ],
)
def test_dead_address_is_told_with_its_line(small: Path, tag: str, fact: str) -> None:
    (small / "page.html").write_text(f"<html>\n{tag}")
    (error,) = check(small)
    assert str(error.where) == "page.html:2"
    assert error.fact.startswith(fact)


def test_style_sheet_is_read_too(small: Path) -> None:
    (small / "a.css").write_text('a {}\nb { background: url("no.svg") }\n@import "https://fonts.example/f.css";\n')
    assert [str(error.where) for error in check(small)] == ["a.css:2", "a.css:3"]


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="sub/#there">',
        '<a href="sub/index.html?q=1#there">',
        '<img src="picture.png">',
        '<a href="https://elsewhere.example/">',
        '<a href="mailto:a@b.example">',
        '<img src="data:image/png;base64,AA==">',
        '<p id="top"></p><a href="#top">',
    ],
)
def test_living_address_is_left_alone(small: Path, tag: str) -> None:
    (small / "page.html").write_text(tag)
    assert check(small) == []
