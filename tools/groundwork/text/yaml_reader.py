"""One YAML document: libyaml's events become the value Kubernetes would see, and the marks of all its parts.

Events, not nodes: an alias keeps its own place, an anchor may be defined twice, and depth is bounded before there
is anything to recurse into. Mapping rules are those of go.yaml.in/yaml/v2, as kubectl uses it: a key may replace
one that a merge (`<<`) brought before it, and a merge replaces the keys before it. An API server in strict mode
refuses both, but kubectl sends it JSON, where `<<` is resolved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from groundwork.base.wording import shown
from groundwork.text import scalars
from groundwork.text.parsed import MAX_DEPTH, Mistake, Parsed
from groundwork.text.yaml_events import ENDS, STARTS, events

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

MAX_VALUES = 200_000
"""Largest number of values in one document whose aliases multiply its values."""
ALIAS_COUNTED_FROM = 100
VALUES_COUNTED_FROM = 1000
ALIAS_SHARE = 0.99
"""Share of values out of aliases above which Go's library refuses a document of over 1000 values."""


KEY_IS_NO_TEXT = "a key is a mapping or a list, not text"


class _Stop(Exception):
    """Reading cannot go on."""


def parse(text: str) -> Parsed:
    """Read the first document of a text.

    Raises:
        yaml.YAMLError: the text is no YAML.
        UnicodeError: it holds half a character (a lone surrogate).
    """
    parsed = Parsed()
    found = events(text, parsed)
    if found and parsed.readable:
        parsed.start = (found[0].start_mark.line, found[0].start_mark.column)
        Builder(found, parsed).run()
    return parsed


@dataclass(slots=True)
class Builder:
    """Walks the events of a document; `at` is the next one. `written` derives another reading of scalars."""

    events: list[Any]
    parsed: Parsed
    at: int = 0
    anchors: dict[str, int] = field(default_factory=dict)
    expanding: list[int] = field(default_factory=list)
    """The anchors whose values are being copied."""
    merge_mark: tuple[int, int] | None = None
    brought: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """The keys that a merge brought, with its mark."""
    count: int = 0
    copied: int = 0

    def run(self) -> None:
        try:
            self.parsed.value = self._value((), 0)
        except _Stop:
            self.parsed.value = None
            self.parsed.readable = False

    def _value(self, path: Path, depth: int) -> Any:
        event = self.events[self.at]
        mark = (event.start_mark.line, event.start_mark.column)
        self._bounded(event, depth)
        kind = type(event)
        self.parsed.values[path] = mark
        if kind is AliasEvent:
            value = self._alias(event, path, depth)
            self.parsed.values[path] = mark
            return value
        if event.anchor is not None and not self.expanding:
            self._anchored(event)
        self.at += 1
        if kind is ScalarEvent:
            return self._scalar(event, path)
        if kind is MappingStartEvent:
            result: dict[str, Any] = {}
            self._fill(result, path, depth)
            return result
        return self._sequence(path, depth)

    def _bounded(self, event: Any, depth: int) -> None:
        self.count += 1
        if self.expanding:
            self.copied += 1
            share = self.copied > ALIAS_COUNTED_FROM and self.count > VALUES_COUNTED_FROM
            if self.count > MAX_VALUES or (share and self.copied / self.count > ALIAS_SHARE):
                self._stop(event, "aliases make far too many values of a few")
        if depth > MAX_DEPTH:  # By aliases: the events themselves are no deeper.
            self._stop(event, f"more than {MAX_DEPTH} levels deep")

    def _stop(self, event: Any, fact: str) -> None:
        self._wrong(event, fact, ())
        raise _Stop

    def _wrong(self, event: Any, fact: str, path: Path, hint: str = "") -> None:
        mark = event.start_mark
        self.parsed.mistakes.append(Mistake(mark.line, mark.column, fact, path, hint=hint))

    def _anchored(self, event: Any) -> None:
        self.anchors[event.anchor] = self.at

    def _scalar(self, event: Any, path: Path) -> Any:
        try:
            value = scalars.as_json(_resolved(event))
        except ValueError as error:
            self._wrong(event, str(error), path, "put it in quotes if it is text")
            return None
        if value is not None and value.__class__ is not str:
            self.parsed.written[path] = event.value
        if event.tag is not None and scalars.is_dropped(event.tag):
            self._dropped(event, path)
        return value

    def _dropped(self, event: Any, path: Path) -> None:
        fact = f"Kubernetes drops the tag `{event.tag}` and takes {shown(event.value)} as it is written"
        text = f"{event.tag} {event.value}".strip()
        hint = f'if it is text, put it in quotes: "{text}"'
        self._advise(event, fact, path, "tag-dropped", hint)

    def _advise(self, event: Any, fact: str, path: Path, code: str, hint: str) -> None:
        if not self.expanding:
            mark = event.start_mark
            self.parsed.mistakes.append(Mistake(mark.line, mark.column, fact, path, code, hint))

    def _alias(self, event: Any, path: Path, depth: int) -> Any:
        target = self._target(event)
        after = self.at + 1
        self.expanding.append(target)
        self.at = target
        value = self._value(path, depth)
        self.expanding.pop()
        self.at = after
        return value

    def _target(self, event: Any) -> int:
        target = self.anchors.get(event.anchor)
        if target is None:
            self._stop(event, f"the alias '*{event.anchor}' has no anchor '&{event.anchor}' before it")
            raise AssertionError
        if target in self.expanding:
            self._stop(event, f"the value of '&{event.anchor}' contains itself")
        return target

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        result: list[Any] = []
        marks, keys = self.parsed.values, self.parsed.keys
        while type(self.events[self.at]) is not SequenceEndEvent:
            here = (*path, len(result))
            result.append(self._value(here, depth + 1))
            keys[here] = marks[here]
        self.at += 1
        return result

    def _fill(self, result: dict[str, Any], path: Path, depth: int) -> None:
        """Read the keys of a mapping up to its end."""
        keys = self.parsed.keys
        while type(event := self.events[self.at]) is not MappingEndEvent:
            if self._merges(event):
                self.at += 1
                self._merge(event, result, path, depth)
                continue
            key = self._key(event, path)
            if key is None:
                self._skip()
                continue
            here = (*path, key)
            if key in result:
                self._again(here, event)
            keys[here] = (event.start_mark.line, event.start_mark.column)
            result[key] = self._value(here, depth + 1)
            if self.merge_mark:
                self.brought[here] = self.merge_mark
        self.at += 1

    def _again(self, here: Path, event: Any) -> None:
        """Another value for a key: meant where it replaces one that a merge brought, else a mistake."""
        before = self.brought.pop(here, None)
        if before and self.merge_mark in (None, before):
            self.parsed.forget(here)
            return
        mark = self.merge_mark or (event.start_mark.line, event.start_mark.column)
        self.parsed.twice(here, mark, merged=self.merge_mark is not None)

    def _key(self, event: Any, path: Path) -> str | None:
        """A key as a string, and past it; None if it cannot be one."""
        scalar = event
        if type(event) is AliasEvent:
            scalar = self.events[self._target(event)]
        self._skip()
        if type(scalar) is not ScalarEvent:
            self._wrong(event, KEY_IS_NO_TEXT, path, "a value with braces goes in quotes")
            return None
        return self._name(scalar, event, path)

    def _name(self, scalar: Any, event: Any, path: Path) -> str | None:
        """A scalar as a key; `event` is where it stands, an alias perhaps."""
        try:
            name = scalars.as_key(_resolved(scalar))
        except ValueError as error:
            self._wrong(event, str(error), path, "put the key in quotes")
            return None
        if name != scalar.value and scalar is event:
            hint = f'if it is text, put it in quotes: "{scalar.value}"'
            self._advise(event, f"the key `{scalar.value}` is read as {name!r}", (*path, name), "key-read", hint)
        return name

    def _merges(self, event: Any) -> bool:
        """Whether a key is `<<`, which brings the keys of other mappings."""
        if type(event) is not ScalarEvent or event.value != "<<":
            return False
        return bool(event.implicit[0]) or event.tag == "tag:yaml.org,2002:merge"

    def _skip(self) -> None:
        """Go past one node, its anchors noted."""
        depth = 0
        while True:
            event = self.events[self.at]
            kind = type(event)
            if kind in STARTS:
                depth += 1
            elif kind in ENDS:
                depth -= 1
            if kind in (*STARTS, ScalarEvent) and event.anchor is not None and not self.expanding:
                self._anchored(event)
            self.at += 1
            if depth == 0:
                return

    def _merge(self, event: Any, result: dict[str, Any], path: Path, depth: int) -> None:
        """`<<: *base` or `<<: [*a, *b]`: the keys of other mappings, the first of a list wins."""
        first = self.at
        self._skip()
        after = self.at
        sources = [first]
        if type(self.events[first]) is SequenceStartEvent:
            sources = []
            self.at = first + 1
            while self.at < after - 1:
                sources.append(self.at)
                self._skip()
        outer = self.merge_mark
        self.merge_mark = outer or (event.start_mark.line, event.start_mark.column)
        for source in reversed(sources):
            self._merge_one(source, result, path, depth)
        self.merge_mark = outer
        self.at = after

    def _merge_one(self, source: int, result: dict[str, Any], path: Path, depth: int) -> None:
        event = self.events[source]
        self._bounded(event, depth + 1)
        alias = type(event) is AliasEvent
        start = self._target(event) if alias else source
        if type(self.events[start]) is not MappingStartEvent:
            self._wrong(event, "what `<<` merges is not a mapping", path, "name the anchor of a mapping")
            return
        if alias:
            self.expanding.append(start)
        self.at = start + 1
        self._fill(result, path, depth + 1)
        if alias:
            self.expanding.pop()


def _resolved(event: Any) -> scalars.Scalar:
    """The value of a scalar event; quoted text is text, unless a tag says otherwise."""
    value: str = event.value
    if event.tag is None:
        return scalars.plain(value) if event.implicit[0] else value
    return value if event.tag == "!" else scalars.tagged(event.tag, value)
