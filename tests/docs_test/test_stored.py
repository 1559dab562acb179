"""Pages that were read before: the same as read anew, and read anew if something that they are made of changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.checks.lint import lint
from docs_test.model import Fence
from docs_test.pages import site as pages_site
from docs_test.pages.hidden_checks import HiddenCheck
from docs_test.pages.page import Content, Heading, Link
from docs_test.stored import depends, form
from docs_test.stored.source import pages
from groundwork.base.content import stamp
from groundwork.base.errors import UserError
from groundwork.base.paths import root as project
from groundwork.base.positions import Position
from groundwork.base.problems import Problem, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docs_test.pages.page import Page
    from docs_test.pages.site import Site

HEAVY = {"jinja2", "markdown", "material", "mkdocs", "mkdocs_macros", "pymdownx"}
PAGE = """\
# Page

{% include "inner.md" %}

```yaml { .file title="app.yaml" }
--8<-- "app.yaml"
```

{{ told() }}
"""
OTHER = "# Other\n\n```bash { .run }\n{{ two_commands() }}\n```\n\n<!-- check: true -->\n"
MACROS = """

def _text(name):
    from pathlib import Path
    try:
        return Path(name).read_text()
    except OSError:
        return "nothing"


_define_env = define_env


def define_env(env):
    _define_env(env)

    @env.macro
    def told():
        return _text("told.txt") + _text("docs/other.md").split()[1]

    @env.macro
    def fresh():
        return "fresh"
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, and no module of a site that an earlier test of this process made."""
    known = depends.modules()
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None) or ""
        if path in known and depends.changed_since_start({path: depends.stamp(path)}):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "dynamo-docs" / "pages"


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    """A site of two pages, whose macros read files."""
    made = site_with({"page.md": PAGE, "other.md": OTHER})
    macros = made / "macros.py"
    macros.write_text(macros.read_text() + MACROS)
    os.utime(macros, (1, 1))  # Older than this process: an edited module is not trusted.
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each time that MkDocs opens the site, and the path of each page that it reads."""
    told: list[str] = []
    open_site, read = pages_site.open_site, pages_site.Site.read

    def opening(root: Path) -> Any:
        told.append("MkDocs")
        return open_site(root)

    def reading(self: Site, path: str) -> Page:
        told.append(path)
        return read(self, path)

    monkeypatch.setattr(pages_site, "open_site", opening)
    monkeypatch.setattr(pages_site.Site, "read", reading)
    return told


def read_all(root: Path) -> dict[str, Page]:
    with pages(root) as source:
        return {path: source.read(path) for path in source.page_paths}


def whole(content: Content) -> str:
    """All of it: what includes a line does not count where positions are compared."""
    return json.dumps(form.written(content))


@pytest.fixture
def known(root: Path, opened: list[str]) -> Path:
    """The site, read once and kept."""
    first = read_all(root)
    assert opened == ["MkDocs", "docs/other.md", "docs/page.md"]
    opened.clear()
    again = read_all(root)
    assert opened == []
    assert again == first
    assert [whole(page.content) for page in again.values()] == [whole(page.content) for page in first.values()]
    return root


def test_pages_are_what_they_were_and_so_is_the_site(root: Path, opened: list[str]) -> None:
    def facts() -> object:
        with pages(root) as source:
            told = [(source.url(path), source.file(path), source.text(path)) for path in source.page_paths]
            return told, source.docs_dir, dict(source.extra), source.root, source.relative("docs/../a"), Path.cwd()

    assert facts() == facts()
    read_all(root)
    opened.clear()
    assert facts() == facts()
    assert opened == []


BOTH = ["MkDocs", "docs/other.md", "docs/page.md"]


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        ("docs/page.md", ["MkDocs", "docs/page.md"]),
        ("docs/other.md", BOTH),  # A macro of page.md reads it.
        ("snippets/inner.md", ["MkDocs", "docs/page.md"]),
        ("examples/app.yaml", ["MkDocs", "docs/page.md"]),
        ("mkdocs.yml", BOTH),
        ("told.txt", BOTH),  # It was not there.
        ("docs/new.md", ["MkDocs", "docs/new.md", "docs/other.md", "docs/page.md"]),
        ("docs/folder/new.md", ["MkDocs", "docs/folder/new.md", "docs/other.md", "docs/page.md"]),
        ("macros.py", BOTH),
        ("README.md", []),
        ("examples/unused.yaml", []),
    ],
)
def test_what_changes_is_read_anew(known: Path, opened: list[str], changed: str, read: list[str]) -> None:
    file = known / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}\n# more\n")
    if changed == "macros.py":
        os.utime(file, (2, 2))
    again = read_all(known)
    assert opened == read
    opened.clear()
    assert read_all(known) == again
    assert opened == []


def test_what_is_read_anew_is_what_stands_there(known: Path) -> None:
    (known / "examples" / "app.yaml").write_text("kind: Other\n")
    (known / "docs" / "other.md").write_text(OTHER.replace("two_commands()", "fresh()"))
    texts = [part.text for page in read_all(known).values() for part in page.content.fences]
    assert texts == ["fresh", "kind: Other"]


def test_a_file_that_hides_a_snippet_is_noticed(root: Path, opened: list[str]) -> None:
    config = root / "mkdocs.yml"
    config.write_text(config.read_text().replace("base_path: [examples]", "base_path: [first, examples]"))
    read_all(root)
    opened.clear()
    (root / "first").mkdir()
    (root / "first" / "app.yaml").write_text("kind: First\n")
    pages = read_all(root)
    assert opened == ["MkDocs", "docs/page.md"]
    assert pages["docs/page.md"].content.fences[-1].text == "kind: First"


def test_a_file_that_is_written_while_it_is_read_is_read_again(root: Path, opened: list[str]) -> None:
    later = time.time_ns() + 10**12
    os.utime(root / "examples" / "app.yaml", ns=(later, later))
    read_all(root)
    opened.clear()
    read_all(root)
    assert opened == ["MkDocs", "docs/page.md"]


def test_a_page_that_goes_is_gone(known: Path) -> None:
    (known / "docs" / "page.md").unlink()
    with pages(known) as source:
        assert source.page_paths == ["docs/other.md"]
        with pytest.raises(UserError, match="not a page of this site"):
            source.read("docs/page.md")


@pytest.mark.parametrize("part", ["python", "packages", "variables"])
def test_another_environment(known: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    told = depends.environment("")
    monkeypatch.setattr(depends, "environment", lambda _: {**told, part: "another"})
    read_all(known)
    assert opened == BOTH


def test_variables_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_WORD", "a")
    monkeypatch.setenv("DOCS_OWN", "b")
    config = "a: !ENV [SOME_WORD, OTHER_WORD, '']\nb: !ENV THIRD\n"
    told = depends.environment(config)["variables"]
    assert {name: told[name] for name in ("SOME_WORD", "OTHER_WORD", "THIRD", "DOCS_OWN")} == {
        "SOME_WORD": "a",
        "OTHER_WORD": None,
        "THIRD": None,
        "DOCS_OWN": "b",
    }
    assert "SOME_WORD" not in depends.environment("")["variables"]


def test_a_module_of_the_project_that_changed(
    known: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = str(Path(form.__file__))
    monkeypatch.setattr("docs_test.stored.source.stamp", lambda path: [1, 2] if path == own else stamp(path))
    read_all(known)
    assert opened == BOTH


def test_a_module_edited_while_this_process_runs_is_not_trusted(root: Path, opened: list[str]) -> None:
    (root / "macros.py").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(depends, "changed_since_start", lambda _: True)
        read_all(root)
    opened.clear()
    read_all(root)
    assert opened == BOTH
    assert depends.changed_since_start({"a": [1, 2], "b": []})
    assert not depends.changed_since_start({"a": [1, 2]})


@pytest.mark.parametrize("damage", [b"", b"{", b"x\n{}", None])
def test_a_damaged_file_is_no_error(known: Path, opened: list[str], cache: Path, damage: bytes | None) -> None:
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-3] if damage is None else damage)
    read_all(known)
    assert opened == BOTH


@pytest.mark.parametrize("part", ["environment", "modules", "files", "folders", "site", "pages", "form"])
def test_a_file_of_another_form_is_no_error(known: Path, opened: list[str], part: str) -> None:
    with pages(known) as source:
        store = source._store
    data = store.read()
    del data["form"]
    store.write({**data, part: 7})
    read_all(known)
    assert opened == BOTH


@pytest.mark.parametrize("part", ["inputs", "others", "content", "title"])
def test_a_page_of_another_form_is_read_anew(known: Path, opened: list[str], part: str) -> None:
    with pages(known) as source:
        store = source._store
    data = store.read()
    del data["form"]
    del data["pages"]["docs/page.md"][part]
    store.write(data)
    read_all(known)
    assert opened == ["MkDocs", "docs/page.md"]


def test_a_cache_that_cannot_be_written_is_none(root: Path, opened: list[str], cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file, where a folder is wanted")
    assert read_all(root) == read_all(root)
    assert opened == BOTH * 2


def test_a_page_that_shows_the_time_is_read_each_time(root: Path, opened: list[str]) -> None:
    (root / "docs" / "other.md").write_text("# Other\n\n{{ now() }}\n")
    read_all(root)
    opened.clear()
    read_all(root)
    assert opened == ["MkDocs", "docs/other.md"]


def test_a_page_that_cannot_be_read_says_so_each_time(root: Path) -> None:
    (root / "docs" / "other.md").write_text("# Other\n\n{{ nothing }}\n")
    told = []
    for _ in range(2):
        with pages(root) as source, pytest.raises(UserError) as caught:
            source.read("docs/other.md")
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert "'nothing' is undefined" in told[0]


def test_mistakes_are_the_same_the_second_time(
    site_with: Callable[..., Path], cases: Path, opened: list[str]
) -> None:
    root = site_with({})
    for verdict in ("good", "bad"):
        shutil.copytree(cases / verdict, root / "docs" / verdict)
    first, count = lint(root), len(opened)
    again = lint(root)
    assert len(opened) - count < count // 2, "pages of which nothing can be read are tried again"
    assert again == first
    assert [problem.position.via for problem in again.problems] == [one.position.via for one in first.problems]
    assert len(first.problems) > 60


def test_only_so_many_sites_are_kept(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docs_test.stored.store.MOST_SITES", 2)
    for name in "abc":
        shutil.copytree(root, root.parent / name)
        read_all(root.parent / name)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("command", [["lint"], ["validate", "--no-advice"]])
def test_a_second_look_at_this_site_imports_no_mkdocs(command: list[str]) -> None:
    code = f"""
        import sys
        from docs_test.cli.main import main
        status = main({command!r})
        print(sorted({{name.partition(".")[0] for name in sys.modules}} & {HEAVY!r}), file=sys.stderr)
        raise SystemExit(status)
    """
    runs = [
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            cwd=project(),
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)
    ]
    assert [done.returncode for done in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout
    assert "mkdocs" in runs[0].stderr
    assert runs[1].stderr.strip() == "[]"


def test_what_is_opened_is_seen_and_what_is_written_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with depends.watched() as outer:
        (tmp_path / "a").read_text()
        with depends.watched() as found:
            assert not (tmp_path / "none").exists()
            with pytest.raises(FileNotFoundError):
                (tmp_path / "b").read_text()
            (tmp_path / "c").write_text("c")
            list(tmp_path.iterdir())
    (tmp_path / "c").read_text()
    assert (found.files, found.folders) == ({str(tmp_path / "b")}, {str(tmp_path)})
    assert outer.files == {str(tmp_path / "a")}


@pytest.mark.parametrize("kind", [Fence, HiddenCheck, Heading, Problem, Content, Position])
def test_every_field_is_kept(kind: type[Any]) -> None:
    """If this fails, a field is new: keep it in `form`, and name it here."""
    kept = {
        Fence: "location language classes attributes text lines",
        HiddenCheck: "location code lines needs says_needs",
        Heading: "level text anchor position",
        Problem: "position fact hint code path stage bug",
        Content: "parts problems headings links anchors",
        Link: "to position",
        Position: "file line column via",
    }
    assert [field.name for field in fields(kind)] == kept[kind].split()


def test_parts_with_all_that_they_may_have() -> None:
    inner = Position("a.md", 1, 2, (Position("b.md", 3, 0, (Position("c.md", 4),)),))
    parts = (
        Fence(inner, "bash", ("run",), {"data-exit": "1"}, "a\nb", (inner, Position("d.md"))),
        HiddenCheck(inner, "true", (inner,), ("real-gpu",), says_needs=True),
    )
    problem = Problem(inner, "fact", "hint", "code", "$.a", Stage.ADVICE)
    content = Content(parts, (problem,), (Heading(2, "A", "a", inner),), (Link("b.md#c", inner),), ("a", "d"))
    assert form.read(json.loads(whole(content))) == content
    assert whole(form.read(json.loads(whole(content)))) == whole(content)
    assert form.written(Content((), (replace(problem, bug=ValueError()),))) is None


@pytest.fixture(scope="module")
def this_site() -> Iterator[Site]:
    with pages_site.open_site(project()) as site:
        yield site


def test_each_page_of_this_site_is_the_same_as_json_and_back(this_site: Site) -> None:
    for path in this_site.page_paths:
        content = this_site.read(path).content
        back = form.read(json.loads(json.dumps(form.written(content))))
        assert back == content
        assert whole(back) == whole(content)
        lines = [line for fence in content.fences for line in fence.lines]
        assert [line.via for fence in back.fences for line in fence.lines] == [line.via for line in lines]
