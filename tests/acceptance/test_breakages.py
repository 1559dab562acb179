"""Quick Deploy, broken on purpose in a real cluster: the first error names the line, nothing is left behind."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cluster.kind import Cluster

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/kubernetes/quick-deploy.md"
MANIFEST = "examples/quickstart/dgd-quickstart-v1beta1.yaml"
APPLY = "kubectl apply -f dgd-quickstart.yaml\n"
CREATED = "dynamographdeployment.nvidia.com/quickstart created\n"
WAIT = "kubectl wait --for=condition=Ready dgd/quickstart --timeout=15m\n"


@dataclass(frozen=True)
class Breakage:
    """One edit, the line of the page that must be named, and what must be said."""

    file: str
    old: str
    new: str
    named: str
    """A line of the edited page."""
    said: tuple[str, ...]


BREAKAGES = {
    "wrong command": Breakage(
        PAGE, APPLY, "kubectl aply -f dgd-quickstart.yaml\n", "kubectl aply", ("unknown command", "status 1")
    ),
    "wrong expected output": Breakage(
        PAGE, CREATED, CREATED.replace("created", "configured"), "quickstart configured", ("- ", "+ ")
    ),
    "typo in a manifest field": Breakage(
        MANIFEST, "replicas: 1", "replica: 1", APPLY.strip(), ("unknown field", "replica")
    ),
    "undefined variable": Breakage(
        PAGE, WAIT, "kubectl wait --for=condition=Ready dgd/$NAME\n", "dgd/$NAME", ("NAME: unbound variable",)
    ),
    "step that hangs": Breakage(
        PAGE,
        '```bash { .run data-timeout="16m" }\n' + WAIT,
        '```bash { .run data-timeout="2s" }\nsleep 3600\n',
        '.run data-timeout="2s"',
        ("still running after 2 s", "sleep 3600"),
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the page is made of."""
    for name in ("docs", "snippets", "examples", "tools/docs_site"):
        shutil.copytree(ROOT / name, tmp_path / "site" / name, symlinks=True)
    for name in ("mkdocs.yml", "versions.toml"):
        shutil.copy(ROOT / name, tmp_path / "site")
    return tmp_path / "site"


def run_docs_test(root: Path, cluster: Cluster, temporary: Path) -> subprocess.CompletedProcess[str]:
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "PATH": f"{cluster.kubectl.parent}:{os.environ['PATH']}"}
    where = ["--root", str(root), "--kubeconfig", str(cluster.kubeconfig)]
    command = [sys.executable, "-m", "docs_test", *where, PAGE]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


def objects(cluster: Cluster) -> set[str]:
    kinds = "dgd,dcd,deployments,replicasets,services,pods,roles,configmaps,secrets,namespaces"
    return set(cluster.run_kubectl("get", kinds, "-A", "-o", "name").split())


def processes_under(folder: Path) -> list[str]:
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in environ.read_bytes():
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.cluster
@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_page_is_named_and_leaves_nothing(
    name: str, platform: Cluster, copy: Path, tmp_path: Path
) -> None:
    breakage = BREAKAGES[name]
    file = copy / breakage.file
    text = file.read_text()
    assert breakage.old in text, "the page changed: this breakage must be written anew"
    file.write_text(text.replace(breakage.old, breakage.new))
    before = objects(platform)
    temporary = tmp_path / "temporary"

    done = run_docs_test(copy, platform, temporary)

    output = done.stdout + done.stderr
    assert done.returncode == 1, output
    page = (copy / PAGE).read_text().splitlines()
    lines = [number for number, line in enumerate(page, 1) if breakage.named in line]
    # Where a fence is named, its first line of code is meant as well.
    places = tuple(f"{PAGE}:{number}: " for line in lines for number in (line, line + 1))
    first = re.search(r"^\S+:\d+: .*$", output, re.MULTILINE)
    assert first, output
    assert first.group().startswith(places), output
    for words in breakage.said:
        assert words in output[first.start() :], output
    assert objects(platform) == before
    assert list(temporary.iterdir()) == []
    assert processes_under(temporary) == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 8000))
