"""The table of Dynamo's releases (releases.toml): what was read of each, and whose rules hold for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dynamo_api.release_table import kept
from dynamo_api.release_table.rows import numbers
from groundwork.base.errors import UserError
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dynamo_api.release_table.rows import Release, Table

_BETWEEN = "what sets them apart is not known"
"""Note of a release that is held to another, where the table says nothing more exact."""


@dataclass(frozen=True, slots=True)
class Held:
    """A release that somebody named, and the one whose CRDs and rules hold for it."""

    release: Release
    source: Release
    """The release itself, or the one that it is held to."""

    @property
    def state(self) -> str:
        """Name of the source, as schema sources and rules write it: one of `states()`."""
        return self.source.state

    @property
    def note(self) -> str:
        """What is not known, a clause; "" of a state that was read whole."""
        between = "" if self.release == self.source else _BETWEEN
        return self.release.note or self.source.note or between

    @property
    def says(self) -> str:
        """Whose rules hold, if they are not its own and whole: `held to 1.6.1; LPX components are not known`."""
        other = "" if self.release == self.source else f"held to {self.source.name}"
        return "; ".join(filter(None, (other, self.note)))

    def __str__(self) -> str:
        """As reports name it: `1.6.2 (held to 1.6.1; LPX components are not known)`."""
        return f"{self.release.name} ({self.says})" if self.says else self.release.name


@cache
def table() -> Table:
    """The table.

    Raises:
        UserError: it is not what it must be; at the line of the mistake.
    """
    return kept.table()


@cache
def states() -> tuple[str, ...]:
    """The states whose CRDs were read, from old to new, as sources and rules call them: `v0.6.1`, `main-1.4.0`."""
    return tuple(row.state for row in table().releases if row.crds)


def of_state(name: str) -> Release:
    """The row of a state, by its name in `states()`.

    Raises:
        KeyError: there is no such state (a mistake of the caller).
    """
    return {row.state: row for row in table().releases if row.crds}[name]


def label(state: str) -> str:
    """How people call a state: `1.0.2` for v1.0.2, `1.5.0-dev` for the main branch before 1.5.0."""
    return of_state(state).name


def named(text: str = "") -> Held:
    """A release by what a person calls it (`1.6.2`, `v1.6.2`, `1.5.0-dev`, `main-1.5.0`), or the followed one.

    Raises:
        UserError: no such release, or one that is newer than the table; the hint lists them.
    """
    by_name = {name: row for row in table().releases for name in (row.name, f"v{row.name}", row.state)}
    row = by_name.get(text) if text else operator()
    if row is None:
        raise _unknown(text)
    return Held(row, next((one for one in table().releases if one.name == row.held_to), row))


def run_here() -> tuple[Release, ...]:
    """The releases of which this project runs something, from old to new."""
    return tuple(row for row in table().releases if row.runs)


def to_run(text: str) -> Release:
    """A release of which this project runs something, by what a person calls it.

    Raises:
        UserError: there is none of that name, or nothing of it is run here; the hint lists those that are.
    """
    can = ", ".join(row.name for row in run_here())
    try:
        row = named(text).release
    except UserError as error:
        raise UserError(error.fact, hint=f"can be run here: {can}") from None
    if not row.runs:
        fact = f"Dynamo {row.name} cannot be run here: there is no list of packages for its runtime"
        raise UserError(fact, hint=f"can be run here: {can}")
    return row


def operator() -> Release:
    """The release whose operator the stand-in is like, and which manifests are checked by: versions.toml's."""
    return next(row for row in table().releases if row.name == table().followed)


def newest() -> Release:
    """The newest release."""
    return table().releases[-1]


def _unknown(text: str) -> UserError:
    plain = text.removeprefix("v")
    if _plain(plain) and numbers(plain) > numbers(newest().number):
        fact = f"release {text!r} of Dynamo is newer than the newest that is known here, {newest().name}"
        return UserError(
            fact, hint=f"check against {newest().name} until a newer version of this project knows it"
        )
    near = did_you_mean(plain, [row.name for row in table().releases])
    return UserError(f"unknown release {text!r} of Dynamo", hint=f"{near} one of {_listed()}".strip())


def _plain(name: str) -> bool:
    return all(part.isascii() and part.isdigit() for part in name.split("."))


def _listed() -> str:
    return ", ".join(row.name for row in table().releases)


def pages_version(key: str) -> str:
    """What pages call a version, by the key that they ask for: those of versions.toml, and of this table.

    The table's are `dynamo.since.NAME` and `dynamo.until.NAME`, and those in `_OF_TABLE`.

    Raises:
        KeyError: there is no such key.
    """
    head, _, name = key.removeprefix("dynamo.").partition(".")
    if key.startswith("dynamo.") and head in ("since", "until"):
        return (table().since if head == "since" else table().until)[name]
    return _OF_TABLE[key]() if key in _OF_TABLE else _pinned(key)


def default() -> Release:
    """The current release that is not the newest: the default of Dynamo's own documentation."""
    return next((row for row in table().releases if row.current and row is not newest()), newest())


def _pinned(key: str) -> str:
    from groundwork.base.versions import version  # noqa: PLC0415 - it needs Python's TOML reader, which few do

    return version(key)


_OF_TABLE: Mapping[str, Callable[[], str]] = {
    "dynamo.default": lambda: default().name,
    "dynamo.newest": lambda: newest().name,
    "dynamo.newest_on": lambda: newest().day,
    "dynamo.operator": lambda: operator().number,
    "dynamo.operator_label": lambda: operator().name,
}
