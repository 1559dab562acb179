"""Linux capabilities that this machine can grant; some virtual machines withhold one from root.

`docker run --privileged`, which kind uses, asks for all of them and then fails with "unable to apply caps".
The numbers are those of linux/capability.h.
"""

from __future__ import annotations

import re
from pathlib import Path

NAMES = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
]


def parse_bounding_set(status: str) -> frozenset[str]:
    """Names, without `CAP_`, in the bounding set of a /proc/PID/status text."""
    found = re.search(r"^CapBnd:\s*([0-9a-f]+)$", status, re.MULTILINE)
    bits = int(found.group(1), 16) if found else 0
    return frozenset(name for number, name in enumerate(NAMES) if bits >> number & 1)


def withheld() -> frozenset[str]:
    """Capabilities that the kernel knows and that no process started here can have."""
    known = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii")) + 1
    return frozenset(NAMES[:known]) - parse_bounding_set(Path("/proc/self/status").read_text(encoding="ascii"))
