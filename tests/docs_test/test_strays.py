"""Nothing that a page starts outlives it, without a sandbox either, whatever it does to stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from docs_test.outcomes import Outcome
from docs_test.shell import readiness, supervisor
from docs_test.shell.sandbox import unconfined
from support.page_runs import fake_cluster, run, step
from support.waiting import has_ended, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

STRAYS = {
    "setsid": "setsid sleep 600 & echo $! >>{pids}",
    "nohup in a session of its own": "setsid nohup sh -c 'echo $$ >>{pids}; exec sleep 600' >/dev/null 2>&1 &",
    "twice forked": "(setsid sh -c 'sleep 600 & echo $! >>{pids}' &)",
    "without its environment": "env -i /usr/bin/setsid /bin/sh -c 'echo $$ >>{pids}; exec sleep 600' &",
    "that ignores signals": "(trap '' TERM HUP INT; echo $BASHPID >>{pids}; exec setsid sleep 600) &",
    "of job control": "set -m; sleep 600 & echo $! >>{pids}; disown",
    "of a coprocess": "coproc sleep 600; echo $COPROC_PID >>{pids}",
}


def pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()]


def started(file: Path) -> bool:
    return file.exists() and file.read_text().endswith("\n")


@pytest.mark.parametrize("name", STRAYS)
@pytest.mark.parametrize("end", ["true", "false"])
def test_a_stray_process_ends_with_the_page(name: str, end: str, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    code = f"{STRAYS[name].format(pids=file)}\nuntil [ -s {file} ]; do sleep 0.01; done"
    page = run(fake_cluster(tmp_path), step(5, code), step(15, f"kill -0 $(cat {file})"), step(20, end))
    assert page.steps[1].outcome is Outcome.PASSED, "it goes on while the page does"
    assert (page.steps[2].outcome is Outcome.PASSED) == (end == "true")
    assert [pid for pid in pids(file) if not has_ended(pid)] == []


def test_a_stray_process_of_a_step_that_hangs_ends(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    hangs = "trap '' TERM INT\nwhile :; do sleep 600 & wait; done"
    code = f"setsid sleep 600 & echo $! >>{file}\necho $$ >>{file}"
    page = run(fake_cluster(tmp_path), step(5, code), step(15, hangs, timeout=0.5))
    assert page.outcome is Outcome.FAILED
    assert [pid for pid in pids(file) if not has_ended(pid)] == []


def test_what_a_background_step_starts_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pids"
    times = [0.0]

    def monotonic() -> float:
        """Its time is up once it has started the other, however long that takes."""
        times.append(times[-1] + 10.0 * started(file))
        return times[-1]

    monkeypatch.setattr(readiness, "time", SimpleNamespace(monotonic=monotonic, sleep=time.sleep))
    code = f"setsid sleep 600 & echo $! >>{file}\nexec python3 -m http.server --bind 127.0.0.1 0"
    page = run(fake_cluster(tmp_path), step(5, code, background=True, ready="tcp://127.0.0.1:1", timeout=2.0))
    assert page.outcome is Outcome.FAILED, "nothing answers at its address"
    assert [pid for pid in pids(file) if not has_ended(pid)] == []


def supervised(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*unconfined(), "bash", "-c", code], start_new_session=True)


@pytest.mark.parametrize(
    ("code", "status"),
    [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", -9), ("kill -15 $$", -15), ("kill -6 $$", -6)],
)
def test_a_supervisor_ends_as_its_command(code: str, status: int) -> None:
    assert supervised(f"ulimit -c 0; {code}").wait() == status


def test_a_supervisor_says_what_cannot_be_run() -> None:
    done = subprocess.run([*unconfined(), "no-such-program"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (127, "no-such-program: No such file or directory\n")


def test_a_process_that_nobody_waits_for_does_not_stay_as_a_zombie(tmp_path: Path) -> None:
    """Whoever waits for a daemon to be gone, as `pg_ctl stop` does, would wait for ever."""
    file = tmp_path / "pid"
    code = (
        f"(setsid sh -c 'echo $$ >{file}; exec sleep 0.2' &); sleep 0.1; while kill -0 $(cat {file}); do :; done"
    )
    assert supervised(f"{code} 2>/dev/null").wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_supervisor_that_is_told_to_end_ends_what_does_not_want_to(number: int, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    process = supervised(f"trap '' TERM INT HUP; setsid sleep 600 & echo $! $$ >{file}; while :; do sleep 1; done")
    wait_until(partial(started, file), "it runs")
    os.killpg(process.pid, number)
    assert process.wait() == -signal.SIGKILL
    assert [pid for pid in pids(file) if not has_ended(pid)] == []


BETWEEN = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import supervisor
reaped, told = supervisor._reaped, []

def between(child):
    status = reaped(child)
    if status is None and not told:
        told.append(os.kill(os.getpid(), signal.SIGTERM))
    return status

supervisor._reaped = between
sys.exit(supervisor.main(sys.argv[2:]))
"""


def test_a_signal_between_a_supervisor_s_check_and_its_wait_is_not_lost() -> None:
    """Its command holds the pipe open: `run` returns when both have ended."""
    words = [sys.executable, "-c", BETWEEN, str(Path(supervisor.__file__).parent), "sleep", "100"]
    assert subprocess.run(words, stdout=subprocess.PIPE, check=False, timeout=60).returncode == -signal.SIGTERM


PAGE = """\
---
tutorial: {{platform: none}}
---
# X

```bash {{ .run }}
setsid sleep 600 & echo $! >{pids}
```

```bash {{ .run }}
sleep 600
```
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stray_process_ends_with_a_run_that_is_ended(
    number: int, site_with: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "pids"
    root = site_with({"x.md": PAGE.format(pids=file)})
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = ["run", "--root", root, "--no-sandbox", "--results", tmp_path / "results.json", "docs/x.md"]
    process = subprocess.Popen(
        [sys.executable, "-m", "docs_test", *map(str, words)], env=env, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(partial(started, file), "the first step has ended")
        time.sleep(0.5)
        process.send_signal(number)
        process.wait()
        wait_until(lambda: all(map(has_ended, pids(file))), "the page's process has ended")
    finally:
        process.kill()
