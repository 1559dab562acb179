"""*Try it without GPUs*: its own commands, typed into a plain shell, with no sandbox and no docs-test around."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.cli.main import parser
from docs_test.clusters.leftovers import leftovers
from docs_test.clusters.snapshot import snapshot
from dynamo_docs.product import Dynamo
from groundwork.base.paths import root
from groundwork.kube.kubectl import Kubectl
from groundwork.system.progress import Progress
from kind_cluster.removal import clusters
from kind_cluster.tools import ensure_kind
from support.ports import own_port
from support.waiting import LONG

if TYPE_CHECKING:
    from pathlib import Path

THEIRS = (("secrets", "hf-token-secret"), ("configmaps", "settings"))
PAGE = "docs/kubernetes/try-without-gpus.md"


def as_script() -> str:
    """The page as a script, with another local port: other tests listen, too."""
    port = own_port()
    command = [sys.executable, "-m", "docs_test", "script", PAGE, "--root", str(root())]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LONG).stdout
    assert "localhost:8000" in text
    return text.replace("localhost:8000", f"localhost:{port}").replace("8000:8000", f"{port}:8000")


def typed(lines: str, folder: Path) -> None:
    """Type the lines by which a shell reaches the cluster, then the page's commands."""
    (folder / "page.sh").write_text(as_script(), encoding="utf-8")
    env = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "PAGE_LIMITS": "0"}
    shell = ["bash", "-eu", "-c", f"{lines}\nexec bash page.sh"]
    done = subprocess.run(
        shell, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=2 * LONG
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.cluster
def test_its_commands_work_in_a_plain_shell_and_leave_what_others_made(namespace: Any, tmp_path: Path) -> None:
    """In a namespace that others use: every object is there before and after, by name."""
    namespace.kubectl("create", "secret", "generic", "hf-token-secret", "--from-literal=HF_TOKEN=theirs")
    namespace.kubectl("create", "configmap", "settings", "--from-literal=theirs=yes")
    cluster = namespace.cluster
    look = Kubectl(os.environ, "", namespace.name, str(cluster.kubeconfig), cluster.kubectl)
    before = snapshot(look)
    assert {f"{kind}/{namespace.name}/{name}" for kind, name in THEIRS} <= before
    config = json.loads(namespace.kubectl("config", "view", "--raw", "--minify", "-o", "json"))
    config["contexts"][0]["context"]["namespace"] = namespace.name
    (tmp_path / "config").write_text(json.dumps(config), encoding="utf-8")
    typed(f"export KUBECONFIG={tmp_path / 'config'} PATH={cluster.kubectl.parent}:$PATH", tmp_path)
    assert leftovers(look, before, LONG, Dynamo.left_behind) == [], "but for what the operator keeps"
    assert before - snapshot(look) == frozenset()


@pytest.mark.soak(part="live")
@pytest.mark.cluster
@pytest.mark.timeout(2700)
def test_from_its_first_command_to_its_last(tmp_path: Path) -> None:
    name = f"try-{secrets.token_hex(3)}"
    command = [sys.executable, "-m", "docs_test", "cluster", name, "--root", str(root())]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    try:
        assert made.splitlines()[-1].endswith(f"cluster {name} --remove")
        typed(made, tmp_path)
    finally:
        subprocess.run([*command, "--remove"], check=True)
    assert name not in clusters(ensure_kind(Progress()))


def test_it_says_once_and_plainly_what_is_a_mock_and_makes_its_cluster_by_one_command() -> None:
    text = (root() / PAGE).read_text(encoding="utf-8")
    assert re.search(r"^\| the engine \| a \*\*mock\*\*", text, re.MULTILINE)
    made = re.findall(r"^\./nox -s docs-test -- (.*)$", text, re.MULTILINE)
    assert made == ["cluster try --provision", "cluster try --remove"]
    for words in made:
        options = parser(words.split()).parse_args(words.split())
        assert (options.command, options.name) == ("cluster", "try")


def test_it_asks_for_no_gpu_and_is_offered_where_readers_have_none() -> None:
    assert "nvidia.com/gpu" not in (root() / "examples/backends/mocker/deploy/agg-v1beta1.yaml").read_text()
    for page in ("README.md", "install.md"):
        assert "(try-without-gpus.md)" in (root() / "docs" / "kubernetes" / page).read_text(encoding="utf-8")
