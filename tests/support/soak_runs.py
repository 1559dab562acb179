"""Runs of docs-test again and again on one machine, for the long tests: a site, a cluster, what a run leaves."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.clusters.snapshot import snapshot
from groundwork.base.paths import cache_dir
from groundwork.base.paths import root as project_root
from groundwork.kube.kubectl import Kubectl
from groundwork.system.progress import Progress
from kind_cluster.removal import delete_cluster
from kind_cluster.tools import ensure_tools
from support.breakages import COMPILED
from support.ports import own_port
from support.processes import with_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kind_cluster.tools import Tools

ROOT = project_root()
QUICK_DEPLOY = "docs/kubernetes/quick-deploy.md"
TINY = ("docs/tiny.md",)
"""Page of a site of its own: what a next run does before its pages."""
TINY_PAGE = """\
---
tutorial: {}
---
# Tiny

```bash { .run }
true
```
"""


@dataclass
class Soak:
    """The site, the folder for temporary files, and the cluster that is kept."""

    root: Path
    tiny: Path
    temporary: Path
    port: int
    name: str
    tools: Tools
    runs: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """Runs that were started, those that have ended, too."""

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "TMPDIR": str(self.temporary)}

    @property
    def kubectl(self) -> Kubectl:
        path = f"{self.tools.kubectl.parent}:{os.environ['PATH']}"
        config = cache_dir("clusters") / self.name / "kubeconfig"
        # kubectl keeps what it discovers below HOME; without one, in the working directory.
        return Kubectl({"PATH": path, "KUBECONFIG": str(config), "HOME": str(self.root.parent)})

    def start(self, name: str, *, keep: bool, log: Path, pages: Sequence[str]) -> subprocess.Popen[bytes]:
        root = self.tiny if pages == TINY else self.root
        command = [sys.executable, "-m", "docs_test", "run", "--root", str(root), "--cluster-name", name, *pages]
        with log.open("wb") as output:
            run = subprocess.Popen(
                [*command, *(["--keep-cluster"] if keep else [])],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.runs.append(run)
        return run

    def run(self, name: str, *, keep: bool, log: Path, pages: Sequence[str]) -> float:
        """A run to its end, which must be a good one; how long it took."""
        started = time.monotonic()
        assert self.start(name, keep=keep, log=log, pages=pages).wait() == 0, log.read_text()
        return time.monotonic() - started

    def left(self, name: str, *, keep: bool) -> list[str]:
        """What is left beside a whole, kept cluster: containers, files, records, processes, the port."""
        there = [item for item in containers() if item.startswith(f"{name}-")]
        whole = keep and sorted(there) == [f"{name}-control-plane", f"{name}-registry"]
        found = [] if whole else [f"container {item}" for item in there]
        if not whole and (cache_dir("clusters") / name).exists():
            found.append(f"folder of cluster {name}")
        found += [f"file {path}" for path in self.temporary.iterdir()]
        found += [f"record {record.read_text()}" for record in cache_dir("runs").iterdir()]
        found += [f"process {pid}" for pid in with_environment(str(self.temporary))]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                found.append(f"port {self.port}")
        return found

    def objects(self) -> tuple[str, frozenset[str]]:
        """The kept cluster's identity and its objects; ("", none) where there is none."""
        node = f"{self.name}-control-plane"
        if node not in containers():
            return "", frozenset()
        command = ["docker", "inspect", "--format", "{{.Id}}", node]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout, snapshot(self.kubectl)


def containers() -> list[str]:
    command = ["docker", "ps", "--all", "--format", "{{.Names}}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


BUILT = (
    "aiperf",
    "go",
    "images",
    "kubectl",
    "node-image",
    "registry",
    "registry-image",
    "rootfs",
    "schemas",
    "site-packages",
)


ENDED = 300
"""Seconds in which a run that is told to end must have cleaned up."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that is there until the fixtures end.

    On Ctrl-C, pytest gives up its own folders before the fixtures end; another pytest on this machine may remove
    them meanwhile, with the kind that is to remove the cluster.
    """
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-soak-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module", autouse=True)
def own_records() -> Iterator[None]:
    """A cache with what is built, but with records of its own: another run on this machine would sweep them."""
    with own_folder() as cache, pytest.MonkeyPatch.context() as patch:
        (cache / "dynamo-docs").mkdir()
        for name in BUILT:
            (cache / "dynamo-docs" / name).symlink_to(cache_dir(name))
        patch.setenv("XDG_CACHE_HOME", str(cache))
        yield


@pytest.fixture(scope="module")
def soak(own_records: None) -> Iterator[Soak]:  # noqa: ARG001 - first
    """A part's site and cluster; at its end, also by Ctrl-C, its runs are ended and its cluster is removed."""
    with own_folder() as folder, ExitStack() as ends:
        made = _made(folder)
        ends.callback(delete_cluster, made.name, made.tools.kind)
        ends.callback(_end, made.runs)
        yield made


def _end(runs: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the runs that are still at work, each with its clean-up."""
    for run in runs:
        if run.poll() is None:
            run.terminate()
            try:
                run.wait(ENDED)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()


def _made(folder: Path) -> Soak:
    for name in ("docs", "snippets", "examples", "tools/docs_site"):
        shutil.copytree(ROOT / name, folder / "site" / name, symlinks=True, ignore=COMPILED)
    for name in ("mkdocs.yml", "versions.toml"):
        shutil.copy(ROOT / name, folder / "site")
    port = own_port()
    page = folder / "site" / QUICK_DEPLOY  # On a port of its own: another run on this machine may hold the page's.
    text = page.read_text().replace("localhost:8000", f"localhost:{port}")
    page.write_text(text.replace(" 8000:8000", f" {port}:8000"))
    (folder / "tiny" / "docs").mkdir(parents=True)
    (folder / "tiny" / "docs" / "tiny.md").write_text(TINY_PAGE)
    extensions = "markdown_extensions: [attr_list, pymdownx.superfences]"
    (folder / "tiny" / "mkdocs.yml").write_text(f"site_name: x\nplugins: []\n{extensions}\n")
    (folder / "temporary").mkdir()
    tools = ensure_tools(Progress())
    return Soak(folder / "site", folder / "tiny", folder / "temporary", port, f"soak-{os.getpid()}", tools)
