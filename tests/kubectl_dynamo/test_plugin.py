"""As kubectl runs it: found on the PATH, quick to start, and what does without it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_dynamo.verbs.command import WITHOUT_PLUGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    Load = Callable[[str], dict[str, Any]]

TOOLS = Path(__file__).resolve().parents[2] / "tools"
KUBECTL = shutil.which("kubectl")


@pytest.fixture
def plugin(tmp_path: Path) -> dict[str, str]:
    """An environment with `kubectl-dynamo` on the PATH, as its entry point would be."""
    script = tmp_path / "bin" / "kubectl-dynamo"
    script.parent.mkdir()
    script.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(TOOLS)!r})\n"
        "from kubectl_dynamo.verbs.command import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"}


def test_the_entry_point_is_declared() -> None:
    text = (TOOLS / "packaging" / "kubectl-dynamo" / "pyproject.toml").read_text(encoding="utf-8")
    assert 'kubectl-dynamo = "kubectl_dynamo.verbs.command:main"' in text
    assert '"*" = ["*.json", "*.toml", "*.yaml", "py.typed"]' in text


@pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl")
def test_kubectl_finds_it(server: Any, load_state: Load, kubeconfig: Path, plugin: dict[str, str]) -> None:
    server.state = load_state("sla-unmet")
    environment = {**plugin, "KUBECONFIG": str(kubeconfig)}
    command = ["kubectl", "dynamo", "status", "sla-unmet"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("dgdr/sla-unmet in demo: Failed")


@pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl")
def test_the_line_that_does_without_it(server: Any, load_state: Load, kubeconfig: Path, tmp_path: Path) -> None:
    server.state = load_state("sla-unmet")
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "HOME": str(tmp_path)}
    command = shlex.split(WITHOUT_PLUGIN)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    head, row = (line.split() for line in done.stdout.splitlines())
    assert head == ["NAME", "PHASE", "PROFILING", "WHY", "DGD"]
    assert row[:3] == ["sla-unmet", "Failed", "GeneratingDGD"]
    assert row[-1] == "<none>"


def test_a_cold_start_is_short(server: Any, load_state: Load, kubeconfig: Path, plugin: dict[str, str]) -> None:
    """All of it costs less than twice what it costs to import Kubernetes' Python client, which it does without."""
    server.state = load_state("deployed")
    environment = {**plugin, "KUBECONFIG": str(kubeconfig)}
    ours = cpu_seconds(["kubectl-dynamo", "status", "deployed"], environment)
    theirs = cpu_seconds([sys.executable, "-c", "import kubernetes"], environment)
    assert ours < 2 * theirs


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """The least of three: of CPU time a busy machine takes little more than an idle one."""
    spent = []
    for _ in range(3):
        before = os.times()
        subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(spent)


def test_explain_and_help_load_no_client(plugin: dict[str, str]) -> None:
    script = (
        "import sys; from kubectl_dynamo.verbs.command import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "sys.exit('kubernetes' in sys.modules)"
    )
    environment = {**plugin, "PYTHONPATH": str(TOOLS)}
    for arguments in (["--help"], ["status", "--help"], ["explain", "Ready"]):
        subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env=environment,
            capture_output=True,
            timeout=120,
            check=True,
        )


def test_a_reader_that_has_read_enough(
    server: Any, load_state: Load, kubeconfig: Path, plugin: dict[str, str]
) -> None:
    server.state = load_state("deployed")
    environment = {**plugin, "KUBECONFIG": str(kubeconfig)}
    done = subprocess.run(
        ["bash", "-c", "kubectl-dynamo explain | true; exit ${PIPESTATUS[0]}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_ctrl_c_is_no_traceback(server: Any, load_state: Load, kubeconfig: Path, plugin: dict[str, str]) -> None:
    import signal  # noqa: PLC0415

    server.state = load_state("sweeping")
    environment = {**plugin, "KUBECONFIG": str(kubeconfig)}
    with subprocess.Popen(
        ["kubectl-dynamo", "status", "sweeping", "--watch"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("12:00:00Z demo/sweeping: Profiling")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (130, "")


FORMS = [
    ("status", "deployed", "-o", "json"),
    ("status", "--watch", "--timeout", "1s"),
    ("explain",),
    ("status", "--help"),
]
"""Command lines of which each way of writing is one."""


@pytest.mark.parametrize("arguments", FORMS, ids=" ".join)
@pytest.mark.parametrize(
    ("redirected", "unbuffered", "says"),
    [
        (">/dev/full", "", "kubectl-dynamo: cannot write: No space left on device\nhint: free some space; "),
        (">/dev/full", "1", "kubectl-dynamo: cannot write: No space left on device\nhint: free some space; "),
        (">&-", "", "kubectl-dynamo: cannot write: standard output is closed\n"),
        (">&- 2>&-", "", ""),
        (">/dev/full 2>/dev/full", "1", ""),
    ],
)
def test_output_that_cannot_be_written_is_no_bug(  # noqa: PLR0917
    arguments: tuple[str, ...],
    redirected: str,
    unbuffered: str,
    says: str,
    server: Any,
    load_state: Load,
    kubeconfig: Path,
    plugin: dict[str, str],
) -> None:
    server.state = load_state("deployed")
    environment = {**plugin, "KUBECONFIG": str(kubeconfig), "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        ["bash", "-c", f"kubectl-dynamo {shlex.join(arguments)} {redirected}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(says)
    assert "bug" not in done.stderr


def test_an_error_output_that_cannot_be_written_changes_no_status(
    server: Any, load_state: Load, kubeconfig: Path, plugin: dict[str, str]
) -> None:
    server.state = load_state("sla-unmet")
    environment = {**plugin, "KUBECONFIG": str(kubeconfig)}
    for arguments, status in ((["status"], 1), (["status", "absent"], 3), (["nonsense"], 64)):
        for redirected in ("2>&-", "2>/dev/full"):
            command = ["bash", "-c", f"kubectl-dynamo {shlex.join(arguments)} {redirected}"]
            done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
            assert (done.returncode, done.stderr) == (status, b"")
