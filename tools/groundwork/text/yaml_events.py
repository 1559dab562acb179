"""libyaml's events of one document, its depth bounded while they come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from groundwork.text.parsed import MAX_DEPTH, Mistake

if TYPE_CHECKING:
    from groundwork.text.parsed import Parsed

SLASH = re.compile(r"(?:[^\\]|\\[^/])*?\\/", re.DOTALL)
READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Reader of YAML: libyaml, or PyYAML's own where its compiled part is not there: slower, with other messages."""
STARTS = (MappingStartEvent, SequenceStartEvent)
ENDS = (MappingEndEvent, SequenceEndEvent)
AROUND = (StreamStartEvent, DocumentStartEvent, DocumentEndEvent)


def events(text: str, parsed: Parsed, *, kubernetes: bool = True) -> list[Any]:
    """The events of a text's first document, without those around it; none if it has no content.

    Args:
        text: the text.
        parsed: what is wrong is noted here.
        kubernetes: refuse what libyaml knows and Kubernetes' YAML library does not.

    Raises:
        yaml.YAMLError: the text is no YAML.
        UnicodeError: it holds half a character (a lone surrogate).
    """
    parser = READER(text)
    found: list[Any] = []
    depth = 0
    slashes = kubernetes and "\\/" in text
    try:
        while type(event := _next(parser)) is not StreamEndEvent:
            kind = type(event)
            if kind is DocumentStartEvent and found:
                parsed.follower = (event.start_mark.line, event.start_mark.column)
                break
            if kind in AROUND:
                continue
            found.append(event)
            if slashes and kind is ScalarEvent and event.style == '"':
                _slash(text, event, parsed)
            depth += (kind in STARTS) - (kind in ENDS)
            if depth > MAX_DEPTH:  # Here already: libyaml's time grows with the square of the depth.
                mark = event.start_mark
                parsed.mistakes.append(Mistake(mark.line, mark.column, f"more than {MAX_DEPTH} levels deep"))
                parsed.readable = False
                return []
    finally:
        parser.dispose()
    return found


def _slash(text: str, event: Any, parsed: Parsed) -> None:
    r"""`\/` in double quotes: JSON and libyaml know it, Kubernetes' YAML library does not."""
    found = SLASH.match(text, event.start_mark.index, event.end_mark.index)
    if found:
        parsed.readable = False
        line = text.count("\n", 0, found.end())
        column = found.end() - 2 - (text.rfind("\n", 0, found.end()) + 1)
        fact = "the escape `\\/` in double quotes is not known to Kubernetes"
        parsed.mistakes.append(Mistake(line, column, fact, hint="write `/`"))


def _next(parser: Any) -> Any:
    """The next event."""
    return parser.get_event()
