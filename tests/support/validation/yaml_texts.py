"""YAML under `data:` of an object that keeps whatever it is given, so that it comes back as it was read."""

from __future__ import annotations

import random
import textwrap
from typing import TYPE_CHECKING

from support.validation.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = "apiVersion: nvidia.com/v1alpha1\nkind: DynamoWorkerMetadata\nmetadata: {name: a}\nspec:\n  data:\n"

# fmt: off
SCALARS = (
    *WORDS,
    *("y", "n", "no", "No", "off", "OFF", "True", "TRUE", "tRue", "Null", "NULL", "nUll", "+1", "-0", "+0"),
    *("00", "0_1", "0b11", "0b12", "-0b11", "0o", "0o8", "08", "-017", "0x", "0xg", "-0x1F", "1__0", "_1"),
    *("1_", "1e+3", "1e-3", "1E3", "1.e3", ".5e1", "5.", "+.5", "-.5", ".", "1.2.3", "1e400", "-1e400"),
    *("1e-400", "123456789012345678901234567890", "18446744073709551615", "18446744073709551616"),
    *("-9223372036854775808", "-9223372036854775809", "0.1", "100.0", "9007199254740993", "1e21", "1e20"),
    *("123456789.0", "1.0e10", "0.000001", "0.0000001", "1.7976931348623157e308", "+.inf", "-.inf", ".Inf"),
    *(".INF", ".iNf", ".NaN", ".NAN", "inf", "nan", "190:20:30", "1:60", "1:2", "-1:30", "1:20.5"),
    *("2026-01-02T03:04:05Z", "2026-01-02 03:04:05", "2026-1-2", "2026-13-45"),
    *("2001-12-14t21:59:43.10-05:00", "=", "<<", "'it''s'", "''", '""', '"\\u00e9\\n\\t\\x41\\\\"', '"\\e"'),
    *('"a\\\n    b"', '"\\/"', '"\\q"', "'a\n    b'", "a: b", "a #b", "a#b", "a:b", "a:", "-", "- a", "?a"),
    *("? a", ":a", ": a", "*a", "&a", "&a b", "!a b", "!!str 1", "!!int '1'", "!!float 1", "!!bool yes"),
    *("!!null x", "!!int a", "!!binary YWJj", "!!binary '*'", "!!timestamp 2026-01-02", "! 1"),
    *("!!set {a, b}", "!!omap []", "@a", "`a`", "%a", "a%", "|", ">", "|\n    a\n     b\n    c"),
    *(">\n    a\n    b\n\n    c\n", "|-\n    a\n", "|+\n    a\n\n", "|2\n      a\n"),
    *(">-\n    a\n      b\n    c\n", "| # said\n    a", "|1\n   a", "|x\n    a", "\ta", "a\tb", "a\t"),
    *("\xe9", "\xa0a", "\U0001f600", "\u2028", "\x85", "\x07", "[a, b]", "[a, b", "[a,, b]", "[a, ]", "[,]"),
    *("[a: b]", "[? a]", "{a: b}", "{a}", "{a, b: c}", "{a: b", "{a: b, a: c}", "{'a':b}", '{"a":b}'),
    *("{a:b}", "{1: a}", "{1.5: a}", "{1e3: a}", "{true: a}", "{yes: a, true: b}", "{null: a}", "{~: a}"),
    *("{? a : b}", "{[a]: b}", "{{a: b}: c}", "{2026-01-02: a}", "{0x10: a, 16: b}", "{.inf: a}"),
    *("{.nan: a}", "{'': a}", "{: a}", "{a: }", "{<<: {a: 1}, b: 2}", "{<<: [{a: 1}, {a: 2, b: 3}]}"),
    *("{a: 0, <<: {a: 1}}", "{<<: {a: 1}, a: 0}", "{<<: 1}", "{'<<': {a: 1}}", "[&x {a: 1}, *x]"),
    *("[&x a, *x, *y]", "{a: &x {b: 1}, c: {<<: *x, d: 2}}", "[&x [*x]]", "{a: &x 1, b: &x 2, c: *x}"),
    *("{&k a: 1, b: *k}", "{a: !!str , b: 1}", "{a: 1}b", "[a]b", "'a'b", "\n    a: 1\n    b: 2"),
    *("\n    a: 1\n   b: 2", "\n    a: 1\n     b: 2", "\n    - a\n    - b", "\n  - a\n  - b"),
    *("\n    - - a\n      - b\n    -\n      c: 1", "\n    a:\n    - b\n    c: 1", "\n    ? a\n    : b"),
    *("\n    ? a\n    ? b", "\n    ? [a]\n    : b", "\n    a: b: c", "\n    a: 'b\n     c'\n    d: 1"),
    *("\n    a: b\n      c", "\n    a: b # c\n    # d\n    e: f", "\n    a: |\n      x\n     y\n"),
    *("\n    a: |\n\n      x\n", "\n    a: 1\n    a: 2", "\n    <<: {a: 1}\n    <<: {b: 1}"),
    *("\n    a: &x\n      b: 1\n    c:\n      <<: *x\n      b: 2", "\n    - &x a\n    - *x", "\n    \ta: 1"),
    *("\n    a:\t1", "\n    a: 1\t\n    b: 2", "\n    - a\n   - b", "\n    a: 1\n---\nb: 2"),
    *("\n    a: 1\n...\n", "\n    a: 1\n---\n", "\r\n    a: 1\r\n    b: 2\r\n", "\n    a: 1\r    b: 2"),
    *("'\n---\n'"),
)
# fmt: on
"""One or more lines after `data:`; deeper lines are indented by four."""


def texts(count: int, *, seed: int = 1) -> Iterator[str]:
    """The scalars above, one a text; then `count` texts that mix several of them."""
    for scalar in SCALARS:
        yield (
            f"{HEAD}    x: {_placed(scalar)}\n"
            if not scalar.startswith(("\n", "\r"))
            else f"{HEAD}    x:{_deeper(scalar)}\n"
        )
    flat = [scalar for scalar in SCALARS if "\n" not in scalar and "\r" not in scalar]
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - cases, no secrets.
        yield f"{HEAD}    x:\n" + textwrap.indent("\n".join(_block(rng, flat, 0)), "      ") + "\n"


def _placed(scalar: str) -> str:
    return scalar.replace("\n    ", "\n      ")


def _deeper(scalar: str) -> str:
    return scalar.replace("\n    ", "\n      ").replace("\r    ", "\r      ")


def _block(rng: random.Random, scalars: list[str], depth: int) -> list[str]:
    lines: list[str] = []
    listed = rng.random() < 0.4
    for number in range(rng.randint(1, 4)):
        head = (
            "-"
            if listed
            else rng.choice((f"k{number}:", f"k{number}:", f"'k {number}':", f"{rng.choice(scalars)}:"))
        )
        if depth < 3 and rng.random() < 0.3:
            lines += [head, *(f"  {line}" for line in _block(rng, scalars, depth + 1))]
        else:
            lines.append(f"{head} {rng.choice(scalars)}")
    return lines
