"""Jinja in a page reaches nothing of Python: whoever proposes a page would else run code where pages are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from docs_test.checks.lint import lint
from docs_test.pages.read import read_page
from docs_test.pages.site import open_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SANDBOX = "is unsafe"
NOT_GIVEN = "is undefined"
TOO_LARGE = "is too large for a page"
RUN = ".__globals__.os.popen('touch MARK').read()"
ATTACKS = {
    "a class of Jinja": ("{{ cycler.__init__" + RUN + " }}", SANDBOX),
    "by subscript": ("{{ cycler['__init__']['__globals__'].os.popen('touch MARK').read() }}", SANDBOX),
    "by filter": (
        "{{ (cycler | attr('__init__') | attr('__globals__')).os.popen('touch MARK') }}",
        "has no attribute",
    ),
    "by map": (
        "{{ ([cycler] | map(attribute='__init__.__globals__') | list)[0].os.popen('touch MARK') }}",
        SANDBOX,
    ),
    "by format": ("{{ '{0.__init__.__globals__}'.format(cycler) }}", SANDBOX),
    "by format, bound": ("{% set f = '{0.__class__.__mro__}'.format %}{{ f('') }}", SANDBOX),
    "subclasses": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", SANDBOX),
    "mro of a class": ("{{ dict.mro() }}", SANDBOX),
    "a function of Jinja": ("{{ lipsum" + RUN + " }}", NOT_GIVEN),
    "the template": ("{{ self._TemplateReference__context.environment }}", SANDBOX),
    "a macro's globals": ("{{ two_commands.__globals__ }}", SANDBOX),
    "a macro's closure": ("{{ two_commands.__closure__ }}", SANDBOX),
    "a macro's code": ("{{ two_commands.__code__ }}", SANDBOX),
    "a macro of the page": ("{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}", SANDBOX),
    "a macro of the plugin": ("{{ fix_url" + RUN + " }}", SANDBOX),
    "what a macro returns": ("{{ now().__class__.__mro__ }}", SANDBOX),
    "an unsandboxed Jinja": ("{{ config.theme.get_env().from_string('x').render() }}", NOT_GIVEN),
    "plugins": ("{{ config.plugins['macros'].env.from_string('x') }}", NOT_GIVEN),
    "the plugin's settings": ("{{ plugin.load_file('/etc/passwd') }}", NOT_GIVEN),
    "files of the site": ("{% for file in files %}{{ file.copy_file() }}{% endfor %}", NOT_GIVEN),
    "navigation": ("{{ navigation.pages[0].file.content_string }}", NOT_GIVEN),
    "the page's file": ("{{ page.file.copy_file() }}", "no attribute 'file'"),
    "functions in mkdocs.yml's place": ("{{ macros.two_commands" + RUN + " }}", "no attribute 'two_commands'"),
    "the plugin's own listing": ("{{ context(config) }}", NOT_GIVEN),
    "changing a list": ("{% set x = [] %}{{ x.append(1) }}", SANDBOX),
    "including upwards": ('{% include "../docs/other.md" %}', "../docs/other.md"),
    "including by absolute path": ('{% include "/etc/passwd" %}', "/etc/passwd"),
    "a name put together": ("{% include ['..', 'docs', 'other.md'] | join('/') %}", "other.md"),
    "importing upwards": ('{% import "../docs/other.md" as x %}', "../docs/other.md"),
    "a long range": ("{{ range(10 ** 9) | list }}", "Range too big"),
    "a long text": ("{{ 'a' * 10 ** 10 }}", TOO_LARGE),
    "a long list": ("{{ 10 ** 10 * [1] }}", TOO_LARGE),
    "a long number": ("{{ 10 ** (10 ** 10) }}", TOO_LARGE),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_at_its_line(site_with: Callable[..., Path], tmp_path: Path, name: str) -> None:
    attack, fact = ATTACKS[name]
    mark = tmp_path / "owned"
    text = f"# A\n\n{attack.replace('MARK', str(mark))}\n"
    (error,) = lint(site_with({"page.md": text, "other.md": "# Other\n"}), ["docs/page.md"]).problems
    assert (error.position.file, error.position.line) == ("docs/page.md", 3)
    assert fact in error.fact
    assert not mark.exists()


def test_nested_too_deeply_for_jinja(site_with: Callable[..., Path]) -> None:
    (error,) = lint(site_with({"page.md": "# A\n\n{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}\n"})).problems
    assert str(error).startswith("docs/page.md:1: a macro or include fails: RecursionError")


@pytest.mark.parametrize("where", ["title", "include", "front matter"])
def test_attack_from_elsewhere_than_the_text(site_with: Callable[..., Path], tmp_path: Path, where: str) -> None:
    attack = ATTACKS["a class of Jinja"][0].replace("MARK", str(tmp_path / "owned"))
    texts = {
        "title": f'---\ntitle: "{attack}"\n---\n# A\n',
        "include": '# A\n\n{% include "evil.md" %}\n',
        "front matter": f'---\nx: "{attack}"\n---\n# A\n\n{{{{ x }}}}\n',
    }
    root = site_with({"page.md": texts[where]})
    (root / "snippets/evil.md").write_text(attack + "\n", encoding="utf-8")
    assert [SANDBOX in str(error) for error in lint(root).problems] == ([] if where == "front matter" else [True])
    assert not (tmp_path / "owned").exists()


def test_what_is_not_given_is_told_so(site_with: Callable[..., Path]) -> None:
    (error,) = lint(site_with({"page.md": "# A\n\n{{ config.site_name }}\n"})).problems
    assert "'config' is undefined" in error.fact
    assert "no object" in error.hint


def test_plain_data_and_macros_stay(site_with: Callable[..., Path]) -> None:
    text = (
        "---\ntitle: T\nmine: {a: [1, {b: two}]}\n---\n\n```text\n"
        "{{ model }} {{ extra.model }} {{ page.title }} {{ page.meta.mine.a[1].b }} {{ mine.a[0] }}\n"
        "{{ two_commands() }}\n{{ fix_url('a') }} {{ '%s-%s' | format(1, 2) }} {{ 2 ** 3 * 4 }} {{ '-' * 3 }}\n"
        "{% for n in range(2) %}{{ loop.index }}{% endfor %}\n```\n"
    )
    with open_site(site_with({"page.md": text})) as site:
        (fence,) = read_page(site, "docs/page.md").content.fences
    model = "Qwen/Qwen3-0.6B"
    assert fence.text.split("\n") == [
        f"{model} {model} T two 1",
        *("echo first", "echo second"),
        "../a 1-2 32 ---",
        "12",
    ]


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../../../etc/passwd", "../examples-too.txt"])
def test_snippets_outside_of_their_folders_are_refused(site_with: Callable[..., Path], name: str) -> None:
    root = site_with({"page.md": f'# A\n\n--8<-- "{name}"\n'})
    (root / "examples-too.txt").write_text("secret\n", encoding="utf-8")
    (error,) = lint(root).problems
    assert str(error.position) == "docs/page.md:3"
    assert "could not be found" in error.fact


@pytest.mark.parametrize(
    ("call", "fact"),
    [
        (ATTACKS["a class of Jinja"][0], SANDBOX),
        ("{{ version.__globals__ }}", SANDBOX),
        ("{{ config.theme.get_env() }}", NOT_GIVEN),
        ("{{ extra.page_note(page) }}", "no attribute 'page_note'"),
        ('{{ not_run("../mkdocs.yml") }}', "there is no page"),
        ('{{ not_run("/etc/passwd") }}', "there is no page"),
        ('{{ terminal("../../x", "") }}', "there is no picture"),
        ('{{ version("dynamo.none") }}', "there is no version"),
    ],
)
def test_the_site_itself_is_built_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, call: str, fact: str
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "x.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nplugins:\n  - macros: {modules: [docs_site], on_undefined: strict, on_error_fail: true}\n",
        encoding="utf-8",
    )
    (tmp_path / "docs/index.md").write_text(f"# A\n\n{call.replace('MARK', str(tmp_path / 'owned'))}\n")
    with pytest.raises(SystemExit):
        build(load_config(str(tmp_path / "mkdocs.yml")))
    assert fact in caplog.text
    assert not (tmp_path / "owned").exists()
