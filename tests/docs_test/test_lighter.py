"""What is left out of a rendering holds nothing that is looked for, and much is left out."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from markdown import Markdown
from markdown.util import STX

from docs_test.pages.lighter import lighten

FENCE = STX + "wzxhzdk:0"
KEPT = {
    "a paragraph with a fence": f"<p>{FENCE}</p>",
    "a paragraph with a tag": "<p>a &lt;!-- b</p>",
    "a cell with a tag": "<table><tbody><tr><td>&lt;b</td></tr></tbody></table>",
    "an item with a heading": "<ul><li><h2>a</h2></li></ul>",
    "an item with code": "<ul><li><pre>a</pre></li></ul>",
    "what a fence follows": f"<p>a</p>{FENCE}",
    "what no extension may miss": "<div><span>a</span></div>",
}
LEFT_OUT = ("<p>a</p>", "<ul><li>a</li></ul>", "<table><tbody><tr><td>a</td></tr></tbody></table>")


def pruned(html: str) -> str:
    md = Markdown(extensions=["pymdownx.superfences"])
    step = md.preprocessors["fenced_code_block"]
    lighten(md, step)
    root = ET.fromstring(f"<div>{html.replace(STX, '&#xE000;')}</div>")  # noqa: S314 - our own text.
    for element in root.iter():
        element.text = (element.text or "").replace("\ue000", STX)
        element.tail = (element.tail or "").replace("\ue000", STX)
    md.treeprocessors["docs-test-pruned"].run(root)
    return ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("what", KEPT)
def test_it_is_kept(what: str) -> None:
    assert pruned(KEPT[what]) == f"<div>{KEPT[what]}</div>"


@pytest.mark.parametrize("html", LEFT_OUT)
def test_it_is_left_out(html: str) -> None:
    assert pruned(html) == "<div />"
    assert pruned(f"<p>&lt;</p>{html}") == "<div><p>&lt;</p></div>"


def test_a_row_beside_one_that_is_kept_is_left_out() -> None:
    table = "<table><tr><td>a</td></tr><tr><td>&lt;</td></tr></table>"
    assert pruned(table) == "<div><table><tr><td>&lt;</td></tr></table></div>"


@pytest.mark.parametrize(("options", "highlighted"), [("", False), (" title='a'", True)])
def test_only_blocks_with_options_are_highlighted(options: str, *, highlighted: bool) -> None:
    md = Markdown(extensions=["pymdownx.superfences"])
    step = md.preprocessors["fenced_code_block"]
    lighten(md, step)
    assert ('class="highlight"' in md.convert(f"```bash{options}\na\n```")) is highlighted
