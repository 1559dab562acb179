"""What lint found in shell code is kept; pages before a page, and what is not installed, are minded."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING

import pytest

from docs_test.checks import check
from docs_test.checks.lint import lint
from docs_test.rules import by_shellcheck
from docs_test.shellcode import syntax

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = """\
---
tutorial:
---
# Page

```bash {{ .run }}
{code}
```
"""
UNSET = PAGE.format(code='echo "$ONE"')


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def found(root: Path, *pages: str) -> list[str]:
    report = lint(root, pages or ["docs/page.md"])
    return [f"{one.position}: {one.code}" for one in report.problems]


def test_an_unchanged_page_is_not_looked_at_again(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site_with({"page.md": UNSET})
    first = found(root)
    assert first == ["docs/page.md:7:8: undefined-variable"]

    def never(*_: object) -> None:
        raise AssertionError("it is kept")

    with monkeypatch.context() as patched:
        patched.setattr(check, "_look", never)
        assert found(root) == first
    (root / "docs" / "page.md").write_text(PAGE.format(code="echo"))
    assert found(root) == []


def test_a_module_of_a_site_does_not_matter(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = site_with({"page.md": UNSET})
    module = types.ModuleType("of_a_site")
    module.__file__ = str(tmp_path / "of_a_site.py")  # It is gone, or was written after this process began.
    monkeypatch.setitem(sys.modules, "of_a_site", module)
    first = found(root)
    monkeypatch.setattr(check, "_look", None)
    assert found(root) == first


def test_another_shellcheck_looks_again(site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = site_with({"page.md": PAGE.format(code='ONE="a b"\nls $ONE')})
    monkeypatch.setattr(by_shellcheck, "program", lambda: "")
    report = lint(root, ["docs/page.md"])
    assert (report.problems, report.notes) == ((), (check.NO_SHELLCHECK,))
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(root.parent / "cache"))
    assert found(root) == ["docs/page.md:8:4: shellcheck/SC2086"]


def test_what_shellcheck_would_find_may_be_allowed_where_it_is_not_installed(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.format(code='ONE="a b"\nls $ONE').replace(".run }", '.run data-allow="shellcheck: on purpose" }')
    root = site_with({"page.md": page})
    assert found(root) == []
    monkeypatch.setattr(by_shellcheck, "program", lambda: "")
    assert found(root) == []


def test_without_a_parser_it_says_so(site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = site_with({"page.md": UNSET})
    syntax._parser.cache_clear()
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    report = lint(root, ["docs/page.md"])
    assert (report.problems, report.notes) == ((), (check.NO_SYNTAX,))
    syntax._parser.cache_clear()


def test_a_shellcheck_that_is_broken_is_a_fault(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from groundwork.base.errors import EnvironmentFault  # noqa: PLC0415

    root = site_with({"page.md": UNSET})
    monkeypatch.setattr(by_shellcheck, "program", lambda: "/bin/true")
    with pytest.raises(EnvironmentFault, match="shellcheck, /bin/true: "):
        lint(root, ["docs/page.md"])


def test_pages_before_a_page_make_objects(site_with: Callable[..., Path]) -> None:
    front = "---\ntutorial:\n  after: [docs/first.md]\n---\n"
    use = PAGE.format(code="kubectl get configmap settings").partition("---\n# ")[2]
    clean = "\n```bash { .run .cleanup }\nkubectl delete configmap settings\n```\n"
    first = PAGE.format(code="kubectl create configmap settings --from-literal=a=b") + clean
    root = site_with({"first.md": first, "page.md": front + "# " + use})
    assert found(root) == []
    (root / "docs" / "first.md").write_text(PAGE.format(code="true"))
    assert found(root) == ["docs/page.md:8:23: unknown-object"]


def test_a_bug_in_a_check_is_said_of_its_page(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from docs_test.rules import variables  # noqa: PLC0415

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    root = site_with({"page.md": UNSET, "other.md": PAGE.format(code="true")})
    monkeypatch.setattr(variables, "values", broken)
    report = lint(root, ["docs/page.md", "docs/other.md"])
    assert [(one.position.file, one.code) for one in report.problems] == [
        ("docs/page.md", "bug"),
        ("docs/other.md", "bug"),
    ]
