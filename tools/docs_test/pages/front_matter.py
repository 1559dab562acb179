"""The front matter of a page: its `kind:`, `tutorial:` and `placeholders:`, each mistake at its line."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from docs_test.language.needs import read_needs
from docs_test.language.values import duration
from docs_test.language.vocabulary import FRONT_MATTER_KEYS
from docs_test.problems import suggestion
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


problem = partial(Problem, code="front-matter")

BLOCK = re.compile(r"-{3}[ \t]*\n(.*?\n)(?:\.{3}|-{3})[ \t]*(?:\n|\Z)", re.DOTALL)
"""What MkDocs takes for YAML front matter (mkdocs.utils.meta)."""
FIRST_LINE = 2
"""The line of a file on which its front matter's YAML starts: after `---`."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLACEHOLDER = re.compile(r"[A-Za-z_][\w .-]*")
"""What may stand between `<` and `>`; those that are shell names may be written `$NAME` and `${NAME}` too."""
TOP_KEYS = ("kind", "tutorial", "placeholders")
"""The keys of front matter that docs-test reads."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What docs-test reads of it."""

    kind: str = ""
    """What the page says it is, as written; page_form knows what is allowed."""
    tutorial: bool = False
    """Whether the page has `tutorial:`, so that it is run."""
    needs: Mapping[str, Any] = field(default_factory=dict)
    """What it needs of a cluster, as `needs.read_needs` returns it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 1800.0
    """Seconds."""
    after: tuple[str, ...] = ()
    """Pages that run before this one, as written."""
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name -> values, the default first."""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """What a reader fills in -> a sample to validate manifests with. Beside `tutorial:`: any page may have it."""
    lines: Mapping[str, Position] = field(default_factory=dict)
    """Where each key of `tutorial:` stands; `tutorial` and `kind` too."""


def read_front_matter(text: str, path: str) -> tuple[FrontMatter, list[Problem]]:
    """Read a page's front matter.

    Args:
        text: the whole file.
        path: its path, for locations.

    Returns:
        What could be read, and every mistake in it.
    """
    match = BLOCK.match(text)
    if not match:
        return FrontMatter(), []
    try:
        root = yaml.compose(match[1], Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Position(path, FIRST_LINE + (mark.line if mark else 0))
        return FrontMatter(), [problem(where, f"the front matter is no YAML: {error.problem}")]
    except yaml.YAMLError as error:
        return FrontMatter(), [problem(Position(path, FIRST_LINE), f"the front matter is no YAML: {error}")]
    except RecursionError:
        return FrontMatter(), [problem(Position(path, FIRST_LINE), "the front matter is nested too deeply")]
    reader, front = _Reader(path), FrontMatter()
    for key, value in getattr(root, "value", ()) if isinstance(root, yaml.MappingNode) else ():
        if key.value == "tutorial":
            read = reader.tutorial(key, value)
            lines = {**front.lines, **read.lines}
            front = replace(read, kind=front.kind, placeholders=front.placeholders, lines=lines)
        elif key.value == "kind":
            front = replace(front, kind=str(value.value), lines={**front.lines, "kind": _at(path, key)})
        elif key.value == "placeholders":
            front = replace(front, placeholders=reader.placeholders(key, value))
        elif near := difflib.get_close_matches(str(key.value), TOP_KEYS, n=1, cutoff=0.8):
            reader.problems.append(
                problem(_at(path, key), f"{key.value!r} is no key", f"did you mean {near[0]!r}?")
            )
    return front, reader.problems


def _at(path: str, node: yaml.Node) -> Position:
    return Position(path, FIRST_LINE + node.start_mark.line)


@dataclass(slots=True)
class _Reader:
    """Reads the values; ValueError(fact, hint) from any of its readers becomes a mistake at the key's line."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def placeholders(self, key: yaml.Node, node: yaml.Node) -> dict[str, str]:
        found: dict[str, Any] = {}
        self._read(_at(self.path, key), found, "placeholders", self._samples, node)
        return dict(found.get("placeholders", {}))

    def tutorial(self, key: yaml.Node, node: yaml.Node) -> FrontMatter:
        lines = {"tutorial": _at(self.path, key)}
        found: dict[str, Any] = {}
        empty = isinstance(node, yaml.ScalarNode) and node.value in {"", "true", "null", "~"}
        if not isinstance(node, yaml.MappingNode):
            if not empty:
                allowed = ", ".join(FRONT_MATTER_KEYS)
                self.problems.append(problem(lines["tutorial"], "'tutorial' is not a mapping", f"keys: {allowed}"))
            return FrontMatter(tutorial=True, lines=lines)
        readers: dict[str, tuple[str, Callable[[yaml.Node], Any]]] = {
            "needs": ("needs", self._needs),
            "vars": ("variables", self._variables),
            "timeout": ("timeout", self._timeout),
            "after": ("after", self._after),
            "variants": ("variants", self._variants),
        }
        for name_node, value in node.value:
            name = str(name_node.value)
            where = _at(self.path, name_node)
            if name == "placeholders":
                hint = "write it at the left margin, beside 'tutorial'"
                self.problems.append(problem(where, "'placeholders' does not stand under 'tutorial'", hint))
            elif name not in readers:
                hint = suggestion(name, readers) or f"keys: {', '.join(FRONT_MATTER_KEYS)}"
                self.problems.append(problem(where, f"{name!r} is no key of 'tutorial'", hint))
            elif name in lines:
                self.problems.append(problem(where, f"{name!r} is given twice"))
            else:
                lines[name] = where
                self._read(where, found, *readers[name], value)
        return FrontMatter(tutorial=True, lines=lines, **found)

    def _read(
        self,
        where: Position,
        found: dict[str, Any],
        name: str,
        reader: Callable[[yaml.Node], Any],
        node: yaml.Node,
    ) -> None:
        try:
            found[name] = reader(node)
        except ValueError as error:
            fact, *hint = error.args
            self.problems.append(problem(where, str(fact), *map(str, hint)))

    def _needs(self, node: yaml.Node) -> dict[str, Any]:
        return read_needs(_plain(node))

    def _variables(self, node: yaml.Node) -> dict[str, str]:
        values = _plain(node)
        if not isinstance(values, dict):
            raise ValueError("'vars' is not a mapping", "write vars: {NAME: value}")  # noqa: TRY004
        for name, value in values.items():
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no shell variable's name", "letters, digits and _")
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise ValueError(f"the value of {name!r} is {value!r}, not text", "put it in quotes")  # noqa: TRY004
            if "\0" in str(value):
                raise ValueError(f"the value of {name!r} has a NUL, which no variable can hold", "take it out")
        return {name: str(value) for name, value in values.items()}

    def _samples(self, node: yaml.Node) -> dict[str, str]:
        values = _plain(node)
        if not isinstance(values, dict):
            raise ValueError("'placeholders' is not a mapping", "write placeholders: {your-namespace: default}")  # noqa: TRY004
        for name, value in values.items():
            if not isinstance(name, str) or not PLACEHOLDER.fullmatch(name):
                raise ValueError(f"{name!r} is no placeholder's name", "what stands in <…> or ${…}, without those")
            if isinstance(value, bool) or not isinstance(value, str | int) or re.search(r"[\n\0]", str(value)):
                raise ValueError(f"the sample of {name!r} is {value!r}, not one line of text", "put it in quotes")
        return {name: str(value) for name, value in values.items()}

    def _timeout(self, node: yaml.Node) -> float:
        return duration(str(getattr(node, "value", "")))

    def _after(self, node: yaml.Node) -> tuple[str, ...]:
        value = _plain(node)
        pages = [value] if isinstance(value, str) else value
        if not isinstance(pages, list) or not all(isinstance(page, str) for page in pages):
            raise ValueError("'after' is no list of pages", "write after: [docs/kubernetes/quick-deploy.md]")
        return tuple(pages)

    def _variants(self, node: yaml.Node) -> dict[str, tuple[str, ...]]:
        value = _plain(node)
        hint = "write variants: {api: [v1beta1, v1alpha1]}, the default first"
        if not isinstance(value, dict):
            raise ValueError("'variants' is not a mapping", hint)  # noqa: TRY004
        for name, values in value.items():
            if not isinstance(values, list) or not values or not all(isinstance(item, str) for item in values):
                raise ValueError(f"the variant {name!r} is no list of names", hint)
        return {str(name): tuple(values) for name, values in value.items()}


def _plain(node: yaml.Node) -> Any:
    """The node as Python data. Unhashable or odd YAML is a mistake of the page like any other."""
    try:
        return yaml.load(yaml.serialize(node, Dumper=yaml.SafeDumper), Loader=_AsWritten)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:  # Its own place is in a copy of the node, and says nothing here.
        raise ValueError(f"not understood: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ValueError(f"not understood: {error}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except (ValueError, LookupError):  # PyYAML, at a tag that the text does not fit: `!!bool x`.
        raise ValueError("not understood: a tag that its value does not fit", "leave the tag away") from None


NUMBER = re.compile(r"0|-?[1-9][0-9]{0,999}")
"""An integer that is written as Python would write it."""


@dataclass(frozen=True, slots=True)
class _Misread:
    """A plain word of which YAML makes something else than what is written: 0644 is 420, 10:30 is 630."""

    text: str

    def __repr__(self) -> str:
        return self.text if len(self.text) < SHOWN else f"{self.text[: SHOWN - 1]}…"


SHOWN = 40
"""Characters of a word in a message."""


class _AsWritten(yaml.SafeLoader):
    """Numbers and dates are what is written, or a `_Misread`, which no reader takes."""

    def integer(self, node: yaml.ScalarNode) -> int | _Misread:
        text = str(node.value)
        return int(text) if NUMBER.fullmatch(text) else _Misread(text)

    def date(self, node: yaml.ScalarNode) -> _Misread:
        return _Misread(str(node.value))


_AsWritten.add_constructor("tag:yaml.org,2002:int", _AsWritten.integer)
_AsWritten.add_constructor("tag:yaml.org,2002:timestamp", _AsWritten.date)
