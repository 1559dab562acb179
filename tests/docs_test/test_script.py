"""A page's script: bash and shellcheck accept it, and it does what a run of the page does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.model import Environment, Match, Step, StepKind, Tutorial
from docs_test.outcomes import Outcome
from docs_test.running import killed_runs
from docs_test.running.page_run import run_page
from docs_test.scripting.pages import scripts
from docs_test.scripting.script import About, Part, script
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.paths import root as project_root
from groundwork.base.positions import Position
from support.page_runs import FAKES, Quiet, shown, step
from support.ports import own_port
from support.scripts import made, run, shellcheck
from support.waiting import LONG, has_ended, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK_DEPLOY = "docs/kubernetes/quick-deploy.md"
ABOUT = About("docs-test 0")


def of(*steps: Step, checks: bool = True, **more: object) -> str:
    """The script of a page of these steps, without a cluster."""
    tutorial = Tutorial("docs/x.md", "X", steps, cluster=False, **more)
    return script(Part(tutorial, ()), ABOUT, checks=checks)


def of_site() -> list[tuple[str, str]]:
    """Name and text of the script of each page of this site in each variant, for each kind of cluster."""
    return [
        (f"{one.name}{' own cluster' if own else ''}", one.text)
        for own in (False, True)
        for one in scripts(project_root(), program="docs-test 0", own_cluster=own)
    ]


@pytest.fixture(scope="module")
def site_scripts() -> list[tuple[str, str]]:
    return of_site()


def test_scripts_of_this_site_are_clean(site_scripts: list[tuple[str, str]]) -> None:
    names = [name for name, _ in site_scripts]
    assert {"quick-deploy-v1beta1.sh", "quick-deploy-v1alpha1.sh", "it-failed.sh own cluster"} <= set(names)
    tutorials = read_tutorials(project_root()).tutorials()
    assert len(names) == 2 * len(tutorials)
    for name, text in site_scripts:
        parsed = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
        assert (parsed.returncode, parsed.stderr) == (0, ""), name
        assert shellcheck(text) == "", name


def test_shellcheck_would_say_so() -> None:
    assert "SC2086" in shellcheck("#!/bin/bash\nA=$1\necho $A\n")


def test_every_command_of_a_page_is_in_its_script_as_it_is_written(site_scripts: list[tuple[str, str]]) -> None:
    texts = dict(site_scripts)
    tutorials = read_tutorials(project_root(), [QUICK_DEPLOY]).tutorials(capabilities=frozenset({"gpu"}))
    for tutorial in tutorials:
        text = texts[f"quick-deploy-{tutorial.variant['api']}.sh"]
        for one in tutorial.steps:
            assert f"\n{one.code}".rstrip("\n") + "\n" in text, str(one)
        assert f"# Variant: api={tutorial.variant['api']}\n" in text
        assert "# Release: Dynamo " in text
        assert "\n# == Clean up ==\n" in text
        assert "\n# | dynamographdeployment.nvidia.com/quickstart created\n" in text


# What a run does is what a script does: both leave the same files, and call the same programs.

PAGE = """\
---
tutorial:
  platform: none
  vars: {MODEL: "a model's name", EMPTY: ""}
---
# A page

## Files { #files }

```yaml { .file title="deep/er/a b.yaml" }
kind: X
EOF
EOF_1
$MODEL `true` \\
```

```yaml { .file title="-odd" data-from="examples/no-end.yaml" }
--8<-- "no-end.yaml"
```

## Steps { #steps }

```bash { .run #first }
NAME=x
declare -A MAP=([a]=1)
twice() { echo "$1$1"; }
mkdir -p below && cd below
echo "$MODEL/${EMPTY}/$(twice "$NAME")" >said.txt
set +e
```

```bash { .run data-until="20s" }
COUNT=$((${COUNT-0} + 1))
LIST=(one "two three")
echo "try  $COUNT"
[ "$COUNT" != 2 ] || cd ..
```

```console { .output data-match="k8s" }
try 3
```

```bash { .run data-exit="3" data-since="first" data-within="1h" }
STATUS=gone
exit 3
```

```bash { .run }
echo "$COUNT ${LIST[1]} ${MAP[a]} $STATUS" >>state.txt
cat deep/er/'a b.yaml' >copy.yaml
```

```yaml { .file title="late.yaml" }
late: true
```

<!-- check: grep -q three state.txt -->

### A server { #server }

```bash { .run data-background data-ready="tcp://localhost:@PORT@" }
cd below
exec python3 -m http.server --bind localhost @PORT@
```

```bash { .run data-until="20s" }
curl -sS http://localhost:@PORT@/said.txt
```

```text { .output data-match="regex" }
a model's name//x{2}
```

```bash { .skip data-reason="nobody has it" }
nobody
```

## Clean up { #clean-up }

```bash { .run .cleanup }
echo "second to last ${NAME}" >>"$TRACE"
false
```

```bash { .run .cleanup }
cp -R "$PWD" "$COPY"
echo "last, first $(curl -sS http://localhost:@PORT@/said.txt)" >>"$TRACE"
```
"""


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_script_does_what_a_run_of_its_page_does(site_with: Callable[..., Path], tmp_path: Path) -> None:
    port = own_port()
    root = site_with({"page.md": PAGE.replace("@PORT@", str(port))})
    (root / "examples" / "no-end.yaml").write_text("kind: Y\n\n  # no end", encoding="utf-8")
    (tutorial,) = read_tutorials(root, ["docs/page.md"]).tutorials()
    traces, copies = {}, {}
    for name in ("run", "script"):
        made(tmp_path / name)
        traces[name], copies[name] = tmp_path / name / "trace", tmp_path / name / "copy"
    names = {"TRACE": str(traces["run"]), "COPY": str(copies["run"])}
    page = run_page(replace(tutorial, variables={**tutorial.variables, **names}), Environment(""), Quiet())
    assert page.outcome is Outcome.FAILED, "its clean-up fails in part"
    assert [failure.fact for failure in page.all_failures] == ["the command ended with status 1"]
    assert page.steps[-2].failure
    (text,) = (one.text for one in scripts(root, ["docs/page.md"], program="docs-test 0"))
    names = {"TRACE": str(traces["script"]), "COPY": str(copies["script"])}
    done = run(text, tmp_path, tmp_path / "script" / "work", **names)
    assert done.status == 1, done.said
    assert "clean-up ended with status 1" in done.said
    assert traces["script"].read_text() == traces["run"].read_text()
    assert files(copies["script"]) == files(copies["run"])
    assert files(copies["run"])["state.txt"] == b"3 two three 1 gone\n"
    assert files(copies["run"])["deep/er/a b.yaml"] == b"kind: X\nEOF\nEOF_1\n$MODEL `true` \\\n"
    assert files(copies["run"])["-odd"] == b"kind: Y\n\n  # no end"
    assert not listens(port)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert shellcheck(text) == ""
    assert ": shown on the page, not run: nobody has it\n# | nobody\n" in text


RECORDED = """\
#!/bin/sh
# Notes the calls of a page, which has CALLS in its environment, and hands them on.
[ -z "${CALLS-}" ] || printf '%s\\n' "$*" >>"$CALLS"
PATH=${PATH#"${0%/*}:"}
exec "@FAKES@/page/kubectl" "$@"
"""


@pytest.mark.parametrize("api", ["v1beta1", "v1alpha1"])
def test_a_script_makes_the_calls_that_a_run_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    kubectl = made(tmp_path / "bin") / "kubectl"
    kubectl.write_text(RECORDED.replace("@FAKES@", str(FAKES)))
    kubectl.chmod(0o755)
    port = str(own_port())
    read = read_tutorials(project_root(), [QUICK_DEPLOY], select={"api": api})
    (tutorial,) = read.tutorials(capabilities=frozenset({"gpu"}))
    moved = tuple(
        replace(
            one,
            code=one.code.replace("localhost:8000", f"localhost:{port}").replace("8000:8000", f"{port}:8000"),
            ready=one.ready.replace("8000", port),
            # However slow the machine is.
            within=one.within * 10,
            until=one.until * 10,
            timeout=one.timeout * 10,
        )
        for one in tutorial.steps
    )
    calls = {}
    for name in ("run", "script"):
        calls[name] = made(tmp_path / name) / "calls"
        (tmp_path / name / "cluster").touch()
    cluster = Environment(str(tmp_path / "run" / "cluster"), context="fake", path_prefix=(str(kubectl.parent),))
    tutorial = replace(tutorial, steps=moved, variables={"CALLS": str(calls["run"])})
    page = run_page(tutorial, cluster, Quiet())
    assert page.outcome is Outcome.PASSED, page.all_failures
    text = script(Part(replace(tutorial, variables={}), ()), ABOUT)
    path = f"{kubectl.parent}:{os.environ['PATH']}"
    where = str(tmp_path / "script" / "cluster")
    done = run(text, tmp_path, CALLS=str(calls["script"]), PATH=path, KUBECONFIG=where)
    assert done.status == 0, done.said
    assert calls["script"].read_text() == calls["run"].read_text()
    assert len(calls["run"].read_text().splitlines()) > 10
    assert Path(where).read_text() == "", "clean-up removed what was applied"
    assert not listens(int(port))


def test_clean_up_runs_last_first_also_after_a_failure(tmp_path: Path) -> None:
    text = of(
        step(1, "NAME=x"),
        step(3, "true\nfalse"),
        step(6, "echo never"),
        step(8, 'echo "first $NAME"', cleanup=True),
        step(10, 'echo "second $NAME"\nfalse\necho never', cleanup=True),
    )
    done = run(text, tmp_path)
    assert done.status == 1
    assert [line for line in done.said.splitlines() if "x" in line.split()] == ["second x", "first x"]
    assert re.search(r"page\.sh:\d+: status 1: false\n", done.said)
    assert "never" not in done.said
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_script_cleans_up_and_ends_its_servers(tmp_path: Path, sent: signal.Signals) -> None:
    port = own_port()
    server = f"sleep 600 &\necho $! >child\nexec python3 -m http.server --bind localhost {port}"
    text = of(
        step(1, server, background=True, ready=f"http://localhost:{port}/"),
        step(5, "sh -c 'echo here >here; exec sleep 600'"),
        step(8, "cp child here ..", cleanup=True),
    )
    file = tmp_path / "page.sh"
    file.write_text(text)
    process = subprocess.Popen(["bash", file, tmp_path / "work"], start_new_session=True)
    try:
        here = tmp_path / "work" / "here"  # It is there before anything is in it.
        wait_until(lambda: here.exists() and here.read_text() == "here\n", "the next step runs")
        os.killpg(process.pid, sent)  # As a terminal does.
        assert process.wait(timeout=LONG) == 128 + sent
    finally:
        process.kill()
    assert (tmp_path / "here").read_text() == "here\n"
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: has_ended(child), "what it started has ended")
    assert not listens(port)


def test_a_port_that_is_taken_is_said_before_anything_runs(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as server:
        port = server.getsockname()[1]
        text = of(
            step(1, "echo ran"),
            step(3, "true", background=True, ready=f"tcp://localhost:{port}"),
            step(5, "echo cleaned", cleanup=True),
        )
        done = run(text, tmp_path)
    assert (done.status, done.said) == (1, f"port {port} on localhost is taken, and this page needs it\n")


@pytest.mark.parametrize(
    ("code", "timeout", "said"),
    [("exit 3", 60.0, "the command ended before"), ("sleep 600", 1.0, "did not answer within 1 s")],
)
def test_a_server_that_does_not_answer_fails(tmp_path: Path, code: str, timeout: float, said: str) -> None:
    text = of(step(1, code, background=True, ready=f"tcp://localhost:{own_port()}", timeout=timeout))
    done = run(text, tmp_path)
    assert done.status == 1
    assert said in done.said


@pytest.mark.parametrize(
    ("match", "text", "printed", "good"),
    [
        (Match.LINES, "a ... c\n...\nend", "a b c\n1\n2\nend", True),
        (Match.LINES, "a ... c\n...\nend", "a b c\nend  \n\n", True),
        (Match.LINES, "a ... c\nend", "a b\n c\nend", False),
        (Match.LINES, "a.c [x] {y} $z ^ | \\ 'q' (r)* +", "a.c [x] {y} $z ^ | \\ 'q' (r)* +", True),
        (Match.LINES, "a.c", "abc", False),
        (Match.LINES, "one", "one\ntwo", False),
        (Match.K8S, "NAME   AGE\nweb-7d9c5b8f4-x2x4z   5s", "NAME AGE\nweb-5d8f9c7b44-x7k2p    3m2s", True),
        (Match.K8S, "NAME   AGE\nweb-7d9c5b8f4-x2x4z   5s", "NAME AGE\nweb-5d8f9c7b44-x7k2p    soon", False),
        (Match.K8S, "10.1.2.3 <none> 2026-01-01T00:00:00Z", "fd00::1 10.0.0.1 2027-01-01T00:00:00+01:00", True),
        (Match.JSON, '{"a": [{"b": "x...z"}], "n": 1, "t": true, "w": "..."}',
         '{"t": true,\n"w": {}, "n": 1, "a" : [ {"c": 1, "b":"x y z"} ]}', True),
        (Match.JSON, '{"a": [{"b": "x"}]}', '{"a": []}', False),
        (Match.JSON, '{"n": 1}', '{"n": 12}', False),
        (Match.JSON, "[1]", "[1]", True),
        (Match.REGEX, r"a+?\d{2}(?:x|y)[^\s.]\w\.", "aa12xé_.", True),
        (Match.REGEX, r"a.b", "a\nb", True),
        (Match.REGEX, r"a+", "b", False),
    ],
)  # fmt: skip
def test_a_step_is_tried_until_its_output_is_as_shown(
    tmp_path: Path, match: Match, text: str, printed: str, *, good: bool
) -> None:
    (tmp_path / "printed").write_text(printed)
    expectation = shown(5, text, match)
    source = of(step(1, f"cat {tmp_path}/printed", until=1.0, expectation=expectation))
    assert run(source, tmp_path, LC_ALL="C.UTF-8").status == (0 if good else 1)
    assert shellcheck(source) == ""


def test_an_expression_that_bash_has_not_is_said_to_be_left_out(tmp_path: Path) -> None:
    text = of(step(1, "echo b", until=5.0, expectation=shown(5, r"(?=b)b", Match.REGEX)))
    assert "# What it prints is not compared: bash has no such expressions.\n" in text
    assert run(text, tmp_path).status == 0


def test_a_step_that_is_to_fail_must_fail_as_said(tmp_path: Path) -> None:
    assert run(of(step(1, "exit 3", exit_status=3)), tmp_path).status == 0
    done = run(of(step(1, "true", exit_status=3)), tmp_path)
    assert done.status == 1
    assert "status 0, not 3" in done.said


def test_checks_and_promises_can_be_left_out(tmp_path: Path) -> None:
    check = Step(StepKind.CHECK, Position("docs/x.md", 5), "false")
    slow = step(7, "sleep 2", since="a", within=1.0)
    steps = (step(1, "true", identifier="a"), check)
    assert run(of(*steps), tmp_path).status == 1
    assert run(of(*steps, checks=False), tmp_path).status == 0
    done = run(of(steps[0], slow), tmp_path)
    assert done.status == 1
    assert "the page promises at most 1 s" in done.said
    assert run(of(steps[0], slow, checks=False), tmp_path).status == 0


def test_what_the_page_traps_runs_too(tmp_path: Path) -> None:
    text = of(step(1, "trap 'echo page' EXIT"), step(3, "sleep 600 &"), step(5, "echo cleaned", cleanup=True))
    done = run(text, tmp_path)
    assert (done.status, done.said) == (0, "cleaned\npage\n")


def test_nothing_of_a_page_is_run_by_bash_in_a_comment_or_a_file(tmp_path: Path) -> None:
    evil = "$(touch evil)\n`touch evil`\n\\"
    file = Step(StepKind.FILE, Position("docs/x.md", 1), f"{evil}\0\n", file_name="$(touch evil)")
    steps = (file, step(3, "ls", expectation=shown(4, evil)))
    tutorial = Tutorial("docs/x.md", "A\ntouch evil", steps, cluster=False)
    done = run(script(Part(tutorial, ()), ABOUT), tmp_path, tmp_path / "work")
    assert done.status == 0, done.said
    assert [one.name for one in (tmp_path / "work").iterdir()] == ["$(touch evil)"]
    assert (tmp_path / "work" / "$(touch evil)").read_bytes() == f"{evil}\0\n".encode()


@pytest.mark.parametrize("code", ["echo 'open", "cat <<EOF\nno end", "if true", "}"])
def test_a_step_that_bash_cannot_parse_is_an_error_at_its_line(code: str) -> None:
    with pytest.raises(UserError, match="bash cannot parse this step") as found:
        of(step(1, "true"), step(10, code))
    (problem,) = found.value.problems
    assert problem.position.file == "docs/x.md"
    assert 10 <= problem.position.line <= 12


def test_code_that_ends_in_a_backslash_or_is_a_comment_alone(tmp_path: Path) -> None:
    text = of(step(1, "echo one \\"), step(3, "# nothing", until=1.0), step(5, "# nothing", cleanup=True))
    done = run(text, tmp_path)
    assert (done.status, done.said) == (0, "one\n")


def test_a_script_that_is_piped_into_bash_is_refused() -> None:
    words = ["bash", "-s"]
    done = subprocess.run(words, input=of(step(1, "echo ran")), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "save this script" in done.stderr


# The command.


def test_the_command_prints_or_writes_a_script(
    site_with: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    front = "---\ntutorial: {variants: {api: [v1, v2]}, platform: none}\n---\n# X\n\n"
    runs = [f"```bash {{ .run data-when='api={one}' }}\necho {one}\n```\n\n" for one in ("v1", "v2")]
    root = site_with({"a.md": front + "".join(runs)})
    (root / "mkdocs.yml").write_text(f"site_url: https://example.org/docs\n{(root / 'mkdocs.yml').read_text()}")
    assert main(["script", "--root", str(root), "docs/a.md"]) == ExitStatus.OK
    printed = capsys.readouterr().out
    assert "\necho v1\n" in printed
    assert "echo v2" not in printed
    assert "# Page: https://example.org/docs/a/\n" in printed
    file = tmp_path / "new" / "a.sh"
    words = ["script", "--root", str(root), "docs/a.md", "--when", "api=v2", "-o", str(file)]
    assert main(words) == ExitStatus.OK
    assert os.access(file, os.X_OK)
    assert "\necho v2\n" in file.read_text()
    assert [one.name for one in scripts(root, program="x")] == ["a-v1.sh", "a-v2.sh"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["docs/no.md"], "'docs/no.md' is not a page of this site"),
        (["docs/a.md"], "docs/a.md:1: this page is not a tutorial"),
        (["docs/b.md", "--when", "api=v2"], "no page has the variant 'api'"),
        (["docs/b.md"], "docs/b.md:7: bash cannot parse this step: "),
    ],
)
def test_what_cannot_be_a_script_is_an_error(
    site_with: Callable[..., Path], words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    front = "---\ntutorial: {platform: none}\n---\n# X\n\n"
    root = site_with({"a.md": "# A\n", "b.md": f"{front}```bash {{ .run }}\necho 'open\n```\n"})
    assert main(["script", "--root", str(root), *words]) == ExitStatus.USAGE
    found = capsys.readouterr()
    assert said in found.err
    assert found.out == ""
