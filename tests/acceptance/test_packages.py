"""The wheels: what each ships, what it depends on, and that the plugin works where nothing else is installed."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from groundwork.base.paths import root
from support.rooms import modules, of_folder, room

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGIN, DOCS = "kubectl-dynamo", "dynamo-docs"
FOLDERS = {PLUGIN: "tools/packaging/kubectl-dynamo", DOCS: "."}
TAKEN = {"base", "cluster", "kube", "packaging", "project", "system", "text", "tests", "tools", "validation"}
"""Names that others' packages have, or may want."""
MOST_BYTES = 250_000
"""The plugin's wheel has about 130,000."""

SAYS = {("--help",): "usage: kubectl dynamo", ("explain", "Profiling"): "phase, condition and reason of a DGDR"}
"""What commands that need no cluster print."""


@dataclass(frozen=True)
class Wheel:
    """A built wheel."""

    path: Path

    @property
    def files(self) -> set[str]:
        """What it installs, without its own metadata."""
        with zipfile.ZipFile(self.path) as archive:
            return {name for name in archive.namelist() if ".dist-info/" not in name}

    def metadata(self, key: str) -> list[str]:
        with zipfile.ZipFile(self.path) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return list(Parser().parsestr(archive.read(name).decode()).get_all(key, []))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Wheel]:
    """Both wheels, built from a copy: building writes beside the sources."""
    folder = tmp_path_factory.mktemp("packages")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(root() / "tools", source / "tools", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root() / name, source)
    made = {}
    for name, place in FOLDERS.items():
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-build-isolation",
            "--no-deps",
            "--no-index",
        ]
        command += ["--wheel-dir", str(folder / name), str(source / place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (path,) = (folder / name).glob("*.whl")
        made[name] = Wheel(path)
    return made


def test_no_file_is_in_two_wheels_and_none_is_left_out(wheels: dict[str, Wheel]) -> None:
    plugin, docs = (wheels[name] for name in (PLUGIN, DOCS))
    assert plugin.files & docs.files == set()
    sources = {str(file.relative_to(root() / "tools")) for file in modules()}
    left_out = sources - plugin.files - docs.files
    assert left_out == set()


def test_both_have_one_version_and_the_site_takes_the_plugin_of_its_own(wheels: dict[str, Wheel]) -> None:
    (version,) = wheels[PLUGIN].metadata("Version")
    assert wheels[DOCS].metadata("Version") == [version]
    assert f"{PLUGIN}=={version}" in wheels[DOCS].metadata("Requires-Dist")


def test_the_plugin_needs_two_packages(wheels: dict[str, Wheel]) -> None:
    needed = [Requirement(text) for text in wheels[PLUGIN].metadata("Requires-Dist")]
    assert sorted(one.name for one in needed if one.marker is None) == ["PyYAML", "kubernetes"]
    assert [(one.name, str(one.marker)) for one in needed if one.marker] == [("PySocks", 'extra == "socks"')]
    assert wheels[PLUGIN].path.stat().st_size < MOST_BYTES


def test_top_level_names_are_this_project_s_own(wheels: dict[str, Wheel]) -> None:
    names = {name: {Path(file).parts[0] for file in wheel.files} for name, wheel in wheels.items()}
    assert names[PLUGIN] == {"dynamo_api", "groundwork", "kubectl_dynamo"}
    assert names[DOCS] & TAKEN == set()


def test_the_plugin_ships_the_rooms_that_it_imports_and_no_others(wheels: dict[str, Wheel]) -> None:
    """If this fails, change `include` in tools/packaging/kubectl-dynamo and `exclude` in pyproject.toml."""
    imports = of_folder().imports
    needed: set[str] = set()
    waiting = {name for name in imports if name.startswith("kubectl_dynamo.")}
    while waiting:
        needed |= waiting
        waiting = {other for name in waiting for other in imports[name]} - needed
    rooms = {room(name) for name in needed} | {room(name) for name in imports if name.startswith("dynamo_api.")}
    rooms |= {name.partition(".")[0] for name in rooms}  # The `__init__` of the whole, too.
    assert {".".join(Path(file).parent.parts) for file in wheels[PLUGIN].files if file.endswith(".py")} == rooms


def installed(names: Iterator[str]) -> dict[str, importlib.metadata.Distribution]:
    """The distributions of these names and all that they need, from the environment of the tests."""
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower()
        if name in found:
            continue
        found[name] = importlib.metadata.distribution(name)
        needed = [Requirement(text) for text in found[name].requires or ()]
        waiting += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def test_the_plugin_works_where_nothing_else_is_installed(wheels: dict[str, Wheel], tmp_path: Path) -> None:
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    needed = map(Requirement, wheels[PLUGIN].metadata("Requires-Dist"))
    for distribution in installed(one.name for one in needed if one.marker is None).values():
        for file in distribution.files or ():
            target = packages / file
            if ".." not in file.parts and file.suffix != ".pyc" and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(Path(str(distribution.locate_file(file))))
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
    options = ("--quiet", "--no-index", "--no-deps")
    subprocess.run([*pip, *options, str(wheels[PLUGIN].path)], check=True, capture_output=True)
    program = str(home / "bin" / "kubectl-dynamo")
    for arguments, words in SAYS.items():
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert words in done.stdout
