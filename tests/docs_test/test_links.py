"""Links of pages that lead nowhere: lint names them at their line and column, as the build would refuse them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint
from docs_test.language.links import anchors, links, parts
from groundwork.base.problems import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OTHER = """\
# Other { #other }

## Auto title

Text. { #para }

```bash { .skip data-reason="shown" #block }
true
```
<a id="raw"></a>
"""
STRICT = "validation: {links: {not_found: warn, anchors: warn, absolute_links: warn, unrecognized_links: warn}}\n"
GOOD = """\
# A { #a }

[1](other.md) [2](other.md#other) [3](other.md#auto-title) [4](other.md#para) [5](other.md#block) [6](other.md#raw)
[7](#a) [8](https://example.com/x.md#y) [9](mailto:a@b) [10](data.txt) [11](other.html) [12](deep/in.md "title")
`[13](gone.md)` and <!-- [14](gone.md) --> are text. <a href="gone.html">not of MkDocs</a>

[15]: <other.md>

```bash { .skip data-reason="shown" }
echo '[16](gone.md)'
```
"""


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    made = site_with({"a.md": GOOD, "other.md": OTHER, "deep/in.md": "# In\n\n[up](../other.md#other)\n"})
    (made / "docs" / "data.txt").write_text("x")
    settings = made / "mkdocs.yml"
    settings.write_text(STRICT + settings.read_text())
    return made


def found(root: Path, line: str, page: str = "docs/a.md") -> list[str]:
    (root / page).write_text(f"# A {{ #a }}\n\n{line}\n")
    return [str(problem) for problem in lint(root, [page]).problems]


def test_links_that_lead_somewhere(root: Path) -> None:
    assert lint(root).problems == ()


@pytest.mark.parametrize(
    ("link", "fact", "hint"),
    [
        ("othr.md", "there is no file docs/othr.md", "did you mean 'other.md'?"),
        ("dta.txt", "there is no file docs/dta.txt", "did you mean 'data.txt'?"),
        ("gone/x.png", "there is no file docs/gone/x.png", "the path starts at this page's folder"),
        ("other.md#othr", "docs/other.md has no anchor 'othr'", "did you mean '#other'?"),
        ("#b", "this page has no anchor 'b'", "an anchor is a heading's id: { #b }"),
        ("other", "is not a file", "write other.md"),
        ("/other.md", "begins with a slash", "write the path from this page's folder"),
    ],
)
def test_a_dead_link_is_named_at_its_place(root: Path, link: str, fact: str, hint: str) -> None:
    assert found(root, f"See [it]({link}).") == [f"docs/a.md:3:10: the link {link!r}: {fact}\nhint: {hint}"]


def test_it_is_the_build_that_says_what_counts(root: Path) -> None:
    settings = root / "mkdocs.yml"
    settings.write_text(settings.read_text().replace(STRICT, ""))
    (root / "docs" / "a.md").write_text("# A\n\n[x](gone.md) [y](#gone)\n")
    stages = [problem.stage for problem in lint(root, ["docs/a.md"]).problems]
    assert stages == [Stage.READ, Stage.ADVICE], "MkDocs warns of pages, and only says that anchors are missing"
    settings.write_text("validation: {links: {not_found: ignore, anchors: ignore}}\n" + settings.read_text())
    assert lint(root, ["docs/a.md"]).problems == ()


def test_a_link_in_a_snippet_is_one_of_the_page_that_includes_it(root: Path) -> None:
    (root / "snippets" / "part.md").write_text("[x](other.md) [y](gone.md)\n")
    (said,) = found(root, '{% include "part.md" %}')
    assert said.startswith("snippets/part.md:1:19: the link 'gone.md': there is no file docs/gone.md")
    (said,) = found(root, '{% include "part.md" %}', "docs/deep/in.md")[1:]
    assert "there is no file docs/deep/gone.md" in said


def test_a_page_behind_a_symbolic_link_links_from_where_the_site_has_it(root: Path) -> None:
    (root / "elsewhere").mkdir()
    (root / "docs" / "linked").symlink_to("../elsewhere")
    (root / "elsewhere" / "p.md").write_text("# P\n\n[up](../other.md) [x](../gone.md)\n")
    (problem,) = lint(root, ["docs/linked/p.md"]).problems
    assert "'../gone.md': there is no file docs/gone.md" in problem.fact


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("[a](b.md) ![c](d.png 'x') [e](<f.md>)", ["b.md", "d.png", "f.md"]),
        ("``[a](b.md)`` [c](d_(1).md)", ["d_(1).md"]),
        ("[a]: b.md", ["b.md"]),
        ("[^1]: b.md", []),
        ("[a](tel:1) [b](//host/x)", []),
    ],
)
def test_links_of_a_line(line: str, there: list[str]) -> None:
    assert list(links(line)) == there


def test_anchors_and_parts() -> None:
    assert list(anchors('# A { .x #b-c } <a name="d"></a>')) == ["b-c", "d"]
    assert parts("a%20b.md?x=1#c%C3%A4") == ("a b.md", "c\u00e4")
