"""Another project's site, of an invented product: the engine runs its pages without this project's product."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.ports import registry, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
OF_DYNAMO = {"dynamo_api", "dynamo_crd", "dynamo_docs", "mock_platform", "kubectl_dynamo", "docs_site"}
"""The rooms of this project's product."""


@dataclass
class Ended:
    """How docs-test ended."""

    status: int
    said: str
    """All that it printed."""
    packages: set[str]
    """The top-level names of all that was loaded."""


Here = Callable[..., tuple[int, str]]
"""Runs docs-test in this process; gives the exit status, and all that it printed."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return shutil.copytree(HERE / "site", tmp_path / "site")


@pytest.fixture
def said_here(site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Here]:
    """For many short calls; what is loaded here says nothing."""

    def run(*words: str) -> tuple[int, str]:
        status = main(words)
        said = capsys.readouterr()
        return status, said.out + said.err

    monkeypatch.syspath_prepend(HERE / "packages")
    monkeypatch.setenv("DOCS_TEST_RESULTS", "")
    monkeypatch.chdir(site)
    for known in (registry._points, settings._product):
        known.cache_clear()
    yield run
    for known in (registry._points, settings._product):
        known.cache_clear()
    sys.modules.pop("teapot_docs", None)


def docs_test(site: Path, *words: str) -> Ended:
    """Run docs-test as another project would, with that project's package on the path."""
    loaded = site.parent / "loaded.json"
    path = os.pathsep.join(filter(None, [str(HERE / "packages"), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, HERE / "driver.py", loaded, *words],
        env={**os.environ, "PYTHONPATH": path},
        cwd=site,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout, set(json.loads(loaded.read_text())) if loaded.exists() else set())


def results(site: Path, name: str) -> dict:
    return json.loads((site / "build" / "docs-test" / name).read_text())


def change(site: Path, name: str, old: str, new: str) -> None:
    file = site / name
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_a_page_without_a_cluster_runs_where_nothing_makes_clusters(site: Path) -> None:
    ended = docs_test(site, "run", "--no-sandbox", "docs/brew.md")
    assert ended.status == 0, ended.said
    assert "ran on: no cluster\ndocs/brew.md: passed" in ended.said
    assert "skipped docs/brew.md:28: the environment has no whistle" in ended.said
    assert "teapot_docs" in ended.packages
    assert not ended.packages & {*OF_DYNAMO, "kind_cluster"}
    found = results(site, "results-none.json")
    assert found["environment"] == {
        "platform": "none", "title": "no cluster", "tier": "none", "kubernetes": "", "gpus": "", "facts": []
    }  # fmt: skip
    (page,) = found["pages"]
    assert [(step["outcome"], step["output"]["text"]) for step in page["steps"]] == [
        ("passed", ""),
        ("passed", "a cup of oolong tea\n"),
    ]
    (kept,) = page["attachments"]
    assert (kept["name"], kept["size"]) == ("tea.txt", 20)
    said = docs_test(site, "report", "build/docs-test/results-none.json")
    assert "Platform none.\n" in said.said


@pytest.mark.parametrize("command", ["list", "lint", "validate"])
def test_what_runs_nothing_knows_no_other_product(command: str, site: Path) -> None:
    ended = docs_test(site, command)
    assert ended.status == 0, ended.said
    assert not ended.packages & {*OF_DYNAMO, "kind_cluster"}


def test_without_a_cluster_a_page_that_needs_one_is_skipped_and_says_so(site: Path) -> None:
    ended = docs_test(site, "run", "--no-sandbox", "--platform", "none")
    assert ended.status == 0
    assert "docs/kitchen.md: skipped" in ended.said
    assert "it needs a cluster, and the platform none has none" in ended.said
    alone = docs_test(site, "run", "--no-sandbox", "--platform", "none", "docs/kitchen.md")
    assert alone.status == 3, "nothing was tested"


def test_a_broken_page_fails_at_its_line(site: Path) -> None:
    change(site, "docs/brew.md", "a cup of oolong tea\n", "a cup of green tea\n")
    ended = docs_test(site, "run", "--no-sandbox", "docs/brew.md")
    assert ended.status == 1
    assert "\ndocs/brew.md:23:10: " in ended.said  # The first character that differs.
    assert "a cup of green tea" in ended.said


PRODUCTS = "allowed: broken, dynamo, kettle, teapot"
SETTINGS = [
    ("teapod", f"mkdocs.yml:9:15: the product 'teapod' is not installed, {PRODUCTS}", "did you mean 'teapot'?"),
    (
        "coffee",
        f"mkdocs.yml:9:15: the product 'coffee' is not installed, {PRODUCTS}",
        "entry points of the group ",
    ),
    (
        "broken",
        "mkdocs.yml:9:15: the product 'broken' cannot be loaded from teapot_docs:Broken: RuntimeError: the pot",
        "is its package installed whole?",
    ),
    (
        "kettle",
        "mkdocs.yml:9:15: the product 'kettle' cannot be loaded from teapot_docs:KITCHENS: TypeError: ",
        "is its package installed whole?",
    ),
    (
        "[teapot]",
        "mkdocs.yml:9:15: 'product' of 'docs_test' is ['teapot'], expected a name",
        "write under extra: ",
    ),
]
"""What `product:` says, the fact, and the hint."""


@pytest.mark.parametrize(("name", "fact", "hint"), SETTINGS)
def test_a_product_that_there_is_not(name: str, fact: str, hint: str, site: Path, said_here: Here) -> None:
    change(site, "mkdocs.yml", "product: teapot", f"product: {name}")
    status, said = said_here("lint")
    assert status == 2
    assert said.startswith(fact)
    assert f"\nhint: {hint}" in said


@pytest.mark.parametrize(
    ("new", "fact", "hint"),
    [
        (
            "teapot",
            "mkdocs.yml:9:14: 'docs_test' under 'extra' is 'teapot', expected a mapping",
            "write under extra",
        ),
        (
            "{products: teapot}",
            "mkdocs.yml:9:15: 'products' is not a key of 'docs_test', allowed: product, platform",
            "did you mean 'product'?",
        ),
    ],
)
def test_settings_of_another_form(new: str, fact: str, hint: str, site: Path, said_here: Here) -> None:
    change(site, "mkdocs.yml", "{product: teapot}", new)
    status, said = said_here("lint")
    assert status == 2
    assert said.startswith(f"{fact}\nhint: {hint}")


NEEDS = "kitchens: 1"
MISTAKES = [
    ("kitchen", NEEDS, "kitchen: 1", "3:3: 'needs' names the unknown 'kitchen'", "did you mean 'kitchens'?"),
    (
        "kitchen",
        NEEDS,
        "gpu: 1",
        "3:3: 'needs' names the unknown 'gpu'",
        "allowed: kitchens, storage, cluster-scope",
    ),
    ("kitchen", NEEDS, "kitchens: x", "3:3: kitchens: 'x' is not a number of kitchens", "write kitchens: 1"),
    (
        "kitchen",
        'data-needs="whistle"',
        'data-needs="gpu"',
        "31:16: data-needs: 'gpu' is not whistle, storage or cluster-scope",
        "allowed: whistle, ",
    ),
    (
        "kitchen",
        '.run data-needs="whistle"',
        '.skip data-reason="no whistle" data-runs-on="gpu"',
        "31:42: data-runs-on: 'gpu': there is no place where a .skip of this site runs",
        "leave it out",
    ),
    ("brew", "platform: none", "platform: kind", "3:3: the platform 'kind', allowed: none", "a page that needs a"),
    (
        "brew",
        "  platform: none\n",
        "  platform: none\n  needs: [storage]\n",
        "4:3: 'needs' of a page with 'platform: none': there is no cluster that could have it",
        "drop one of them",
    ),
    ("index", "# Teapot\n\nTea is made", "# Pot\n\nA drink is made", "1: the page does not say tea", ""),
]
"""A page, what is changed in it, the line and the fact, and the hint."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_said_at_its_line(mistake: tuple[str, ...], site: Path, said_here: Here) -> None:
    page, old, new, fact, hint = mistake
    change(site, f"docs/{page}.md", old, new)
    status, said = said_here("lint")
    assert status == 2
    assert f"docs/{page}.md:{fact}\n" + (f"  hint: {hint}" if hint else "") in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--platform", "moon"), "the platform 'moon' is not installed, allowed: helm, kind, mock, none\nhint: "),
        (("--platform", "kind", "--kubeconfig", "x"), "--platform kind: does not go with --kubeconfig"),
        (("--context", "x"), "--context: works only with --kubeconfig"),
    ],
)
def test_a_platform_that_cannot_be_used(words: tuple[str, ...], said: str, said_here: Here) -> None:
    status, found = said_here("run", *words)
    assert status == 2
    assert found.startswith(said)


def test_a_platform_of_the_site_that_there_is_not(site: Path, said_here: Here) -> None:
    change(site, "mkdocs.yml", "{product: teapot}", "{product: teapot, platform: moon}")
    status, said = said_here("run")
    assert status == 2
    assert said.startswith("mkdocs.yml:9:32: the platform 'moon' is not installed, allowed: helm, kind, ")


def test_the_platform_of_the_site_is_its_usual_one(site: Path) -> None:
    change(site, "mkdocs.yml", "{product: teapot}", "{product: teapot, platform: none}")
    ended = docs_test(site, "run", "--no-sandbox")
    assert ended.status == 0, ended.said
    assert len(results(site, "results.json")["pages"]) == 2


def test_a_site_may_name_no_product(site: Path) -> None:
    change(site, "mkdocs.yml", "  docs_test: {product: teapot}\n", "  docs_test:\n")
    change(site, "docs/brew.md", 'data-needs="whistle"', 'data-needs="storage"')
    ended = docs_test(site, "run", "--no-sandbox", "docs/brew.md")
    assert ended.status == 0, ended.said
    assert not ended.packages & {*OF_DYNAMO, "kind_cluster", "teapot_docs"}
    unknown = docs_test(site, "lint", "docs/kitchen.md")
    assert "'needs' names the unknown 'kitchens'\n  hint: allowed: storage, cluster-scope" in unknown.said


def test_manifests_are_checked_against_what_the_product_has(site: Path) -> None:
    change(site, "examples/teapot.yaml", "\ndata:", "\ndate:")
    ended = docs_test(site, "validate")
    assert ended.status == 1
    assert "examples/teapot.yaml:5:1: $.date: unknown field 'date'" in ended.said
    assert "Checked against Kubernetes' own kinds, and no product's.\n" in ended.said
    assert ended.said.rstrip().endswith(" 1 error.")
    other = docs_test(site, "validate", "--product", "dynamo")
    assert "Checked against Dynamo " in other.said
    assert "dynamo_crd" in other.packages, "what proves above that it is not loaded"
    assert "is not installed, allowed: " in docs_test(site, "validate", "--product", "tea").said


@pytest.mark.cluster
def test_pages_run_in_a_plain_kind_cluster(site: Path) -> None:
    ended = docs_test(site, "run")
    assert ended.status == 0, ended.said
    assert not ended.packages & OF_DYNAMO
    assert "kind_cluster" in ended.packages
    assert "  docs/brew.md: no cluster; runs\n" in ended.said
    assert "  docs/kitchen.md: kitchens: 1; runs\n" in ended.said
    found = results(site, "results.json")
    where = found["environment"]
    assert (where["platform"], where["tier"], where["gpus"]) == ("kind", "cluster", "")
    assert where["facts"] == [{"name": "teapot", "title": "Teapot", "text": "1.0"}]
    assert [(page["path"], page["outcome"], page["leftovers"]) for page in found["pages"]] == [
        ("docs/brew.md", "passed", []),
        ("docs/kitchen.md", "passed", []),
    ]


@pytest.mark.cluster
def test_a_broken_page_in_a_plain_cluster_fails_at_its_line(site: Path) -> None:
    change(site, "docs/kitchen.md", "\noolong\n", "\ngreen\n")
    ended = docs_test(site, "run", "docs/kitchen.md")
    assert ended.status == 1
    assert "\ndocs/kitchen.md:26:1: " in ended.said
    assert "docs/kitchen.md: failed" in ended.said
