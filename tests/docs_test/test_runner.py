"""A page as a whole: order, clean-up whatever happens, promises, background steps, what is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.clusters import leftovers
from docs_test.clusters.snapshot import not_compared, snapshot
from docs_test.model import Environment, Expectation, Match, Step, StepKind, Tutorial
from docs_test.outcomes import Outcome
from docs_test.reporting.failures import failure_text
from docs_test.reporting.junit import write_junit
from docs_test.running import killed_runs
from docs_test.running import steps as running_steps
from docs_test.running.page_run import run_page
from docs_test.shell.folder import page_environment
from groundwork.base.errors import EnvironmentFault
from groundwork.base.positions import Position
from groundwork.kube.kubectl import Kubectl
from groundwork.system import orphans
from groundwork.system.orphans import end_orphans
from groundwork.system.records import recorded
from support.ports import own_port
from support.waiting import LONG, Clock, wait_until, wait_until_runs

if TYPE_CHECKING:
    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult

FAKES = Path(__file__).with_name("fakes")


@dataclass
class Heard:
    """A reporter that keeps what it hears."""

    started: list[str] = field(default_factory=list)
    ended: list[Outcome] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def step_started(self, step: Step, number: int, total: int) -> None:
        self.started.append(f"{number}/{total} {step}")

    def step_ended(self, result: StepResult, number: int, total: int) -> None:
        assert 0 < number <= total
        self.ended.append(result.outcome)

    def said(self, text: str) -> None:
        self.heard.append(text)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """A fake kubectl whose cluster is a file with a line an object."""
    objects = tmp_path / "objects"
    objects.write_text("")
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    return Environment(kubeconfig=str(objects), path_prefix=(str(FAKES),))


def step(line: int, code: str, **more: object) -> Step:
    lines = tuple(Position("docs/x.md", line + 1 + number) for number, _ in enumerate(code.splitlines()))
    return Step(StepKind.RUN, Position("docs/x.md", line), code, lines, **more)


def run(environment: Environment, *steps: Step, **more: object) -> PageResult:
    page = run_page(Tutorial("docs/x.md", "X", steps, **more), environment, Heard())
    assert not page.interrupted
    return page


def error(page: PageResult, number: int) -> str:
    """What is said of the step of that number, which failed."""
    step = page.steps[number]
    assert step.failure is not None
    return failure_text(step.failure, step)


def outcomes(page: PageResult) -> list[str]:
    return [result.outcome.value for result in page.steps]


def test_files_and_commands_share_an_empty_folder(cluster: Environment) -> None:
    file = Step(StepKind.FILE, Position("docs/x.md", 1), "kind: X\n", file_name="sub/x.yaml")
    output = Expectation(Position("docs/x.md", 9), Match.LINES, "sub\nkind: X")
    page = run(cluster, file, step(5, "ls; cat sub/x.yaml", expectation=output))
    assert page.outcome is Outcome.PASSED
    wrong = Expectation(Position("docs/x.md", 9), Match.LINES, "sub\nkind: Y")
    page = run(cluster, file, step(5, "ls; cat sub/x.yaml", expectation=wrong))
    assert page.outcome is Outcome.FAILED
    assert error(page, 1).startswith("docs/x.md:")
    assert "- kind: Y" in error(page, 1)
    assert "+ kind: X" in error(page, 1)


def test_what_the_end_of_a_page_waits_for_is_said(cluster: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a real cluster it takes seconds, in which nothing else is printed."""
    seen = iter([frozenset(), frozenset({"pods/a/x", "pods/a/y"}), frozenset({"pods/a/x"}), frozenset()])
    monkeypatch.setattr(leftovers, "snapshot", lambda *_: next(seen))
    monkeypatch.setattr("docs_test.running.watch.snapshot", lambda *_: next(seen))
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", LONG)
    heard = Heard()
    page = run_page(Tutorial("docs/x.md", "X", (step(1, "true"),)), cluster, heard)
    assert page.outcome is Outcome.PASSED
    assert heard.heard == [
        "  looking for what the page left in the cluster",
        "  waiting for what clean-up deleted to be gone: pods/a/x and 1 more",
    ]
    heard = Heard()
    run_page(Tutorial("docs/x.md", "X", (step(1, "true"),), cluster=False), cluster, heard)
    assert heard.heard == [], "without a cluster there is nothing to look for"


def test_after_a_failure_clean_up_runs_last_first_with_the_pages_variables(
    cluster: Environment, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    page = run(
        cluster,
        step(1, "NAME=x"),
        step(3, "true\nfalse"),
        step(6, "echo never"),
        step(8, f'echo "first $NAME" >>{trace}', cleanup=True),
        step(10, f'echo "second $NAME" >>{trace}', cleanup=True),
    )
    assert outcomes(page) == ["passed", "failed", "not-run", "passed", "passed"]
    assert error(page, 1).startswith("docs/x.md:5: the command ended with status 1")
    assert trace.read_text().splitlines() == ["second x", "first x"]


def test_a_failing_clean_up_fails_the_page_and_the_others_still_run(cluster: Environment, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    page = run(
        cluster,
        step(1, "true"),
        step(3, f"echo done >{trace}", cleanup=True),
        step(5, "echo cannot delete; exit 1", cleanup=True),
    )
    assert page.outcome is Outcome.FAILED
    assert trace.read_text() == "done\n"
    (failure,) = page.all_failures
    assert failure.position == Position("docs/x.md", 6)
    assert "cannot delete" in error(page, 2)


def test_whatever_goes_wrong_in_a_step_clean_up_runs(
    cluster: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a bug: what the page made in a cluster that stays would stay as well."""

    def broken(*_: object) -> object:
        raise RuntimeError("no space, say")

    monkeypatch.setattr(running_steps, "compare", broken)
    expected = Expectation(Position("docs/x.md", 3), Match.LINES, "")
    with pytest.raises(RuntimeError, match="no space"):
        run(
            cluster,
            step(1, "true", expectation=expected),
            step(5, f"touch {tmp_path}/cleaned", cleanup=True),
        )
    assert (tmp_path / "cleaned").exists()


def test_a_file_that_cannot_be_saved_fails_the_page_there(cluster: Environment, tmp_path: Path) -> None:
    file = Step(StepKind.FILE, Position("docs/x.md", 4), "kind: X\n", file_name="deploy")
    page = run(cluster, step(1, "mkdir deploy"), file, step(6, f"touch {tmp_path}/cleaned", cleanup=True))
    assert outcomes(page) == ["passed", "failed", "passed"]
    assert error(page, 1).startswith("docs/x.md:4: 'deploy' cannot be saved: Is a directory\nhint: ")
    assert (tmp_path / "cleaned").exists()


def test_what_is_compared_is_compared_whole_and_shown_masked(cluster: Environment) -> None:
    shown = Expectation(Position("docs/x.md", 3), Match.LINES, "MY_TOKEN=verysecret")
    good = step(1, "echo MY_TOKEN=verysecret", expectation=shown)
    page = run(cluster, good, step(5, "echo HF_TOKEN=othersecret; false"))
    assert outcomes(page) == ["passed", "failed"]
    assert page.steps[0].output.text == "MY_TOKEN=***\n"
    assert "othersecret" not in error(page, 1)
    assert "HF_TOKEN=***" in error(page, 1)


def test_what_a_page_leaves_in_the_cluster_fails_it(cluster: Environment) -> None:
    create = step(1, f"echo 'v1 Pod demo left' >>{cluster.kubeconfig}")
    page = run(cluster, create)
    assert page.leftovers == ("pods/demo/left",)
    assert page.outcome is Outcome.FAILED
    Path(cluster.kubeconfig).write_text("")
    page = run(cluster, create, step(3, f": >{cluster.kubeconfig}", cleanup=True))
    assert page.outcome is Outcome.PASSED
    allowed = step(1, f"echo 'v1 ServiceAccount demo planner-serviceaccount' >>{cluster.kubeconfig}")
    assert run(cluster, allowed).leftovers == ("serviceaccounts/demo/planner-serviceaccount",)
    Path(cluster.kubeconfig).write_text("")
    product = replace(cluster, left_behind=("serviceaccounts/*/planner-serviceaccount",))
    assert run(product, allowed).outcome is Outcome.PASSED


COLLEAGUES = """\
v1 Pod team theirs
apps/v1 Deployment docs-test-2 theirs
v1 Namespace - team
v1 PersistentVolume claimed:team pv-theirs
v1 PersistentVolume - pv-of-nobody
networking.k8s.io/v1 IPAddress - 10.96.0.7
"""
"""What appears meanwhile in a cluster that others use, too."""
MINE = """\
v1 Pod docs-test-1 left
v1 PersistentVolume claimed:docs-test-1 pv-left
scheduling.k8s.io/v1 PriorityClass - urgent
"""


def test_in_a_cluster_that_others_use_only_what_the_page_can_have_made_is_left(cluster: Environment) -> None:
    shared = replace(cluster, namespace="docs-test-1", platform="mock")

    def made(objects: str, where: Environment, **more: bool) -> PageResult:
        Path(cluster.kubeconfig).write_text("v1 Pod team before\n")
        return run(where, step(1, f"cat >>{cluster.kubeconfig} <<'END'\n{objects}END"), **more)

    assert made(COLLEAGUES, shared).outcome is Outcome.PASSED
    assert made(COLLEAGUES, shared, cluster_scope=True).outcome is Outcome.PASSED
    page = made(COLLEAGUES + MINE, shared)
    assert page.outcome is Outcome.FAILED
    assert page.leftovers == ("persistentvolumes//pv-left", "pods/docs-test-1/left")
    priority = "priorityclasses.scheduling.k8s.io//urgent"
    assert made(COLLEAGUES + MINE, shared, cluster_scope=True).leftovers == (
        *page.leftovers,
        priority,
    ), "it may make those"
    whole = made(COLLEAGUES + MINE, cluster).leftovers
    assert len(whole) == len((COLLEAGUES + MINE).splitlines()), "nobody else is in a cluster of the run's own"


METRICS = (
    "E1128 03:49:16 memcache.go:287] couldn't get resource list for metrics.k8s.io/v1beta1\n"
    "error: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: the server is currently "
    "unable to handle the request\n"
)
FORBIDDEN = (
    'Error from server (Forbidden): ingresses is forbidden: User "x" cannot list resource "ingresses" in API '
    'group "networking.k8s.io" in the namespace "d"\n'
)


@pytest.mark.parametrize(("command", "said"), [("discovery", METRICS), ("get", FORBIDDEN)])
def test_what_is_left_is_seen_although_a_kind_cannot_be_listed(
    cluster: Environment, command: str, said: str
) -> None:
    Path(f"{cluster.kubeconfig}.{command}").write_text(said)
    create = step(1, f"echo 'v1 Pod demo left' >>{cluster.kubeconfig}")
    assert run(cluster, create).leftovers == ("pods/demo/left",)
    assert run(cluster, step(1, "true")).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("command", "said", "told"),
    [
        ("discovery", "The connection was refused", "kubectl api-resources --verbs=list,delete: The connection"),
        ("discovery", METRICS, "kubectl get: *.metrics.k8s.io can no longer be listed"),
        ("get", FORBIDDEN, "kubectl get: ingresses.networking.k8s.io can no longer be listed"),
        ("get", f"{FORBIDDEN}Error from server: no quorum\n", "kubectl get: Error from server: no quorum"),
    ],
)
def test_a_page_after_which_nobody_could_look_fails(
    cluster: Environment, tmp_path: Path, command: str, said: str, told: str
) -> None:
    page = run(cluster, step(1, f"cat >{cluster.kubeconfig}.{command} <<'END'\n{said}\nEND"))
    assert page.outcome is Outcome.FAILED
    (failure,) = page.failures
    assert failure.headline.startswith(f"docs/x.md:1: what the page left in the cluster is unknown: {told}")
    junit = tmp_path / "junit.xml"
    write_junit(junit, [page])
    said = '<failure type="not-looked" message="docs/x.md:1: what the page left in the cluster is unknown: '
    assert said in junit.read_text()


def test_a_look_that_fails_is_taken_again(cluster: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", LONG)
    file = f"{cluster.kubeconfig}.get"
    code = f"echo 'Error from server: no quorum' >{file}; (sleep 0.5; rm {file}) >/dev/null 2>&1 </dev/null &"
    page = run(cluster, step(1, code))
    assert page.outcome is Outcome.PASSED, page.failures


def test_nothing_of_a_page_runs_where_nobody_can_look_before(cluster: Environment, tmp_path: Path) -> None:
    Path(f"{cluster.kubeconfig}.get").write_text("Error from server: no quorum\n")
    with pytest.raises(EnvironmentFault, match="kubectl get: Error from server: no quorum"):
        run(cluster, step(1, f"touch {tmp_path}/ran"))
    assert not (tmp_path / "ran").exists()


def test_kinds_that_cannot_be_listed_are_named(cluster: Environment) -> None:
    kubectl = Kubectl({"PATH": f"{FAKES}:{os.environ['PATH']}", "KUBECONFIG": cluster.kubeconfig})
    assert not_compared(snapshot(kubectl)) == ""
    Path(f"{cluster.kubeconfig}.get").write_text(FORBIDDEN)
    Path(f"{cluster.kubeconfig}.discovery").write_text(METRICS)
    assert not_compared(snapshot(kubectl)).endswith(": *.metrics.k8s.io, ingresses.networking.k8s.io")


def test_an_expected_failure_is_no_failure(cluster: Environment) -> None:
    assert run(cluster, step(1, "exit 3", exit_status=3), step(3, "true")).outcome is Outcome.PASSED
    page = run(cluster, step(1, "exit 3", exit_status=2))
    assert "ended with status 3, expected 2" in error(page, 0)


def test_a_repeated_step_stops_when_it_succeeds_or_its_time_is_up(
    cluster: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_steps, "RETRY_SECONDS", 1.0)
    monkeypatch.setattr(running_steps, "time", Clock(time.monotonic()))
    count = tmp_path / "count"
    code = f'echo x >>{count}; [ "$(wc -l <{count})" -ge 3 ]'
    page = run(cluster, step(1, code, until=30.0))
    assert (page.outcome, page.steps[0].attempts) == (Outcome.PASSED, 3)
    page = run(cluster, step(1, "false", until=3.5))
    assert (page.outcome, page.steps[0].attempts) == (Outcome.FAILED, 4)
    assert run(cluster, step(1, "false")).steps[0].attempts == 1


def test_a_promise_is_held(cluster: Environment) -> None:
    start = step(1, "true", identifier="apply")
    late = step(5, "sleep 0.3", since="apply", within=0.2)
    page = run(cluster, start, late)
    assert page.outcome is Outcome.FAILED
    assert "after docs/x.md:1 began, promised within" in error(page, 1)
    assert run(cluster, start, step(5, "true", since="apply", within=LONG)).outcome is Outcome.PASSED


def test_a_page_has_a_time_limit_and_clean_up_is_not_part_of_it(cluster: Environment) -> None:
    page = run(cluster, step(1, "sleep 987"), step(3, "true", cleanup=True), timeout=0.5)
    assert outcomes(page) == ["failed", "passed"]
    assert "still running after" in error(page, 0)


@pytest.fixture
def port() -> int:
    return own_port()


def test_a_background_step_serves_later_ones_and_ends(cluster: Environment, port: int) -> None:
    address = f"tcp://127.0.0.1:{port}"
    serve = step(1, f"{sys.executable} -m http.server {port} --bind 127.0.0.1", background=True, ready=address)
    ask = step(3, f"{sys.executable} -c \"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}')\"")
    assert run(cluster, serve, ask).outcome is Outcome.PASSED
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_a_background_step_that_ends_early_is_told_with_its_output(cluster: Environment, port: int) -> None:
    dead = step(1, "echo no such service; exit 1", background=True, ready=f"http://127.0.0.1:{port}/")
    page = run(cluster, dead)
    assert "ended with status 1 before" in error(page, 0)
    assert "no such service" in error(page, 0)
    slow = step(1, "sleep 987", background=True, ready=f"http://127.0.0.1:{port}/", timeout=0.5)
    assert "did not answer within" in error(run(cluster, slow), 0)


def test_a_taken_port_is_the_machines_fault(cluster: Environment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        mine = rf"docs/x\.md:3: port {number} on 127\.0\.0\.1 is taken by \S+ \(process {os.getpid()}\)"
        first = step(1, f"echo 'v1 Pod demo left' >>{cluster.kubeconfig}")
        with pytest.raises(EnvironmentFault, match=mine):
            run(cluster, first, step(3, "true", background=True, ready=f"tcp://127.0.0.1:{number}"))
    assert Path(cluster.kubeconfig).read_text() == "", "found before anything was run"


def test_a_port_that_is_taken_while_the_page_runs_is_found_and_the_page_cleaned_up(
    cluster: Environment, tmp_path: Path, port: int
) -> None:
    serve = f"{sys.executable} -m http.server --bind 127.0.0.1 {port} & until curl -s 127.0.0.1:{port}; do :; done"
    steps = [
        step(1, f"({serve}) >/dev/null 2>&1"),
        step(3, "true", background=True, ready=f"tcp://127.0.0.1:{port}"),
        step(5, f"touch {tmp_path}/cleaned", cleanup=True),
    ]
    with pytest.raises(EnvironmentFault, match=rf"docs/x\.md:3: port {port} on 127\.0\.0\.1 is taken by"):
        run(cluster, *steps)
    assert (tmp_path / "cleaned").exists()


def test_nothing_of_the_callers_environment_reaches_a_page(
    cluster: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "caller")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:password@proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    code = 'set +u; [ -z "$AWS_SECRET_ACCESS_KEY" ] && [ "$HOME" != /root ] && [ "$GIVEN" = page ]'
    code += ' && [ -z "$HTTPS_PROXY" ] && [ "$NO_PROXY" = localhost ]'
    assert run(cluster, step(1, code), variables={"GIVEN": "page"}).outcome is Outcome.PASSED


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path, port: int, own_orphans: str) -> None:
    """SIGKILL: no clean-up runs, a folder stays, what nobody watches over goes on. The next run ends all that."""
    root = tmp_path / "site"
    (root / "docs").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(
        "site_name: x\nplugins: []\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n"
    )
    serve = f"```bash {{ .run data-background data-ready='tcp://localhost:{port}' }}\n"
    serve += f"{sys.executable} -m http.server --bind localhost {port}\n```\n"
    hang = f"```bash {{ .run }}\n[ -e {tmp_path}/reached ] || {{ touch {tmp_path}/reached; sleep 987; }}\n```\n"
    (root / "docs" / "x.md").write_text(f"---\ntutorial: {{}}\n---\n# X\n\n{serve}\n{hang}")
    (tmp_path / "objects").write_text("")
    (tmp_path / "tmp").mkdir()
    env = {
        **os.environ,
        "PATH": f"{FAKES}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    code = f"{own_orphans}import sys\nfrom docs_test.cli.main import main\nsys.exit(main())"
    command = [sys.executable, "-c", code, "run", "--root", str(root), "--kubeconfig", str(tmp_path / "objects")]
    command += ["--no-sandbox"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True)
    reached = tmp_path / "reached"
    wait_until(lambda: reached.exists() or process.poll() is not None, "the step is reached")
    process.kill()
    process.communicate(timeout=LONG)
    (folder,) = (tmp_path / "tmp").iterdir()
    mine = {**os.environ, "TMPDIR": str(folder / "tmp")}  # As if who watches over it had been killed, too.
    survivor = subprocess.Popen(["sleep", "985"], env=mine)
    others = partial(processes_but, folder, survivor.pid)
    wait_until(lambda: not others(), "what the page had started is ended by who watches over it")
    waiting = subprocess.Popen(["sleep", "983"], env={**os.environ, orphans.OWNER: f"{process.pid}:1"})

    again = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=LONG)

    assert again.returncode == 0, again.stderr
    assert "a run of docs/x.md was killed: ended 1 of its processes, removed its folder" in again.stderr
    assert "ended sleep, which a killed run had started" in again.stderr
    assert (survivor.wait(LONG), waiting.wait(LONG)) == (-signal.SIGTERM, -signal.SIGTERM)
    assert killed_runs.processes_of(folder) == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "cache" / "dynamo-docs" / "runs").iterdir()) == []


def processes_but(folder: Path, pid: int) -> list[int]:
    """The processes of a page's folder, but for one."""
    return [process.pid for process in killed_runs.processes_of(folder) if process.pid != pid]


def test_a_command_of_docs_test_that_outlives_its_run_is_ended_by_the_next(
    tmp_path: Path, own_orphans: str
) -> None:
    """`kubectl delete namespace` waits until it is gone: for minutes, if the next run removes the cluster."""
    (tmp_path / "kubectl").write_text(f"#!/bin/sh\necho $$ >{tmp_path}/asked\nexec sleep 984\n")
    (tmp_path / "kubectl").chmod(0o755)
    code = own_orphans + "import os; from groundwork.kube.kubectl import Kubectl; "
    code += "Kubectl(dict(os.environ)).run('delete', 'ns', 'x')"
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    process = subprocess.Popen([sys.executable, "-c", code], env=env, start_new_session=True)
    wait_until_runs("sleep", tmp_path / "asked")
    group = process.pid
    process.kill()
    process.wait()
    said: list[str] = []
    try:
        end_orphans(said.append)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    assert said == ["ended sleep, which a killed run had started"]


def test_what_cannot_be_cleaned_up_after_a_killed_run_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Environment
) -> None:
    """A clean-up that cannot be run is told, and tried again by the next run; the others are done."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folders = [tmp_path / f"docs-test-{name}" for name in ("aa", "bb")]
    for folder in folders:
        folder.mkdir()
        env = page_environment(Tutorial("docs/x.md", "X", ()), cluster, folder)
        made = step(5, f"echo {folder.name} >>{tmp_path}/cleaned; exit 3", cleanup=True, exit_status=3)
        mine = {"PATH": env["PATH"], "KUBECONFIG": cluster.kubeconfig, "context": "", "namespace": ""}
        tutorial = Tutorial("docs/x.md", "X", (made,))
        killed_runs.plan(folder, env, tutorial, frozenset(), programs=None, mine=mine)
        with recorded(killed_runs.KIND, folder=str(folder), page="docs/x.md"):
            pass
    plan = folders[0] / killed_runs.PLAN
    whole = plan.read_text()
    plan.write_text('{"env": {}}')
    said: list[str] = []
    killed_runs.sweep(said.append)
    assert [line for line in said if line.startswith("it could not be: KeyError")]
    assert [folder.exists() for folder in folders] == [True, False]
    assert (tmp_path / "cleaned").read_text() == "docs-test-bb\n"
    assert not [line for line in said if "ended with status" in line], "it is to end with 3"
    plan.write_text(whole)
    killed_runs.sweep(said.append)
    assert (tmp_path / "cleaned").read_text() == "docs-test-bb\ndocs-test-aa\n"
    assert not folders[0].exists()
    said.clear()
    killed_runs.sweep(said.append)
    assert said == []
