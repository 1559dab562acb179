"""The generator of mutants: the same for ever, of every kind, and not all of one verdict."""

from __future__ import annotations

import random

import pytest
import yaml

from dynamo_crd.schemas.compile import crds
from support.validation.changes import CHANGES
from support.validation.finding import Tree
from support.validation.manifests import all_manifests, documents, sources
from support.validation.mutants import mutants
from support.validation.trees import parse, plain, quoted, text_of


@pytest.fixture(scope="module")
def seeds():
    return sources(all_manifests(), crds())


def test_a_seed_names_its_mutants_for_ever(seeds):
    first = [mutant.text for mutant in mutants(seeds, 60)]
    assert first == [mutant.text for mutant in mutants(seeds, 60)]
    assert first != [mutant.text for mutant in mutants(seeds, 60, seed=2)]
    assert len(set(first)) > 50


def test_a_hundred_have_every_kind_of_change(seeds):
    done = {word.partition(":")[0] for mutant in mutants(seeds, 100) for word in mutant.done}
    assert set(CHANGES) <= done


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_changes_something(seeds, name):
    changed = 0
    for number in range(20):
        source = seeds[number % len(seeds)]
        top = parse(source.text)
        CHANGES[name](Tree(random.Random(number), top, source.schema))  # noqa: S311 - cases, no secrets.
        changed += text_of(top) != text_of(parse(source.text))
    assert changed >= 10


@pytest.mark.apiserver
def test_verdicts_of_mutants_are_mixed(seeds, server):
    valid = [server(mutant.text).valid for mutant in mutants(seeds, 100)]
    assert 15 <= sum(valid) <= 60


def test_a_tree_keeps_keys_that_stand_twice_and_letters_as_written():
    text = 'a: 1\na: 0x10\nb: "1"\nc: yes\n'
    assert text_of(parse(text)) == text


def test_plain_letters_stay_plain_and_quoted_ones_quoted():
    top = parse("a: {}")
    top.value[0] = (plain("true"), plain("1_000"))
    top.value.append((quoted("b"), quoted("1")))
    assert text_of(top) == 'true: 1_000\n"b": "1"\n'


def test_documents_are_split_as_kubectl_does():
    text = "# head\n---\na: 1\n--- # two\nb: |\n  ---x\n---\n# none\n---\nc: 3\n"
    assert [yaml.safe_load(one) for one in documents(text)] == [{"a": 1}, {"b": "---x\n"}, {"c": 3}]
