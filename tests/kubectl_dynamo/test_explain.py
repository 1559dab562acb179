"""The words: every one of them is explained, and the page of them is what the table says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from dynamo_api.facts.phases import GRAPH_STEPS, PROFILING_PHASES, REVIEW_STEPS, STEPS
from dynamo_api.words import ERRORS, PAGE, conditions, find, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynamo_api.words import Word

    Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).resolve().parents[2]
OBSERVED = ROOT.parent / "shared" / "upstream" / "observed"
STATES = ("Initializing", "DeploymentDeleted", "failed")
CONDITIONS = ("Validation", "Profiling", "SpecGenerated", "DeploymentReady", "Succeeded")
REASONS = [
    "ValidationPassed",
    "ValidationFailed",
    "DiscoveringHardware",
    "ProfilingRunning",
    "Completed",
    "ProfilingCompleted",
    "JobCreationFailed",
    "SpecGenerated",
    "GenerationFailed",
    "DeploymentInProgress",
    "DeploymentReady",
    "DeploymentRejected",
    "DeploymentDegraded",
    "DeploymentDeleted",
    "InitializingFailed",
    "GeneratingDGDFailed",
    "ProfilingFailed",
    "all_resources_are_ready",
    "some_resources_are_not_ready",
    "no_multinode_orchestrator_available",
    "failed_to_reconcile_the_resources",
    "rolling_update_failed",
    "waiting_for_checkpoint",
    "selected_workload_provider_unavailable",
    "unsupported_workload_provider",
    "OwnershipConflict",
    "OwnershipConflictResolved",
]
EVENTS = [
    "Initialized",
    "ValidationFailed",
    "ProfilingJobCreated",
    "ProfilingJobFailed",
    "ProfilingCheckFailed",
    "SpecGenerated",
    "GenerationFailed",
    "DeploymentCreated",
    "DeploymentCreationFailed",
    "DeploymentReady",
    "DeploymentDegraded",
    "DeploymentDeleted",
    "ImagePullFailed",
    "SpecChangeRejected",
    "ConfigMapCreationFailed",
    "CreateDynamoComponentDeployment",
    "CreateDeployment",
    "CreateService",
    "Reconciling",
    "Update",
    "UpdateDynamoGraphDeployment",
]
REPORTERS = {"dynamographdeploymentrequest", "dynamographdeployment", "dynamocomponentdeployment"}


@pytest.mark.parametrize(
    "word",
    sorted({*STEPS, *REVIEW_STEPS, *GRAPH_STEPS, *PROFILING_PHASES, *STATES, *CONDITIONS, *REASONS, *EVENTS}),
)
def test_every_word_is_explained(word: str, dynamo: Run) -> None:
    status, out, err = dynamo("explain", word)
    assert (status, err) == (0, "")
    assert out.startswith(f"{word}: ")
    assert {"meaning", "fix", "page"} <= {line.split(" ", 1)[0] for line in out.splitlines()}


@pytest.mark.parametrize("phase", PROFILING_PHASES[:-1])
def test_failures_of_every_profiling_phase_are_explained(phase: str) -> None:
    found = find(f"{phase}Failed")
    assert found
    assert found.cure


@pytest.mark.upstream
@pytest.mark.skipif(not OBSERVED.is_dir(), reason="shared/upstream is not here")
def test_every_event_that_was_observed_of_a_request_is_explained() -> None:
    events = yaml.load((OBSERVED / "events.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["items"]
    said = {
        event["reason"]
        for event in events
        if event.get("reportingComponent") in REPORTERS
        and event["involvedObject"]["kind"] == "DynamoGraphDeploymentRequest"
    }
    plain = {word for word in said if not re.fullmatch(r"(Create|Update|Delete)(Job|ConfigMap)", word)}
    assert len(plain) > 5
    assert {word for word in plain if not find(word)} == set()


def test_every_entry_is_whole() -> None:
    raw = yaml.safe_load((ROOT / "tools" / "dynamo_api" / "words.yaml").read_text(encoding="utf-8"))
    keys = {"name", "is", "of", "means", "cure", "look", "guide", "also", "reasons"}
    assert all(set(entry) <= keys for entry in raw)
    assert all("condition" in entry["is"] for entry in raw if "reasons" in entry)
    kinds = {"phase", "profiling phase", "rolling update phase", "restart phase", "state"}
    kinds |= {"condition", "reason", "event", "pod", "status"}
    for word in words():
        assert set(word.kinds) <= kinds, word
        assert word.of in {"DGDR", "DGD", "DCD", "DGDSA", "DM", "Pod", "Job"}
        assert word.means.endswith((".", "met.")), word
        assert not word.look or word.look.startswith("kubectl "), word
        for named in re.findall(r"\bSee (\w+)\.", word.cure):
            assert find(named), word


def test_names_and_anchors_are_told_apart() -> None:
    assert len({(word.name, word.of) for word in words()}) == len(words())
    assert len({word.page for word in words()}) == len(words())


def test_of_two_words_with_one_name_the_request_s_is_found() -> None:
    twice = [name for name, count in Counter(word.name for word in words()).items() if count > 1]
    first = {name: found.of for name in twice if (found := find(name))}
    of_requests = ("Completed", "DeploymentReady", "Failed", "Pending", "Ready")
    of_graphs = ("OwnershipConflict", "OwnershipConflictResolved", "Reconciling")
    assert first == dict.fromkeys(of_requests, "DGDR") | dict.fromkeys(of_graphs, "DGD")


def test_every_reason_is_one_of_a_condition_or_of_an_event() -> None:
    """A reason that no condition lists would be on no page of conditions."""
    listed = {(word.of, word.name) for found in conditions() for word in found.reasons}
    listed |= {(found.type.of, found.type.name) for found in conditions()}
    lonely = [
        word.name
        for word in words()
        if "reason" in word.kinds and "event" not in word.kinds and (word.of, word.name) not in listed
    ]
    assert lonely == []


@pytest.mark.parametrize(
    ("word", "name"),
    [
        (["imagepullbackoff"], "ImagePullBackOff"),
        (["BackOff"], "ImagePullBackOff"),
        (["SLA", "not", "met"], "GeneratingDGDFailed"),
        (["Failed"], "Failed"),
        (["failed"], "failed"),
    ],
)
def test_words_are_found_as_people_write_them(word: list[str], name: str, dynamo: Run) -> None:
    assert dynamo("explain", *word)[1].startswith(f"{name}: ")


def test_a_word_that_is_none(dynamo: Run) -> None:
    status, out, err = dynamo("explain", "Profilling")
    assert (status, out) == (3, "")
    assert err.startswith("no phase, reason or event 'Profilling' is known\nhint: did you mean Profiling")
    assert "lists all words" in dynamo("explain", "xyzzy")[2]


def test_all_words_are_listed(dynamo: Run) -> None:
    status, out, _ = dynamo("explain")
    assert (status, len(out.splitlines())) == (0, len(words()))


@pytest.mark.parametrize("word", words(), ids=lambda word: f"{word.of}-{word.name}")
def test_the_page_of_every_word_has_its_anchor(word: Word) -> None:
    address, _, anchor = word.page.partition(".html#")
    assert address == (ERRORS if word.of == "DCD" else PAGE)
    assert f"{{ #{anchor} }}\n" in (ROOT / "docs" / f"{address}.md").read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Of the headings that name theirs."""
    return set(re.findall(r"^#+ .*\{ #([\w-]+) \}$", page.read_text(encoding="utf-8"), re.MULTILINE))


IT_FAILED = "kubernetes/it-failed"
FAILURES = {
    *("no-gpus", "sla-not-met", "image-not-pulled", "secret-missing"),
    *("both-loads", "worker-crashes", "dgd-deleted"),
}
GUIDES = sorted({word.guide for word in words() if word.guide})


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_that_are_named_are_there(guide: str) -> None:
    address, _, anchor = guide.partition("#")
    file = ROOT / "docs" / f"{address.removesuffix('.html')}.md"
    assert address.endswith(".html")
    assert file.exists()
    assert not anchor or anchor in anchors(file)


def test_every_failure_with_a_guide_is_reached() -> None:
    assert {f"{IT_FAILED}.html#{anchor}" for anchor in FAILURES} <= set(GUIDES)


def test_explain_names_page_and_guide(dynamo: Run) -> None:
    lines = dict(
        line.split(maxsplit=1) for line in dynamo("explain", "GeneratingDGDFailed")[1].splitlines() if line
    )
    assert lines["page"] == f"{PAGE}.html#generatingdgdfailed"
    assert lines["guide"] == f"{IT_FAILED}.html#sla-not-met"
    assert "guide" not in dynamo("explain", "Done")[1]
