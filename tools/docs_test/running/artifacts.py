"""The files of a page's folder that its front matter names under `artifacts`: found, read and handed on.

Nothing of a page's is opened through a link: what a page may put there is not docs-test's to follow.
"""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from docs_test.page_results import Attachment
from docs_test.shell.folder import open_beneath
from groundwork.base.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_FILES = 20
"""Files of a page, at most."""
MOST_BYTES = 4 * 1024 * 1024
"""Bytes of all files of a page, at most."""
MOST_LOOKED_AT = 10_000
"""Files of a page's folder."""
FULL = f"a page keeps at most {MOST_FILES} files and {MOST_BYTES // 2**20} MiB"


class Keep(Protocol):
    """Keeps a file beside the results."""

    def __call__(self, name: str, content: bytes) -> Attachment:
        """Keep the content of the file `name`.

        Raises:
            OSError: it cannot be written.
        """


def collect(work: Path, patterns: Sequence[str], keep: Keep) -> tuple[Attachment, ...]:
    """Keep the files that patterns name; a text without secrets.

    Args:
        work: the page's folder.
        patterns: names relative to it; `*`, `?` and `[...]` stand for characters other than `/`.
        keep: keeps one.

    Returns:
        The files, by pattern and name; those that were left out, and patterns without a file, say why.
    """
    found: list[Attachment] = []
    names = sorted(_names(work)) if patterns else []
    done: set[str] = set()
    room = MOST_BYTES
    for pattern in patterns:
        matching = [name for name in names if _matches(name, pattern)]
        if not matching:
            found.append(Attachment(pattern, left_out="the page made no such file"))
        for name in matching:
            if name not in done:
                done.add(name)
                kept = sum(1 for one in found if one.file)
                found.append(_kept(work, name, room if kept < MOST_FILES else -1, keep))
                room -= found[-1].size
    return tuple(found)


def _kept(work: Path, name: str, room: int, keep: Keep) -> Attachment:
    try:
        content = _content(work, name, room)
        return keep(name, content) if content is not None else Attachment(name, left_out=FULL)
    except OSError as error:
        return Attachment(name, left_out=f"it cannot be kept: {error.strerror}")


def _content(work: Path, name: str, room: int) -> bytes | None:
    """A file's content, of a text without secrets; None: it is larger than `room`.

    Raises:
        OSError: it is not a file, or stands behind a link.
    """
    # Not blocking: a pipe that nobody writes would wait for ever.
    with os.fdopen(open_beneath(work, name, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "not a file")
        if found.st_size > room:
            return None
        content = file.read(max(room, 0))
    try:
        return mask(content.decode()).encode()
    except UnicodeDecodeError:
        return content


def _names(work: Path) -> Iterator[str]:
    """The files below a folder, relative to it; links to folders are not followed."""
    count = 0
    for folder, _, files in os.walk(work):
        for file in files:
            count += 1
            if count > MOST_LOOKED_AT:
                return
            yield Path(folder, file).relative_to(work).as_posix()


def _matches(name: str, pattern: str) -> bool:
    have, want = PurePosixPath(name).parts, PurePosixPath(pattern).parts
    return len(have) == len(want) and all(map(fnmatchcase, have, want))
