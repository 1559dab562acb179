"""JSON texts as kubectl reads them: one object after another, every part with its mark."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # its C or Python form; not in typeshed
from typing import TYPE_CHECKING, Any

from groundwork.text.parsed import MAX_DEPTH, Mistake, Parsed
from groundwork.text.scalars import INT64

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

BLANK = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
SURROGATE = re.compile("[\ud800-\udfff]")
WORDS = {"true": True, "false": False, "null": None}
COMMENT = re.compile(r"//|/\*|#")


class NotJson(ValueError):
    """The text is no JSON.

    Args:
        at: the index of what is wrong.
        fact: what it is.
    """

    def __init__(self, at: int, fact: str) -> None:
        super().__init__(fact)
        self.at = at
        self.fact = fact


def parse(text: str) -> list[Parsed]:
    """Read all values of a text.

    Raises:
        NotJson: at the first character that JSON does not allow there.
    """
    reader = _Reader(text)
    found: list[Parsed] = []
    while (at := reader.blank(reader.at)) < len(text):
        reader.parsed = Parsed(start=reader.mark(at))
        reader.at = at
        reader.parsed.value = reader.value((), 0)
        found.append(reader.parsed)
    return found


def explain(error: NotJson, text: str) -> Mistake:
    """The mistake at its line and column, with a hint."""
    line, column = _Reader(text).mark(error.at)
    hint = ""
    if text[error.at : error.at + 1] in {"]", "}"}:
        hint = "no comma after the last one"
    elif COMMENT.match(text, error.at):
        hint = "JSON has no comments"
    return Mistake(line, column, f"no JSON: {error.fact}", hint=hint)


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    parsed: Parsed = field(default_factory=Parsed)
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", self.text))]

    def mark(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.starts, at) - 1
        return line, at - self.starts[line]

    def blank(self, at: int) -> int:
        found = BLANK.match(self.text, at)
        return found.end() if found else at

    def value(self, path: Path, depth: int) -> Any:
        """Read the value at `at`, which is no blank."""
        if depth > MAX_DEPTH:
            raise NotJson(self.at, f"more than {MAX_DEPTH} levels deep")
        mark = self.parsed.values[path] = self.mark(self.at)
        character = self.text[self.at : self.at + 1]
        if character == "{":
            return self._object(path, depth)
        if character == "[":
            return self._array(path, depth)
        if character == '"':
            return self._string()
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        return self._number(mark, path)

    def _string(self) -> str:
        try:
            text, self.at = scanstring(self.text, self.at + 1)
        except JSONDecodeError as error:
            raise NotJson(error.pos, error.msg[:1].lower() + error.msg[1:]) from None
        return SURROGATE.sub("�", text)

    def _number(self, mark: tuple[int, int], path: Path) -> int | float | None:
        found = NUMBER.match(self.text, self.at)
        if not found:
            what = repr(self.text[self.at]) if self.at < len(self.text) else "the end"
            raise NotJson(self.at, f"a value is expected, not {what}")
        self.at = found.end()
        digits = found[0]
        if digits.lstrip("-").isdigit() and len(digits) < 20 and int(digits) in INT64:  # noqa: PLR2004 - 2**63
            return int(digits)
        number = float(digits)
        if math.isfinite(number):
            return number
        self.parsed.mistakes.append(Mistake(*mark, f"{digits} is beyond what a number may be", path))
        return None

    def _object(self, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.at = self.blank(self.at + 1)
        while self.text[self.at : self.at + 1] != "}" or result:
            start = self.at
            if self.text[start : start + 1] != '"':
                raise NotJson(start, "a key in double quotes is expected")
            key = self._string()
            self._expect(":")
            here = (*path, key)
            if key in result:
                self.parsed.twice(here, self.mark(start))
            self.parsed.keys[here] = self.mark(start)
            result[key] = self.value(here, depth + 1)
            if not self._more("}"):
                return result
        self.at += 1
        return result

    def _array(self, path: Path, depth: int) -> list[Any]:
        result: list[Any] = []
        self.at = self.blank(self.at + 1)
        while self.text[self.at : self.at + 1] != "]" or result:
            here = (*path, len(result))
            self.parsed.keys[here] = self.mark(self.at)
            result.append(self.value(here, depth + 1))
            if not self._more("]"):
                return result
        self.at += 1
        return result

    def _expect(self, character: str) -> None:
        self.at = self.blank(self.at)
        if self.text[self.at : self.at + 1] != character:
            raise NotJson(self.at, f"{character!r} is expected")
        self.at = self.blank(self.at + 1)

    def _more(self, end: str) -> bool:
        """Past a comma, or past the end."""
        self.at = self.blank(self.at)
        character = self.text[self.at : self.at + 1]
        if character not in {",", end} or not character:
            raise NotJson(self.at, f"',' or {end!r} is expected")
        self.at = self.blank(self.at + 1) if character == "," else self.at + 1
        return character == ","
