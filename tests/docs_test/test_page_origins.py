"""Every line keeps its file and number through macros, includes and snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.pages.read import read_page
from docs_test.pages.site import open_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docs_test.pages.page import Page

FRONT = "---\ntitle: x\n---\n\n"


def read(root: Path) -> Page:
    with open_site(root) as site:
        page = read_page(site, "docs/page.md")
    assert [str(error) for error in page.problems] == []
    return page


def places(page: Page, index: int = 0) -> list[str]:
    return [str(place) for place in page.content.fences[index].lines]


def test_include_in_include_in_a_tab(site_with: Callable[..., Path]) -> None:
    page = read(site_with({"page.md": FRONT + '# A\n\n{% include "outer.md" %}\n\n```text\nafter\n```\n'}))
    fence, after = page.content.fences
    assert fence.text == "echo Qwen/Qwen3-0.6B\necho inner"
    assert str(fence.location) == "snippets/inner.md:3"
    assert places(page) == ["snippets/inner.md:4", "snippets/inner.md:5"]
    assert str(after.location) == "docs/page.md:9"
    assert page.inputs.keys() == {"docs/page.md", "snippets/outer.md", "snippets/inner.md"}


def test_lines_of_a_macro_take_the_line_of_its_call(site_with: Callable[..., Path]) -> None:
    page = read(site_with({"page.md": FRONT + "```text\nfirst\n{{ two_commands() }}\nlast\n```\n"}))
    assert page.content.fences[0].text == "first\necho first\necho second\nlast"
    assert places(page) == [f"docs/page.md:{line}" for line in (6, 7, 7, 8)]


def test_glossary_on_every_page_moves_no_line(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": FRONT + "# A\n\nThe DGD.\n\n```text\nlast\n```"})
    (root / "snippets/glossary.md").write_text("*[DGD]: a graph\n", encoding="utf-8")
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    appended = "base_path: [examples, snippets]\n      auto_append: [glossary.md]"
    config.write_text(text.replace("base_path: [examples]", appended), encoding="utf-8")
    page = read(root)
    assert places(page) == ["docs/page.md:10"]
    assert page.inputs.keys() == {"docs/page.md", "snippets/glossary.md"}


SOURCES = {
    "statement": ("{% if true %}\nyes\n{% endif %}\n```text\na\n```\n", "a", [9]),
    "stripped statement": ("{%- if true -%}\n\n\nyes\n\n```text\na\n```\n{% endif %}", "a", [11]),
    "raw": ("{% raw %}\n{{ not }}\n```text\n{{ a }}\n```\n{% endraw %}\n", "{{ a }}", [8]),
    "comment": ("{# one\ntwo #}\n```text\na\n```\n", "a", [8]),
    "loop": ("```text\n{% for n in [1, 2] %}n{{ n }}\n{% endfor %}\n```\n", "n1\nn2", [6, 6]),
    "set block": ("{% set x %}\nb\n{% endset %}```text\na{{ x }}c\n```\n", "a\nb\nc", [8, 6, 8]),
    "filter that trims": ("```text\n{% filter trim %}\n\na\n\n{% endfilter %}\nb\n```\n", "a\nb", [8, 11]),
    "filter that measures": ("{% set x %}abc{% endset %}```text\n{{ x | length }}\nb\n```\n", "3\nb", [6, 7]),
    "macro of Jinja": ("{% macro m(x) %}\nx{{ x }}\n{% endmacro %}```text\n{{ m(1) }}\n```\n", "x1", [6]),
}


@pytest.mark.parametrize("name", SOURCES)
def test_jinja_is_not_disturbed(site_with: Callable[..., Path], name: str) -> None:
    source, text, lines = SOURCES[name]
    page = read(site_with({"page.md": FRONT + source}))
    assert page.content.fences[0].text == text
    assert places(page) == [f"docs/page.md:{line}" for line in lines]


def test_snippet_in_a_nested_fence(site_with: Callable[..., Path]) -> None:
    source = '# A\n\n- item\n\n    ```yaml { .manifest }\n    --8<-- "app.yaml"\n    ```\n\n```text\nafter\n```\n'
    page = read(site_with({"page.md": FRONT + source}))
    assert places(page)[:2] == ["examples/app.yaml:1", "examples/app.yaml:2"]
    assert str(page.content.fences[1].location) == "docs/page.md:13"
    assert page.inputs.keys() == {"docs/page.md", "examples/app.yaml"}


@pytest.mark.parametrize("selection", [":shown", ":3:4"])
def test_part_of_a_snippet(site_with: Callable[..., Path], selection: str) -> None:
    page = read(site_with({"page.md": f'{FRONT}```text\n--8<-- "commands.sh{selection}"\n```\n'}))
    assert page.content.fences[0].text == "echo shown\necho too"
    assert places(page) == ["examples/commands.sh:3", "examples/commands.sh:4"]


def test_snippets_listed_in_a_block(site_with: Callable[..., Path]) -> None:
    page = read(site_with({"page.md": FRONT + "```text\n--8<--\napp.yaml\n--8<--\nb\n```\n"}))
    assert places(page)[0] == "examples/app.yaml:1"
    assert places(page)[-1] == "docs/page.md:9"


def test_page_that_asks_not_to_be_rendered(site_with: Callable[..., Path]) -> None:
    page = read(site_with({"page.md": "---\nrender_macros: false\n---\n\n```text\n{{ model }}\n```\n"}))
    assert page.content.fences[0].text == "{{ model }}"
    assert places(page) == ["docs/page.md:6"]


def test_title_is_rendered_too(site_with: Callable[..., Path]) -> None:
    assert read(site_with({"page.md": "# Run {{ model }}\n"})).title == "Run Qwen/Qwen3-0.6B"


def test_windows_line_ends_and_byte_order_mark(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": ""})
    (root / "docs" / "page.md").write_bytes(
        b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\n\r\n```text\r\na\r\nb\r\n```\r\n"
    )
    page = read(root)
    assert page.content.fences[0].text == "a\nb"
    assert places(page) == ["docs/page.md:6", "docs/page.md:7"]


def via(page: Page, index: int = 0) -> list[list[str]]:
    return [[str(outer) for outer in place.via] for place in page.content.fences[index].lines]


def test_lines_know_which_lines_include_them(site_with: Callable[..., Path]) -> None:
    page = read(
        site_with(
            {"page.md": FRONT + '# A\n\n{% include "outer.md" %}\n\n```text\nafter\n--8<-- "app.yaml:1:1"\n```\n'}
        )
    )
    inner, after = page.content.fences
    outer = page.content.fences[0].lines[0].via[0]
    assert outer.file == "snippets/outer.md"
    assert via(page) == [[str(outer), "docs/page.md:7"]] * 2
    assert inner.location.via == inner.lines[0].via
    assert via(page, 1) == [[], ["docs/page.md:11"]]
    assert after.location.via == ()


def test_a_snippet_in_an_include_names_both(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": FRONT + '{% include "more.md" %}\n{% include "more.md" %}'})
    (root / "snippets" / "more.md").write_text("```text\n--8<--\napp.yaml:1:1\n--8<--\n```\n", encoding="utf-8")
    page = read(root)
    assert via(page, 0) == [["snippets/more.md:3", "docs/page.md:5"]]
    assert via(page, 1) == [["snippets/more.md:3", "docs/page.md:6"]]


def test_a_snippet_in_a_snippet_names_both(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": FRONT + '```text\n--8<-- "outer.txt"\n```\n'})
    (root / "examples" / "outer.txt").write_text('a\n  --8<-- "app.yaml:1:1"\nb\n', encoding="utf-8")
    assert via(read(root))[:3] == [
        ["docs/page.md:6"],
        ["examples/outer.txt:2", "docs/page.md:6"],
        ["docs/page.md:6"],
    ]
