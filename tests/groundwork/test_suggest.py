"""A name that is near the one written is suggested, and none that is not."""

from __future__ import annotations

import difflib
import random

import pytest

from groundwork.base.suggest import closest, closest_value, did_you_mean, hint, near
from groundwork.base.wording import choices, either

NAMES = ("replicas", "minReplicas", "model_name", "run", "output")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("replica", "replicas"),
        ("Replicas", "replicas"),
        ("modelName", "model_name"),
        ("MODEL-NAME", "model_name"),
        ("RUN", "run"),
        ("nothing", ""),
        ("", ""),
        ("x" * 10_000, ""),
    ],
)
def test_the_nearest_name(word: str, found: str) -> None:
    assert closest(word, NAMES) == found
    assert did_you_mean(word, NAMES) == (f"did you mean {found!r}?" if found else "")


def test_no_name_is_near_where_there_is_none() -> None:
    assert closest("a", []) == ""
    assert hint("a", []) == ""


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("H100-SXM5-80GB", "h100_sxm"),
        ("NVIDIA-A100-PCIE-40GB", "a100_pcie"),
        ("h100_smx", "h100_sxm"),
        ("gb300", ""),
        ("mi350", ""),
        ("l4", "l4"),
        ("fronted", "frontend"),
    ],
)
def test_the_value_that_is_meant(word: str, found: str) -> None:
    assert closest_value(word, ["h100_sxm", "h100_pcie", "a100_pcie", "gb10", "mi300", "l4", "frontend"]) == found


def test_several_names_the_best_first() -> None:
    assert near("replicaz", ["replica", "replicas", "minReplicas", "x"], count=2) == ["replica", "replicas"]


def test_a_name_must_be_as_alike_as_is_asked_for() -> None:
    assert did_you_mean("titel", ["title"], cutoff=0.8) == "did you mean 'title'?"
    assert did_you_mean("tag", ["tags-of"], cutoff=0.8) == ""


def test_a_few_names_are_listed_where_none_is_near() -> None:
    assert hint("nothing", NAMES, "there are") == "there are: minReplicas, model_name, output, replicas, run"
    assert hint("replica", NAMES, "there are") == "did you mean 'replicas'?"
    assert hint("nothing", [f"name{n}" for n in range(13)]) == ""


def test_long_words_are_left_out_only_where_none_could_be_near() -> None:
    chance = random.Random(7)  # noqa: S311 - cases, no secrets.
    for _ in range(3000):
        names = ["".join(chance.choices("ab", k=chance.randrange(1, 7))) for _ in range(3)]
        word = "".join(chance.choices("ab", k=chance.randrange(1, 20)))
        assert near(word, names) == difflib.get_close_matches(word, sorted(names), n=1, cutoff=0.6), (word, names)


@pytest.mark.parametrize(
    ("words", "said"), [((), "nothing"), (("a",), "a"), (("a", "b"), "a or b"), (("a", "b", "c"), "a, b or c")]
)
def test_one_of_several_words(words: tuple[str, ...], said: str) -> None:
    assert either(words) == said


def test_choices_are_values_in_the_order_given_and_not_endless() -> None:
    assert choices(["b", 1, True, None]) == "'b', 1, true, null"
    assert choices(range(17)).endswith("15, … (17 in all)")
