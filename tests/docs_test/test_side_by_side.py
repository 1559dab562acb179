"""Pages at the same time: which may, what they see of each other, and how all of them end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from docs_test.clusters.environment import EnvironmentOptions, open_environment
from docs_test.clusters.namespaces import _for_kind
from docs_test.inventory import Inventory
from docs_test.language.needs import Need, Vocabulary
from docs_test.model import Step, StepKind, Tutorial
from docs_test.orchestration.wire import Detail, Line, Receiver, Sender
from docs_test.planning.graph import units
from docs_test.planning.side_by_side import Claim, beside, claim_of
from docs_test.ports.product import Product
from groundwork.base.positions import Position
from groundwork.system.process_table import with_variable
from groundwork.system.progress import Progress
from support.runs import FAKES, command, results, run, tutorial, words
from support.waiting import LONG, has_ended, wait_until

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from pathlib import Path

MUGS = Vocabulary(needs=(Need("mugs", amount=int),))


@dataclass(frozen=True, slots=True)
class Kitchen(Inventory):
    """A cluster with mugs, of which some are large."""

    mugs: int = 0
    large: int = 0

    def amount(self, need: str, wanted: Any) -> int:
        """Pages that want more than four mugs want large ones."""
        assert need == "mugs"
        return self.large if wanted > 4 else self.mugs


def page(name: str = "a", *ready: str, uses: str = "", **more: Any) -> Tutorial:
    steps = tuple(
        Step(StepKind.RUN, Position(f"docs/{name}.md", 1), "", background=True, ready=one) for one in ready
    )
    return Tutorial(f"docs/{name}.md", name, steps, uses=tuple(f"docs/{one}.md" for one in uses), **more)


def claim(*pages: Tutorial) -> Claim:
    (unit,) = units(pages)
    return claim_of(unit, MUGS)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (page(), page("b"), ""),
        (page("a", "tcp://localhost:1"), page("b", "http://localhost:2/x"), ""),
        (page("a", "tcp://localhost:8000"), page("b", "http://127.0.0.1:8000/x"), "port 8000 is in use"),
        (page("a", "http://localhost/"), page("b", "tcp://localhost:80"), "port 80 is in use"),
        (page("a", "https://localhost/"), page("b", "tcp://localhost:443"), "port 443 is in use"),
        (page(alone=True), page("b"), "docs/a.md says alone"),
        (page("a"), page("b", alone=True), "docs/b.md says alone"),
        (page(), page("b", cluster_scope=True), "docs/b.md needs cluster-scope"),
        (page(needs={"mugs": 4}), page("b", needs={"mugs": 4}), ""),
        (page(needs={"mugs": 4}), page("b", needs={"mugs": 3}), ""),
        (page(needs={"mugs": 6}), page("b", needs={"mugs": 3}), "mugs: 9 wanted at the same time, 6 there"),
        (page(needs={"mugs": 6}), page("b"), ""),
    ],
)
def test_what_may_run_beside_another(one: Tutorial, other: Tutorial, reason: str) -> None:
    kitchen = Kitchen(mugs=8, large=6)
    assert beside(claim(one), [claim(other)], kitchen) == reason
    assert bool(beside(claim(other), [claim(one)], kitchen)) == bool(reason)
    assert beside(claim(one), [], kitchen) == "", "alone, each may run"


def test_a_set_up_keeps_what_it_has_while_others_start_from_it() -> None:
    pages = [
        page("s", needs={"mugs": 2}),
        page("a", uses="s", needs={"mugs": 4}),
        page("b", uses="s", needs={"mugs": 3}),
    ]
    assert claim(*pages).amounts == {"mugs": 6}
    third = claim(page("c", needs={"mugs": 3}))
    assert beside(third, [claim(*pages)], Kitchen(mugs=9)) == ""
    assert beside(third, [claim(*pages)], Kitchen(mugs=8)) == "mugs: 9 wanted at the same time, 8 there"
    assert beside(third, [claim(page("d", needs={"mugs": 3})), claim(*pages)], Kitchen(mugs=9)) != ""


def test_without_a_cluster_nothing_is_counted() -> None:
    assert beside(claim(page(needs={"mugs": 9})), [claim(page("b", needs={"mugs": 9}))], None) == ""


def test_messages_come_whole_however_they_are_cut() -> None:
    read, write = os.pipe()
    sender, sent = Sender(write), [Line("a" * 1000), Detail("x"), Line("end")]
    for message in sent:
        sender.send(message)  # type: ignore[arg-type]
    os.close(write)
    whole = os.read(read, 1 << 16)
    os.close(read)
    for size in (1, 7, 1003, len(whole)):
        receiver, found = Receiver(), []
        for start in range(0, len(whole), size):
            found += list(receiver.messages(whole[start : start + size]))
        assert found == sent


def meeting(folder: Path, name: str, other: str) -> str:
    """Shell code that ends once the other's has begun."""
    return f"touch {folder}/{name}; until test -e {folder}/{other}; do sleep 0.05; done"


def test_pages_run_at_the_same_time(site_with: Callable[..., Path], tmp_path: Path) -> None:
    pages = {
        "a.md": tutorial(meeting(tmp_path, "a", "b"), attributes='data-timeout="2m" '),
        "b.md": tutorial(meeting(tmp_path, "b", "a"), attributes='data-timeout="2m" '),
        "c.md": tutorial("false"),
    }
    root = site_with(pages)
    done = run(root, tmp_path, "--jobs", "2")
    assert done.returncode == 1, done.stderr
    assert {path: one["outcome"] for path, one in results(root).items()} == {
        "docs/a.md": "passed",
        "docs/b.md": "passed",
        "docs/c.md": "failed",
    }
    lines = re.findall(r"^(\d)\|   \[1/1\] (docs/\w.md):\d+ .*: (ok|FAILED) ", done.stderr, re.MULTILINE)
    assert sorted(path for _, path, _ in lines) == ["docs/a.md", "docs/b.md", "docs/c.md"]
    assert "run 3 pages, at most 2 at the same time" in done.stderr
    assert "docs/c.md:8:1: the command ended with status 1" in done.stderr
    assert "Runs of pages: 2 passed, 1 failed. Blocks: 0 skipped.\n" in done.stderr
    assert re.search(r"^  run docs/a.md +\d+\.\d s  passed$", done.stderr, re.MULTILINE)


def test_pages_take_turns_without_jobs_or_where_one_says_alone(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    waiting = {"a": ("a", "b"), "b": ("b", "a")}
    short = 'data-timeout="2s" '
    pages = {
        f"{name}.md": tutorial(meeting(tmp_path, *names), attributes=short) for name, names in waiting.items()
    }
    assert "docs/a.md: failed" in run(site_with(pages), tmp_path).stderr
    for name in "ab":
        (tmp_path / name).unlink()
    pages["b.md"] = tutorial(meeting(tmp_path, "b", "a"), attributes=short, front="  alone: true\n")
    assert "docs/a.md: failed" in run(site_with(pages), tmp_path, "--jobs", "2").stderr


def test_the_graph_holds_at_the_same_time(site_with: Callable[..., Path], tmp_path: Path) -> None:
    trace = f"echo {{}} >>{tmp_path}/trace"
    root = site_with(
        {
            "a.md": tutorial(trace.format("a"), front="  after: docs/b.md\n"),
            "b.md": tutorial("sleep 1; " + trace.format("b")),
            "c.md": tutorial(trace.format("c"), front="  after: docs/f.md\n"),
            "f.md": tutorial("false"),
        }
    )
    done = run(root, tmp_path, "--jobs", "4")
    assert done.returncode == 1
    assert words(tmp_path) == ["b", "a"]
    assert "docs/c.md: not run: docs/f.md failed\n" in done.stderr


def waiting_pages(site_with: Callable[..., Path], folder: Path) -> Path:
    """Two pages that run until they are interrupted, and what each writes when it cleans up."""
    long = 'data-timeout="5m" '
    pages = {
        f"{name}.md": tutorial(
            f"echo $$ >{folder}/{name}.new; mv {folder}/{name}.new {folder}/{name}; sleep 300",
            cleanup=f"echo {name} >>{folder}/trace",
            attributes=long,
        )
        for name in "ab"
    }
    return site_with({**pages, "c.md": tutorial("true", front="  after: docs/a.md\n")})


def both_run(folder: Path) -> bool:
    return all((folder / name).exists() for name in "ab")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_all_pages_each_with_its_clean_up(
    site_with: Callable[..., Path], tmp_path: Path, number: signal.Signals
) -> None:
    root = waiting_pages(site_with, tmp_path)
    (tmp_path / "tmp").mkdir()
    line, env = command(root, tmp_path, "--jobs", "2")
    env["TMPDIR"] = str(tmp_path / "tmp")
    with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: both_run(tmp_path), "both pages run")
        process.send_signal(number)
        said = process.communicate(timeout=LONG)[1]
    assert process.returncode == 130, said
    assert sorted(words(tmp_path)) == ["a", "b"]
    assert "Traceback" not in said
    assert said.count("interrupted: cleaning up first") == 1
    assert {path: one["interrupted"] for path, one in results(root).items()} == {
        "docs/a.md": True,
        "docs/b.md": True,
    }
    assert "docs/c.md: not run to its end\n" in said
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "cache" / "dynamo-docs" / "runs").iterdir()) == []


def test_a_second_ctrl_c_gives_the_clean_up_of_all_pages_up(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    pages = {
        f"{name}.md": tutorial(
            f"touch {tmp_path}/{name}; sleep 300",
            cleanup=f"touch {tmp_path}/{name}-end; sleep 300",
            attributes='data-timeout="5m" ',
        )
        for name in "ab"
    }
    line, env = command(site_with(pages), tmp_path, "--jobs", "2")
    with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: both_run(tmp_path), "both pages run")
        process.send_signal(signal.SIGINT)
        wait_until(lambda: all((tmp_path / f"{name}-end").exists() for name in "ab"), "both clean up")
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LONG)[1]
    assert process.returncode == 130, said
    for name in "ab":
        assert f"docs/{name}.md: interrupted during clean-up; the next run finishes it" in said
    assert "Traceback" not in said
    assert processes(tmp_path) == []


def processes(folder: Path) -> list[int]:
    """The processes that run units of the docs-test with this cache."""
    found = with_variable("XDG_CACHE_HOME")
    mine = [process for process, value in found if value == str(folder / "cache")]
    return [process.pid for process in mine if "docs_test.orchestration.worker" in _words(process)]


def _words(process: psutil.Process) -> list[str]:
    """The command line; none of a process that ends meanwhile."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_process_that_is_killed_fails_its_page_and_no_other(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    long = 'data-timeout="5m" '
    root = site_with(
        {
            "a.md": tutorial(f"touch {tmp_path}/a; sleep 300", attributes=long),
            "b.md": tutorial("true", front="  after: docs/a.md\n"),
            "c.md": tutorial(
                f"touch {tmp_path}/b; until test -e {tmp_path}/go; do sleep 0.1; done", attributes=long
            ),
        }
    )
    line, env = command(root, tmp_path, "--jobs", "2")
    with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: both_run(tmp_path), "both pages run")
        first = min(processes(tmp_path))  # The page a is started first.
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: has_ended(first), "it is gone")
        (tmp_path / "go").touch()
        said = process.communicate(timeout=LONG)[1]
    assert process.returncode == 1, said
    assert "docs/a.md:1: the process that ran the page was ended by SIGKILL" in said
    assert "a run of docs/a.md was killed: ended " in said
    assert "docs/b.md: not run: docs/a.md failed\n" in said
    assert results(root)["docs/c.md"]["outcome"] == "passed"


def test_a_signal_to_one_process_ends_the_run_and_lets_the_other_page_finish(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    line, env = command(waiting_pages(site_with, tmp_path), tmp_path, "--jobs", "2")
    with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: both_run(tmp_path), "both pages run")
        first, second = sorted(processes(tmp_path))
        os.kill(first, signal.SIGTERM)
        wait_until(lambda: has_ended(first), "it has cleaned up")
        os.kill(second, signal.SIGTERM)
        said = process.communicate(timeout=LONG)[1]
    assert process.returncode == 130, said
    assert sorted(words(tmp_path)) == ["a", "b"]
    assert "docs/c.md: not run to its end\n" in said


def test_pages_do_not_outlive_a_run_that_is_killed(site_with: Callable[..., Path], tmp_path: Path) -> None:
    line, env = command(waiting_pages(site_with, tmp_path), tmp_path, "--jobs", "2")
    with subprocess.Popen(line, env=env, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: both_run(tmp_path), "both pages run")
        process.kill()
    wait_until(lambda: not processes(tmp_path), "they have ended")
    assert sorted(words(tmp_path)) == ["a", "b"], "each has cleaned up"
    assert list((tmp_path / "cache" / "dynamo-docs" / "runs").iterdir()) == []


def test_a_port_that_is_taken_ends_the_run_after_the_others(
    site_with: Callable[..., Path], tmp_path: Path, taken: int
) -> None:
    ready = f"data-background data-ready='tcp://127.0.0.1:{taken}' "
    root = site_with({"a.md": tutorial("true", attributes=ready), "b.md": tutorial("sleep 1")})
    done = run(root, tmp_path, "--jobs", "2")
    assert done.returncode == 3, done.stderr
    assert f"docs/a.md:7: port {taken} on 127.0.0.1 is taken by" in done.stderr
    assert results(root)["docs/b.md"]["outcome"] == "passed"
    assert "docs/a.md: not run to its end\n" in done.stderr


def test_each_has_a_namespace_of_its_own_which_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubeconfig = tmp_path / "objects"
    kubeconfig.write_text("")
    monkeypatch.setenv("PATH", f"{FAKES}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    records = tmp_path / "cache" / "dynamo-docs" / "runs"
    own: Namespace = None  # type: ignore[assignment]
    options = EnvironmentOptions(Product(), None, own, kubeconfig=kubeconfig, sandbox=False, jobs=2)
    with open_environment(options, Progress()) as environment:
        beside_it = environment.side_by_side
        names = [environment.namespace, *(one.namespace for one in beside_it)]
        assert len(set(names)) == 3
        for one in beside_it:
            assert json.loads(one.page_kubeconfig)["contexts"][0]["context"]["namespace"] == one.namespace
            assert replace(one, namespace="", page_kubeconfig="", side_by_side=()) == replace(
                environment, namespace="", page_kubeconfig="", side_by_side=()
            )
        kept = [json.loads(file.read_text())["namespace"] for file in records.glob("namespace-*")]
        assert sorted(kept) == sorted(names), "a killed run's are found"
    assert list(records.iterdir()) == []
    with open_environment(replace(options, jobs=1), Progress()) as environment:
        assert environment.side_by_side == ()


def test_in_a_cluster_of_the_runs_own_all_its_namespaces_may_read() -> None:
    def readers(*names: str) -> list[str]:
        (binding,) = [
            item
            for item in _for_kind("one", names)
            if (item["kind"], item["metadata"]["name"]) == ("ClusterRoleBinding", "docs-test-reader")
        ]
        return [subject["name"] for subject in binding["subjects"]]

    assert readers() == ["system:serviceaccounts:one"]
    assert readers("two", "three") == [f"system:serviceaccounts:{name}" for name in ("one", "two", "three")]
