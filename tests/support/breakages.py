"""Pages of this site, broken on purpose: what is broken, where that must be named, and what must be said."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.paths import root
from support.namespace import without_other_tests
from support.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from kind_cluster.kind import Cluster

COMPILED = shutil.ignore_patterns("__pycache__")
"""What other processes write beside the sources at the same time."""
QUICK_DEPLOY = "docs/kubernetes/quick-deploy.md"


@dataclass(frozen=True)
class Breakage:
    """Edits of a file, the line that must be named, and what must be said."""

    file: str
    edits: tuple[tuple[str, str], ...]
    named: str
    """Part of a line, of the edited page unless `place` is another file."""
    said: tuple[str, ...]
    hint: str
    place: str = QUICK_DEPLOY
    status: int = 1
    faults: str = ""
    """Commands of the fake kubectl that fail."""
    pods: str = ""
    """Pods of the fake cluster."""
    answers: str = ""
    """Answers of the fake kubectl, as JSON, beside those that Quick Deploy needs."""
    left: int = 0
    """Number of objects that stay in the cluster, reported with the commands that remove them."""


def copy_of_site(folder: Path) -> Path:
    """A copy of what pages are made of, in a new folder."""
    for name in ("docs", "snippets", "examples", "tools/docs_site"):
        shutil.copytree(root() / name, folder / name, symlinks=True, ignore=COMPILED)
    for name in ("mkdocs.yml", "versions.toml"):
        shutil.copy(root() / name, folder)
    return folder


def break_file(copy: Path, file: str, *edits: tuple[str, str]) -> list[int]:
    """Break a file; returns the numbers of the lines that are not as they were."""
    text = (copy / file).read_text()
    before = text.splitlines()
    for old, new in edits:
        assert old in text, f"{file} changed: this breakage must be written anew: {old}"
        text = text.replace(old, new)
    (copy / file).write_text(text)
    after = text.splitlines()
    return [number for number, line in enumerate(after, 1) if number > len(before) or line != before[number - 1]]


def break_page(copy: Path, breakage: Breakage) -> None:
    """Do the edits of a breakage."""
    break_file(copy, breakage.file, *breakage.edits)


def on_own_ports(copy: Path, page: str, *ports: int) -> list[int]:
    """Give a page other ports than those that it names, which another run may hold; returns them."""
    file = copy / page
    text, own = file.read_text(), [own_port() for _ in ports]
    for port, other in zip(ports, own, strict=True):
        text = text.replace(f"localhost:{port}", f"localhost:{other}").replace(f" {port}:", f" {other}:")
    file.write_text(text)
    return own


def named_lines(output: str, file: str) -> list[int]:
    """The numbers of a file's lines that an output names."""
    return [int(found) for found in re.findall(rf"^{re.escape(file)}:(\d+):", output, re.MULTILINE)]


def check_words(copy: Path, breakage: Breakage, output: str, places: Collection[str] = ()) -> None:
    """The first error names the line; after it come the cause, the command or the difference, and what to do.

    Args:
        places: all broken files, if several pages were run: the first error in one of this breakage's counts.
    """
    lines = f"{(copy / breakage.place).read_text()}\n".splitlines(keepends=True)
    numbers = [number for number, line in enumerate(lines, 1) if breakage.named in line]
    assert numbers, f"{breakage.place} has no line with {breakage.named!r}"
    # If a fence is named, its first line of code is meant as well.
    allowed = tuple(f"{breakage.place}:{number}:" for line in numbers for number in (line, line + 1))
    start = rf"^{re.escape(breakage.place)}" if places else r"^\S+"
    first = re.search(rf"{start}:\d+:.*$", output, re.MULTILINE)
    assert first, output
    assert first.group().startswith(allowed), output
    said = output[first.start() :]
    if others := [place for place in places if place != breakage.place]:
        ends = [said.find(f"\n{place}:") for place in others]
        said = said[: min((end for end in ends if end >= 0), default=len(said))]
    for words in breakage.said:
        assert words in said, output
    assert any(breakage.hint in line for line in said.splitlines() if line.startswith("hint: ")), output
    assert "Traceback" not in output


def run_docs_test(root: Path, cluster: Cluster, temporary: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `docs-test run` in a cluster that there is; what it leaves in its temporary folder can be seen."""
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "PATH": f"{cluster.kubectl.parent}:{os.environ['PATH']}"}
    where = ["--root", str(root), "--kubeconfig", str(cluster.kubeconfig)]
    command = [sys.executable, "-m", "docs_test", "run", *where, *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


def objects(cluster: Cluster) -> set[str]:
    """Objects of a cluster, as KIND/NAMESPACE/NAME."""
    kinds = "dgdr,dgd,dcd,deployments,replicasets,services,pods,roles,configmaps,secrets,namespaces"
    form = r'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}{"\n"}{end}'
    return without_other_tests(cluster.run_kubectl("get", kinds, "-A", "-o", form).splitlines())
