"""`docs-test run --dynamo RELEASE`: the options, what a page is skipped for, and what a run says of itself."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.inventory import Fact
from docs_test.language.needs import described, lacking, read_needs
from docs_test.model import Environment
from docs_test.page_results import RanOn
from docs_test.tutorials.build import read_tutorials
from dynamo_api.facts import kinds
from dynamo_api.releases import to_run
from dynamo_docs.inventory import DynamoInventory
from dynamo_docs.needs import VOCABULARY
from dynamo_docs.platforms.helm import HelmPlatform
from dynamo_docs.platforms.mock import MockPlatform, with_release
from groundwork.base.errors import UserError
from groundwork.base.paths import root
from groundwork.base.versions import version

if TYPE_CHECKING:
    from docs_test.model import Tutorial
    from dynamo_docs.platforms.kind_with_gpus import KindWithGpus

HERE = version("dynamo.runtime")
OTHER = "1.6.1"


def options(platform: KindWithGpus, *words: str, **more: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    platform.add_options(parser.add_argument_group())
    general = {"kubeconfig": None, "cluster_name": "", "keep_cluster": False, "keep": False}
    return argparse.Namespace(**{**general, **vars(parser.parse_args(words)), **more})


def there(release: str = "") -> Environment:
    """An environment with eight GPUs, and with the runtime of a release."""
    found = DynamoInventory()
    plain = Environment(kubeconfig="x", inventory=found, facts=found.facts, capabilities=found.capabilities())
    return with_release(plain, to_run(release)) if release else plain


def test_a_run_says_whose_runtime_it_was() -> None:
    assert there().facts[0] == Fact("runtime", "Dynamo runtime", HERE)
    assert there(OTHER).facts[0] == Fact("runtime", "Dynamo runtime", OTHER)
    assert [fact.name for fact in there(OTHER).facts] == ["runtime", "operator"]


@pytest.mark.parametrize("need", ["profiler", "planner"])
def test_what_a_runtime_lacks_is_why_a_page_is_skipped(need: str) -> None:
    needs = read_needs({need: True}, VOCABULARY)
    why = {
        release: lacking(needs, frozenset(), there(release).inventory, VOCABULARY) for release in ("", HERE, OTHER)
    }
    assert why[""] == why[HERE] == ""
    assert why[OTHER].startswith(
        f"it needs the {need}, which is not run of Dynamo {OTHER}: its profiler and planner"
    )
    assert "AISimulate" in why[OTHER]
    assert lacking(needs, frozenset(), None, VOCABULARY) == "", "without a cluster nobody knows"


def test_readers_are_not_told_of_what_every_dynamo_has() -> None:
    assert described({"gpu": 8, "profiler": True, "planner": True}, VOCABULARY) == "8 x GPU"


def asks_profiler(tutorial: Tutorial) -> bool:
    """Whether a tutorial makes a request, which the profiler answers."""
    return any(re.search(rf"^kind: {kinds.REQUEST}$", step.code, re.MULTILINE) for step in tutorial.steps)


def test_tutorials_that_make_a_request_say_that_they_need_the_profiler() -> None:
    tutorials = read_tutorials(root()).tutorials(capabilities=frozenset(VOCABULARY.capabilities))
    found = {one.path: "profiler" in one.needs for one in tutorials if asks_profiler(one)}
    assert len(found) > 2
    assert all(found.values()), found
    assert not any("profiler" in one.needs for one in tutorials if one.path not in found), "no page is left out"


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ((), ""),
        (("--dynamo", HERE), ""),
        (("--dynamo", OTHER), OTHER),
        (("--dynamo", f"v{OTHER}", "--feature-gates", "DGDRV1Beta2=true"), f"{OTHER}-DGDRV1Beta2"),
    ],
)
def test_another_runtime_keeps_its_results_apart(words: tuple[str, ...], mode: str) -> None:
    assert MockPlatform().mode(options(MockPlatform(), *words)) == mode


@pytest.mark.parametrize(
    ("platform", "more", "said"),
    [
        (HelmPlatform(), {}, "does not go with --platform helm"),
        (MockPlatform(), {"kubeconfig": "x"}, "does not go with --kubeconfig"),
        (MockPlatform(), {"cluster_name": "x"}, "does not go with --cluster-name"),
        (MockPlatform(), {"keep_cluster": True}, "does not go with --keep-cluster"),
        (MockPlatform(), {"keep": True}, "does not go with --keep"),
    ],
)
def test_where_another_runtime_cannot_be_it_is_refused(
    platform: KindWithGpus, more: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError) as caught:
        platform.check(options(platform, "--dynamo", OTHER, **more))
    assert caught.value.fact == f"--dynamo {OTHER}: {said}"
    MockPlatform().check(options(MockPlatform(), "--dynamo", OTHER))


def test_the_usual_runtime_may_have_any_cluster() -> None:
    MockPlatform().check(options(MockPlatform(), "--dynamo", HERE, cluster_name="dev", keep_cluster=True))


def test_a_release_that_cannot_be_run_is_refused_before_anything_is_made() -> None:
    with pytest.raises(UserError) as caught:
        MockPlatform().check(options(MockPlatform(), "--dynamo", "1.7.0"))
    assert caught.value.hint == "can be run here: 1.4.2, 1.5.1, 1.6.1"


def test_results_of_two_runtimes_are_of_two_environments() -> None:
    one = RanOn("mock", "", "mock", "1.35.4", "", there(HERE).facts)
    assert one != replace(one, facts=there(OTHER).facts)
