"""What a run would do, shown and not done; and the step that stands at a line of a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.places import place_at, split_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = """\
---
tutorial:
  platform: none
  timeout: 90s
  after: [docs/b.md]
  vars: {NAME: world}
  variants: {way: [short, long]}
  artifacts: [report.txt]
---
# A page

Words.

{% include "start.md" %}

```text { .file title="greeting.txt" }
Hello
```

```bash { .run #greet data-timeout="2m" data-until="30s" }
cat greeting.txt
echo "$NAME"
```

Prose in between.

```console { .output }
Hello
...
```

<!-- check: test -s greeting.txt -->
<!-- check: true -->

```bash { .run data-background data-ready="tcp://127.0.0.1:1" }
python3 -m http.server 1
```

```bash { .run data-since="greet" data-within="90s" data-exit="3" }
exit 3
```

```bash { .run data-when="way=long" }
echo long
```

```bash { .skip data-reason="it takes a day" }
sleep 1d
```

```bash { .run .cleanup }
rm greeting.txt
```

```bash { .run .cleanup }
true
```

The end.
"""
OTHER = "---\ntutorial: {platform: none}\n---\n# B\n\n```bash { .run }\ntrue\n```\n"
INCLUDED = "Before.\n\n```bash { .run }\necho first\n```\n\n```bash { .run }\necho second\n```\n"


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    root = site_with({"a.md": PAGE, "b.md": OTHER})
    (root / "snippets" / "start.md").write_text(INCLUDED)
    return root


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(PAGE.splitlines(), 1) if words in line)


def show(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["show", "--root", str(root), *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_all_of_a_page_is_shown_in_the_order_of_a_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = show(root, capsys, "docs/a.md")
    assert (status, err) == (0, "")
    greet, check = line_of("#greet"), line_of("test -s")
    in_order = [
        "docs/a.md (way=short): A page",
        "variants   others: --when way=long",
        "needs      no cluster",
        "after      docs/b.md",
        "timeout    1m30s for all steps, clean-up not counted",
        "variables  NAME=world",
        "artifacts  report.txt",
        "made of    docs/a.md, ",
        "[1/10] snippets/start.md:3 command\n  $ echo first\n  must end with status 0 within 1m\n",
        "[3/10] docs/a.md:16 file\n  save 'greeting.txt', 6 bytes, 1 line\n",
        f'[4/10] docs/a.md:{greet} command #greet\n  $ cat greeting.txt\n  $ echo "$NAME"\n',
        "  must end with status 0 within 2m; repeated for 30s until it does and prints what it should\n",
        f"  prints (docs/a.md:{line_of('.output')}; line by line, `...` is any text):\n  | Hello\n  | ...\n",
        f"[5/10] docs/a.md:{check} check that readers do not see\n  $ test -s greeting.txt\n",
        "command, in the background\n  $ python3 -m http.server 1\n",
        "  runs until the end of the page; tcp://127.0.0.1:1 must answer within 1m\n",
        "  must end with status 3 within 1m\n  promise: done 1m30s after #greet began\n",
        "clean-up, whatever happens before; the last one of the page first:",
    ]
    place = 0
    for words in in_order:
        assert words in out[place:], words
        place += out[place:].index(words)


def test_clean_up_is_shown_last_one_first_and_what_is_skipped_with_its_reason(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = show(root, capsys, "docs/a.md")
    clean_up, _, skipped = out.partition("clean-up, ")[2].partition("\nskipped:\n")
    assert clean_up.index("$ true") < clean_up.index("$ rm greeting.txt")
    assert skipped.splitlines() == [
        f"  docs/a.md:{line_of('way=long')}: for way=long; this run is for way=short",
        f"  docs/a.md:{line_of('.skip')}: it takes a day",
    ]


def test_another_variant_is_shown_on_request(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = show(root, capsys, "docs/a.md", "--when", "way=long")
    assert "docs/a.md (way=long)" in out
    assert "$ echo long" in out
    assert "others: --when way=short" in out


def test_nothing_is_run_and_nothing_is_coloured(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = root / "docs" / "b.md"
    page.write_text(OTHER.replace("true\n", f"touch {root}/ran\n"))
    _, out, _ = show(root, capsys, "docs/b.md")
    assert "touch" in out
    assert "\x1b" not in out
    assert not (root / "ran").exists()
    page.write_text(OTHER.replace("true\n", "echo '\x1b[31m'\n"))
    status, out, err = show(root, capsys, "docs/b.md")
    assert (status, out) == (2, "")
    assert "a sign that cannot be seen, U+001B" in err
    assert "\x1b" not in err, "a page cannot make a terminal do anything"


def test_an_empty_output_is_said_to_be_filled_in(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "---\ntutorial: {platform: none}\n---\n# B\n\n```bash { .run }\ntrue\n```\n\n```console { .output }\n```\n"
    )
    (root / "docs" / "b.md").write_text(text)
    _, out, _ = show(root, capsys, "docs/b.md")
    assert "  prints (docs/b.md:10): nothing yet; `docs-test update` fills it in, or write it yourself\n" in out
    (root / "docs" / "b.md").write_text(text.replace("output }\n", "output }\nx\n"))
    assert "nothing yet" not in show(root, capsys, "docs/b.md")[1]


def test_up_to_a_line_the_rest_is_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = show(root, capsys, f"docs/a.md:{line_of('cat greeting')}")
    assert status == 0
    assert "[4/10]" in out
    assert "test -s" not in out
    assert f"not run: 4 steps from docs/a.md:{line_of('test -s')} on" in out
    assert "[9/10] docs/a.md:" in out.partition("clean-up, ")[2], "a step has the same number in each run"


@pytest.mark.parametrize(
    ("words", "fact", "hint"),
    [
        ("docs/a.md:4", "docs/a.md:4: no step is at this line or before it", "the first step is docs/a.md:14"),
        ("docs/a.md:4000", f"docs/a.md:4000: the page ends at line {len(PAGE.splitlines())}", "the last step is"),
        ("docs/a.md:0", "'docs/a.md:0': lines are counted from 1", "the page as a whole is docs/a.md"),
    ],
)
def test_a_bad_line_is_said_with_the_nearest_step(
    root: Path, capsys: pytest.CaptureFixture[str], words: str, fact: str, hint: str
) -> None:
    for command in ("show", "run"):
        assert main([command, "--root", str(root), words]) == 2
        err = capsys.readouterr().err
        assert err.startswith(f"{fact}\nhint: {hint}"), err


@pytest.mark.parametrize(
    ("words", "number", "note"),
    [
        ("#greet", 4, ""),
        ("cat greeting", 4, ""),
        ("...", 4, ""),
        ("Prose in between", 4, "is no step"),
        ("test -s", 5, ""),
        ("<!-- check: true", 6, ""),
        ("include", 2, "includes snippets/start.md:7, the last step there"),
        ("sleep 1d", 8, "is a block that is not run (it takes a day)"),
        ("rm greeting", 8, "is clean-up, before which all steps are run"),
        ("The end", 8, "is no step"),
    ],
)
def test_a_line_is_of_the_step_whose_block_it_stands_in(root: Path, words: str, number: int, note: str) -> None:
    tutorial = read_tutorials(root, ["docs/a.md"]).tutorials()[0]
    steps = [step for step in tutorial.steps if not step.cleanup]
    place = place_at(tutorial, line_of(words))
    assert (place.number, place.step) == (number, steps[number - 1])
    assert note in place.note
    assert bool(place.note) == bool(note)


def test_a_page_and_a_line_are_told_apart() -> None:
    assert split_line("docs/a.md") == ("docs/a.md", 0)
    assert split_line("docs/a.md:12") == ("docs/a.md", 12)
    assert split_line("docs/a:b.md") == ("docs/a:b.md", 0)


def test_a_run_up_to_a_line_says_so_and_leaves_the_results_of_the_page(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.replace("exit 3", "(exit 3)").replace('data-background data-ready="tcp://127.0.0.1:1"', "")
    (root / "docs" / "a.md").write_text(text.replace("python3 -m http.server 1", "true"))
    words = ["--root", str(root), "--no-sandbox", "--platform", "none"]
    file = root / "build" / "docs-test" / "results-none.json"

    assert main(["run", *words, f"docs/a.md:{line_of('Prose')}"]) == 0
    err = capsys.readouterr().err
    assert (
        f"docs/a.md:{line_of('Prose')} is no step: docs/a.md:{line_of('#greet')} is the last step before it" in err
    )
    assert (
        f"run up to docs/a.md:{line_of('#greet')}, step 4 of 10: no test of the page, its last whole result" in err
    )
    assert "Runs of pages: 0 passed, 0 failed, 1 run in part. Blocks: 2 skipped." in err
    assert "way=long" not in err, "one variant is enough to look at a step"
    assert not file.exists()

    assert main(["run", *words, "docs/a.md"]) == 0
    whole = json.loads(file.read_text())
    assert {page["outcome"] for page in whole["pages"]} == {"passed"}
    assert main(["run", *words, f"docs/a.md:{line_of('#greet')}"]) == 0
    assert json.loads(file.read_text()) == whole
