"""What each tool is made of: tools.toml, with the versions and checksums of tools/locks/run.txt."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundwork.base.errors import UserError
from groundwork.base.paths import root
from groundwork.base.versions import version

LIST = Path(__file__).with_name("tools.toml")
LOCK = "tools/locks/run.txt"
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=(\S+)")
PYPROJECT = "tools/packaging/kubectl-dynamo/pyproject.toml"
KEY = re.compile(r"\{([\w.]+)\}")
"""Pattern of a key of versions.toml within a pattern of files."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package of the lock."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def line(self) -> str:
        """The requirement, as pip reads it."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={one}" for one in self.hashes)])


@dataclass(frozen=True, slots=True)
class Package:
    """What a tool takes of a package."""

    pinned: Pinned
    only: tuple[str, ...] | None = None
    """Patterns of the plain files that are taken; None: all of them."""
    without: tuple[str, ...] = ()
    """Patterns of plain files that are left out."""
    compiled: tuple[str, ...] = ()
    """Patterns of the compiled files that are taken."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool."""

    name: str
    start: str
    """The function that starts it: `module:function`."""
    rooms: tuple[str, ...]
    """Folders below tools/ that it needs."""
    distribution: str
    """The distribution whose version it has."""
    packages: tuple[Package, ...]
    files: tuple[str, ...] = ()
    """Files beside them, relative to the root."""
    standins: tuple[tuple[str, str], ...] = ()
    """Modules that stand in for a package which would not fit every machine, each with its source in this room."""

    @property
    def compiled(self) -> tuple[Package, ...]:
        """The packages of which a part is compiled."""
        return tuple(package for package in self.packages if package.compiled)


def tools() -> tuple[Tool, ...]:
    """All tools.

    Raises:
        UserError: tools.toml names a package that the lock does not have.
    """
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    locked = lock((root() / LOCK).read_text(encoding="utf-8"))
    return tuple(_tool(name, entry, locked) for name, entry in listed.items())


def lock(text: str) -> dict[str, Pinned]:
    """The packages of a lock file, by name."""
    starts = list(PINNED.finditer(text))
    ends = [found.start() for found in starts[1:]] + [len(text)]
    return {
        found["name"]: Pinned(found["name"], found["version"], tuple(HASH.findall(text, found.end(), end)))
        for found, end in zip(starts, ends, strict=True)
    }


def _tool(name: str, entry: dict[str, Any], locked: dict[str, Pinned]) -> Tool:
    missing = sorted(set(entry["packages"]) - set(locked))
    if missing:
        raise UserError(f"{LIST.name}: {LOCK} has no {', '.join(missing)}", hint="./nox -s lock")
    packages = tuple(_package(locked[one], said) for one, said in sorted(entry["packages"].items()))
    more: dict[str, Any] = {key: tuple(entry.get(key, ())) for key in ("rooms", "files")}
    more["standins"] = tuple(entry.get("standins", {}).items())
    return Tool(name, entry["start"], distribution=entry["distribution"], packages=packages, **more)


def _package(pinned: Pinned, said: dict[str, list[str]]) -> Package:
    only = said.get("only")
    chosen = None if only is None else tuple(KEY.sub(lambda key: version(key[1]), pattern) for pattern in only)
    return Package(pinned, chosen, tuple(said.get("without", ())), tuple(said.get("compiled", ())))


def tools_version() -> str:
    """The version of the tools: that of the plugin's distribution, which is the project's own."""
    found: str = tomllib.loads((root() / PYPROJECT).read_text(encoding="utf-8"))["project"]["version"]
    return found
