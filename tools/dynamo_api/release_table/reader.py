"""Reader of releases.toml: each row checked as it is read, so that a mistake is told at its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from dynamo_api.release_table.rows import Deprecated, Release, Table
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.suggest import hint

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("frontend", "mocker", "profiler", "planner")
"""Values in `runs`: the programs of a release's package."""
READ = ("exact", "in part")
"""Values of `crds`: how much of a release's CRDs was read."""
_NAME = re.compile(r"(\d+)\.(\d+)\.(\d+)(-dev)?", re.ASCII)
_LINE = re.compile(r"\d+\.\d+", re.ASCII)
_ROW = "[[release]]"
_HEAD = re.compile(r"\s*\[\[\s*(release|deprecated)\s*\]\]")
_TABLES = ("release", "since", "until", "deprecated")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")


def read(path: Path, versions: bytes = b"") -> Table:
    """Read the table.

    Args:
        path: of releases.toml.
        versions: versions.toml, which says which release is followed; empty where there is none.

    Raises:
        UserError: not TOML, an unknown or missing key, a value that cannot be; at its line.
    """
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n")
        raise UserError(f"not TOML: {_AT_LINE.sub('', str(error))}", where=Position(path.name, line)) from None
    table = _Reader(path.name, text.splitlines()).table(data)
    return replace(table, followed=_followed(versions, table)) if versions else table


def _followed(versions: bytes, table: Table) -> str:
    name = tomllib.loads(versions.decode())["dynamo"]["operator"]
    known = [row.name for row in table.releases]
    if name not in known:
        fact = f"dynamo.operator is {name!r}: it takes a release of dynamo_api/release_table/releases.toml"
        raise UserError(fact, hint=hint(name, known), where=Position("versions.toml"))
    return str(name)


_TAKES: dict[str, tuple[type, str]] = {
    "date | None": (date, "a date such as 2026-11-05"),
    "bool": (bool, "true or false"),
    "tuple[str, ...]": (list, "a list of texts"),
    "str": (str, "a text"),
}


class _Reader:
    def __init__(self, file: str, lines: list[str]) -> None:
        self._file, self._lines = file, lines
        self._starts: dict[str, list[int]] = {"release": [], "deprecated": []}
        for number, line in enumerate(lines):
            if head := _HEAD.match(line):
                self._starts[head[1]].append(number)

    def table(self, data: dict[str, Any]) -> Table:
        for key in data:
            if key not in _TABLES:
                raise self._error(self._line(0, key), f"unknown table {key!r}", hint(key, _TABLES))
        found = tuple(self._release(start, row) for start, row in self._rows(data, "release"))
        if not found:
            raise self._error(1, f"not a list of releases: each begins with {_ROW}")
        self._order(found)
        known = {row.name for row in found} | {row.name.rpartition(".")[0] for row in found}
        since, until = (self._times(key, data.get(key, {}), known) for key in ("since", "until"))
        states = {row.name for row in found}
        gone = tuple(self._deprecated(start, row, states) for start, row in self._rows(data, "deprecated"))
        return Table(found, since, until, gone)

    def _rows(self, data: dict[str, Any], table: str) -> list[tuple[int, dict[str, Any]]]:
        """The rows of a table, each with the line, 0-based, at which it begins."""
        rows, starts = data.get(table, []), self._starts[table]
        if not isinstance(rows, list) or len(rows) != len(starts):
            raise self._error(1, f"{table!r} is not a list of rows: each begins with [[{table}]]")
        return list(zip(starts, rows, strict=True))

    def _release(self, start: int, row: dict[str, Any]) -> Release:
        values = self._values(start, row, Release)
        if not _NAME.fullmatch(row.get("name", "")):
            fact = f"name is {row.get('name')!r}: it takes a release such as 1.6.2, or 1.5.0-dev"
            raise self._error(self._line(start, "name"), fact)
        made = Release(**values)
        self._one(start, made)
        return made

    def _deprecated(self, start: int, row: dict[str, Any], known: set[str]) -> Deprecated:
        values = self._values(start, row, Deprecated)
        for key in ("name", "what"):
            if not row.get(key):
                raise self._error(self._line(start, key), f"{key} is {row.get(key, '')!r}: it takes a text")
        if not (row.get("since") or row.get("gone")):
            raise self._error(start + 1, f"{row['name']} has neither since nor gone: it takes one, or both")
        for key in ("since", "gone"):
            if row.get(key, "") not in known | {""}:
                fact = f"{key} is {row[key]!r}: it takes a release of this table"
                raise self._error(self._line(start, key), fact, hint(row[key], known))
        return Deprecated(**values)

    def _values(self, start: int, row: dict[str, Any], kind: type[Release | Deprecated]) -> dict[str, Any]:
        """The values of a row as its class takes them."""
        types = {field.name: str(field.type) for field in fields(kind)}
        for key, value in row.items():
            if key not in types:
                raise self._error(self._line(start, key), f"unknown column {key!r}", hint(key, types))
            right, words = _TAKES[types[key]]
            texts = isinstance(value, list) and not all(isinstance(one, str) for one in value)
            if not isinstance(value, right) or texts:
                raise self._error(self._line(start, key), f"{key} is {value!r}: it takes {words}")
        return {key: tuple(one) if isinstance(one, list) else one for key, one in row.items()}

    def _one(self, start: int, row: Release) -> None:
        """Refuse what is wrong with a row by itself."""
        if bool(row.crds) == bool(row.held_to):
            fact = f"{row.name} has {'both' if row.crds else 'neither'} crds and held_to: it takes one of them"
            raise self._error(start + 1, fact.replace("neither crds and", "neither crds nor"))
        if row.crds and row.crds not in READ:
            fact = f"crds is {row.crds!r}: it takes {' or '.join(map(repr, READ))}"
            raise self._error(self._line(start, "crds"), fact)
        if row.crds == "in part" and not row.note:
            raise self._error(start + 1, f"{row.name} was read in part: its note says what is not known")
        for part in row.runs:
            if part not in PARTS:
                fact = f"runs has {part!r}: it takes {', '.join(PARTS)}"
                raise self._error(self._line(start, "runs"), fact, hint(part, PARTS))
        if bool(row.not_run) != (0 < len(set(row.runs)) < len(PARTS)):
            fact = f"{row.name} runs {', '.join(row.runs) or 'nothing'}: not_run is for what runs in part"
            raise self._error(self._line(start, "not_run" if row.not_run else "runs"), fact)
        if row.held_to and (row.kubernetes or not row.embedded_metadata):
            raise self._error(
                start + 1, f"{row.name} is held to {row.held_to}: that row says how its CRDs were built"
            )

    def _order(self, rows: tuple[Release, ...]) -> None:
        states = {row.name for row in rows if row.crds}
        for index, row in enumerate(rows):
            start = self._starts["release"][index]
            if index and _key(rows[index - 1]) >= _key(row):
                fact = f"{row.name} comes after {rows[index - 1].name}: rows go from old to new, each once"
                raise self._error(self._line(start, "name"), fact)
            if row.held_to and row.held_to not in states:
                fact = f"held_to is {row.held_to!r}: it takes a release with crds"
                raise self._error(self._line(start, "held_to"), fact, hint(row.held_to, states))

    def _times(self, table: str, found: Any, known: set[str]) -> dict[str, str]:
        start = next((number for number, line in enumerate(self._lines) if line.strip() == f"[{table}]"), 0)
        if not isinstance(found, dict):
            raise self._error(1, f"{table!r} is no table")
        for key, value in found.items():
            if not isinstance(value, str) or value not in known:
                fact = (
                    f"{table}.{key} is {value!r}: it takes a release of this table, or a line of them such as 1.4"
                )
                raise self._error(self._line(start, key), fact, hint(str(value), known))
        return found

    def _line(self, start: int, key: str) -> int:
        """The line, 1-based, of a key in the table that begins at a line; that line itself where it has none."""
        pattern = re.compile(rf"\s*\[*\s*{re.escape(key)}\s*[\]=]")
        for number in range(start, len(self._lines)):
            if pattern.match(self._lines[number]):
                return number + 1
            if start and number > start and self._lines[number].startswith("["):
                break
        return start + 1

    def _error(self, line: int, fact: str, suggestion: str = "") -> UserError:
        return UserError(fact, hint=suggestion, where=Position(self._file, line))


def _key(row: Release) -> tuple[int, ...]:
    """What rows are ordered by: a state of the main branch is older than its release."""
    major, minor, patch, dev = _NAME.fullmatch(row.name).groups()  # type: ignore[union-attr]  # It was checked.
    return int(major), int(minor), int(patch), 0 if dev else 1
