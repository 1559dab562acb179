"""The machines that compiled parts are offered for, as `uname -s` and `uname -m` name them, and as pip does."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""The Pythons that are supported: those that `nox -s unit` runs on."""
ANY = "any"
"""Name of the file without compiled parts."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A system and a processor."""

    name: str
    """Name as `$(uname -s)-$(uname -m)`."""
    tags: tuple[str, ...]
    """Tags of the wheels that fit, for `pip download --platform`."""
    wheel: str
    """Tag of a wheel that has all of their compiled parts in it."""


def _linux(machine: str) -> Platform:
    tags = tuple(f"manylinux_2_{minor}_{machine}" for minor in range(28, 16, -1))
    return Platform(f"Linux-{machine}", (*tags, f"manylinux2014_{machine}"), f"manylinux_2_28_{machine}")


def _mac(machine: str, oldest: str) -> Platform:
    newer = tuple(f"macosx_{major}_0_{machine}" for major in range(15, 10, -1))
    older = tuple(f"macosx_10_{minor}_{machine}" for minor in range(15, 8, -1))
    return Platform(f"Darwin-{machine}", newer + older, f"macosx_{oldest}_{machine}")


PLATFORMS = (_linux("x86_64"), _linux("aarch64"), _mac("x86_64", "10_13"), _mac("arm64", "11_0"))


def here() -> Platform | None:
    """The platform of this machine; None if nothing is offered for it."""
    name = f"{platform.system()}-{platform.machine()}"
    return next((one for one in PLATFORMS if one.name == name), None)


def part(python: str) -> str:
    """The tag of a Python, as wheels and single files have it: 3.11 -> cp311."""
    return "cp" + python.replace(".", "")


def this_python() -> str:
    """The Python that this runs on: `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
