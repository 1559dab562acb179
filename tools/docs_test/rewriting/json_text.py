"""The text of `data-match="json"`, rewritten: the author's keys and layout, other values where they differ."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from docs_test.matching.json_subset import matches_json
from docs_test.matching.lines import ELLIPSIS
from docs_test.rewriting.json_nodes import Item, Node, parsed
from docs_test.rewriting.lines import LINES, changed
from docs_test.rewriting.rewrite import NewLine, Refused
from docs_test.rewriting.volatile import spans, wild

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEASURED = re.compile(
    r"(?:^|[_A-Z-])(?:at|time|timestamp|created|updated|started|finished|duration|latency|elapsed|seconds|secs|ms|uid"
    r"|resourceVersion|pid)$|(?:Timestamp|Time|Duration|Seconds|Version)$|^resourceVersion$",
)
"""Pattern of a key whose number differs from run to run."""
INDENT = "  "


def rewritten(text: str, output: str) -> list[NewLine]:
    """The lines that a fence with this JSON is to show for this output.

    Raises:
        Refused: the output is no JSON.
    """
    try:
        have = json.loads(output)
        made = _made(parsed(text), have, "") if text.strip() else _pretty(have, "")
    except RecursionError:
        raise Refused("the JSON is nested too deeply") from None
    except ValueError:
        raise Refused("what came is not JSON") from None
    return _lines(text.split("\n") if text.strip() else [], made.split("\n"))


def _lines(want: Sequence[str], made: Sequence[str]) -> list[NewLine]:
    """The lines of a text, those that stayed as they were marked so."""
    lines: list[NewLine] = []
    for tag, start, end, to, to_end in difflib.SequenceMatcher(None, want, made, autojunk=False).get_opcodes():
        for n in range(to_end - to):
            old = start + n if start + n < end else None
            kept = old if tag == "equal" else None
            lines.append(NewLine(made[to + n], kept, None if tag == "equal" else old))
    return lines


def _made(node: Node, have: Any, indent: str, key: str = "", *, flat: bool = False) -> str:
    """The text of a value: the author's where it holds.

    Args:
        node: the author's.
        have: the value that came.
        indent: of the line that it begins in.
        key: its name.
        flat: whether what it is in stands in one line.
    """
    if matches_json(node.value, have):
        return node.text
    if isinstance(node.value, dict) and isinstance(have, dict):
        return _object(node, have, indent)
    if isinstance(node.value, list) and isinstance(have, list):
        return _array(node, have, indent)
    if isinstance(node.value, str) and isinstance(have, str):
        return _string(node, have)
    return _pretty(have, indent, key, flat=flat or _is_flat(node))


def _object(node: Node, have: dict[str, Any], indent: str) -> str:
    """An object: the author's keys that are still there."""
    flat = _is_flat(node)
    pairs = [
        (item, _made(item.node, have[item.key], _indent(item, indent), item.key, flat=flat))
        for item in node.items
        if item.key is not None and item.key in have
    ]
    return _joined("{}", pairs, node.tail)


def _string(node: Node, have: str) -> str:
    """A string in the place of another, whose wildcards stay where what stands beside them does."""
    made = have if "\n" in have else changed(node.value, have, LINES)
    return _quoted(made if matches_json(made, have) else have)


def _array(node: Node, have: list[Any], indent: str) -> str:
    """An array: elements that hold stay, the others take their places in order."""
    pairs: list[tuple[Item, str]] = []
    model = node.items[0] if node.items else None
    flat = _is_flat(model.node) if model else True
    for old, index in _paired(node, have):
        value = have[index]
        if old is not None:
            pairs.append((old, _made(old.node, value, _indent(old, indent), flat=flat)))
        else:
            lead = model.lead if model else ""
            item = Item(lead or (" " if pairs else ""), None, "", node)
            pairs.append((item, _pretty(value, _indent(item, indent), flat=flat)))
    if pairs and node.items:
        pairs[0] = (Item(node.items[0].lead, None, "", node), pairs[0][1])
    return _joined("[]", pairs, node.tail)


def _paired(node: Node, have: list[Any]) -> Iterator[tuple[Item | None, int]]:
    """For each value that came the author's element for it, or None."""
    items = node.items
    table = [[0] * (len(have) + 1) for _ in range(len(items) + 1)]
    holds = [[matches_json(item.node.value, value) for value in have] for item in items]
    for i in range(len(items) - 1, -1, -1):
        for j in range(len(have) - 1, -1, -1):
            both = 1 + table[i + 1][j + 1] if holds[i][j] else 0
            table[i][j] = max(both, table[i + 1][j], table[i][j + 1])
    anchors: list[tuple[int, int]] = []
    i = j = 0
    while i < len(items) and j < len(have):
        if holds[i][j] and table[i][j] == 1 + table[i + 1][j + 1]:
            anchors.append((i, j))
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    i = j = 0
    for end_i, end_j in [*anchors, (len(items), len(have))]:
        for n in range(end_j - j):
            yield (items[i + n] if i + n < end_i else None), j + n
        if end_i < len(items):
            yield items[end_i], end_j
        i, j = end_i + 1, end_j + 1


def _joined(brackets: str, pairs: Sequence[tuple[Item, str]], tail: str) -> str:
    if not pairs:
        return brackets
    body = ",".join(f"{item.lead}{item.label}{text}" for item, text in pairs)
    return f"{brackets[0]}{body}{tail}{brackets[1]}"


def _indent(item: Item, outer: str) -> str:
    """The indentation of an item's line; the outer one if it does not begin a line."""
    return item.lead.rpartition("\n")[2] if "\n" in item.lead else outer


def _is_flat(node: Node) -> bool:
    """Whether a container stands in one line."""
    return bool(node.items) and "\n" not in node.text


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _pretty(value: Any, indent: str, key: str = "", *, flat: bool = False) -> str:
    """The text of a value that is new, with `"..."` for what differs from run to run."""
    wild_value = _wild(value, key)
    dumped = json.dumps(wild_value, indent=None if flat else INDENT, ensure_ascii=False)
    return dumped.replace("\n", f"\n{indent}")


def _wild(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _wild(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_wild(item, key) for item in value]
    if isinstance(value, str):
        made = value if "\n" in value else wild(value, spans(value))
        return made if matches_json(made, value) else value
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (MEASURED.search(key) or _is_time(value))
    ):
        return ELLIPSIS
    return value


def _is_time(value: float) -> bool:
    return bool(spans(str(value)))
