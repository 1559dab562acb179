"""What a single file does first: it unpacks itself into the cache, once, and starts the tool from there.

This module is the `__main__` of every single file. It needs nothing but Python, and is read by old ones as well
(3.7): they are to say what is missing, not to fail with a SyntaxError.
"""

from __future__ import annotations

import atexit
import errno
import json
import os
import platform
import shutil
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

ABOUT = "tool.json"
COMPILED = "compiled.xz"
OWN = (ABOUT, COMPILED, "__main__.py")
LACKS = "DYNAMO_TOOL_LACKS"
"""Variable by which the validator learns why it has no compiled part (`kube_manifests.cel.presence`)."""
UNUSED_SECONDS = 90 * 86400
THERE = (errno.EEXIST, errno.ENOTEMPTY)


def main() -> int:
    """Start the tool; returns its exit status."""
    with zipfile.ZipFile(Path(__file__).parent) as archive:
        about = json.loads(archive.read(ABOUT).decode())
        old = too_old(about, sys.version_info[:3])
        if old:
            sys.stderr.write(old + "\n")
            return 2
        part, lacks = chosen(about, f"{platform.system()}-{platform.machine()}", tag())
        folder = unpacked(archive, about, part)
    if lacks:
        os.environ[LACKS] = lacks
    sys.path[0:1] = [str(folder / "tools"), str(folder / "packages")]
    module, _, function = about["start"].partition(":")
    status: int = getattr(import_module(module), function)()
    return status


def too_old(about: dict[str, Any], found: tuple[int, ...]) -> str:
    """What to say on a Python that is too old; "" on another."""
    if found >= tuple(int(number) for number in about["python"].split(".")):
        return ""
    here = ".".join(str(number) for number in found)
    fact = f"{about['name']} needs Python {about['python']} or newer; {sys.executable} is Python {here}"
    return f"{fact}\nhint: if a newer one is installed, name it: python3.12 {sys.argv[0]}"


def chosen(about: dict[str, Any], machine: str, python: str) -> tuple[str, str]:
    """The compiled part for a machine; "" and the reason if there is none, "" and "" if none is needed."""
    if not about["needs_part"]:
        return "", ""
    pythons = sorted({one[0] for one in about["parts"]})
    if about["platform"] == machine and python in pythons:
        try:
            import lzma  # noqa: F401, PLC0415 - some Pythons were built without it
        except ImportError:
            return "", "this Python was built without lzma, which unpacks the compiled parts"
        return python, ""
    has = f"those for {about['platform']} with {', '.join(pythons)}" if pythons else "none"
    return "", f"of compiled parts this file has {has}; this is {machine} with {python}"


def tag() -> str:
    """This Python as wheels name it: `cp311`; `cp313t` without its global lock, for which parts differ."""
    major, minor = sys.version_info[:2]
    if platform.python_implementation() != "CPython":
        return f"{platform.python_implementation()} {major}.{minor}"
    return f"cp{major}{minor}{getattr(sys, 'abiflags', '')}"


def unpacked(archive: zipfile.ZipFile, about: dict[str, Any], part: str) -> Path:
    """The folder with the tool's files: in the cache, or a temporary one if the cache cannot be written."""
    name = f"{about['name']}-{about['digest'][:16]}-{part or 'plain'}"
    try:
        base = cache()
        folder = base / name
        if folder.is_dir():
            used(folder)
            return folder
        base.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=str(base)))
    except (OSError, RuntimeError):  # No home folder, or a cache that cannot be written.
        folder = Path(tempfile.mkdtemp(prefix=name))
        atexit.register(shutil.rmtree, str(folder), ignore_errors=True)
        unpack(archive, about, part, folder)
        return folder
    try:
        unpack(archive, about, part, draft)
        draft.rename(folder)
    except OSError as error:
        if error.errno not in THERE:  # Else another start was faster.
            raise
    finally:
        shutil.rmtree(str(draft), ignore_errors=True)
    forget(base)
    return folder


def cache() -> Path:
    """The folder of all that single files unpack."""
    said = os.environ.get("XDG_CACHE_HOME")
    return (Path(said) if said else Path.home() / ".cache") / "dynamo-docs" / "tools"


def used(folder: Path) -> None:
    """Note that it was used; a folder that cannot be written is used without."""
    with suppress(OSError):
        os.utime(str(folder))


def unpack(archive: zipfile.ZipFile, about: dict[str, Any], part: str, folder: Path) -> None:
    """Write the files of the archive, and those compiled ones that are of the part."""
    for name in archive.namelist():
        if name not in OWN:
            write(folder / name, archive.read(name))
    if not part:
        return
    import lzma  # noqa: PLC0415

    with archive.open(COMPILED) as packed, lzma.open(packed) as stream:
        for python, name, size in about["parts"]:
            data = stream.read(size)
            if python == part:
                write(folder / "packages" / name, data)


def write(target: Path, data: bytes) -> None:
    """Write a file, and make the folders around it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def forget(base: Path) -> None:
    """Remove what no start has used for a long time: older versions, and drafts of starts that were killed."""
    for folder in base.iterdir():
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > UNUSED_SECONDS:
                shutil.rmtree(str(folder), ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
