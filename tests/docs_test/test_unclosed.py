"""A here-document that is never closed is told at the line that opens it, and no page with one is run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "---\ntutorial: {platform: none}\n---\n# X\n\n"
UNCLOSED = {
    "redirected at its end": (
        "cat << EOF\nline one\nEOF > somefile\necho reached",
        (7, "EOF", "line 9 is 'EOF > somefile': what follows the word belongs to the line with `<<EOF`"),
    ),
    "indented": (
        "true\ncat <<EOF >settings.txt\na: 1\n  EOF\ncat settings.txt",
        (8, "EOF", "line 10 is '  EOF': write it without the blanks around it"),
    ),
    "dashed": (
        "cat <<-'EOF'\n    a\n    EOF\necho",
        (7, "EOF", "line 9 is '    EOF': write it without the blanks around it; Markdown makes blanks of tabs"),
    ),
    "blank at its end": ("cat <<EOF\na\nEOF \ntrue", (7, "EOF", "line 9 is 'EOF ': write it without")),
    "absent": ("cat <<'THE END'\na\ntrue", (7, "THE END", "write 'THE END' on a line of its own")),
    "second of two": ("cat <<A; cat <<B\na\nA\nb", (7, "B", "write 'B' on a line of its own")),
    "second": ("cat <<A\na\nA\ncat <<B\nb", (10, "B", "write 'B' on a line of its own")),
}
CLOSED = (
    *("cat <<EOF\na\nEOF", "cat <<'EOF' | sh\n  EOF\nEOF\ntrue", "echo $((1<<2)) '<<A'", "cat <<<word"),
    *("true # <<A", "cat <<A; cat <<B\nA\nB", 'cat <<"A B"\nA B'),
)


def page(code: str) -> str:
    return f"{HEAD}```bash {{ .run }}\n{code}\n```\n"


def read(root: Path) -> None:
    read_tutorials(root, ["docs/x.md"])


@pytest.mark.parametrize("name", UNCLOSED)
def test_one_that_is_never_closed_is_told(name: str, site_with: Callable[..., Path]) -> None:
    code, (line, word, hint) = UNCLOSED[name]
    done = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True, check=False)
    assert f"(wanted `{word}')" in done.stderr, "bash says the same"
    with pytest.raises(UserError) as error:
        read(site_with({"x.md": page(code)}))
    (found,) = error.value.problems
    assert found.position.line == line
    assert found.fact == f"the here-document that begins here is never closed: no line is only {word!r}"
    assert found.hint.startswith(hint)


@pytest.mark.parametrize("code", CLOSED)
def test_one_that_is_closed_is_not(code: str, site_with: Callable[..., Path]) -> None:
    done = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True, check=False)
    assert done.stderr == ""
    read(site_with({"x.md": page(code)}))


def test_it_is_told_where_it_is_run_and_only_there(site_with: Callable[..., Path]) -> None:
    check = "<!-- check: cat <<A -->\n"
    shown = "```bash { .skip data-reason='x' }\ncat <<A\n```\n"
    root = site_with({"x.md": f"{page('true')}\n{check}\n{shown}"})
    with pytest.raises(UserError) as error:
        read(root)
    assert [one.position.line for one in error.value.problems] == [10]
