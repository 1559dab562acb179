"""A path inside an object is read back from the text that people see."""

from __future__ import annotations

import pytest

from groundwork.base.field_paths import dotted, undotted

PATHS = {
    "$": (),
    "$.a[0].b-c": ("a", 0, "b-c"),
    "$['a/b']['c.d'][12]": ("a/b", "c.d", 12),
    """$["it's"]['a "word"']""": ("it's", 'a "word"'),
}


@pytest.mark.parametrize("text", PATHS)
def test_a_path_is_written_and_read_back(text: str) -> None:
    assert dotted(PATHS[text]) == text
    assert undotted(text) == PATHS[text]


@pytest.mark.parametrize("text", ["spec", "$spec", "$.", "$.a[", "$.a[b]", "$.a b", ""])
def test_what_is_not_a_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        undotted(text)
