"""Ctrl-C in a long test: what it started is ended, its cluster removed. Without Docker: kind is a script."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest

from groundwork.base.paths import root
from support.waiting import LONG

if TYPE_CHECKING:
    from pathlib import Path

PART = """\
import os
import subprocess
from pathlib import Path

import pytest
from _pytest.pathlib import cleanup_numbered_dir

from groundwork.base.paths import cache_dir
from kind_cluster.tools import Tools
from support import soak_runs
from support.soak_runs import own_records, soak

soak_runs.ensure_tools = lambda _progress: Tools(cache_dir("go") / "kind", cache_dir("kubectl") / "kubectl", "")


@pytest.fixture
def another_pytest(soak, tmp_path):
    yield
    cleanup_numbered_dir(tmp_path.parents[1], "pytest-", 0, 0)
    Path(os.environ["OTHER"]).write_text(str(tmp_path.exists()))


def test_ctrl_c(soak, another_pytest):
    soak.runs.append(subprocess.Popen(["sleep", "600"]))
    Path(os.environ["STARTED"]).write_text(f"{soak.name} {soak.runs[0].pid}")
    raise KeyboardInterrupt
"""
"""A part that is interrupted, and another pytest that removes old folders before the part's fixtures end."""
PROGRAM = '#!/bin/sh\necho "$(basename "$0") $*" >>"$TRACE"\n'


def test_ctrl_c_ends_the_runs_and_removes_the_cluster(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for program in (cache / "dynamo-docs" / "go" / "kind", tmp_path / "bin" / "docker"):
        program.parent.mkdir(parents=True)
        program.write_text(PROGRAM)
        program.chmod(0o755)
    for name in ("own", "pytests"):
        (tmp_path / name).mkdir()
    (tmp_path / "test_part.py").write_text(PART)
    env = os.environ | {
        "PYTHONPATH": f"{root()}/tools:{root()}/tests",
        "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(cache),
        "TMPDIR": str(tmp_path / "own"),
        "PYTEST_DEBUG_TEMPROOT": str(tmp_path / "pytests"),
        **{name: str(tmp_path / name.lower()) for name in ("TRACE", "OTHER", "STARTED")},
    }
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), "test_part.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=LONG
    )
    assert done.returncode == pytest.ExitCode.INTERRUPTED, done.stdout + done.stderr
    assert (tmp_path / "other").read_text() == "False"  # Pytest's own folders are gone by then.
    name, process = (tmp_path / "started").read_text().split()
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)
    trace = (tmp_path / "trace").read_text()
    assert f"kind delete cluster --quiet --name {name} " in trace, done.stdout
    assert f"docker rm --force --volumes {name}-registry" in trace
    assert list((tmp_path / "own").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("docs_test", []),
        ("tests", []),
        ("tests", ["tests/soak"]),
        ("coverage", []),
        ("unit", []),
        ("soak", ["runs"]),
    ],
)
def test_nox_waits_for_what_cleans_up_after_ctrl_c(
    name: str, words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nox = MagicMock()
    nox.session = lambda *functions, **_options: functions[0] if functions else lambda function: function
    nox.project.load_toml.return_value = {"runs": {}}
    monkeypatch.setitem(sys.modules, "nox", nox)
    session = MagicMock(posargs=words, virtualenv=MagicMock(location=str(tmp_path)))
    monkeypatch.chdir(root())
    runpy.run_path("noxfile.py")[name](session)
    long = [call for call in session.run.call_args_list if call.args[0] in ("docs-test", "pytest", "coverage")]
    assert long[0].kwargs == {"interrupt_timeout": None}
