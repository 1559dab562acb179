"""The processes that something has started, known by what stands in their environment."""

from __future__ import annotations

from pathlib import Path


def with_environment(text: str) -> list[int]:
    """Numbers of the processes whose environment has a text, such as `TMPDIR=/folder/`."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in environ.read_bytes():
                found.append(int(environ.parent.name))
        except OSError:
            continue
    return found
