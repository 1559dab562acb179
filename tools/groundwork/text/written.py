"""YAML whose scalars stay as they are written, for texts that PyYAML reads elsewhere, such as front matter.

The reader is that of manifests, in another mode. A scalar becomes `Written`, and `plain` gives what YAML 1.1 makes
of it, as PyYAML does; but no number or date that is written in another way than it is read: 0644 is not 420. As in
PyYAML an anchor is defined once, `<<` is a key until `plain` merges it, and an object or a list has no tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Self

import yaml

from groundwork.text.parsed import Parsed
from groundwork.text.yaml_events import events
from groundwork.text.yaml_reader import Builder

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

MERGE = "<<"
NUMBER = re.compile(r"0|-?[1-9][0-9]{0,999}")
"""An integer that is written as Python would write it."""
SHOWN = 40
"""Characters of a word in a message."""
TAGS = {yaml.MappingStartEvent: "tag:yaml.org,2002:map", yaml.SequenceStartEvent: "tag:yaml.org,2002:seq"}
"""The tags that objects and lists have anyway."""


class Written(str):
    """A scalar as it is written, quotes and escapes resolved."""

    __slots__ = ("implicit", "tag")
    tag: str | None
    """The explicit tag."""
    implicit: tuple[bool, bool]
    """Whether it is a plain word, and whether a quoted one, without a tag."""

    def __new__(cls, text: str, tag: str | None, implicit: tuple[bool, bool]) -> Self:
        """Make one of a text and of what stands around it."""
        made = super().__new__(cls, text)
        made.tag, made.implicit = tag, implicit
        return made


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object or a list with a tag, of which nobody here knows what it means."""

    tag: str

    def __str__(self) -> str:
        return self.tag


@dataclass(frozen=True, slots=True)
class Misread:
    """A plain word of which YAML makes something else than what is written: 0644 is 420, 10:30 is 630."""

    text: str

    def __repr__(self) -> str:
        return self.text if len(self.text) < SHOWN else f"{self.text[: SHOWN - 1]}…"


def parse(text: str) -> Parsed:
    """Read the first document of a text; its scalars and keys are `Written`.

    Raises:
        yaml.YAMLError: the text is not YAML.
        UnicodeError: it holds half a character (a lone surrogate).
    """
    parsed = Parsed()
    found = events(text, parsed, kubernetes=False)
    if found and parsed.readable:
        parsed.start = (found[0].start_mark.line, found[0].start_mark.column)
        _Builder(found, parsed).run()
    return parsed


class _Builder(Builder):
    """Leaves scalars, keys and `<<` as they are."""

    __slots__ = ()

    def _value(self, path: Path, depth: int) -> Any:
        event = self.events[self.at]
        value = super()._value(path, depth)
        known = TAGS.get(type(event))
        return value if not known or event.tag in {None, "!", known} else Tagged(event.tag)

    def _scalar(self, event: Any, _path: Path) -> Written:
        return Written(event.value, event.tag, event.implicit)

    def _name(self, scalar: Any, _event: Any, _path: Path) -> Written:
        return Written(scalar.value, scalar.tag, scalar.implicit)

    def _merges(self, _event: Any) -> bool:
        return False

    def _anchored(self, event: Any) -> None:
        if event.anchor in self.anchors:
            self._stop(event, f"the anchor '&{event.anchor}' is defined twice")
        super()._anchored(event)


def plain(value: Any) -> Any:
    """What a value means: dicts, lists, text, bool, None, float, int as it is written, `Misread`.

    Raises:
        ValueError: fact and hint; a tag that is not known, or that the value does not fit; `<<` of something else
            than mappings.
    """
    loader = _AsWritten("")
    try:
        return _plain(value, loader)
    except yaml.MarkedYAMLError as error:
        raise ValueError(f"not understood: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ValueError(f"not understood: {error}") from None
    except LookupError:  # PyYAML, at a tag that the text does not fit: `!!bool x`.
        _misfit()
    finally:
        loader.dispose()


def _plain(value: Any, loader: _AsWritten) -> Any:
    if isinstance(value, Written):
        return _scalar(value, loader)
    if isinstance(value, list):
        return [_plain(item, loader) for item in value]
    if isinstance(value, dict):
        merged: dict[Any, Any] = {}
        own: dict[Any, Any] = {}
        for key, item in value.items():
            if key == MERGE and key.implicit[0]:
                merged = _merged(_plain(item, loader))
            else:
                own[_scalar(key, loader)] = _plain(item, loader)
        return merged | own
    if isinstance(value, Tagged):
        raise ValueError(f"not understood: the tag {value.tag!r} of an object or a list", "leave the tag away")  # noqa: TRY004
    return value


def _scalar(word: Written, loader: _AsWritten) -> Any:
    tag = word.tag
    if tag is None or tag == "!":
        tag = str(loader.resolve(yaml.ScalarNode, str(word), word.implicit))  # type: ignore[no-untyped-call]
    try:
        return loader.construct_object(yaml.ScalarNode(tag, str(word)), deep=True)
    except ValueError:
        _misfit()


def _misfit() -> NoReturn:
    raise ValueError("not understood: a tag that its value does not fit", "leave the tag away") from None


def _merged(brought: Any) -> dict[Any, Any]:
    """The keys that `<<` brings: of a mapping, or of a list of them, of which the first wins."""
    sources = brought if isinstance(brought, list) else [brought]
    if not all(isinstance(source, dict) for source in sources):
        raise ValueError("not understood: `<<` takes a mapping, or a list of mappings")
    found: dict[Any, Any] = {}
    for source in reversed(sources):
        found |= source
    return found


class _AsWritten(yaml.SafeLoader):
    """Numbers and dates are what is written, or a `Misread`."""

    def integer(self, node: yaml.ScalarNode) -> int | Misread:
        text = str(node.value)
        return int(text) if NUMBER.fullmatch(text) else Misread(text)

    def date(self, node: yaml.ScalarNode) -> Misread:
        return Misread(str(node.value))


_AsWritten.add_constructor("tag:yaml.org,2002:int", _AsWritten.integer)
_AsWritten.add_constructor("tag:yaml.org,2002:timestamp", _AsWritten.date)
