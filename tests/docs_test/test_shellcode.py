"""Shell code as commands and variables: each word at its place, quotes taken off, errors survived."""

from __future__ import annotations

import random

import pytest

from docs_test.shellcode.commands import read
from docs_test.shellcode.model import UNKNOWN, Script


def words(script: Script) -> list[list[str]]:
    return [[word.text for word in command.words] for command in script.commands]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('a \'b c\' "d\\"e" f\\ g', [["a", "b c", 'd"e', "f g"]]),
        ("a --x='{.y}'\"z\"", [["a", "--x={.y}z"]]),
        ('a "$B" ${C}d', [["a", UNKNOWN, f"{UNKNOWN}d"]]),
        ("a \\\n  b", [["a", "b"]]),
        ("a -f - <<E --x\nb\nE", [["a", "-f", "-", "--x"]]),
        ("a -f -<<E\nb\nE", [["a", "-f", "-"]]),
        ("a >out b 2>&1 c", [["a", "b", "c"]]),
        ("x=$(a b) y", [["y"], ["a", "b"]]),
        ("a | b && c || d; e &", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("if a; then b; fi; for i in 1; do c; done", [["a"], ["b"], ["c"]]),
        ("cat <<E | a -f -\nb\nE\nc", [["cat"], ["a", "-f", "-"], ["c"]]),
        ("a <(b) `c`", [["a", UNKNOWN, UNKNOWN], ["b"], ["c"]]),
        ("é 'ü$' $B", [["é", "ü$", UNKNOWN]]),
        ("# a b\nc # d", [["c"]]),
        ("", []),
    ],
)
def test_words_of_commands(code: str, expected: list[list[str]]) -> None:
    script = read(code)
    assert sorted(words(script)) == sorted(expected)
    assert not script.error


def test_each_character_knows_its_place() -> None:
    code = "é a 'b'\\''c' \\\n \"d$E f\" <<X\nü $Y\nX"
    (command,) = read(code).commands
    for word in command.words:
        for character, offset in zip(word.text, word.offsets, strict=True):
            assert code[offset] == ("$" if character == UNKNOWN else character)
    body = command.redirects[-1].body
    assert body is not None
    assert (body.text, body.unknown) == (f"ü {UNKNOWN}\n", ("Y",))


def test_a_quoted_document_is_left_alone() -> None:
    (command,) = read("cat <<'E'\n$A \\$B\nE").commands
    body = command.redirects[0].body
    assert body is not None
    assert (body.text, body.unknown) == ("$A \\$B\n", ())


def test_what_a_command_is_connected_to() -> None:
    script = read("a | b | c; d && e || f; while g; do h; done; ! i; if j; then k; fi; l &")
    found = {one.words[0].text: one for one in script.commands}
    assert [script.commands[found[name].fed_by].words[0].text for name in "bc"] == ["a", "b"]
    assert {name for name, one in found.items() if one.conditional} == {"e", "f", "k"}
    assert {name for name, one in found.items() if one.tested} == {"d", "e", "g", "i", "j"}
    assert {name for name, one in found.items() if one.repeated} == {"g", "h"}
    assert {name for name, one in found.items() if one.background} == {"l"}


def test_values_that_are_known_are_filled_in() -> None:
    (command,) = read('a "x-$N-$M" $B').commands
    values = {"N": "1", "B": "two words"}
    filled = [word.filled(values) for word in command.words]
    assert [word.text for word in filled] == ["a", f"x-1-{UNKNOWN}", UNKNOWN]
    assert [word.unknown for word in filled] == [(), ("M",), ("B",)]


@pytest.mark.parametrize("code", ["a 'b", "a $(", "if a; then", "a <<E\nb", ")", "a | | b", "((((", "${", "\0a"])
def test_code_with_a_mistake_is_read_as_far_as_it_goes(code: str) -> None:
    read(code)


def test_random_code_is_read() -> None:
    rng = random.Random(17)  # noqa: S311
    parts = [
        "a",
        " ",
        "$B",
        '"',
        "'",
        "\n",
        "(",
        ")",
        "{",
        "}",
        "<<E\n",
        "\nE\n",
        "|",
        "&",
        ";",
        "$((",
        "`",
        "\\",
        "é",
        "-",
    ]
    for _ in range(3000):
        code = "".join(rng.choices(parts, k=rng.randrange(1, 25)))
        for command in read(code).commands:
            assert 0 <= command.start <= command.end <= len(code)
            for word in command.words:
                assert all(0 <= offset < len(code) for offset in word.offsets), code
