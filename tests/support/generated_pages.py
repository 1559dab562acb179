"""Tutorials made by chance, each with what its commands print: every mode, nesting and macro, and odd outputs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

HEAD = "---\nkind: tutorial\ntutorial: {platform: none}\n---\n# Page\n\n"
WORDS = (
    *[
        "model",
        "ready",
        "Pod",
        "created",
        "Running",
        "0",
        "1/1",
        "200",
        "GET",
        "/v1/models",
        "(none)",
        "a.b",
        "C*",
        "x|y",
        "Qwen/Qwen3-0.6B",
        "1.2.0",
        "=",
        ":",
        "[ok]",
    ],
    *["{}", "100%", "'it'", '"so"', "$HOME", "^", "é"],
    "port 8000",
)
VOLATILE = (
    *[
        "5s",
        "3m2s",
        "12.5s",
        "10.42.0.17",
        "web-6c8f9d7b5f-zx2kl",
        "2026-11-30T08:41:51Z",
        "localhost:43211",
        "job-4x2bz",
        "08:41:51",
    ],
    *["sha256:9f86d081884c7d65", "1b4e28ba-2fa1-11d2-883f-0016d3cca427"],
    *("pid 4711", "3 seconds"),
)
ODD = (
    *[
        "```",
        "~~~",
        "````bash",
        "{{x}}",
        "***",
        "...",
        "....",
        "x...",
        "&amp;",
        "<b>",
        "😀",
        "|",
        "\\",
        "%%",
        "--8<--",
        "[link](x)",
    ],
    *("{{ x }}", "{% raw %}", "{% endraw %}", "{# no #}", "{{ model }}", '--8<-- "x.md"', ";--8<-- x", "a\tb"),
    *("\x1b[32mok\x1b[0m", "a\x07b", "\u2028", "\u00a0", "\ufeff", "<!-- check: x -->", "=== tab", "> quote"),
    *(
        "# title",
        "    indented",
        "- item",
        "1. item",
        "*[a]: b",
        "!!! note",
        "{ .output }",
        "$ prompt",
        "...  ...",
    ),
    *("token hf_abcdefgh1234", "x" * 3000),
)
PODS = ("web-7d9c5b8f4d-bcdfg", "web-6c8f9d7b5f-zx2kl", "quick-7d9c5b8f4d-bcdfg", "other-4x2bz")
TABLE = "NAME                       READY   STATUS    AGE"


@dataclass(frozen=True)
class Made:
    """A page and what its steps with an output print, in order."""

    text: str
    outputs: tuple[str, ...]


def page(chance: random.Random) -> Made:
    """A page without a mistake."""
    blocks = [_block(chance) for _ in range(chance.randint(1, 4))]
    return Made(HEAD + "\n".join(text for text, _ in blocks), tuple(output for _, output in blocks))


def _block(chance: random.Random) -> tuple[str, str]:
    make = chance.choices((_lines, _kubectl, _json, _regex, _empty), (48, 25, 18, 1, 8))[0]
    attributes, shown, output = make(chance)
    mark = chance.choice(("```", "```", "```", "~~~", "````", "`````"))
    while any(line.lstrip().startswith(mark) for line in shown):
        mark += mark[0]
    body = "".join(f"{line}\n" for line in shown)
    fence = f"{mark}console {{ .output{attributes} }}\n{body}{mark}\n"
    text = f"```bash {{ .run }}\nmake\n```\n\n{fence}"
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        text = chance.choice(NESTINGS)(text)
    return text, output


def _indented(text: str, prefix: str) -> str:
    return "".join(f"{prefix}{line}".rstrip() + "\n" for line in text.splitlines())


NESTINGS: tuple[Callable[[str], str], ...] = (
    lambda text: f"- item\n\n{_indented(text, '    ')}",
    lambda text: f"1. item\n\n{_indented(text, '    ')}\n2. next\n",
    lambda text: f"> said\n>\n{_indented(text, '> ')}",
    lambda text: f"!!! note\n\n{_indented(text, '    ')}",
    lambda text: f'??? tip "More"\n\n{_indented(text, "    ")}',
    lambda text: f'=== "One"\n\n{_indented(text, "    ")}',
)


def _line(chance: random.Random, odd: float = 0.08) -> str:
    if chance.random() < odd:
        return chance.choice(ODD)
    parts = [chance.choice(VOLATILE if chance.random() < 0.25 else WORDS) for _ in range(chance.randint(1, 6))]
    return " ".join(parts)


def _came(chance: random.Random, lines: list[str]) -> str:
    """What is printed where the page once showed this: often the same, or a little else."""
    if chance.random() < 0.02:
        return chance.choice(("", "\n\n", "no\n", "x\r\ny\r\n", "".join(f"line {n}\n" for n in range(2000))))
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        at = chance.randint(0, len(lines))
        match chance.randint(0, 3):
            case 0:
                lines = [*lines[:at], *lines[at + 1 :]]
            case 1:
                lines = [*lines[:at], _line(chance, 0.3), *lines[at:]]
            case _ if at < len(lines):
                words = lines[at].split(" ")
                words[chance.randrange(len(words))] = chance.choice(WORDS + VOLATILE)
                lines = [*lines[:at], " ".join(words), *lines[at + 1 :]]
    return "".join(f"{line}\n" for line in lines)


def _shown(chance: random.Random, lines: list[str]) -> list[str]:
    """The lines as an author shows them: with wildcards, and macros."""
    shown: list[str] = []
    for line in lines:
        words = line.split(" ")
        if chance.random() < 0.3:
            words[chance.randrange(len(words))] = "..."
        if chance.random() < 0.08:
            shown.append("...")
        else:
            shown.append(" ".join(words))
    return [_written(chance, line) for line in shown]


def _written(chance: random.Random, line: str) -> str:
    """A line as it stands in a page that Jinja and snippets read."""
    if re.search(r"\{\{|\{%|\{#", line):
        line = re.sub(r"\{\{|\{%|\{#", lambda found: f"{{{{ '{found[0]}' }}}}", line)
    elif chance.random() < 0.5:
        line = line.replace("Qwen/Qwen3-0.6B", "{{ model }}")
    return f";{line}" if line.startswith("--8<--") else line


def _lines(chance: random.Random) -> tuple[str, list[str], str]:
    lines = [_line(chance, 0.04) for _ in range(chance.randint(1, 7))]
    lines = [line for line in lines if "\t" not in line and all(c.isprintable() for c in line)] or ["x"]
    return "", _shown(chance, lines), _came(chance, lines)


def _kubectl(chance: random.Random) -> tuple[str, list[str], str]:
    columns = (PODS, ("0/1", "1/1"), ("Running", "Pending"), VOLATILE[:3])
    cells = [[chance.choice(column) for column in columns] for _ in range(chance.randint(1, 4))]
    rows = [f"{pod:24}   {ready}     {status:7}   {age}" for pod, ready, status, age in cells]
    lines = [TABLE, *rows]
    return ' data-match="k8s"', _shown(chance, lines), _came(chance, lines)


def _value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randint(0, 7 if depth < 3 else 4)
    if kind in {5, 6}:
        return {chance.choice("abcdefgh") + str(n): _value(chance, depth + 1) for n in range(chance.randint(0, 4))}
    if kind == 7:
        return [_value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    return (chance.randint(-3, 1_764_491_234), _line(chance, 0.1), None, chance.random() < 0.5, chance.random())[
        kind
    ]


def _less(chance: random.Random, value: Any) -> Any:
    """A value as an author shows it: fewer keys, wildcards."""
    if chance.random() < 0.1:
        return "..."
    if isinstance(value, dict):
        return {key: _less(chance, item) for key, item in value.items() if chance.random() < 0.8}
    if isinstance(value, list):
        return [_less(chance, item) for item in value]
    return value


def _other(chance: random.Random, value: Any) -> Any:
    if chance.random() < 0.1:
        return _value(chance, 2)
    if isinstance(value, dict):
        return {key: _other(chance, item) for key, item in value.items() if chance.random() < 0.95}
    if isinstance(value, list):
        return [_other(chance, item) for item in value if chance.random() < 0.9]
    return value


def _json(chance: random.Random) -> tuple[str, list[str], str]:
    value = {"first": _value(chance), "second": _value(chance)}
    layout: dict[str, Any] = chance.choice(({"indent": 2}, {}, {"indent": 1, "separators": (",", " : ")}))
    shown = json.dumps(_less(chance, value), **layout)
    came = json.dumps(_other(chance, value), ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 2)))
    return ' data-match="json"', [_plain(line) for line in shown.split("\n")], came


def _plain(line: str) -> str:
    """A line that no macro stands in: two braces in a row are Jinja's."""
    return re.sub(r"\{\{|\{%|\{#", lambda found: f"{{{{ '{found[0]}' }}}}", line)


def _regex(chance: random.Random) -> tuple[str, list[str], str]:
    lines = [_line(chance, 0) for _ in range(chance.randint(1, 4))]
    shown = []
    for line in lines:
        words = [re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", word) for word in line.split(" ")]
        if chance.random() < 0.6:
            words[chance.randrange(len(words))] = chance.choice((r"\S+", "(.*)", "(?:a|b|.+)", r"[\w./:-]+", ".*"))
        shown.append(_plain(" ".join(words)))
    return ' data-match="regex"', shown, _came(chance, lines)


def _empty(chance: random.Random) -> tuple[str, list[str], str]:
    lines = [_line(chance, 0.3) for _ in range(chance.randint(0, 6))]
    return "", [], _came(chance, lines)
