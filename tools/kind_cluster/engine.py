"""Docker's engine where no init system manages it: started detached, with a log, stopped on request."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from groundwork.base.errors import EnvironmentFault
from groundwork.system.orphans import OWNER
from kind_cluster import bounded_runtime
from kind_cluster.capabilities import NAMES, withheld

HOME = Path("/var/lib/dynamo-docs")
"""Folder of the engine's process id, log and OCI runtime. Not in the cache: that may be emptied while the engine
runs on."""
START_SECONDS = 60.0
STOP_SECONDS = 30.0


def engine_version() -> str:
    """Version of the engine that answers, or "" when none does."""
    return ask_engine()[0]


def ask_engine() -> tuple[str, str]:
    """Version of the engine and "", or "" and why none answers."""
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    if done.returncode == 0:
        return done.stdout.strip(), ""
    return "", (done.stderr.strip().splitlines() or ["no reason given"])[-1]


def start_engine() -> None:
    """Start dockerd, detached from this process and its pipes, and wait until it answers.

    Raises:
        EnvironmentFault: it ended at once or did not answer within a minute; the message has its last lines.
    """
    folder = HOME
    folder.mkdir(parents=True, exist_ok=True)
    if not _recorded_pid():
        (folder / "docker.pid").unlink(missing_ok=True)  # After a reboot, the number may be another program's.
    log = folder / "dockerd.log"
    command = ["dockerd", "--pidfile", str(folder / "docker.pid")]
    if withheld():
        command += ["--add-runtime", f"bounded={_write_runtime(folder)}", "--default-runtime", "bounded"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            env={name: value for name, value in os.environ.items() if name != OWNER},  # It outlives its run.
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if engine_version():
            return
        if process.poll() is not None:
            break
        time.sleep(0.25)
    last = "\n".join(f"  | {line}" for line in log.read_text(errors="replace").splitlines()[-15:])
    raise EnvironmentFault(f"dockerd: does not answer; the end of {log}:\n{last}")


def stop_engine() -> bool:
    """End the engine that `start_engine` started; False when there is none."""
    pid = _recorded_pid()
    if not pid:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _is_dockerd(pid):
        time.sleep(0.1)
    return True


def _recorded_pid() -> int:
    """Process id of the dockerd that was started here, 0 if it has ended."""
    try:
        pid = int((HOME / "docker.pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    return pid if _is_dockerd(pid) else 0


def _is_dockerd(pid: int) -> bool:
    try:
        return b"dockerd" in Path(f"/proc/{pid}/cmdline").read_bytes()  # Empty once it has ended, unread or not.
    except OSError:
        return False


def _write_runtime(folder: Path) -> Path:
    """Write the OCI runtime, for a Python that does not vanish with a virtual environment."""
    source = Path(bounded_runtime.__file__).read_text(encoding="utf-8")
    names = [f"CAP_{name}" for name in NAMES]
    source = source.replace("CAPABILITY_NAMES: list[str] = []", f"CAPABILITY_NAMES: list[str] = {names!r}")
    target = folder / "runc-bounded"
    target.write_text(f"#!{Path(sys.executable).resolve()}\n{source}", encoding="utf-8")
    target.chmod(0o755)
    return target
