"""What cannot be seen does no harm on a terminal or in a log, and is named where it makes lines differ."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs_test.matching.compare import Mismatch, compare
from docs_test.model import Match
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import UserError
from groundwork.base.printable import visible
from support.page_runs import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OBEYED = (
    "\x1b[2J \x1b]0;title\x07 \x07 \r over \x08 \x00 \x7f \x9b31m \u202e \u2066 \u200b \ufeff \u2028 \x85 \x0c"
)
SIGNS = [sign for sign in OBEYED if not sign.isprintable()]


def found(text: str, output: str, match: Match = Match.LINES) -> Mismatch:
    mismatch = compare(shown(5, text, match), output)
    assert mismatch is not None
    return mismatch


DIFFERENT = {
    "no-break blank": (
        "a b",
        "a\u00a0b",
        "- a b\n+ a\\xa0b",
        "character 2 is a blank on the page, and U+00A0 (no-b",
    ),
    "zero width": (
        "ab",
        "a\u200bb",
        "- ab\n+ a\\u200bb",
        "character 2 is 'b' on the page, and U+200B (zero width sp",
    ),
    "accents": (
        "caf\u00e9",
        "cafe\u0301",
        "- caf\u00e9\n+ cafe\\u0301",
        "character 4: a letter with an accent is one",
    ),
    "typography": (
        "it\u2019s",
        "it's",
        "- it\u2019s\n+ it's",
        "character 3 is U+2019 (right single quotation mark)",
    ),
    "colours": (
        "ok done",
        "\x1b[32mok\x1b[0m done",
        "- ok done\n+ \\x1b[32mok\\x1b[0m done",
        "the output has colours",
    ),
    "title": ("ok", "\x1b]0;x\x07ok", "- ok\n+ \\x1b]0;x\\x07ok", "the output has colours or other codes"),
    "progress": ("done", "10%\r20%\rdone", "- done\n+ 10%\\r20%\\rdone", "the command writes over its own line"),
    "tab": (
        "a  b",
        "a\tb c".removesuffix(" c") + "\u200b",
        "- a  b\n+ a\\tb\\u200b",
        "character 2 is a blank on the",
    ),
    "width": ("a  b", "a b", "- a··b\n+ a·b", "the number of blanks differs"),
    "turned": ("ab", "\u202eab", "- ab\n+ \\u202eab", "character 1 is 'a' on the page, and U+202E"),
    "second": ("x\na b", "y\na\u00a0b", "- x\n- a b\n+ y\n+ a\\xa0b", "character 2 is a blank"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_lines_that_look_the_same_are_told_apart(name: str) -> None:
    text, output, diff, hint = DIFFERENT[name]
    mismatch = found(text, output)
    assert mismatch.diff == diff
    assert mismatch.hint.startswith(hint)


def test_in_json_and_patterns_too() -> None:
    assert found('{"a": "b c"}', '{"a": "b\\u00a0c"}', Match.JSON).hint.startswith("character")
    assert found("a b", "a\u00a0b", Match.REGEX).hint.startswith("character 2 is a blank on the page")


@pytest.mark.parametrize(
    ("text", "output"), [("a", "b"), ("a b", "a c"), ("\u00e4", "a"), ("a", ""), ("a\tb", "a\tc")]
)
def test_lines_that_look_different_stand_as_they_are(text: str, output: str) -> None:
    mismatch = found(text, output)
    assert mismatch.hint == ""
    assert mismatch.diff.splitlines()[0] == f"- {text}"


@pytest.mark.parametrize("indent", range(9))
@pytest.mark.parametrize("printed", ["a\tb", "\ta", "a\t\tbb\tc", "name\tvalue", "\t"])
def test_a_tab_matches_what_a_page_shows_for_it(printed: str, indent: int) -> None:
    """Markdown makes blanks of tabs, up to the next stop of the page's line; a terminal has stops of eight."""
    of_page = (" " * indent + printed).expandtabs(4)[indent:]
    for text in (of_page, printed.expandtabs(8), f"{of_page} ...", printed):
        assert compare(shown(5, text), f"{printed} x" if text.endswith("...") else printed) is None, text
    assert compare(shown(5, of_page.replace(" ", "", 1) + "!"), printed) is not None


def test_nothing_that_a_terminal_obeys_is_visible_text() -> None:
    assert all(sign == "\n" or sign.isprintable() for sign in visible(f"{OBEYED}\n").replace("\t", ""))
    assert visible("a\tb\nä 漢 ☺") == "a\tb\nä 漢 ☺"


PAGE = r"""---
tutorial: {platform: none, artifacts: [x]}
---
# X

```bash { .run }
printf '%b' 'SIGNS\n' | tee "$(printf 'x\033[2J')"
printf '%b' 'SIGNS' >&2
printf 'last\n'
```

```console { .output }
something else
```
"""


def test_no_output_of_a_run_has_what_a_terminal_obeys(site_with: Callable[..., Path], tmp_path: Path) -> None:
    written = "".join(f"\\0{byte:o}" for byte in OBEYED.encode())
    page = PAGE.replace("SIGNS", written)
    root, build = (
        site_with({"x.md": page, "y.md": page.replace("```console", "<!-- check: false -->\n\n```text")}),
        tmp_path,
    )
    results, junit, summary = build / "results.json", build / "junit.xml", build / "summary.md"
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "docs_test"]
    words = ["run", "--root", root, "--no-sandbox", "--results", results, "--junit", junit, "docs/x.md"]
    ran = subprocess.run([*command, *map(str, words)], env=env, capture_output=True, check=False)
    assert ran.returncode == 1, ran.stderr
    words = ["report", results, "--annotations", "--summary", summary]
    told = subprocess.run([*command, *map(str, words)], env=env, capture_output=True, check=True)
    texts = [
        *(one.decode() for one in (ran.stdout, ran.stderr, told.stdout)),
        *(one.read_text() for one in (junit, summary)),
    ]
    for text in texts:
        assert [sign for sign in SIGNS if sign in text] == []
    assert any("\\x1b[2J" in text for text in texts), "they are there to be seen"
    assert "\x1b[2J" in json.loads(results.read_text())["pages"][0]["steps"][0]["output"]["text"]


CODE = {
    "no-break blank": ("kubectl\u00a0get pods", "U+00A0 (no-break space), after 'kubectl'", "write a blank"),
    "zero width": ("echo a\u200bb", "U+200B (zero width space), after 'a'", "remove it"),
    "turned": ("\u202eecho", "U+202E (right-to-left override), at the start of the line", "remove it"),
    "byte order mark": ("echo \ufeffx", "U+FEFF (zero width no-break space), after 'echo'", "remove it"),
    "escape": ("echo '\x1b[2J'", 'U+001B (a control character), after "\'"', "remove it"),
}


@pytest.mark.parametrize("name", CODE)
def test_code_with_what_cannot_be_seen_is_not_run(name: str, site_with: Callable[..., Path]) -> None:
    code, fact, hint = CODE[name]
    head = "---\ntutorial: {platform: none}\n---\n# X\n\n"
    root = site_with({"x.md": f"{head}```bash {{ .run }}\ntrue\n{code}\n```\n\n<!-- check: {code} -->\n"})
    with pytest.raises(UserError) as error:
        read_tutorials(root, ["docs/x.md"])
    assert [(one.position.line, one.fact.partition(", ")[2]) for one in error.value.problems] == [
        (8, fact),
        (11, fact),
    ]
    assert error.value.problems[0].hint.startswith(hint)


def test_code_and_output_with_other_letters_are_right(site_with: Callable[..., Path]) -> None:
    head = "---\ntutorial: {platform: none}\n---\n# X\n\n"
    output = "```console { .output }\n\u00e4\u00a0\u6f22 \u2713\n```\n"
    root = site_with(
        {"x.md": f"{head}```bash {{ .run }}\necho '\u00e4 \u6f22 \u2713 \u2026 \U0001f600'\n```\n\n{output}"}
    )
    assert read_tutorials(root, ["docs/x.md"])


@pytest.mark.parametrize(
    ("content", "place", "fact"),
    [
        ("# X\n".encode("utf-16"), "docs/x.md:1:1", "this is UTF-16, as its first bytes say; it must be UTF-8"),
        (
            "# X\n\nM\u00fcller".encode("latin-1"),
            "docs/x.md:3:2",
            "the byte 0xfc is not UTF-8; in Windows-1252 it is the letter 'ü'",
        ),
        (
            "# \u00e4\u00e4 ".encode() + b"\xff",
            "docs/x.md:1:6",
            "the byte 0xff is not UTF-8; in Windows-1252 it is the letter 'ÿ'",
        ),
    ],
)
def test_a_page_in_another_encoding_is_told(
    content: bytes, place: str, fact: str, site_with: Callable[..., Path]
) -> None:
    root = site_with({"x.md": ""})
    (root / "docs" / "x.md").write_bytes(content)
    with pytest.raises(UserError) as error:
        read_tutorials(root, ["docs/x.md"])
    head, hint = str(error.value).split("\n")
    assert head == f"{place}: {fact}"
    found = re.fullmatch(r"hint: save it as UTF-8 in your editor, or convert it: (iconv .*)", hint)
    assert found is not None
    subprocess.run(["bash", "-c", found[1]], check=True, cwd=root)
    assert (root / "docs/x.md").read_text(encoding="utf-8").startswith("# ")
