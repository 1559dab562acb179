"""The rooms of tools/ (folders of modules) and the arrows between them: `python tests/support/rooms.py [COMMIT]`.

A module's room is the package it stands in. `__main__` modules put rooms together, so they are in none. Imports
under `if TYPE_CHECKING:` count, too: whoever reads the code follows them.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "mock_platform.image.dynamo_mock"
"""Modules of an image: they run in it, and import each other there."""


@dataclass(frozen=True, slots=True)
class House:
    """The modules of tools/, and which of them each one imports."""

    imports: Mapping[str, frozenset[str]]
    """Dotted name of a module -> dotted names of modules."""

    @property
    def rooms(self) -> Counter[str]:
        """How many modules stand in each room."""
        return Counter(room(module) for module in self.imports)

    @property
    def arrows(self) -> dict[str, set[str]]:
        """Each room -> the rooms that it imports."""
        found: dict[str, set[str]] = {name: set() for name in self.rooms}
        for module, others in self.imports.items():
            found[room(module)] |= {room(other) for other in others} - {room(module)}
        return found

    def circles(self) -> list[list[str]]:
        """Groups of rooms that import each other, directly or by others."""
        return circles(self.arrows)

    def layers(self) -> int:
        """How many rooms stand on each other at most; 0 where there is a circle."""
        height: dict[str, int] = {}
        try:
            for name in TopologicalSorter(self.arrows).static_order():
                height[name] = 1 + max((height[other] for other in self.arrows[name]), default=0)
        except CycleError:
            return 0
        return max(height.values())


def circles(arrows: Mapping[str, AbstractSet[str]]) -> list[list[str]]:
    """Groups that reach each other along the arrows."""
    reach = {name: _reachable(name, arrows) for name in arrows}
    groups = {frozenset({name} | {other for other in reach[name] if name in reach[other]}) for name in arrows}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def room(module: str) -> str:
    """The room of a module: its package."""
    return module.rpartition(".")[0] or module


def read(sources: Mapping[str, str]) -> House:
    """The house made of source texts by path, relative to tools/."""
    modules = {_dotted(path): text for path, text in sources.items()}
    packages = {_dotted(path) for path in sources if path.endswith("/__init__.py")}
    kept = {
        name: text
        for name, text in modules.items()
        if not name.endswith("__main__") and not name.startswith(IMAGE)
    }
    return House(
        {
            (f"{name}.__init__" if name in packages else name): frozenset(
                f"{other}.__init__" if other in packages else other
                for other in _imported(text, modules)
                if other in kept and other != name
            )
            for name, text in kept.items()
        }
    )


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(text: str, modules: Iterable[str]) -> set[str]:
    known, found = set(modules), set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= inner
            if len(inner) < len(node.names):
                found.add(node.module)
    return found & known


def _reachable(start: str, arrows: Mapping[str, AbstractSet[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(arrows[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += arrows[name]
    return seen


def modules(tools: Path = ROOT / "tools") -> list[Path]:
    """The modules of a checkout; a wheel's build under tools/packaging copies some of them."""
    return [path for path in sorted(tools.rglob("*.py")) if path.relative_to(tools).parts[0] != "packaging"]


def of_folder(root: Path = ROOT) -> House:
    """The house as it stands in a checkout."""
    tools = root / "tools"
    return read({path.relative_to(tools).as_posix(): path.read_text("utf-8") for path in modules(tools)})


def of_commit(commit: str, root: Path = ROOT) -> House:
    """The house as it stood at a commit."""
    packed = subprocess.run(["git", "archive", commit, "tools"], cwd=root, capture_output=True, check=True).stdout
    sources = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".py") else None
            if file is not None:
                sources[member.name.removeprefix("tools/")] = file.read().decode()
    return read(sources)


def describe(house: House) -> str:
    """The figures, and each package with its rooms and arrows."""
    rooms, arrows, found = house.rooms, house.arrows, house.circles()
    modules = circles(house.imports)
    largest, size = max(rooms.items(), key=lambda item: item[1])
    lines = [
        f"{sum(rooms.values())} modules in {len(rooms)} rooms, {size} at most ({largest})",
        f"{sum(map(len, arrows.values()))} arrows between rooms, {house.layers() or 'no'} layers",
        f"{len(found)} circles of rooms" + "".join(f"\n  {' <-> '.join(circle)}" for circle in found),
        f"{len(modules)} circles of modules" + "".join(f"\n  {' <-> '.join(circle)}" for circle in modules),
    ]
    by_package: dict[str, list[str]] = defaultdict(list)
    for name in sorted(rooms):
        by_package[name.partition(".")[0]].append(name)
    for package, names in by_package.items():
        lines += ["", package]
        lines += [f"  {rooms[name]:3} {name} -> {', '.join(sorted(arrows[name])) or 'nothing'}" for name in names]
    return "\n".join(lines)


if __name__ == "__main__":
    print(describe(of_commit(sys.argv[1]) if sys.argv[1:] else of_folder()))
