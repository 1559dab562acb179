"""A site with some files changed, that nobody else sees: a page is read there before anything is written."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from groundwork.system.records import abandoned, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KIND = "copy"
PREFIX = "docs-test-copy-"


@contextlib.contextmanager
def shadow(root: Path, own: Iterable[str]) -> Iterator[Path]:
    """A folder that looks like a site: links to all that it has, but files of its own where some may be changed.

    Args:
        root: the site's top folder, resolved.
        own: these files, and the links that lead to them, relative to the root; those outside of it are left out.
    """
    copy = Path(tempfile.gettempdir(), f"{PREFIX}{secrets.token_hex(6)}").resolve()
    with recorded(KIND, folder=str(copy)) as record:
        try:
            copy.mkdir(mode=0o700)
            _mirror(root, root, copy, [PurePosixPath(name).parts for name in own if not Path(name).is_absolute()])
            yield copy
        finally:
            shutil.rmtree(copy, ignore_errors=True)
            record.settled()


def sweep() -> None:
    """Remove the folders of programs that were killed."""
    with abandoned(KIND) as found:
        for facts in found:
            folder = Path(str(facts.get("folder", "")))
            if folder.name.startswith(PREFIX):  # Anybody could have written the record.
                shutil.rmtree(folder, ignore_errors=True)


def fill(copy: Path, contents: Mapping[str, bytes]) -> None:
    """Write the shadow's own files."""
    for name, data in contents.items():
        (copy / name).write_bytes(data)


def _mirror(root: Path, real: Path, copy: Path, own: list[tuple[str, ...]]) -> None:
    heads = {parts[0]: [rest[1:] for rest in own if rest[0] == parts[0]] for parts in own if parts}
    for entry in real.iterdir():
        below = [parts for parts in heads.get(entry.name, []) if parts]
        if entry.name not in heads or entry.is_symlink():
            (copy / entry.name).symlink_to(_target(entry, root))
        elif below:
            (copy / entry.name).mkdir()
            _mirror(root, entry, copy / entry.name, below)
        else:
            (copy / entry.name).write_bytes(entry.read_bytes())


def _target(entry: Path, root: Path) -> Path:
    """What the copy of an entry links to: a link within the site leads to what the copy has in its place."""
    if entry.is_symlink():
        target = entry.readlink()
        if not target.is_absolute() and (entry.parent / target).resolve().is_relative_to(root):
            return target
    return entry
