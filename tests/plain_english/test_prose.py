"""What of a page, of a program and of a table of words is prose, and in which line."""

from __future__ import annotations

import pytest

from plain_english.page_prose import page_prose
from plain_english.program_prose import python_prose, yaml_prose

PAGE = """\
---
title: "A title"
kind: tutorial
---

# A title { #a-title }

See [the page](other.md#part "tip") for {{ version("dynamo.chart") }}.

!!! note "In short"

    Within the box.

    === "One tab"

        Within the tab.

        ```bash
        echo not this
        ```

After it.

<!-- not
this -->

````markdown
```bash
not this
```
````
"""


def test_a_page_keeps_its_lines() -> None:
    lines = page_prose(PAGE).splitlines()
    assert len(lines) == len(PAGE.splitlines())
    assert {number: line for number, line in enumerate(lines, start=1) if line.strip()} == {
        2: "A title",
        6: "# A title ",
        8: "See [the page](#) for `x`.",
        10: "In short",
        12: "Within the box.",
        14: "One tab",
        16: "Within the tab.",
        22: "After it.",
    }


@pytest.mark.parametrize(
    ("page", "prose"),
    [
        ('--8<-- "prerequisites.md"\n', ""),
        ("*[DGD]: Your deployment\n", "Your deployment."),
        ("1. One.\n\n    ```bash\n    no\n    ```\n\n    Two.\n", "1. One.\n\n\n\n\n\n    Two."),
        ("---\nno end of front matter\n", "---\nno end of front matter"),
        ("<!-- one line --> Text.\n", " Text."),
        ('??? question "Why?"\n    Because.\n\nOut.\n', "Why?\nBecause.\n\nOut."),
    ],
)
def test_forms_of_pages(page: str, prose: str) -> None:
    assert page_prose(page).rstrip("\n") == prose


MODULE = '''\
"""A docstring with many words is not read here."""
KEY = "short text"
LONG = "The file cannot be read here"
PATTERN = r"^these words are (a|b) pattern here$"


def say(name):
    """Docstrings are left out as well here."""
    raise ValueError(
        f"The name {name} is not one of these",
        hint="first you change it, "
        "then you run it",
    )
'''


def test_a_program_says_sentences() -> None:
    lines = python_prose(MODULE).splitlines()
    assert {number: line for number, line in enumerate(lines, start=1) if line} == {
        3: "The file cannot be read here",
        10: "The name `x` is not one of these.",
        11: "first you change it, then you run it",
    }


def test_a_table_of_words() -> None:
    text = "key: value\nlong: These are some more words.\nlist:\n  - |\n    Several lines\n    with some words.\n"
    lines = yaml_prose(text).splitlines()
    assert {number: line for number, line in enumerate(lines, start=1) if line} == {
        2: "These are some more words.",
        4: "Several lines with some words.",
    }
