"""The command that runs a failed page again: what matters of the one that was typed, and nothing else."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import parser
from docs_test.cli.where import environment_options
from docs_test.options.run import add_where, again
from docs_test.outcomes import Outcome
from docs_test.page_results import Repeats
from docs_test.reporting.again import Again, run_again, ways_on
from docs_test.tutorials.build import read_tutorials
from groundwork.base.paths import root
from support.results import page

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/kubernetes/uninstall.md"


def told(*words: str) -> Again:
    """What a command line says of running its page again."""
    typed = ["run", "--root", str(root()), PAGE, *words]
    options = parser(typed).parse_args(typed)
    wanted = environment_options(options, read_tutorials(root(), ["docs/kubernetes/measure.md"]).tutorials())
    found = again(wanted.own, wanted.platform)
    assert found.options[:2] == ("--root", str(root()))
    return Again(found.options[2:], found.may_keep)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("", ""),
        ("--cluster-name dev --keep-cluster", "--cluster-name dev --keep-cluster"),
        ("--feature-gates DGDRV1Beta2=true", "--feature-gates DGDRV1Beta2=true"),
        ("--platform helm --chart c.tgz --no-sandbox", "--platform helm --no-sandbox --chart c.tgz"),
        ("--provision --yes --no-color --results r.json --junit j.xml --html h.html", ""),
        ("--variants all --shard 1/2 --shuffle=7 --changed-since HEAD", ""),
    ],
)
def test_it_repeats_where_the_page_ran_and_no_more(words: str, kept: str) -> None:
    assert told(*words.split()) == Again(tuple(kept.split()), may_keep=True)


def test_it_names_the_cluster_that_was_given(tmp_path: Path) -> None:
    file = tmp_path / "kube config"
    words = ("--kubeconfig", str(file), "--context", "lab", "--allow-context", "lab", "--allow-context", "other")
    assert told(*words).options == words


def test_keep_is_offered_where_it_can_be_had() -> None:
    assert told("--keep") == Again(("--keep",), may_keep=False), "it has it"
    assert told("--dynamo", "1.6.1") == Again(("--dynamo", "1.6.1"), may_keep=False), "it would be refused"
    failed = page(PAGE, outcome=Outcome.FAILED)
    lines = ways_on(failed, Again(("--dynamo", "1.6.1"), may_keep=False))
    assert lines == [f"run it again: docs-test run {PAGE} --dynamo 1.6.1"]
    assert len(ways_on(failed, Again(may_keep=True))) == 2
    assert ways_on(page(PAGE), Again(may_keep=True)) == []


def test_the_variant_and_the_repeats_of_a_page_are_in_it() -> None:
    flaky = page("docs/a b.md", variant={"api": "v1beta1", "runtime": "sglang"}, repeats=Repeats(5, 4))
    assert run_again(flaky, ("--cluster-name", "dev")) == (
        "docs-test run 'docs/a b.md' --when api=v1beta1 --when runtime=sglang --repeat 5 --cluster-name dev"
    )


def test_every_option_of_where_to_run_is_written_as_its_name() -> None:
    """From the names the words are made."""
    made = ArgumentParser()
    add_where(made, [])
    text = made.format_help()
    names = vars(made.parse_args([]))
    assert len(names) > 8
    assert not [name for name in names if f"--{name.replace('_', '-')}" not in text]
