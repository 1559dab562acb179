"""Braces of other languages: refused at their place with what to write, and never missing without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint
from docs_test.pages.braces import HIDDEN, RAW
from docs_test.pages.site import open_site
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from groundwork.base.problems import Problem

HEAD = "---\ntutorial: {platform: none}\n---\n# X\n\n"
GO, BASH, GITHUB = "a Go template", "of bash begins a comment", "GitHub's braces"
REFUSED = {
    "a range of kubectl": (
        "kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{end}}'",
        7,
        34,
        GO,
    ),
    "a field": ("true\ndocker inspect -f '{{.State.Status}}' x", 8, 20, GO),
    "a trimmed one": ("echo '{{- if .Values.x }}'", 7, 7, GO),
    "a comment of Go": ("echo '{{/* x */}}'", 7, 7, GO),
    "a variable of Go": ("echo '{{ $x := 1 }}'", 7, 7, GO),
    "a function of Helm": ("echo '{{ toYaml .Values | indent 2 }}'", 7, 7, GO),
    "a length": ('LIST=(a b)\necho "${#LIST[@]}"', 8, 7, BASH),
    "GitHub's": ("echo ${{ github.ref }}", 7, 6, GITHUB),
    "a format of curl": ("echo '{% if %}'", 7, 0, "if these braces are not for Jinja"),
    "an unknown name": ("echo '{{ MODEL_NAME }}'", 7, 10, "come from mkdocs.yml; if these braces"),
}


def problems(root: Path) -> list[Problem]:
    with pytest.raises(UserError) as error:
        read_tutorials(root, ["docs/x.md"])
    return list(error.value.problems)


def page(code: str, fence: str = "```") -> str:
    return f"{HEAD}{fence}bash {{ .run }}\n{code}\n{fence}\n"


@pytest.mark.parametrize("name", REFUSED)
def test_they_are_refused_with_what_to_write(name: str, site_with: Callable[..., Path]) -> None:
    code, line, column, hint = REFUSED[name]
    (found,) = problems(site_with({"x.md": page(code)}))
    assert (found.position.file, found.position.line, found.position.column) == ("docs/x.md", line, column)
    assert hint in found.hint
    assert RAW in found.hint


def test_an_attribute_list_without_blanks_is_told(site_with: Callable[..., Path]) -> None:
    (found,) = problems(site_with({"x.md": f"{HEAD}Words.\n\n## Clean up {{#clean-up}}\n"}))
    assert (found.position.line, found.position.column) == (8, 13)
    assert found.hint == "`{#` begins a comment of Jinja: write `{ #id }`, with blanks"


def test_in_an_included_file_they_are_told_there(site_with: Callable[..., Path]) -> None:
    root = site_with({"x.md": HEAD + '{% include "go.md" %}\n'})
    (root / "snippets" / "go.md").write_text(
        "1. In a list:\n\n    ```bash { .run }\n    x '{{range .items}}'\n    ```\n"
    )
    (found,) = problems(root)
    assert (str(found.position), GO in found.hint) == ("snippets/go.md:4:8", True)


SWALLOWED = {
    "a length": ('NAME=abc\necho "${#NAME}"\necho "the sign #} closes"\necho end', "```", [(8, 7, BASH)]),
    "two": ('echo "${#A}" #}\necho "${#B}" #}', "~~~", [(7, 7, BASH), (8, 7, BASH)]),
    "a comment in code": ("echo a {# b #}", "```", [(7, 8, "if it is code, put {% raw %}")]),
    "over lines": ("echo {# a\necho b\n#}", "````", [(7, 6, "if it is code, put {% raw %}")]),
    "an id": ("echo {#id} and #}", "```", [(7, 6, "`{#` begins a comment of Jinja: write `{ #id }`")]),
}


@pytest.mark.parametrize("name", SWALLOWED)
def test_code_that_would_be_missing_is_told(name: str, site_with: Callable[..., Path]) -> None:
    code, fence, places = SWALLOWED[name]
    found = problems(site_with({"x.md": page(code, fence)}))
    assert [(one.position.line, one.position.column) for one in found] == [place[:2] for place in places]
    assert {one.fact for one in found} == {HIDDEN}
    assert all(hint in one.hint for one, (_, _, hint) in zip(found, places, strict=True))


def test_what_a_page_shows_as_output_is_advice_alone(site_with: Callable[..., Path]) -> None:
    """It is compared: what a command prints and the page does not show fails there."""
    output = "```console { .output }\na {# b #}\n```\n"
    root = site_with({"x.md": f"{HEAD}```bash {{ .run }}\necho a\n```\n\n{output}"})
    assert len(read_tutorials(root, ["docs/x.md"]).tutorials()) == 1
    report = lint(root, ["docs/x.md"])
    assert [(str(one.position), one.fact, one.counts) for one in report.problems] == [
        ("docs/x.md:11:3", HIDDEN, False)
    ]
    assert report.errors == 0


def test_a_comment_that_takes_a_fence_away_is_told(site_with: Callable[..., Path]) -> None:
    text = f"{HEAD}Prose {{# begins\n\n```bash {{ .run }}\necho gone\n```\n\nends #}}\n"
    assert [(one.position.line, one.fact) for one in problems(site_with({"x.md": text}))] == [(6, HIDDEN)]


def test_one_in_an_include_and_in_a_list_is_told_there(site_with: Callable[..., Path]) -> None:
    root = site_with({"x.md": HEAD + 'Before.\n\n{% include "part.md" %}\n'})
    (root / "snippets" / "part.md").write_text(
        "1. In a list:\n\n    ```bash { .run }\n    echo ${#A} #}\n    ```\n"
    )
    assert [str(one.position) for one in problems(root)] == ["snippets/part.md:4:10"]


RIGHT = {
    "a comment in prose": "{# a note\nover lines #}\n\n",
    "raw": "{% raw %}\n```bash { .run }\necho '{{ .x }}' ${#A} {#id} '{% x %}' #}\n```\n{% endraw %}\n\n",
    "raw inline": "`{% raw %}{{ range }} {# x #}{% endraw %}`\n\n",
    "an id with blanks": "## X { #x }\n\n",
    "a name of the site": "{{ model }}\n\n",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_stands(name: str, site_with: Callable[..., Path]) -> None:
    root = site_with({"x.md": f"{HEAD}{RIGHT[name]}```bash {{ .run }}\necho end\n```\n"})
    (tutorial,) = read_tutorials(root, ["docs/x.md"]).tutorials()
    assert tutorial.steps[-1].code == "echo end"
    if name == "raw":
        assert tutorial.steps[0].code == "echo '{{ .x }}' ${#A} {#id} '{% x %}' #}"


def test_it_is_told_each_time(site_with: Callable[..., Path]) -> None:
    """What was read is kept; and what is wrong with it."""
    root = site_with({"x.md": page("echo ${#A} #}")})
    for _ in range(2):
        assert [one.fact for one in problems(root)] == [HIDDEN]


def test_it_is_told_where_a_page_is_read(site_with: Callable[..., Path]) -> None:
    with open_site(site_with({"x.md": page("echo ${#A} #}")})) as site:
        assert [one.fact for one in site.read("docs/x.md").problems] == [HIDDEN]
