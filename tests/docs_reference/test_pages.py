"""The generated pages: up to date, every address unique and for ever, every row of the tables told."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from docs_reference import fields, kinds, refusals, samples
from docs_reference.__main__ import main, stale
from docs_reference.pages import pages
from dynamo_api import words
from dynamo_api.facts import conditions as types
from dynamo_api.facts import phases, reasons
from dynamo_crd.admission.rules import RULES
from dynamo_crd.schemas import registry
from groundwork.base.paths import root
from groundwork.base.versions import version as pinned
from mock_platform.operator.requests import status

if TYPE_CHECKING:
    from types import ModuleType

DOCS = root() / "docs"
SAMPLED = "main-1.5.0"
"""The state whose fields the samples show: the release that is followed would refuse a later one's."""
ANCHORS = Path(__file__).with_name("anchors.txt")
VERSIONS = [(kind, version) for kind in kinds.kinds() for version in kind.sources]
NAMES = [f"{kind.short}-{version}" for kind, version in VERSIONS]


def addresses(text: str) -> list[str]:
    return re.findall(r"\{ #([\w-]+) \}$", text, flags=re.MULTILINE)


def api_page(kind: kinds.Kind, version: str) -> str:
    return pages()[f"reference/api/{kind.file(version)}"]


def test_pages_are_what_the_tables_say() -> None:
    assert stale(DOCS) == [], "python -m docs_reference"


def test_what_is_not_up_to_date_is_named_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--docs", str(tmp_path)]) == 0
    assert main(["--docs", str(tmp_path), "--check"]) == 0
    edited, extra = tmp_path / "reference/errors.md", tmp_path / "reference/api/dynamothing-v1.md"
    edited.write_text(edited.read_text(encoding="utf-8") + "By hand.\n", encoding="utf-8")
    extra.write_text("Of a kind that is no more.\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["--docs", str(tmp_path), "--check"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [f"{edited}: not up to date", f"{extra}: not up to date"]
    assert said.err == "hint: python -m docs_reference\n"
    assert main(["--docs", str(tmp_path)]) == 0
    assert not extra.exists()
    assert "By hand" not in edited.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.touch()
    assert main(["--docs", str(file)]) == 2
    assert capsys.readouterr().err == f"--docs {str(file)!r}: cannot be written: Not a directory\n"


@pytest.mark.parametrize(("kind", "version"), VERSIONS, ids=NAMES)
def test_every_field_has_one_address_made_of_its_path(kind: kinds.Kind, version: str) -> None:
    found = Counter(addresses(api_page(kind, version)))
    assert [name for name, count in found.items() if count > 1] == []
    prefix = f"{kind.name}-{version}-".lower()
    wanted = {
        prefix + re.sub(r"[\[\]{}]", "", one.path).replace(".", "-").lower()
        for top in fields.read(kind.name, version)
        for one in top.walk()
    }
    assert {name for name in found if name.startswith(prefix)} == wanted


def test_an_address_is_for_ever() -> None:
    """Other sites link to them. A field that goes stays on its page, with its last release."""
    found = sorted(name for kind, version in VERSIONS for name in addresses(api_page(kind, version)))
    kept = [name for name in found if name.count("-") > 1]
    known = ANCHORS.read_text(encoding="utf-8").split()
    assert set(known) - set(kept) == set(), "addresses that were published are gone"
    assert set(kept) - set(known) == set(), f"add these to {ANCHORS.name}"


def test_the_address_of_the_issue() -> None:
    page = pages()["reference/api/dynamographdeploymentrequest-v1beta1.md"]
    assert "dynamographdeploymentrequest-v1beta1-spec-sla-ttft" in addresses(page)


@pytest.mark.parametrize(("kind", "version"), VERSIONS, ids=NAMES)
def test_the_example_has_each_field_at_the_top(kind: kinds.Kind, version: str) -> None:
    """Whether it is valid, `docs-test validate` says: the page's fences are manifests and parts of such."""
    sample = samples.read(kind.name, version, pinned("dynamo.runtime"))
    shown = set(yaml.safe_load(sample.manifest)["spec"])
    for part in sample.parts:
        inner = part.at.removeprefix("$.spec").strip(".").partition(".")[0]
        shown |= {inner} if inner else set(yaml.safe_load(part.text))
    spec = fields.read(kind.name, version)[0]
    later = registry.releases()[registry.releases().index(SAMPLED) + 1 :]
    assert {child.name for child in spec.children if not child.deprecated and child.since not in later} <= shown
    page = api_page(kind, version)
    assert page.count("```yaml { .manifest }") == 1
    assert page.count("```yaml { .fragment ") == len(sample.parts)


def test_versions_link_to_each_other_at_the_same_field() -> None:
    page = pages()["reference/api/dynamographdeployment-v1beta1.md"]
    target = "dynamographdeployment-v1alpha1.md#dynamographdeployment-v1alpha1-spec-services-replicas"
    assert f"In v1alpha1: [`spec.services{{}}.replicas`]({target})" in page


def test_macros_find_nothing_but_versions_and_runs() -> None:
    for name, text in pages().items():
        found = re.findall(r"\{\{.*?\}\}|\{%.*?%\}|\{#", text)
        known = r'\{\{ (version\("[\w.]+"\)|runs_by_release\(\)) \}\}'
        assert [one for one in found if not re.fullmatch(known, one)] == [], name


def test_every_refusal_is_told_with_its_cure() -> None:
    errors = addresses(pages()["reference/errors.md"])
    assert {f"refusal-{name}" for name in RULES} <= set(errors)
    assert [name for name, count in Counter(errors).items() if count > 1] == []


def test_every_refusal_stands_at_a_field() -> None:
    told = set()
    for kind, version in VERSIONS:
        paths = [one.path for top in fields.read(kind.name, version) for one in top.walk()]
        for those in refusals.by_field(kind.name, version, paths).values():
            told |= {one.rule.name for one in those}
    of_metadata = {"annotation", "grove-update-strategy", "workload-provider", "update-provider"}
    assert set(RULES) - told == of_metadata  # No page describes it.


def test_tables_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RULES, "image-tag")
    with pytest.raises(ValueError, match="image-tag"):
        refusals.refusals.__wrapped__()
    monkeypatch.setattr(words, "words", tuple)
    with pytest.raises(ValueError, match="no condition 'Succeeded' of DGDR"):
        words.conditions.__wrapped__()


def words_told() -> set[str]:
    """Every condition, reason and event that this site describes."""
    return {word.name for word in words.words()}


def words_of(module: ModuleType) -> set[str]:
    """The words that a module of facts has constants for."""
    return {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}


def test_every_word_of_the_facts_is_told() -> None:
    said = words_of(types) | words_of(reasons)
    assert len(said) > 30
    said |= {reasons.profiling_failed(phase) for phase in phases.PROFILING_PHASES[:-1]}
    assert (said | status.ACTIONS.keys()) - words_told() == set()


@pytest.mark.upstream
def test_every_condition_that_was_observed_is_told() -> None:
    folder = root().parent / "shared" / "upstream" / "observed"
    if not folder.is_dir():
        pytest.skip("../shared/upstream/observed is not there")
    said: set[str] = set()
    for file in folder.rglob("*.yaml"):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            said |= observed(document)
    assert len(said) > 10
    assert said - words_told() == set()


def observed(value: object) -> set[str]:
    """Types and reasons of the conditions of Dynamo's objects in a document, Lists taken apart."""
    if not isinstance(value, dict):
        return set()
    if isinstance(value.get("items"), list):
        return set().union(*map(observed, value["items"]))
    if not str(value.get("apiVersion", "")).startswith("nvidia.com/"):
        return set()
    found = (value.get("status") or {}).get("conditions") or []
    return {one["type"] for one in found} | {one["reason"] for one in found}


@pytest.mark.upstream
def test_messages_of_the_api_server_are_its_own() -> None:
    file = root().parent / "shared" / "upstream" / "observed" / "cases.txt"
    if not file.is_file():
        pytest.skip("../shared/upstream/observed is not there")
    cases = file.read_text(encoding="utf-8")
    errors = pages()["reference/errors.md"]
    for part in (
        'unknown field "spec.slaa"',
        'Unsupported value: "tgi": supported values: ',
        "at least 1 chars long",
    ):
        assert part in cases
        assert part in errors


def test_each_release_is_compared_with_the_next() -> None:
    page = pages()["reference/versions.md"]
    assert re.findall(r"^### (.*?) \{", page, flags=re.MULTILINE) == [
        "1.5.0 to 1.6.1",
        "1.5.0-dev to 1.5.0",
        "1.4.0-dev to 1.5.0-dev",
        "1.1.0 to 1.4.0-dev",
        "1.0.2 to 1.1.0",
        "0.7.1 to 1.0.2",
        "0.6.1 to 0.7.1",
    ]
    assert "| 0.6.1 | **v1alpha1** | **v1alpha1** | **v1alpha1** | - | - | - | - |" in page
    assert "[`spec.sla.optimizationType`](api/dynamographdeploymentrequest-v1beta1.md#" in page
