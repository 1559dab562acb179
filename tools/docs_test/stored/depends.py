"""What a reading depends on: files and folders that were opened meanwhile, code, packages and the environment."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import re
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundwork.base.content import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

ABSENT = ""
"""The digest of what is not there: a file that was looked for, and comes later, changes the reading."""
OWN = ("DOCS_", "MKDOCS_")
"""Beginnings of environment variables that macros of a site may read."""
_ENV = re.compile(r"!ENV\s+(?:\[([^\]]*)\]|(\S+))")
_NAME = re.compile(r"[A-Za-z_]\w*")
_STARTED = time.time_ns()
_LISTED = frozenset({"os.listdir", "os.scandir"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(slots=True)
class Opened:
    """Paths that were opened, absolute."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


class _Watcher:
    """Python's audit hook, which cannot be taken away again; it does nothing while nobody asks."""

    def __init__(self) -> None:
        self.asked: Opened | None = None
        self.added = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.asked is None or (event != "open" and event not in _LISTED):
            return
        path = arguments[0]
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
            return
        if isinstance(path, str | bytes | os.PathLike):
            kept = self.asked.files if event == "open" else self.asked.folders
            kept.add(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - links stay, and `..` is taken literally.
        elif path is None:
            self.asked.folders.add(os.getcwd())  # noqa: PTH109


_watcher = _Watcher()


@contextlib.contextmanager
def watched() -> Iterator[Opened]:
    """What is opened inside, also what is looked for in vain; not what is written, nor by other programs."""
    if not _watcher.added:
        sys.addaudithook(_watcher)
        _watcher.added = True
    before, _watcher.asked = _watcher.asked, Opened()
    found = _watcher.asked
    try:
        yield found
    finally:
        _watcher.asked = before


class Digests:
    """SHA-256 of files, and of the names in folders; each is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, str] = {}

    def file(self, path: str) -> str:
        """Of a file, by its path or that from the root; ABSENT where it cannot be read."""
        return self._digest(path, lambda at: at.read_bytes())

    def folder(self, path: str) -> str:
        """Of a folder's names; ABSENT where they cannot be listed."""
        return self._digest(f"{path}/", lambda at: "\0".join(sorted(os.listdir(at))).encode())  # noqa: PTH208

    def _digest(self, path: str, read: Any) -> str:
        if path not in self._known:
            try:
                self._known[path] = hashlib.sha256(read(self.root / path)).hexdigest()
            except OSError:
                self._known[path] = ABSENT
        return self._known[path]


def relative(root: Path, path: str) -> str:
    """A path from the root; absolute where it lies elsewhere."""
    inside = path.startswith(f"{root}{os.sep}")
    return path[len(str(root)) + 1 :] if inside else path


def folders_of_pages(paths: Iterable[str]) -> Iterator[str]:
    """Those that were not listed to import a module."""
    paths = (path for path in outside_of_python(paths) if path not in sys.path)
    return (path for path in paths if not os.path.exists(os.path.join(path, "__init__.py")))  # noqa: PTH110, PTH118


def outside_of_python(paths: Iterable[str]) -> Iterator[str]:
    """Those that are neither of Python and its packages, which `environment` tells, nor of the machine.

    Of a compiled module its source.
    """
    begins = _elsewhere()
    sources = (_source(path) for path in paths)
    return (path for path in sources if not f"{path}{os.sep}".startswith(begins) and not path.endswith(".zip"))


@functools.cache
def _elsewhere() -> tuple[str, ...]:
    places = {*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), *_packages()}
    return tuple(f"{place}{os.sep}" for place in (*places, "/proc", "/sys", "/dev", "/etc", "/usr/share"))


def _source(path: str) -> str:
    if not path.endswith(".pyc"):
        return path
    try:
        return importlib.util.source_from_cache(path)
    except ValueError:
        return path


def modules() -> dict[str, list[int]]:
    """The project's own modules in this process, each with the time of its last change (ns) and its size."""
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    return {path: stamp(path) for path in sorted(outside_of_python(files)) if path.endswith(".py")}


def changed_since_start(stamps: Mapping[str, list[int]]) -> bool:
    """Whether a module was edited after this process had read it: what it did is then of neither version."""
    return any(not stamp or stamp[0] > _STARTED for stamp in stamps.values())


def changed_since(began: int, files: Iterable[Path]) -> bool:
    """Whether a file was written after a time (ns), or is gone: nobody knows which text was read."""
    stamps = (stamp(str(file)) for file in files)
    return any(not found or found[0] >= began for found in stamps)


def environment(config: str) -> dict[str, Any]:
    """What no file of the project says: Python, when packages were installed last, and variables.

    Args:
        config: the text of mkdocs.yml, whose `!ENV` name variables.
    """
    named = [name for found in _ENV.findall(config) for name in _NAME.findall(" ".join(found))]
    variables = {name: os.environ.get(name) for name in sorted(named)}
    variables |= {name: value for name, value in sorted(os.environ.items()) if name.startswith(OWN)}
    return {"python": sys.version, "packages": {path: stamp(path) for path in _packages()}, "variables": variables}


def _packages() -> list[str]:
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]


def unchanged(digests: Digests, files: Mapping[str, str], folders: Mapping[str, str]) -> bool:
    """Whether files and folders are what they were."""
    same = all(digests.file(path) == digest for path, digest in files.items())
    return same and all(digests.folder(path) == digest for path, digest in folders.items())
