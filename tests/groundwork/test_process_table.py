"""Processes found by environment, group and port, and ended: recycled numbers, zombies, deaf ones."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from groundwork.system import orphans
from groundwork.system.process_table import end_all, has_members, listener, started, with_variable
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEAF = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
"""A shell that SIGTERM does not end, and that goes on starting programs."""


@pytest.fixture
def mark() -> str:
    """The name of an environment variable that no other process has."""
    return f"DOCS_TEST_{secrets.token_hex(6)}"


@pytest.fixture
def start(mark: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a shell with the marked environment; it is gone after the test."""
    begun: list[subprocess.Popen[str]] = []

    def begin(code: str, value: str = "x") -> subprocess.Popen[str]:
        env = {**os.environ, mark: value}
        process = subprocess.Popen(
            ["sh", "-c", code], env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        begun.append(process)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in begun:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_processes_are_found_by_their_environment(mark: str, start: Callable[..., subprocess.Popen[str]]) -> None:
    one, other = start("echo ready; exec sleep 987", "one"), start("echo ready; exec sleep 987", "=two=")
    assert {process.pid: value for process, value in with_variable(mark)} == {one.pid: "one", other.pid: "=two="}
    assert list(with_variable(f"{mark}_")) == []


def test_an_environment_that_may_not_be_read_is_passed_over(
    mark: str, start: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = start("echo ready; exec sleep 987")
    read = psutil.Process.environ

    def environ(process: psutil.Process) -> dict[str, str]:
        if process.pid != mine.pid:
            raise psutil.AccessDenied(process.pid)
        return read(process)

    monkeypatch.setattr(psutil.Process, "environ", environ)
    assert [process.pid for process, _ in with_variable(mark)] == [mine.pid]


def test_a_zombie_is_neither_found_nor_a_member_of_its_group(
    mark: str, start: Callable[..., subprocess.Popen[str]]
) -> None:
    process = start("echo ready; exec sleep 987")
    assert has_members(process.pid)
    process.kill()
    wait_until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE, "it is a zombie")
    assert not has_members(process.pid)
    assert list(with_variable(mark)) == []


def test_what_does_not_hear_sigterm_is_killed_with_all_that_it_starts(
    mark: str, start: Callable[..., subprocess.Popen[str]]
) -> None:
    process = start(DEAF)
    end_all(lambda: [found for found, _ in with_variable(mark)], 0.2)
    assert process.wait(LONG) == -signal.SIGKILL
    assert list(with_variable(mark)) == []


def test_a_number_that_another_process_has_by_now_is_left_alone(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    process = start("echo ready; exec sleep 987")
    stale = psutil.Process(process.pid)
    stale._ident = (process.pid, 1.0)  # As if it had been taken down before another one got its number.
    end_all(lambda: [stale], 0.0)
    assert process.poll() is None


def test_a_process_whose_owner_s_number_another_one_has_is_an_orphan(
    start: Callable[..., subprocess.Popen[str]], mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "OWNER", mark)
    kept = start("echo ready; exec sleep 987", orphans.owner())
    lost = start("echo ready; exec sleep 987", f"{os.getpid()}:1")
    unread = start("echo ready; exec sleep 987", "nobody")
    found = [psutil.Process(process.pid).name for process in (lost, unread)]
    wait_until(lambda: {name() for name in found} == {"sleep"}, "the shells became sleep")
    said: list[str] = []
    orphans.end_orphans(said.append)
    assert said == ["ended sleep, which a killed run had started"] * 2
    assert (lost.wait(LONG), unread.wait(LONG), kept.poll()) == (-signal.SIGTERM, -signal.SIGTERM, None)


def test_when_a_process_started_tells_it_from_others() -> None:
    assert started(os.getpid()) == started(os.getpid()) != ""
    assert started(2**22 + 1) == ""


def test_who_listens_on_a_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert listener(port) == ""
        taken.listen()
        assert listener(port) == f"{psutil.Process().name()} (process {os.getpid()})"


def test_a_system_that_does_not_tell_who_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_kind: str) -> list[object]:
        raise psutil.AccessDenied(1)

    monkeypatch.setattr(psutil, "net_connections", refused)
    assert listener(80) == ""


def test_what_only_starts_does_not_load_psutil() -> None:
    code = "import sys, groundwork.system.processes, groundwork.system.records; sys.exit('psutil' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
