"""Hints of what was probably meant: a quantity in another unit, a key without its blank."""

from __future__ import annotations

import pytest

from kube_manifests.schemas import formats
from kube_manifests.structure import meant

BOTH = "write {0}i, which counts in 1024, or {0}, which counts in 1000"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("6GiB", "write 6Gi"),
        ("16 Gi", "write 16Gi"),
        ("1000mi", "write 1000Mi"),
        ("2 gibibytes", "write 2Gi"),
        ("16GB", BOTH.format("16G")),
        ("1g", BOTH.format("1G")),
        ("1.5 Megabytes", BOTH.format("1.5M")),
        ("1K", "write 1Ki, which counts in 1024, or 1k, which counts in 1000"),
        ("2 cores", "write 2"),
        ("500 millicores", "write 500m"),
        ("500mCPU", "write 500m"),
        ("7_000", "write 7000"),
        ("8,000MB", BOTH.format("8000M")),
        ("one", "such as 500m, 2 or 1.5Gi"),
        ("50%", "such as 500m, 2 or 1.5Gi"),
        ("", "such as 500m, 2 or 1.5Gi"),
        ("-", "such as 500m, 2 or 1.5Gi"),
    ],
)
def test_a_quantity_in_another_unit(text: str, hint: str) -> None:
    assert not formats.quantity(text)
    assert meant.quantity(text) == hint
    if hint.startswith("write"):
        words = [word.rstrip(",") for word in hint.split()]
        written = [word for word in words if word[0].isdigit() and word not in ("1024", "1000")]
        assert all(formats.quantity(word) for word in written)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("name:a", "write a blank after the colon: `name: a`"),
        ("name:\xa0a", "it holds U+00A0, which cannot be seen: type the blank again"),
        ("http://a", ""),
        ("a", ""),
        ("a b:c d", ""),
    ],
)
def test_a_text_where_an_object_belongs(text: str, hint: str) -> None:
    assert meant.mapping(text) == hint


def test_an_object_where_a_list_belongs() -> None:
    assert meant.sequence({"-name": "a", "image": "b"}) == "write a blank after the dash: `- name`"
    assert [meant.sequence(value) for value in ({}, {"name": "a"}, "a", None, {5: 6})] == [""] * 5
