"""What a machine lacks is found, said, and only then installed; withheld capabilities are dropped."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import EnvironmentFault, ExitStatus
from groundwork.system.progress import Progress
from kind_cluster import bounded_runtime, engine, provision, resources
from kind_cluster.capabilities import NAMES, parse_bounding_set
from kind_cluster.provision import Machine, plan

if TYPE_CHECKING:
    from pathlib import Path

READY = Machine(missing=(), engine="20.10.24", is_root=True, has_apt=True, has_systemd=False)


def machine(**changes: object) -> Machine:
    fields = {name: getattr(READY, name) for name in Machine.__slots__}
    return Machine(**(fields | changes))


def test_a_ready_machine_needs_nothing() -> None:
    assert plan(READY) == []


def test_what_is_missing_is_said_before_it_is_installed() -> None:
    steps = plan(machine(missing=("docker.io", "mmdebstrap"), engine=""))
    assert steps[0] == "install Debian packages: docker.io, mmdebstrap"
    assert "in the background" in steps[1]
    assert "by systemd" in plan(machine(engine="", has_systemd=True))[0]


@pytest.mark.parametrize(
    ("lack", "said"),
    [
        ({"is_root": False, "missing": ("mmdebstrap",)}, "needs root"),
        ({"has_apt": False, "missing": ("x",)}, "apt-get"),
    ],
)
def test_what_cannot_be_done_is_a_fault(lack: dict[str, object], said: str) -> None:
    with pytest.raises(EnvironmentFault, match=said) as caught:
        plan(machine(**lack))
    assert caught.value.status is ExitStatus.ENVIRONMENT


@pytest.mark.parametrize(("answer", "goes_on"), [("y", True), ("", False), ("n", False), ("\x04", False)])
def test_a_person_is_asked(monkeypatch: pytest.MonkeyPatch, answer: str, *, goes_on: bool) -> None:
    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(provision, "look", lambda **_: machine(missing=("mmdebstrap",)))
    monkeypatch.setattr(provision, "_install", lambda packages, _: installed.append(packages))
    monkeypatch.setattr(provision, "engine_version", lambda: "1")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def typed(_: str) -> str:
        if answer == "\x04":  # Ctrl-D.
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", typed)
    if goes_on:
        provision.provision(Progress(), assume_yes=False)
    else:
        with pytest.raises(EnvironmentFault, match="nothing was changed"):
            provision.provision(Progress(), assume_yes=False)
    assert installed == ([("mmdebstrap",)] if goes_on else [])


def test_no_docker_is_one_line_and_a_hint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match=r"^docker: not found on PATH\nhint: add --provision"):
        provision.preflight()


@pytest.fixture
def absent_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'WARNING: x' >&2\necho 'permission denied: the socket' >&2\nexit 1\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


@pytest.mark.usefixtures("absent_engine")
def test_an_engine_that_does_not_answer_is_said_with_its_reason() -> None:
    assert engine.engine_version() == ""
    with pytest.raises(EnvironmentFault, match="does not answer: permission denied: the socket\nhint: add --prov"):
        provision.preflight()


def test_an_engine_elsewhere_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://engine.example:2376")
    with pytest.raises(EnvironmentFault, match=r"DOCKER_HOST='tcp://engine\.example:2376'"):
        plan(machine(engine=""))
    assert plan(machine()) == []


@pytest.mark.parametrize("content", ["", "no number", "{own}", "4194305"])
def test_only_the_engine_that_was_started_here_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    monkeypatch.setattr(engine, "HOME", tmp_path)
    (engine.HOME / "docker.pid").write_text(content.format(own=os.getpid()))
    assert not engine.stop_engine()


FAKE_DOCKERD = """\
#!{python}
import os, pathlib, signal, sys
if os.environ.get("FAIL"):
    sys.exit("failed to start daemon: no space left")
here = pathlib.Path(sys.argv[0]).parent
pidfile = pathlib.Path(sys.argv[sys.argv.index("--pidfile") + 1])
if pidfile.exists():
    sys.exit("failed to start daemon: the pid file exists")
pidfile.write_text(str(os.getpid()))
streams = [os.readlink(f"/proc/self/fd/{{number}}") for number in range(3)]
(here / "up").write_text("\\n".join([str(os.getsid(0) == os.getpid()), *streams]))
signal.pause()
"""


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder on PATH whose fake engine answers once its fake dockerd is up; the file `up` says how it runs."""
    dockerd, docker = tmp_path / "dockerd", tmp_path / "docker"
    dockerd.write_text(FAKE_DOCKERD.format(python=sys.executable))
    docker.write_text(f"#!/bin/sh\ntest -e {tmp_path}/up && echo 20.10.24\n")
    for program in (dockerd, docker):
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(engine, "HOME", tmp_path / "run")
    engine.HOME.mkdir()
    # The number of a program that runs, but is no dockerd: as after a reboot.
    (engine.HOME / "docker.pid").write_text(str(os.getpid()))
    return tmp_path


@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
def test_an_engine_is_started_apart_from_this_programs_pipes_and_stopped(bare_machine: Path) -> None:
    engine.start_engine()
    log = engine.HOME / "dockerd.log"
    assert (bare_machine / "up").read_text().split("\n") == ["True", "/dev/null", str(log), str(log)]
    assert engine.stop_engine()
    assert not engine.stop_engine()


def test_an_engine_that_does_not_start_says_why(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "1")
    with pytest.raises(EnvironmentFault, match=r"(?s)dockerd: .*dockerd\.log:.*no space left"):
        engine.start_engine()
    assert not (bare_machine / "up").exists()


def test_the_bounding_set_is_read_by_number() -> None:
    every = parse_bounding_set("CapBnd:\t000001ffffffffff\n")
    assert every == frozenset(NAMES)
    assert every - parse_bounding_set("CapBnd:\t000001fffeffffff\n") == {"SYS_RESOURCE"}
    assert parse_bounding_set("") == frozenset()


@pytest.mark.parametrize("option", [["--bundle", "{}"], ["--bundle={}"], ["-b", "{}"]])
def test_the_runtime_drops_only_what_is_withheld(tmp_path: Path, option: list[str]) -> None:
    config = tmp_path / "config.json"
    sets = {"bounding": ["CAP_CHOWN", "CAP_SYS_RESOURCE"], "effective": ["CAP_SYS_RESOURCE"]}
    config.write_text(json.dumps({"process": {"capabilities": sets, "args": ["sh"]}, "root": {}}))
    bounded_runtime.rewrite(["create", *(word.format(tmp_path) for word in option), "id"], {"CAP_CHOWN"})
    written = json.loads(config.read_text())
    assert written == {
        "process": {"capabilities": {"bounding": ["CAP_CHOWN"], "effective": []}, "args": ["sh"]},
        "root": {},
    }


def test_the_runtime_edits_exec_and_leaves_others_alone(tmp_path: Path) -> None:
    file = tmp_path / "process.json"
    text = json.dumps({"capabilities": {"bounding": ["CAP_SYS_RESOURCE"]}})
    file.write_text(text)
    bounded_runtime.rewrite(["exec", "--process", str(file), "id"], {"CAP_CHOWN"})
    assert json.loads(file.read_text()) == {"capabilities": {"bounding": []}}
    bounded_runtime.rewrite(["delete", "id"], set())


def room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, disk: float, memory: float) -> None:
    """A machine with so many GiB free."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal: 9 kB\nMemAvailable: {int(memory * 1024**2)} kB\n")
    usage = shutil.disk_usage(tmp_path)._replace(free=int(disk * 1024**3))
    monkeypatch.setattr(resources, "MEMINFO", meminfo)
    monkeypatch.setattr(resources, "engine_folder", lambda: tmp_path)
    monkeypatch.setattr(resources, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)


def test_a_machine_with_room_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room(monkeypatch, tmp_path, disk=10, memory=4)
    resources.require_room()


@pytest.mark.parametrize(
    ("disk", "memory", "said"),
    [
        (1.5, 4, r"^disk of '.*': 1\.5 GiB free, 2\.0 GiB needed\nhint: free some"),
        (10, 0.5, r"^memory: 0\.5 GiB available, 2\.0 GiB needed\nhint: end other programs"),
    ],
)
def test_a_machine_without_room_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, disk: float, memory: float, said: str
) -> None:
    room(monkeypatch, tmp_path, disk=disk, memory=memory)
    with pytest.raises(EnvironmentFault, match=said) as caught:
        resources.require_room()
    assert caught.value.status is ExitStatus.ENVIRONMENT


def test_an_engine_that_takes_too_long_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(resources, "ASK_SECONDS", 0.2)
    with pytest.raises(EnvironmentFault, match=r"no answer to `docker info` within 0\.2 s\nhint: "):
        resources.engine_folder()


def test_what_another_run_renames_meanwhile_is_not_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "kept").write_bytes(b"1234")
    (folder / "link").symlink_to("kept")
    (folder / "gone").write_bytes(b"1234")
    real = os.stat

    def renamed(path: Path, *words: object, **options: object) -> os.stat_result:
        if str(path).endswith("gone") and real(path, *words, **options):  # type: ignore[arg-type]
            raise FileNotFoundError(path)
        return real(path, *words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("os.stat", renamed)
    monkeypatch.setattr("pathlib.Path.is_file", lambda _: True)
    assert resources._size(tmp_path) == 4
