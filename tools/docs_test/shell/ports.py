"""Who listens on a port of this machine, as far as the kernel tells this user."""

from __future__ import annotations

from pathlib import Path

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def holder(port: int) -> str:
    """The program that listens on a TCP port, as "kubectl (process 123)"; "" if it cannot be known."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        try:
            if str(descriptor.readlink()) not in sockets:
                continue
            process = descriptor.parents[1]
            name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue  # Another user's, or it has just ended.
        return f"{name} (process {process.name})"
    return ""


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            _, local, _, state, *rest = line.split()
            if state == LISTEN and int(local.rsplit(":", 1)[1], 16) == port:
                found.add(rest[5])
    return found
