"""What `nox -s engines` would notice."""

from __future__ import annotations

import pytest

from engines.compare import Difference, Outline, differences, outline

PAGE = """<article><h1 id="a">A<a class="headerlink">¶</a></h1><pre><code>x
</code></pre></article><h2 id="b">menu</h2>"""


def test_outline_is_of_the_article_alone() -> None:
    assert outline(PAGE) == Outline((("h1", "a", "A"),), ("x",))


@pytest.mark.parametrize(
    ("theirs", "what"),
    [
        (PAGE.replace('id="a"', 'id="a_1"'), "headings: ('h1', 'a', 'A') became ('h1', 'a_1', 'A')"),
        (PAGE.replace("x\n", "y\n"), "blocks: 'x' became 'y'"),
        (PAGE.replace("<pre><code>x\n</code></pre>", ""), "blocks: 1 became 0"),
    ],
)
def test_other_page_is_noticed(theirs: str, what: str) -> None:
    assert differences({"p": outline(PAGE)}, {"p": outline(theirs)}) == [Difference("p", what)]


def test_page_that_is_missing_or_more_is_noticed() -> None:
    page = outline(PAGE)
    assert [str(found.page) for found in differences({"p": page, "q": page}, {"p": page, "r": page})] == ["q", "r"]
    assert differences({"p": page}, {"p": page}) == []
