"""Pages that are kept after a failure: they go on after an edit, are cleaned up, or are gone."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from docs_test.keeping.edits import first_edit
from docs_test.running.killed_runs import processes_of
from docs_test.tutorials.build import read_tutorials
from support.kept_sites import KeptSite
from support.processes import kill
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAKES = Path(__file__).with_name("fakes")
PAGE = """\
---
tutorial: {platform: none, vars: {WHO: world}}
---
# A page

{% include "start.md" %}

```bash { .run }
count=1
greet() { echo "hello $WHO $count"; }
shopt -s expand_aliases
alias again=greet
mkdir sub; cd sub; touch mark
```

```bash { .run data-background data-ready="tcp://127.0.0.1:PORT" }
python3 -m http.server PORT --bind 127.0.0.1
```

```bash { .run }
count=2; cd /
greet && fail
```

```console { .output }
hello world 2
```

```bash { .run }
curl -sS http://127.0.0.1:PORT/ | grep -c mark
again
```

```console { .output }
1
hello world 2
```

```bash { .run .cleanup }
echo "$count" >CLEANED
```
"""
INCLUDED = "```bash { .run }\necho included\ntouch other\n```\n"


@pytest.fixture
def site(site_with: Callable[..., Path], tmp_path: Path) -> Iterator[KeptSite]:
    made = KeptSite(site_with({"a.md": ""}), tmp_path)
    made.write(PAGE)
    (made.root / "snippets" / "start.md").write_text(INCLUDED)
    yield made
    kill(made.processes())


def line_of(site: KeptSite, words: str) -> int:
    return next(number for number, line in enumerate(site.page.read_text().splitlines(), 1) if words in line)


def test_a_failed_step_goes_on_after_an_edit_with_all_that_the_shell_knew(site: KeptSite) -> None:
    status, said = site.run("--keep")
    assert status == 1, said
    at = f"docs/a.md:{line_of(site, 'count=2') - 1}"
    assert f"docs/a.md is kept at {at}: its cluster, files, shell, background steps\n" in said
    assert "continue from there: docs-test resume docs/a.md\n" in said
    assert "or clean up: docs-test resume --discard docs/a.md\n" in said
    assert site.records() == ["kept"]
    assert site.processes(), "the background step goes on"
    assert not site.cleaned.exists()
    assert [page["outcome"] for page in site.results()] == ["failed"]

    site.edit(" && fail", "")
    status, said = site("resume")
    assert status == 0, said
    assert re.findall(r"\[(\d)/6\] \S+ (.*?): ok", said) == [
        ("4", "count=2; cd /"),
        ("5", f"curl -sS http://127.0.0.1:{site.port}/ | grep -c mark"),
        ("6", 'echo "$count" >' + str(site.cleaned)[: 60 - 15 - 3] + "..."),
    ]
    assert "docs/a.md: passed in" in said
    assert "6 steps passed, 0 failed, 0 not run" in said
    assert site.cleaned.read_text() == "2\n"
    assert site.left() == []
    (page,) = site.results()
    assert page["outcome"] == "passed"
    assert [step["outcome"] for step in page["steps"]] == ["passed"] * 6  # type: ignore[attr-defined]


def test_the_shell_is_as_before_the_failed_step_which_has_changed_it(site: KeptSite) -> None:
    site.run("--keep")
    site.edit("count=2; cd /\ngreet && fail", "pwd | grep -o sub; greet")
    site.edit("output }\nhello world 2", "output }\nsub\nhello world 1")
    site.edit("1\nhello world 2", "1\nhello world 1")
    status, said = site("resume", "docs/a.md")
    assert status == 0, said


def test_what_fails_again_is_kept_again(site: KeptSite) -> None:
    site.run("--keep")
    status, said = site("resume")
    assert status == 1
    assert "is kept at docs/a.md" in said
    assert site.records() == ["kept"]
    site.edit("greet && fail", "greet; true")
    site.edit("1\nhello world 2", "2\nhello world 2")
    status, said = site("resume")
    assert status == 1
    assert f"is kept at docs/a.md:{line_of(site, 'curl') - 1}" in said
    site.edit("2\nhello world 2", "1\nhello world 2")
    assert site("resume")[0] == 0
    assert site.left() == []


@pytest.mark.parametrize(
    ("old", "new", "place", "fact"),
    [
        ("count=1\n", "count=3\n", "count=3", "the command has the line 'count=3', it ran with 'count=1'"),
        (
            "touch mark\n",
            "touch mark\ntrue\n",
            "true",
            "the command has one line more, 'true', than",
        ),
        ("WHO: world", "WHO: you", "WHO", "the variable WHO is 'you', it ran with 'world'"),
        (
            "{% include",
            "```bash { .run }\ntrue\n```\n\n{% include",
            "```bash",
            "'true' is new, before steps that have run",
        ),
        (
            "```bash { .run }\ncount=1",
            "```bash { .run data-timeout='9s' }\ncount=1",
            "9s",
            "data-timeout is 9s, it ran with 1m",
        ),
        ("data-background ", "data-background data-timeout='9s' ", "9s", "data-timeout is 9s, it ran with 1m"),
        (
            "platform: none, ",
            "platform: none, variants: {a: [b]}, ",
            "platform",
            "the page's variant is a=b, it ran as none",
        ),
    ],
)
def test_an_edit_of_what_has_run_is_refused_at_its_line_and_the_page_stays_kept(
    site: KeptSite, old: str, new: str, place: str, fact: str
) -> None:
    site.run("--keep")
    before = site.page.read_text()
    site.edit(old, new)
    status, said = site("resume")
    assert status == 2
    at = re.escape(f"docs/a.md:{line_of(site, place)}")  # Of front matter the column is known, too.
    assert re.match(rf"{at}(:\d+)?: edited after it ran: {re.escape(fact)}", said), said
    again = f"docs-test run docs/a.md --root {site.root} --keep --platform none --no-sandbox"
    assert f"hint: undo that, or run the page again: {again}\n" in said
    assert site.records() == ["kept"]
    site.page.write_text(before.replace(" && fail", ""))
    assert site("resume")[0] == 0


def test_an_edit_of_an_included_file_is_one_at_its_line(site: KeptSite) -> None:
    site.run("--keep")
    (site.root / "snippets" / "start.md").write_text(INCLUDED.replace("touch other", "touch others"))
    status, said = site("resume")
    assert status == 2
    assert said.startswith("snippets/start.md:3: edited after it ran: the command has the line 'touch others'")
    (site.root / "snippets" / "start.md").write_text(f"Some words.\n\n{INCLUDED}")
    site.edit(" && fail", "")
    site.edit("# A page", "# A page\n\nMore words, and every line has moved.")
    assert site("resume")[0] == 0


def test_a_page_with_a_mistake_stays_kept(site: KeptSite) -> None:
    site.run("--keep")
    site.edit("```bash { .run }\ncurl", "```bash { .rum }\ncurl")
    status, said = site("resume")
    assert status == 2
    assert "'.rum'" in said
    assert site.records() == ["kept"]


def test_a_background_step_that_has_ended_is_started_again(site: KeptSite) -> None:
    site.run("--keep")
    kill(site.processes())
    wait_until(lambda: not site.processes(), "they have ended")
    site.edit(" && fail", "")
    status, said = site("resume")
    assert status == 0, said
    at = line_of(site, "data-background")
    assert f"docs/a.md:{at}: this background step has ended since; it is started again" in said


def test_a_background_step_that_cannot_start_again_leaves_the_page_kept(site: KeptSite) -> None:
    site.run("--keep")
    kill(site.processes())
    wait_until(lambda: not site.processes(), "they have ended")
    site.edit(" && fail", "")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        status, said = site("resume")
        assert status == 1, said
        assert f"port {site.port} on 127.0.0.1 is taken" in said
        assert site.records() == ["kept"]
    assert site("resume")[0] == 0
    assert site.left() == []


def test_discarding_cleans_up(site: KeptSite) -> None:
    site.run("--keep")
    status, said = site("resume", "--discard")
    assert (status, site.left()) == (0, []), said
    assert site.cleaned.read_text() == "1\n"
    status, said = site("resume")
    assert (status, said) == (
        2,
        "no page is kept\nhint: `docs-test run PAGE --keep` keeps a page after a step that failed\n",
    )


def test_a_clean_up_that_fails_is_said(site: KeptSite) -> None:
    site.edit('echo "$count"', 'fail; echo "$count"')
    site.run("--keep")
    status, said = site("resume", "--discard")
    assert status == 1
    assert "fail: command not found" in said
    assert site.left() == []


def test_a_page_that_runs_anew_is_cleaned_up_first(site: KeptSite) -> None:
    site.run("--keep")
    (old,) = site.folders()
    status, said = site.run("--keep")
    assert status == 1, said
    assert "clean up docs/a.md, kept at 20" in said
    assert site.cleaned.read_text() == "1\n"
    assert site.records() == ["kept"]
    assert not old.exists()


def test_a_run_of_another_page_leaves_it_alone(site: KeptSite) -> None:
    site.run("--keep")
    (site.root / "docs" / "b.md").write_text("---\ntutorial: {platform: none}\n---\n```bash { .run }\ntrue\n```\n")
    status, said = site("run", "--platform", "none", "--no-sandbox", "docs/b.md")
    assert status == 0, said
    assert site.records() == ["kept"]
    site.edit(" && fail", "")
    assert site("resume")[0] == 0


def test_a_run_up_to_a_line_may_be_kept_and_goes_on_to_the_end(site: KeptSite) -> None:
    site.edit(" && fail", "")
    words = (f"docs/a.md:{line_of(site, 'data-background')}", "--keep")
    status, said = site("run", "--platform", "none", "--no-sandbox", *words)
    assert status == 0, said
    assert "3 steps passed, 0 failed, 3 not run" in said
    assert "is kept at docs/a.md" in said
    assert not list((site.root / "build").glob("**/*.json"))
    status, said = site("resume")
    assert status == 0, said
    assert [page["outcome"] for page in site.results()] == ["passed"]


def test_a_page_that_passes_is_not_kept(site: KeptSite) -> None:
    site.edit(" && fail", "")
    assert site.run("--keep")[0] == 0
    assert site.left() == []


def test_without_keep_nothing_is_kept(site: KeptSite) -> None:
    status, said = site.run()
    assert (status, site.left()) == (1, [])
    again = f"run it again: docs-test run docs/a.md --root {site.root} --platform none --no-sandbox\n"
    assert f"{again}with --keep the page is kept after a failure, and" in said


def test_a_kept_page_whose_folder_is_gone_is_forgotten(site: KeptSite) -> None:
    site.run("--keep")
    (folder,) = site.folders()
    for process in processes_of(folder):
        with contextlib.suppress(psutil.NoSuchProcess):  # One of them may have ended the others.
            process.kill()
    folder.rename(site.folder / "moved")
    assert site("resume")[0] == 2
    assert site.records() == []


def test_a_page_is_kept_for_some_hours_only(site: KeptSite) -> None:
    site.run("--keep")
    (record,) = (site.folder / "cache" / "dynamo-docs" / "runs").glob("kept-*")
    long_ago = time.time() - 7 * 3600
    os.utime(record, (long_ago, long_ago))
    status, said = site("resume")
    assert status == 2
    assert "docs/a.md: kept for 6 hours\n" in said
    assert site.cleaned.read_text() == "1\n"
    assert site.left() == []


def test_a_port_that_a_kept_page_may_hold_is_said_so(site: KeptSite) -> None:
    site.run("--keep")
    other = site.page.read_text().replace("# A page", "# B")
    (site.root / "docs" / "b.md").write_text(other)
    status, said = site("run", "--platform", "none", "--no-sandbox", "docs/b.md")
    assert status == 3
    assert f"port {site.port} on 127.0.0.1 is taken by" in said
    assert "or does a page that is kept use it? docs-test resume --discard ends: docs/a.md" in said
    assert site("resume", "--discard")[0] == 0


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="--provision installs bubblewrap")
def test_in_a_sandbox_the_page_is_kept_as_well(site: KeptSite) -> None:
    site.edit('echo "$count" >' + str(site.cleaned), "true")
    status, said = site("run", "--platform", "none", "docs/a.md", "--keep")
    assert status == 1, said
    assert site.processes(), "the background step goes on"
    site.edit(" && fail", "")
    status, said = site("resume")
    assert status == 0, said
    assert "started again" not in said
    assert site.left() == []


def test_a_page_that_another_process_has_is_not_taken(site: KeptSite) -> None:
    site.run("--keep")
    site.edit(
        "greet && fail", "greet; until [ -e GO ]; do sleep 0.02; done".replace("GO", str(site.folder / "go"))
    )
    process = subprocess.Popen(site.command("resume"), env={**os.environ, **site.env}, stderr=subprocess.DEVNULL)
    try:
        # First it has a record of its own; then the page is kept no more.
        wait_until(lambda: "page" in site.records() and "kept" not in site.records(), "the other one has taken it")
        status, said = site("resume")
        assert status == 2
        assert "no page is kept" in said
    finally:
        (site.folder / "go").touch()
        assert process.wait(LONG) == 0
    assert site.left() == []


def test_two_kept_pages_are_named(site: KeptSite) -> None:
    site.run("--keep")
    failing = "---\ntutorial: {platform: none}\n---\n```bash { .run }\nfalse\n```\n"
    (site.root / "docs" / "b.md").write_text(failing)
    site("run", "--platform", "none", "--no-sandbox", "docs/b.md", "--keep")
    status, said = site("resume")
    assert status == 2
    assert said.startswith("2 pages are kept: docs/a.md, docs/b.md\nhint: name one")
    assert site("resume", "--list")[1].count("kept at") == 2
    assert site("resume", "docs/c.md") == (
        2,
        "docs/c.md: this page is not kept\nhint: kept: docs/a.md, docs/b.md\n",
    )
    assert site("resume", "--discard", "docs/b.md")[0] == 0
    assert site("resume", "--discard", "docs/a.md")[0] == 0
    assert site.left() == []


def test_a_job_of_a_step_is_named_when_it_ends(site: KeptSite) -> None:
    site.edit("touch mark\n", "touch mark; sleep 987 &\n")
    site.edit("output }\nhello world 2", "output }\nsomething else")
    site.edit(" && fail", "")
    _, said = site.run("--keep")
    assert "ended sleep: a job of a step (&) ends with its shell; `data-background` would stay" in said


def test_of_long_lines_the_part_that_differs_is_shown(site: KeptSite) -> None:
    long = "echo " + "long " * 20
    site.edit("count=1\n", f"count=1; {long} 15m\n")
    site.run("--keep")
    site.edit("15m", "14m")
    _, said = site("resume")
    assert "the command has the line '…ng long long long  14m', it ran with '…ng long long long  15m'" in said, (
        said
    )


@pytest.mark.parametrize("change", ["more", "fewer", "kind", "name", "expectation", "match", "gone"])
def test_each_kind_of_edit_is_found(site_with: Callable[..., Path], change: str) -> None:
    page = """---\ntutorial: {platform: none}\n---\n```text { .file title="a.txt" }\na\n```

```bash { .run }
one
two
```

```console { .output }
1
2
```

```bash { .run }
last
```
"""
    edits = {
        "more": ("one\ntwo\n", "one\n", "docs/p.md:9: the command lacks the line 'two', with which it ran"),
        "fewer": (
            '```text { .file title="a.txt" }\na\n```\n',
            "",
            "docs/p.md:5: the step the file 'a.txt', which has",
        ),
        "kind": (
            "```bash { .run }\none",
            "```text { .file title='b' }\none",
            "docs/p.md:8: the file 'b' is now where",
        ),
        "name": ('title="a.txt"', 'title="b.txt"', "docs/p.md:4: title is 'b.txt', it ran with 'a.txt'"),
        "expectation": ("1\n2\n", "1\n3\n", "docs/p.md:15: the output shown is '3', it ran with '2'"),
        "match": (".output }", ".output data-match='k8s' }", "docs/p.md:13: data-match is k8s, it ran with lines"),
        "gone": ("```bash { .run }\nlast\n```\n", "", "docs/p.md: the step 'last' has run and is gone"),
    }
    old, new, said = edits[change]
    changed = page.replace(old, new)
    if change == "kind":
        changed = changed.replace("```console { .output }\n1\n2\n```\n", "")
    root = site_with({"p.md": page, "q.md": changed})
    (ran,) = read_tutorials(root, ["docs/p.md"]).tutorials()
    (root / "docs" / "p.md").write_text(changed)
    (now,) = read_tutorials(root, ["docs/p.md"]).tutorials()
    assert first_edit(ran, ran, 3) is None
    edit = first_edit(ran, now, 3)
    assert edit is not None
    assert f"{edit.position}: {edit.fact}".startswith(said)


FILED = """\
---
tutorial: {platform: none}
---
```text { .file title="a.txt" }
wrong
```

```bash { .run }
BETWEEN
```

```bash { .run }
grep right a.txt
```

```console { .output }
right
```
"""


def test_a_file_that_only_the_failed_step_can_have_used_is_saved_again(site: KeptSite) -> None:
    site.write(FILED.replace("BETWEEN", "true"))
    assert site.run("--keep")[0] == 1
    site.edit("\nwrong\n", "\nstill\n")
    status, said = site("resume")
    assert status == 1
    assert re.findall(r"\[(\d)/3\] \S+ (.*?): (?:ok|FAILED)", said) == [
        ("1", "save a.txt"),
        ("3", "grep right a.txt"),
    ]
    site.edit("\nstill\n", "\nright\n")
    status, said = site("resume")
    assert status == 0, said
    assert [step["outcome"] for step in site.results()[0]["steps"]] == ["passed"] * 3  # type: ignore[attr-defined]
    assert site.left() == []


@pytest.mark.parametrize("between", ["cat a.txt", "cat *.txt", "cp -r . ../copy", "kubectl apply -f ."])
def test_a_file_that_a_passed_step_may_have_used_must_not_change(
    site_with: Callable[..., Path], between: str
) -> None:
    page = FILED.replace("BETWEEN", between)
    root = site_with({"p.md": page})
    (ran,) = read_tutorials(root, ["docs/p.md"]).tutorials()
    (root / "docs" / "p.md").write_text(page.replace("\nwrong\n", "\nright\n"))
    (now,) = read_tutorials(root, ["docs/p.md"]).tutorials()
    for upto, found in ((1, None), (2, "docs/p.md:5: the file 'a.txt' has the line 'right', it ran with 'wrong'")):
        edit = first_edit(ran, now, upto)
        assert (f"{edit.position}: {edit.fact}" if edit else None) == found
    assert first_edit(ran, now, len(ran.steps)) is not None, "the whole page has passed"


def test_a_file_that_cannot_be_saved_again_is_where_the_page_stands(site: KeptSite) -> None:
    site.write(FILED.replace("BETWEEN", "true"))
    assert site.run("--keep")[0] == 1
    site.edit("\nwrong\n", "\nright\n")
    (folder,) = site.folders()
    (saved,) = folder.rglob("a.txt")
    saved.unlink()
    saved.mkdir()
    status, said = site("resume")
    assert status == 1, said
    assert "is kept at docs/a.md:4" in said
    saved.rmdir()
    assert site("resume")[0] == 0
    assert site.left() == []


def test_a_page_whose_set_up_another_one_needs_is_kept_with_it(site: KeptSite) -> None:
    """`uses` lets a page start from another's set-up, which is cleaned up after it."""
    trace = site.folder / "trace"
    first = "---\ntutorial: {platform: none}\n---\n```bash { .run }\ntouch UP\n```\n\n```bash { .run .cleanup }\n"
    first += "rm UP\n```\n"
    (site.root / "docs" / "first.md").write_text(first.replace("UP", str(trace)))
    then = "---\ntutorial: {platform: none, uses: [docs/first.md]}\n---\n```bash { .run }\ntest -e UP; fail\n```\n"
    (site.root / "docs" / "then.md").write_text(then.replace("UP", str(trace)))
    words = ("run", "--platform", "none", "--no-sandbox", "docs/first.md", "docs/then.md", "--keep")
    status, said = site(*words)
    assert status == 1, said
    assert site.records() == ["kept", "kept"]
    assert trace.exists()
    (site.root / "docs" / "then.md").write_text(then.replace("UP", str(trace)).replace("; fail", ""))
    status, said = site("resume")
    assert status == 0, said
    assert "docs/then.md: passed" in said
    assert "docs/first.md: passed" in said
    assert site.left() == []
    assert not trace.exists()


GIVEN = """\
---
tutorial: {}
---
```bash { .run }
echo "pods Pod x made" >>"$KUBECONFIG" || true
id=1
```

```bash { .run }
test $id = 1; fail
```

```bash { .run .cleanup }
echo "cleaned $id" >>CLEANED
```
"""


@pytest.fixture
def given(site: KeptSite) -> Callable[..., tuple[int, str]]:
    """Runs docs-test on a cluster that is given: a fake kubectl whose cluster is a file."""
    (site.folder / "objects").write_text("")
    site.write(GIVEN)
    path = f"{FAKES}:{os.environ['PATH']}"

    def run(*words: str, **env: str) -> tuple[int, str]:
        return site(*words, PATH=path, **env)

    return run


def run_given(site: KeptSite, given: Callable[..., tuple[int, str]], *more: str) -> tuple[int, str]:
    return given("run", "--kubeconfig", str(site.folder / "objects"), "--no-sandbox", "docs/a.md", *more)


def test_a_namespace_of_a_given_cluster_stays_with_the_page(
    site: KeptSite, given: Callable[..., tuple[int, str]]
) -> None:
    status, said = run_given(site, given, "--keep")
    assert status == 1, said
    assert site.records() == ["kept"]
    (record,) = (site.folder / "cache" / "dynamo-docs" / "runs").glob("kept-*")
    facts = json.loads(record.read_text())
    assert facts["namespace"].startswith("docs-test-")
    assert "token" not in record.read_text(), "no credentials"
    (folder,) = site.folders()
    assert (folder / "kept.json").stat().st_mode & 0o077 == 0
    site.edit("; fail", "")
    status, said = given("resume")
    assert status == 0, said
    assert site.cleaned.read_text() == "cleaned 1\n"
    assert site.left() == []


def test_a_cluster_that_is_gone_takes_the_kept_page_with_it(
    site: KeptSite, given: Callable[..., tuple[int, str]]
) -> None:
    run_given(site, given, "--keep")
    site.edit("; fail", "")
    status, said = given("resume", FAKE_GONE="yes")
    assert status == 3
    assert re.search(
        r"docs/a.md: namespace 'docs-test-\w+': it was removed; its remaining processes were ended\n"
        r"hint: run it anew: docs-test run docs/a.md --root \S+ --keep --kubeconfig \S+ --no-sandbox\n$",
        said,
    ), said
    assert site.left() == []


def test_a_cluster_that_does_not_answer_leaves_the_page_kept(
    site: KeptSite, given: Callable[..., tuple[int, str]]
) -> None:
    run_given(site, given, "--keep")
    site.edit("; fail", "")
    status, said = given("resume", FAKE_SERVER_SAYS="Unable to connect to the server")
    assert status == 3
    assert "the cluster does not answer: Unable to connect to the server" in said
    assert site.records() == ["kept"]
    assert given("resume")[0] == 0
    assert site.left() == []


def test_another_run_on_the_cluster_is_named(site: KeptSite, given: Callable[..., tuple[int, str]]) -> None:
    run_given(site, given, "--keep")
    site.edit("; fail", "")
    (site.root / "docs" / "b.md").write_text("---\ntutorial: {}\n---\n```bash { .run }\nsleep 987\n```\n")
    words = ("--kubeconfig", str(site.folder / "objects"), "--no-sandbox", "docs/b.md")
    path = f"{FAKES}:{os.environ['PATH']}"
    command = site.command("run", *words)
    other = subprocess.Popen(command, env={**os.environ, **site.env, "PATH": path}, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: "page" in site.records(), "the other run has begun")
        status, said = given("resume")
        assert status == 3
        assert f"another run uses it, process {other.pid}" in said
        assert "kept" in site.records()
    finally:
        other.terminate()
        other.wait(LONG)
    assert given("resume")[0] == 0
    assert site.left() == []
