"""Texts that PyYAML reads elsewhere: the same values, but what is written in another way than it is read."""

from __future__ import annotations

import pytest
import yaml

from groundwork.text.documents import position_of, read_written
from groundwork.text.written import Misread, Tagged, Written, parse, plain

SAME = (
    "a",
    "'a'",
    '"a\\/b\\n"',
    "|\n  several\n  lines\n",
    "12",
    "-3",
    "0",
    "1.5",
    "1e3",
    ".inf",
    "yes",
    "Off",
    "y",
    "~",
    "null",
    "''",
    "'12'",
    "!!str 12",
    "!!int '12'",
    "!!null x",
    "!!binary aGk=",
    "! 12",
    "[a, 1, [true, ~], {b: no}]",
    "{1: a, yes: b, ~: c, 2.5: d}",
    "{a: &x [1], b: *x}",
    "!!map {a: !!seq [1]}",
    "a: &base {x: 1, y: 2}\nb: {<<: *base, y: 3}\nc: {y: 4, <<: *base}",
    "a: &one {x: 1}\nb: &two {x: 2, z: 3}\nc: {<<: [*one, *two]}",
    "a: {'<<': 1}",
    "a:\tb",
)


@pytest.mark.parametrize("text", SAME)
def test_values_are_those_of_pyyaml(text: str) -> None:
    parsed = parse(text)
    assert (parsed.mistakes, parsed.follower) == ([], None)
    assert plain(parsed.value) == yaml.load(text, yaml.CSafeLoader)


@pytest.mark.parametrize("text", ["0644", "0x10", "10:30", "1_000", "+1", "-0", "2026-11-24", "2020-13-45"])
def test_what_yaml_would_read_in_another_way_is_no_number_and_no_date(text: str) -> None:
    assert plain(parse(text).value) == Misread(text)
    assert repr(Misread(text)) == text


def test_a_word_is_there_as_it_is_written_whatever_it_means() -> None:
    value = parse("yes: 0644\nb: '0644'\n").value
    assert value == {"yes": "0644", "b": "0644"}
    assert all(isinstance(word, Written) for pair in value.items() for word in pair)
    assert plain(value) == {True: Misread("0644"), "b": "0644"}


REFUSED = {
    "!!bool x": "not understood: a tag that its value does not fit",
    "!!float x": "not understood: a tag that its value does not fit",
    "!foo x": "not understood: could not determine a constructor for the tag '!foo'",
    "!foo [x]": "not understood: the tag '!foo' of an object or a list",
    "!!seq {a: 1}": "not understood: the tag 'tag:yaml.org,2002:seq' of an object or a list",
    "!!set {a, b}": "not understood: the tag 'tag:yaml.org,2002:set' of an object or a list",
    "{<<: 1}": "not understood: `<<` takes a mapping, or a list of mappings",
    "{<<: [1]}": "not understood: `<<` takes a mapping, or a list of mappings",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_tag_that_means_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not understood") as error:
        plain([parse(text).value])
    assert error.value.args[0] == REFUSED[text]


def test_a_tag_is_refused_where_its_value_is_asked_for_only() -> None:
    value = parse("a: !foo {x: 1}\nb: 1\n").value
    assert value["a"] == Tagged("!foo")
    assert plain(value["b"]) == 1


@pytest.mark.parametrize(
    ("text", "where", "code"),
    [
        ("# x\na: 1\na: 2\n# y\n", "f:3:1", "duplicate-key"),
        ("# x\na: [&x 1, &x 2]\n# y\n", "f:2:11", "yaml"),
        ("# x\n? {a: b}\n: c\n# y\n", "f:2:3", "yaml"),
        ("# x\na: 1\n--- b\n# y\n", "f:3:1", "yaml"),
        ("# x\na: [\n# y\n", "f:2:5", "yaml"),
        ("# x\na: " + "[" * 201 + "]" * 201 + "\n# y\n", "f:2:203", "yaml"),
        ("# x\u2028\na: *b\n# y\n", "f:2:4", "yaml"),
    ],
)
def test_mistakes_stand_at_their_positions(text: str, where: str, code: str) -> None:
    document = read_written(text, "f", range(1, text.count("\n") - 1))
    (error,) = document.errors
    assert (str(position_of(document, error)), error.code) == (where, code)


@pytest.mark.parametrize("text", ["x: {{ .Values.x }}\n", "x: a: {{ if y }}\n"])
def test_braces_are_text_here_not_a_template_of_helm(text: str) -> None:
    (error,) = read_written(text, "f", range(1)).errors
    assert (error.fact, error.hint) == (
        "`{{` opens a mapping inside a mapping in YAML",
        "it is text: put it in quotes",
    )


def test_only_the_lines_given_are_read() -> None:
    document = read_written("[\na: {b: 1}\n]\n", "f", range(1, 2))
    assert document.errors == ()
    assert plain(document.value) == {"a": {"b": 1}}
    assert str(document.keys["a", "b"]) == "f:2:5"
