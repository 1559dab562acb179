"""The front matter of a page: its `kind:`, `tutorial:` and `placeholders:`, each mistake at its key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from docs_test.language import allowances
from docs_test.language.values import duration
from docs_test.language.vocabulary import FRONT_MATTER_KEYS
from docs_test.names import NONE
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.text.documents import position_of, read_written
from groundwork.text.written import Written, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groundwork.base.positions import Position
    from groundwork.text.model import Document, FieldError

problem = partial(Problem, code="front-matter")

BLOCK = re.compile(r"-{3}[ \t]*\n(.*?\n)(?:\.{3}|-{3})[ \t]*(?:\n|\Z)", re.DOTALL)
"""Pattern of what MkDocs takes for YAML front matter (mkdocs.utils.meta)."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLACEHOLDER = re.compile(r"[A-Za-z_][\w .-]*")
"""Pattern of a name between `<` and `>`; those that are shell names may be written `$NAME` and `${NAME}` too."""
TOP_KEYS = ("kind", "tutorial", "placeholders")
"""The keys of front matter that docs-test reads."""
ALIKE = 0.8
"""Likeness to one of these from which on another key is taken for a slip: front matter is for others, too."""
EMPTY = ("", "true", "null", "~")
"""Values of `tutorial:` without anything to say."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What docs-test reads of it."""

    kind: str = ""
    """Kind of the page, as written; page_form knows what is allowed."""
    tutorial: bool = False
    """Whether the page has `tutorial:`, so that it is run."""
    needs: Any = None
    """Needs of a cluster, as YAML has it: `needs.read_needs` knows the site's words. None: no word."""
    platform: str = ""
    """Platform; "none" if it needs no cluster."""
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 1800.0
    """Seconds."""
    after: tuple[str, ...] = ()
    """Pages that run before this one, as written."""
    uses: tuple[str, ...] = ()
    """Pages, and files of shared steps, whose set-up this page starts from, as written."""
    alone: bool = False
    """Whether no other page may run at the same time."""
    artifacts: tuple[str, ...] = ()
    """Names of files in the page's folder, perhaps with `*`, to keep beside the results."""
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name -> values, the default first."""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """Placeholders that a reader fills in -> a sample to validate manifests with. Beside `tutorial:`: any page may
    have it."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Codes of checks whose findings are on purpose, anywhere on the page -> the reason."""
    positions: Mapping[str, Position] = field(default_factory=dict)
    """Positions of the keys of `tutorial:`; of `tutorial` and `kind` too, and of the codes as `allow CODE`."""


def read_front_matter(text: str, path: str) -> tuple[FrontMatter, list[Problem]]:
    """Read a page's front matter.

    Args:
        text: the whole file.
        path: its path, for positions.

    Returns:
        What could be read, and every mistake in it.
    """
    match = BLOCK.match(text)
    if not match:
        return FrontMatter(), []
    document = read_written(text, path, range(1, 1 + match[1].count("\n")))
    unreadable = [error for error in document.errors if error.code == "yaml"]
    if unreadable:
        return FrontMatter(), [_unreadable(document, error) for error in unreadable]
    reader = _Reader(document)
    return reader.read(), reader.problems


def _unreadable(document: Document, error: FieldError) -> Problem:
    fact = f"the front matter is not YAML: {error.fact.removeprefix('no YAML: ')}"
    return problem(position_of(document, error), fact, error.hint)


@dataclass(slots=True)
class _Reader:
    """Reads the values; ValueError(fact, hint) from any of its readers becomes a mistake at the key."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> FrontMatter:
        front = FrontMatter()
        top = self.document.value
        for key, value in top.items() if isinstance(top, dict) else ():
            where = self.document.keys[key,]
            if key == "tutorial":
                read = self._tutorial(where, value)
                positions = {**front.positions, **read.positions}
                front = replace(read, kind=front.kind, placeholders=front.placeholders, positions=positions)
            elif key == "kind":
                front = replace(front, kind=str(value), positions={**front.positions, "kind": where})
            elif key == "placeholders":
                found: dict[str, Any] = {}
                self._read(where, found, "placeholders", self._samples, value)
                front = replace(front, **found)
            elif near := did_you_mean(key, TOP_KEYS, cutoff=ALIKE):
                self._wrong(where, f"{key!r} is not a key", near)
        self._twice()
        return front

    def _tutorial(self, where: Position, value: Any) -> FrontMatter:
        positions = {"tutorial": where}
        if not isinstance(value, dict):
            if value not in EMPTY:
                self._wrong(where, "'tutorial' is not a mapping", f"keys: {', '.join(FRONT_MATTER_KEYS)}")
            return FrontMatter(tutorial=True, positions=positions)
        readers: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "needs": ("needs", plain),
            "vars": ("variables", self._variables),
            "timeout": ("timeout", self._timeout),
            "after": ("after", self._pages),
            "uses": ("uses", self._files),
            "alone": ("alone", self._alone),
            "variants": ("variants", self._variants),
            "artifacts": ("artifacts", self._artifacts),
            "platform": ("platform", self._platform),
            "allow": ("allow", self._allow),
        }
        found: dict[str, Any] = {}
        for name, item in value.items():
            at = self.document.keys["tutorial", name]
            if name == "placeholders":
                hint = "write it at the left margin, at the level of 'tutorial'"
                self._wrong(at, "'placeholders' does not belong under 'tutorial'", hint)
            elif name not in readers:
                hint = did_you_mean(name, readers) or f"keys: {', '.join(FRONT_MATTER_KEYS)}"
                self._wrong(at, f"{name!r} is not a key of 'tutorial'", hint)
            else:
                positions[str(name)] = at
                if name == "allow":
                    positions |= self._codes(item)
                self._read(at, found, *readers[name], item)
        return FrontMatter(tutorial=True, positions=positions, **found)

    def _twice(self) -> None:
        """Keys that are read here, and given twice; the last one is read, as by MkDocs."""
        for error in self.document.errors:
            if error.path[0] in TOP_KEYS and (len(error.path) == 1 or error.path[0] == "tutorial"):
                self._wrong(position_of(self.document, error), f"{error.path[-1]!r} is given twice")

    def _wrong(self, where: Position, fact: str, hint: str = "") -> None:
        self.problems.append(problem(where, fact, hint))

    def _read(
        self, where: Position, found: dict[str, Any], name: str, reader: Callable[[Any], Any], value: Any
    ) -> None:
        try:
            found[name] = reader(value)
        except ValueError as error:
            fact, *hint = error.args
            self._wrong(where, str(fact), *map(str, hint))

    def _platform(self, value: Any) -> str:
        name = plain(value)
        if name != NONE:
            hint = "a page that needs a cluster does not say which: a run does, with --platform"
            raise ValueError(f"the platform {name!r}, allowed: {NONE}", hint)
        return NONE

    def _variables(self, given: Any) -> dict[str, str]:
        values = plain(given)
        if not isinstance(values, dict):
            raise ValueError("'vars' is not a mapping", "write vars: {NAME: value}")  # noqa: TRY004
        for name, value in values.items():
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a shell variable's name", "letters, digits and _")
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise ValueError(f"the value of {name!r} is {value!r}, not text", "put it in quotes")  # noqa: TRY004
            if "\0" in str(value):
                raise ValueError(f"the value of {name!r} has a NUL, which no variable can hold", "take it out")
        return {name: str(value) for name, value in values.items()}

    def _samples(self, given: Any) -> dict[str, str]:
        values = plain(given)
        if not isinstance(values, dict):
            raise ValueError("'placeholders' is not a mapping", "write placeholders: {your-namespace: default}")  # noqa: TRY004
        for name, value in values.items():
            if not isinstance(name, str) or not PLACEHOLDER.fullmatch(name):
                raise ValueError(
                    f"{name!r} is not a placeholder's name", "the text in <…> or ${…}, without these signs"
                )
            if isinstance(value, bool) or not isinstance(value, str | int) or re.search(r"[\n\0]", str(value)):
                raise ValueError(f"the sample of {name!r} is {value!r}, not one line of text", "put it in quotes")
        return {name: str(value) for name, value in values.items()}

    def _timeout(self, value: Any) -> float:
        return duration(value if isinstance(value, Written) else str(plain(value)))

    def _pages(self, value: Any) -> tuple[str, ...]:
        return _paths(value, "'after' is not a list of pages", "write after: [docs/kubernetes/quick-deploy.md]")

    def _files(self, value: Any) -> tuple[str, ...]:
        return _paths(value, "'uses' is not a list of pages or snippets", "write uses: [docs/quick-deploy.md]")

    def _alone(self, value: Any) -> bool:
        if not isinstance(found := plain(value), bool):
            raise ValueError(f"'alone' is {found!r}, neither true nor false", "write alone: true")  # noqa: TRY004
        return found

    def _artifacts(self, value: Any) -> tuple[str, ...]:
        names = plain(value)
        hint = "write artifacts: [report.json, 'logs/*.txt'], files of the folder in which the page runs"
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("'artifacts' is not a list of names", hint)
        for name in names:
            if not PurePosixPath(name).parts or name.startswith("/") or ".." in PurePosixPath(name).parts:
                raise ValueError(f"the artifact {name!r} is not in the page's folder", hint)
        return tuple(names)

    def _allow(self, value: Any) -> dict[str, str]:
        given = plain(value)
        if not isinstance(given, dict):
            raise ValueError("'allow' is not a mapping", "write allow: {CODE: reason}")  # noqa: TRY004
        for code, reason in given.items():
            allowances.check(str(code), reason)
        return {str(code): reason for code, reason in given.items()}

    def _codes(self, value: Any) -> dict[str, Position]:
        """The positions of the codes that a page allows."""
        codes = value if isinstance(value, dict) else {}
        return {f"allow {code}": self.document.keys["tutorial", "allow", code] for code in codes}

    def _variants(self, value: Any) -> dict[str, tuple[str, ...]]:
        value = plain(value)
        hint = "write variants: {api: [v1beta1, v1alpha1]}, the default first"
        if not isinstance(value, dict):
            raise ValueError("'variants' is not a mapping", hint)  # noqa: TRY004
        for name, values in value.items():
            if not isinstance(values, list) or not values or not all(isinstance(item, str) for item in values):
                raise ValueError(f"the variant {name!r} is not a list of names", hint)
        return {str(name): tuple(values) for name, values in value.items()}


def _paths(value: Any, fact: str, hint: str) -> tuple[str, ...]:
    """One path or a list of them.

    Raises:
        ValueError: it is neither.
    """
    value = plain(value)
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise ValueError(fact, hint)
    return tuple(dict.fromkeys(paths))
