"""A JSON text as a tree that still has its text: what stands between values stays as its author wrote it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # its C or Python form; not in typeshed
from typing import Any

BLANK = re.compile(r"[ \t\n\r]*")
SCALAR = re.compile(r"[^\s,\]}]+")


@dataclass(slots=True)
class Node:
    """A value of a text."""

    text: str
    """Text of the value alone."""
    value: Any
    items: list[Item] = field(default_factory=list)
    """Members of an object, elements of an array."""
    tail: str = ""
    """Text between the last item and the closing bracket."""


@dataclass(slots=True)
class Item:
    """A member or an element."""

    lead: str
    """Text between the comma or bracket before it and its key or value."""
    key: str | None
    """Key of a member; None for an element."""
    label: str
    """Text of the key with its colon; "" for an element."""
    node: Node


def parsed(text: str) -> Node:
    """The tree of a JSON text that Python can read, blanks around it aside."""
    reader = _Reader(text.strip())
    return reader.value()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def blank(self) -> str:
        found = BLANK.match(self.text, self.at)
        start, self.at = self.at, found.end() if found else self.at
        return self.text[start : self.at]

    def value(self) -> Node:
        start = self.at
        sign = self.text[start]
        if sign in "{[":
            return self._container(start, "}" if sign == "{" else "]")
        if sign == '"':
            value, self.at = scanstring(self.text, start + 1)
            return Node(self.text[start : self.at], value)
        found = SCALAR.match(self.text, start)
        self.at = found.end() if found else start + 1
        text = self.text[start : self.at]
        return Node(text, json.loads(text))

    def _container(self, start: int, close: str) -> Node:
        self.at += 1
        items: list[Item] = []
        lead = self.blank()
        while self.text[self.at] != close:
            items.append(self._item(lead, named=close == "}"))
            tail = self.blank()
            if self.text[self.at] == ",":
                self.at += 1
                lead = self.blank()
            else:
                lead = tail
        self.at += 1
        text = self.text[start : self.at]
        return Node(text, json.loads(text), items, lead)

    def _item(self, lead: str, *, named: bool) -> Item:
        if not named:
            return Item(lead, None, "", self.value())
        start = self.at
        key, self.at = scanstring(self.text, start + 1)
        self.blank()
        self.at += 1  # The colon.
        self.blank()
        return Item(lead, key, self.text[start : self.at], self.value())
