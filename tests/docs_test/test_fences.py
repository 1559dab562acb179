"""Fences are those of the renderer, wherever they are nested."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from docs_test.pages.hidden_checks import HiddenCheck
from docs_test.pages.read import read_page
from docs_test.pages.site import open_site
from docs_test.tutorials.structure import lint_page
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docs_test.model import Fence

HEAD = "---\ntutorial:\n---\n# Page\n\n"
BODY = '```bash { .run #x data-exit="3" }\nif true; then\n    echo a\n\nfi\n```\n'


def indented(text: str, prefix: str) -> str:
    return "".join(f"{prefix}{line}".rstrip() + "\n" for line in text.splitlines())


NESTINGS = {
    "plain": BODY,
    "tab": '=== "One"\n\n' + indented(BODY, "    "),
    "admonition": "!!! note\n\n" + indented(BODY, "    "),
    "details": "??? question\n\n" + indented(BODY, "    "),
    "list": "- item\n\n" + indented(BODY, "    "),
    "numbered list": "1. item\n\n" + indented(BODY, "    ") + "\n2. item\n",
    "quote": "> said\n>\n" + indented(BODY, "> "),
    "tilde": BODY.replace("```", "~~~"),
    "longer": BODY.replace("```", "`````"),
    "tab in admonition": '!!! tip\n\n    === "One"\n\n' + indented(BODY, " " * 8),
    "list in tab": '=== "One"\n\n    1. item\n\n' + indented(BODY, " " * 8),
    "details in list": "- item\n\n    ??? note\n\n" + indented(BODY, " " * 8),
    "HTML": '<div markdown="1">\n\n' + BODY + "\n</div>\n",
}


def fences_of(root: Path, name: str = "docs/page.md") -> tuple[Fence, ...]:
    with open_site(root) as site:
        page = read_page(site, name)
    assert [str(error) for error in page.problems] == []
    return page.content.fences


@pytest.mark.parametrize("nesting", NESTINGS)
def test_fence_is_found_in_every_nesting(site_with: Callable[..., Path], nesting: str) -> None:
    source = HEAD + NESTINGS[nesting]
    (fence,) = fences_of(site_with({"page.md": source}))
    opening = next(n for n, line in enumerate(source.splitlines(), 1) if "{ .run" in line)
    assert fence.language == "bash"
    assert fence.classes == ("run",)
    assert dict(fence.attributes) == {"id": "x", "data-exit": "3"}
    assert fence.text == "if true; then\n    echo a\n\nfi"
    assert fence.location.line == opening
    assert [place.line for place in fence.lines] == [opening + n for n in (1, 2, 3, 4)]


def test_bare_attribute_has_an_empty_value(site_with: Callable[..., Path]) -> None:
    (fence,) = fences_of(site_with({"page.md": "```bash { .run data-background }\nx\n```\n"}))
    assert fence.attributes == {"data-background": ""}


def test_blank_lines_at_both_ends_are_not_shown_and_not_read(site_with: Callable[..., Path]) -> None:
    (fence,) = fences_of(site_with({"page.md": "```text\n\nfirst\n\nlast\n\n```\n"}))
    assert fence.text == "first\n\nlast"
    assert [place.line for place in fence.lines] == [3, 4, 5]


def test_fence_inside_a_longer_one_is_its_text(site_with: Callable[..., Path]) -> None:
    (fence,) = fences_of(site_with({"page.md": "````text\n```bash\na\n```\n````\n"}))
    assert fence.text == "```bash\na\n```"


def test_fence_inside_a_comment_is_nobodys(site_with: Callable[..., Path]) -> None:
    assert fences_of(site_with({"page.md": "Text.\n\n<!--\n```bash\na\n```\n-->\n"})) == ()


def test_hidden_checks_keep_their_place(site_with: Callable[..., Path]) -> None:
    source = (
        HEAD
        + BODY
        + "\n<!-- check: one -->\n<!-- not one -->\n\n<!-- check:\ntwo |\n  three\n-->\n\n"
        + BODY.replace("#x", "#y")
        + "\n- item\n\n    <!-- check: four -->\n\nNot `<!-- check: five -->` this.\n"
    )
    with open_site(site_with({"page.md": source})) as site:
        page = read_page(site, "docs/page.md")
    assert page.problems == ()
    lines = source.splitlines()
    checks = [part for part in page.content.parts if isinstance(part, HiddenCheck)]
    assert [check.code for check in checks] == ["one", "two |\n  three", "four"]
    assert [lines[check.location.line - 1].strip()[:12] for check in checks] == [
        "<!-- check: ",
        "<!-- check:",
        "<!-- check: ",
    ]
    assert [lines[place.line - 1].strip() for place in checks[1].lines] == ["two |", "three"]
    assert [type(part).__name__ for part in page.content.parts] == [
        "Fence", "HiddenCheck", "HiddenCheck", "Fence", "HiddenCheck",
    ]  # fmt: skip


def test_renderer_that_counts_lines_differently_is_reported(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site_with({"page.md": "# A\n\n```text\nx\n```\n"})
    (root / "shift.py").write_text(
        "from markdown import Extension\n"
        "from markdown.preprocessors import Preprocessor\n"
        "class Shift(Preprocessor):\n"
        "    def run(self, lines):\n"
        "        return ['inserted', *lines]\n"
        "class ShiftExtension(Extension):\n"
        "    def extendMarkdown(self, md):\n"
        "        md.preprocessors.register(Shift(md), 'shift', 29)\n"
        "def makeExtension(**kwargs):\n"
        "    return ShiftExtension(**kwargs)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(root)
    config = root / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8") + "  - shift\n", encoding="utf-8")
    with open_site(root) as site:
        errors = read_page(site, "docs/page.md").problems
    assert str(errors[0].position) == "docs/page.md:1"
    assert "disagree" in errors[0].fact


PIECES = (
    "```bash { .run }", "```", "````", "~~~", '    ```yaml { .file title="a" }', "    ```", "> ```", "- ```bash",
    "> quoted", "- item", "", "", "text", "    indented", "\tTab", '=== "Tab"', "!!! note", "<!-- check: x -->",
    "<!--", "-->", "{% raw %}", "{% endraw %}", "{{ model }}", "{{", "{% if", "<pre>", "</pre>", "<details>",
    "--8<--", '--8<-- "app.yaml"', "<script>", "`<!-- check: y -->`", "[a]: b", "*[A]: b", "| a | b |",
    "\u2028", "\x02", "&#96;", "```bash key=value", "    ~~~text", "<!-- check:", '{% include "outer.md" %}',
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_any_page_is_read_or_refused_at_a_line(site_with: Callable[..., Path], seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - cases, no secrets.
    pages = {
        f"{n}.md": HEAD + "\n".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 25))) + "\n"
        for n in range(10)
    }
    with open_site(site_with(pages)) as site:
        for name, text in pages.items():
            path = f"docs/{name}"
            try:
                errors = lint_page(site, path).problems
            except UserError as error:
                errors = error.problems
            assert all(error.bug is None for error in errors), text
            for error in errors:
                assert re.match(r"(docs|examples|snippets)/\S+:\d+$", str(error.position)), (text, error)
