"""What releases.toml says, as dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a column's type is looked at when a row is read
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DEV = "-dev"
"""End of the name of a state of the main branch."""


def numbers(version: str) -> tuple[int, ...]:
    """A version, or a line of versions, to be compared: (1, 5, 0) of `1.5.0`, (1, 5) of `1.5`.

    Raises:
        ValueError: a part is not a number.
    """
    return tuple(map(int, version.split(".")))


@dataclass(frozen=True, slots=True)
class Release:
    """One row; releases.toml says what its columns mean."""

    name: str
    date: date | None = None
    date_of: str = ""
    current: str = ""
    engines: str = ""
    chart: str = ""
    crds: str = ""
    held_to: str = ""
    note: str = ""
    wheel: bool = False
    runs: tuple[str, ...] = ()
    not_run: str = ""
    may_serve: tuple[str, ...] = ()
    kubernetes: str = ""
    embedded_metadata: bool = True

    @property
    def is_release(self) -> bool:
        """Whether it was released; else it is a state of the main branch."""
        return not self.name.endswith(DEV)

    @property
    def number(self) -> str:
        """Version of what was built of it: `1.5.0` of 1.5.0-dev."""
        return self.name.removesuffix(DEV)

    @property
    def state(self) -> str:
        """Name as sources and rules write it: `v1.1.0`, `main-1.5.0`."""
        return f"v{self.name}" if self.is_release else f"main-{self.number}"

    @property
    def day(self) -> str:
        """Date for people: `5 November 2026`; "" where it is not known."""
        return f"{self.date.day} {self.date:%B %Y}" if self.date else ""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """What a release deprecates or removes; releases.toml says what its columns mean."""

    name: str
    what: str = ""
    since: str = ""
    gone: str = ""
    announced: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What releases.toml says."""

    releases: tuple[Release, ...]
    """Rows, from old to new."""
    since: Mapping[str, str]
    """First releases, by the name of what they have."""
    until: Mapping[str, str]
    """Last releases, by the name of what they had."""
    deprecated: tuple[Deprecated, ...] = ()
    """Rows of what goes, in the file's order."""
    followed: str = ""
    """Name of the release that versions.toml says is followed; "" where there is no versions.toml."""
