"""The table of kubectl's commands and flags, and of Kubernetes' resources, of one version."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = Path(__file__).with_name("kubectl.json")


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag."""

    name: str
    """Name without its dashes."""
    short: str = ""
    """Letter of its short form; "" if it has none."""
    value: bool = False
    """Whether it needs a value; otherwise one can only stand after `=`."""


@dataclass(frozen=True, slots=True)
class KubectlCommand:
    """A command of kubectl, or one below it."""

    name: str
    flags: Mapping[str, Flag]
    """Its flags by name, with those that every command has."""
    commands: Mapping[str, KubectlCommand]
    """Commands below it, by name and alias; where there are any, its first word is one of them."""
    formats: tuple[str, ...] = ()
    """Values of `--output`; () if they are not known."""

    def flag(self, letter: str) -> Flag | None:
        """The flag of a letter."""
        return next((one for one in self.flags.values() if one.short == letter), None)


@dataclass(frozen=True, slots=True)
class Resource:
    """A type of objects."""

    group: str
    """API group; "" for Kubernetes' core group."""
    version: str
    """Version that the server prefers."""
    kind: str
    plural: str
    singular: str
    short: tuple[str, ...] = ()
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """As in a manifest."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def names(self) -> tuple[str, ...]:
        """All names that kubectl takes, without the group."""
        return (self.plural, self.singular or self.kind.lower(), *self.short, self.kind.lower())


@dataclass(frozen=True, slots=True)
class Table:
    """All of it."""

    version: str
    commands: Mapping[str, KubectlCommand]
    """Commands by name and alias."""
    resources: tuple[Resource, ...]


@functools.cache
def table() -> Table:
    """The table of this version."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    common = _flags(data["flags"])
    commands = dict(_commands(data["commands"], common))
    rows = (
        Resource(group, version, kind, plural, singular, tuple(short), namespaced)
        for group, version, kind, plural, singular, short, namespaced in data["resources"]
    )
    return Table(data["version"], commands, tuple(rows))


def _commands(data: Mapping[str, Any], common: Mapping[str, Flag]) -> Iterator[tuple[str, KubectlCommand]]:
    for name, one in data.items():
        below = dict(_commands(one.get("commands", {}), common))
        flags = {**common, **_flags(one["flags"])}
        made = KubectlCommand(name, flags, below, tuple(one.get("formats", ())))
        yield from ((word, made) for word in (name, *one.get("aliases", ())))


def _flags(data: Mapping[str, str]) -> dict[str, Flag]:
    return {name: Flag(name, code[1:], code[0] == "=") for name, code in data.items()}
