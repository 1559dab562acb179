"""Positions say what is known of them, and come back from the text that files hold."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

WRITTEN = {
    "docs/a.md": Position("docs/a.md"),
    "docs/a.md:41": Position("docs/a.md", 41),
    "docs/a.md:41:7": Position("docs/a.md", 41, 7),
    "docs/a:b.md:7": Position("docs/a:b.md", 7),
    "docs/a:b.md:7:1": Position("docs/a:b.md", 7, 1),
    "-": Position("-"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_position_is_written_as_far_as_it_is_known(text: str) -> None:
    assert str(WRITTEN[text]) == text
    assert Position.read(text) == WRITTEN[text]


def test_a_column_without_a_line_says_nothing() -> None:
    assert str(Position("a", 0, 5)) == "a"


def test_positions_are_in_the_order_of_a_reader() -> None:
    late, early, unknown, other = Position("b", 10), Position("b", 9, 80), Position("b", 9), Position("a", 99)
    assert sorted([late, early, unknown, other]) == [other, unknown, early, late]


def test_who_includes_a_file_does_not_make_another_position() -> None:
    outer = Position("docs/page.md", 5)
    inner = Position("snippets/a.md", 3, via=(outer,))
    assert inner == Position("snippets/a.md", 3)
    assert inner.via == (outer,)
    assert str(inner) == "snippets/a.md:3"


def test_a_position_stays_what_it_is() -> None:
    with pytest.raises(FrozenInstanceError):
        Position("a", 1).line = 2  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "docs/a.md", "docs/a.md:3", "docs/a.md:3:9"])
def test_an_error_begins_with_its_position(text: str) -> None:
    where = Position.read(text) if text else None
    error = UserError("x is 1, allowed: 2", hint="write 2", where=where)
    assert str(error) == (f"{text}: " if text else "") + "x is 1, allowed: 2\nhint: write 2"
    assert error.where is where
