"""Rules of a page, by example: tests/cases/good/*.md has no mistake, tests/cases/bad/*.md those of its .txt."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.structure import lint_page
from groundwork.base.errors import ExitStatus, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.pages.site import Site

CASES = Path(__file__).parents[1] / "cases"


def names(verdict: str) -> list[str]:
    found = sorted(file.stem for file in (CASES / verdict).glob("*.md"))
    assert found
    return found


@pytest.mark.parametrize("name", names("good"))
def test_good_page_has_no_mistake(cases_site: Site, name: str) -> None:
    assert [str(error) for error in lint_page(cases_site, f"docs/good/{name}.md").problems] == []


@pytest.mark.parametrize("name", names("bad"))
def test_bad_page_reports_each_mistake_at_its_line(cases_site: Site, name: str) -> None:
    try:
        problems = lint_page(cases_site, f"docs/bad/{name}.md").problems
    except UserError as error:
        problems = error.problems
    expected = (CASES / "bad" / f"{name}.txt").read_text(encoding="utf-8")
    assert "\n".join(str(problem) for problem in problems) + "\n" == expected


def test_columns_of_fences_are_those_of_the_words_that_are_to_blame(cases_site: Site) -> None:
    pointed = 0
    for name in names("bad"):
        try:
            problems = lint_page(cases_site, f"docs/bad/{name}.md").problems
        except UserError:
            continue
        for problem in problems:
            if problem.code == "fence" and problem.position.column:
                line = (
                    (cases_site.root / problem.position.file).read_text().splitlines()[problem.position.line - 1]
                )
                word = re.match(r"[.\w-]+", line[problem.position.column - 1 :])
                assert word, str(problem)
                assert word[0] in problem.fact, str(problem)
                pointed += 1
    assert pointed > 20


@pytest.mark.parametrize(
    ("page", "where"),
    [
        ("```bash { .run data-timeuot='5m' }\na\n```\n", "docs/page.md:4:16"),
        ("> - x\n>\n>     ```bash { .run data-timeuot='5m' }\n>     a\n>     ```\n", "docs/page.md:6:22"),
        ("```bash { .run title='data-timeuot' data-timeuot='5m' }\na\n```\n", "docs/page.md:4"),
        ("{{ fence_with('data-timeuot') }}\n", "docs/page.md:4"),
        ("{% include 'typo.md' %}\n", "snippets/typo.md:2:16"),
    ],
)
def test_a_column_is_told_only_where_it_is_known(site_with: Callable[..., Path], page: str, where: str) -> None:
    fence = "```bash { .run data-timeuot='5m' }\na\n```\n"
    macro = "{% macro fence_with(name) %}" + fence.replace("data-timeuot", "{{ name }}") + "{% endmacro %}"
    root = site_with({"page.md": f"{TUTORIAL[:-1]}{macro if 'fence_with' in page else ''}{page}"})
    (root / "snippets" / "typo.md").write_text(f"\n{fence}")
    (problem,) = lint(root, ["docs/page.md"]).problems
    assert (str(problem.position), problem.fact) == (where, "unknown attribute 'data-timeuot'")


def test_lint_of_a_whole_site_reports_every_page(site_with: Callable[..., Path]) -> None:
    root = site_with(
        {
            "a.md": "# A\n\n```bash\na\n```\n",
            "b.md": "# B\n\n{{ nothing_of_that_name }}\n",
            "c.md": "# C\n\n```bash { .rum }\nc\n```\n",
        }
    )
    assert [str(error.position) for error in lint(root).problems] == [
        "docs/a.md:3",
        "docs/b.md:3:4",
        "docs/c.md:3:11",
    ]


def test_folder_without_a_site_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no mkdocs\.yml"):
        lint(tmp_path)


def test_site_that_mkdocs_refuses_is_named(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: [no-such-plugin]\n", encoding="utf-8")
    with pytest.raises(UserError, match="no-such-plugin") as error:
        lint(root)
    assert str(error.value.where) == "mkdocs.yml:1"


def test_site_without_superfences_is_refused(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: []\n", encoding="utf-8")
    assert [error.fact for error in lint(root).problems] == ["markdown_extensions lacks 'pymdownx.superfences'"]


def test_a_page_that_the_renderer_cannot_take_is_a_mistake_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nplugins: []\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n"
    )
    (tmp_path / "docs" / "x.md").write_text("1. " * 500 + "\n")
    (error,) = lint(tmp_path).problems
    assert str(error).startswith("docs/x.md:1: nested too deeply to be rendered\nhint: ")


TUTORIAL = "---\ntutorial:\n---\n\n"


def output(match: str, text: str) -> str:
    return f'{TUTORIAL}```bash {{ .run }}\na\n```\n\n```console {{ .output data-match="{match}" }}\n{text}\n```\n'


def front(text: str) -> str:
    return f"---\ntutorial:\n  {text}\n---\n"


ODD = {
    "repetition": (
        output("regex", "a{99999999999999999999}"),
        "10",
        "no regular expression: a number in it is too",
    ),
    "groups": (output("regex", "(" * 5000 + "a" + ")" * 5000), "10", "no regular expression: nested too deeply"),
    "deep JSON": (output("json", "[" * 100_000), "10", "no JSON: nested too deeply"),
    "rather deep JSON": (output("json", "[" * 101 + "]" * 101), "10", "no JSON: nested too deeply"),
    "number in JSON": (output("json", "9" * 5000), "10", "no JSON: a number in it is too large"),
    "long data-from": (
        f'{TUTORIAL}```yaml {{ .manifest data-from="{"a" * 3000}" }}\na\n```\n',
        "5:21",
        "is not a file",
    ),
    "long title": (
        f'{TUTORIAL}```yaml {{ .file title="{"a" * 256}" }}\na: 1\n```\n',
        "5:17",
        "is too long for a file",
    ),
    "long time": (front("timeout: " + "9" * 400 + "s"), "3:3", "is longer than a week"),
    "deep front matter": (front("needs: " + "[" * 3000 + "]" * 3000), "1", "front matter is nested too deeply"),
    "front matter in itself": ("---\nx: &x [*x]\n---\n", "1", "nested too deeply, or in itself"),
    "octal": (front("vars: {A: 0644}"), "3:3", "the value of 'A' is 0644, not text"),
    "sexagesimal": (front("vars: {A: 10:30}"), "3:3", "the value of 'A' is 10:30, not text"),
    "hexadecimal": (front("vars: {A: 0x10}"), "3:3", "the value of 'A' is 0x10, not text"),
    "underscores": (front("vars: {A: 1_000}"), "3:3", "the value of 'A' is 1_000, not text"),
    "plus": (front("vars: {A: +1}"), "3:3", "the value of 'A' is +1, not text"),
    "date": (front("vars: {A: 2026-11-24}"), "3:3", "the value of 'A' is 2026-11-24, not text"),
    "no date": (front("vars: {A: 2020-13-45}"), "3:3", "the value of 'A' is 2020-13-45, not text"),
    "long number": (front("vars: {A: " + "9" * 5000 + "}"), "3:3", "…, not text"),
    "NUL": (front('vars: {A: "a\\0b"}'), "3:3", "the value of 'A' has a NUL"),
    "tag": (front("vars: {A: !!bool x}"), "3:3", "a tag that its value does not fit"),
    "octal sample": ("---\nplaceholders: {mode: 0644}\n---\n", "2:1", "the sample of 'mode' is 0644"),
    "needs, a list of mappings": (
        front("needs:\n    - gpu: 8"),
        "3:3",
        "'needs' lists {'gpu': 8}, which is not a name",
    ),
    "a key twice": (front("needs: gpuu\n  needs: [gpu]"), "4:3", "'needs' is given twice"),
    "tutorial twice": ("---\ntutorial:\ntutorial:\n---\n", "3:1", "'tutorial' is given twice"),
    "a mapping as key": (
        "---\nx:\n  ? [a]\n  : b\n---\n",
        "3:5",
        "not YAML: a key is a mapping or a list, not text",
    ),
    "braces": ("---\ndescription: {{ model }}\n---\n", "2:14", "not YAML: `{{` opens a mapping inside a mapping"),
    "an anchor twice": ("---\nx: [&a 1, &a 2]\n---\n", "2:11", "not YAML: the anchor '&a' is defined twice"),
    "an alias of nothing": ("---\nx: *a\n---\n", "2:4", "not YAML: the alias '*a' has no anchor '&a' before it"),
    "two documents": ("---\nx: 1\n--- y\n---\n", "3:1", "not YAML: a second document begins here"),
    "a tab as indentation": ("---\nx:\n\ty: 1\n---\n", "3:1", "not YAML: a tab indents this line"),
    "a control character": ("---\nx: \x07\n---\n", "2:4", "not YAML: the control character '\\x07' is not"),
    "a list with a tag": (
        front("needs: !gpus [gpu]"),
        "3:3",
        "not understood: the tag '!gpus' of an object or a list",
    ),
    "an artifact elsewhere": (
        front("artifacts: [../x]"),
        "3:3",
        "the artifact '../x' is not in the page's folder",
    ),
    "an artifact at the top": (front("artifacts: [/etc/x]"), "3:3", "'/etc/x' is not in the page's folder"),
    "no artifacts": (front("artifacts: x.txt"), "3:3", "'artifacts' is not a list of names"),
    "needs, a number as model": (front("needs: {gpu: {model: 5}}"), "3:3", "the model 5 is not a name"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_values_are_mistakes_at_their_lines(site_with: Callable[..., Path], name: str) -> None:
    text, where, fact = ODD[name]
    (problem,) = lint(site_with({"page.md": text, "other.md": "# Other\n"})).problems
    assert (str(problem.position), fact in problem.fact) == (f"docs/page.md:{where}", True), problem.fact
    assert problem.bug is None


def test_numbers_as_they_are_written_are_text(site_with: Callable[..., Path]) -> None:
    text = front("vars: {A: 0, B: -12, C: 12345678901234567890, D: '0644', E: 010:x}")
    (page,) = read_tutorials(site_with({"page.md": text})).pages
    wanted = {"A": "0", "B": "-12", "C": "12345678901234567890", "D": "0644", "E": "010:x"}
    assert page.page.front_matter.variables == wanted


FAILING = """
import sys
from docs_test.cli.main import main
from docs_test.pages import fences

def find(md, lines):
    if lines[0].origin.file == "docs/a.md":
        raise KeyError("of some library")
    return real(md, lines)

real, fences.find = fences.find, find
sys.exit(main())
"""


@pytest.mark.parametrize("what", ["lint", "list"])
def test_a_page_on_which_docs_test_fails_is_named_and_the_others_are_read(
    site_with: Callable[..., Path], what: str
) -> None:
    root = site_with(dict.fromkeys(["a.md", "b.md"], TUTORIAL + "```bash\na\n```\n"))
    command = [sys.executable, "-c", FAILING, what, "--root", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == ExitStatus.USAGE
    first, hint, second, _, *summary = (done.stdout if what == "lint" else done.stderr).splitlines()
    assert first == "docs/a.md:1: cannot be read: KeyError: 'of some library'"
    assert hint.strip() == "hint: a bug, please report it; --debug shows where"
    assert second.startswith("docs/b.md:5: this bash fence has no role")
    assert len(summary) == (2 if what == "lint" else 0)
    assert "Traceback" not in done.stderr
    done = subprocess.run([*command, "--debug"], capture_output=True, text=True, check=False, timeout=120)
    assert "in find" in done.stderr


@pytest.mark.parametrize("kinds", ["3", "tutorial", "[1]", "{a: b}"])
def test_kinds_that_are_no_list_of_words(site_with: Callable[..., Path], kinds: str) -> None:
    root = site_with({"a.md": "# A\n"})
    file = root / "mkdocs.yml"
    config = file.read_text(encoding="utf-8").replace("extra:\n", f"extra:\n  kinds: {kinds}\n")
    file.write_text(config, encoding="utf-8")
    with pytest.raises(UserError, match="expected a list of words") as error:
        lint(root)
    assert str(error.value.where) == "mkdocs.yml:1"
