"""How facts show values, kinds of values and choices: short, one line, the same for every check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST = 60
"""Characters of a value that an error shows."""
_LONGEST_MESSAGE = 200
"""Characters of another program's message that a sentence quotes."""
_MOST_CHOICES = 16

_TYPES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def json_type(value: Any) -> str:
    """JSON's name of a value's type; Python's where it is no JSON."""
    return _TYPES.get(type(value), type(value).__name__)


def shown(value: Any) -> str:
    """A value as YAML has it, cut short: `'vllm'`, `3`, `true`, `null`; of lists and objects only the size."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"an object of {len(value)}" if value else "{}"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "[]"
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST:
        return "a number of too many digits"  # Python refuses to print it
    text = repr(value[: _LONGEST + 1] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def typed(value: Any) -> str:
    """The type of a value and the value: `string 'one'`, `a list of 3`, `null`."""
    if value is None or isinstance(value, (dict, list)):
        empty = {"object": "an object", "array": "a list", "null": "null"}
        return shown(value) if value else empty[json_type(value)]
    return f"{json_type(value)} {shown(value)}"


def choices(values: Iterable[Any]) -> str:
    """What is allowed, in the order given, cut short: `'a', 'b', 3`."""
    listed = [shown(value) for value in values]
    if len(listed) > _MOST_CHOICES:
        listed[_MOST_CHOICES:] = [f"… ({len(listed)} in all)"]
    return ", ".join(listed)


def either(words: Sequence[str]) -> str:
    """`a, b or c`; `nothing` where there is no word."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "nothing"


def counted(number: int, noun: str) -> str:
    """`1 item`, `2 items`, `3 properties`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def quoted(message: str) -> str:
    """Somebody else's message inside a sentence of ours: one line, without its full stop, not endless."""
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= _LONGEST_MESSAGE else line[:_LONGEST_MESSAGE].rpartition(" ")[0] + " [...]"
