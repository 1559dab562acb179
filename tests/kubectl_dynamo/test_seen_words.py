"""Every word that Dynamo's operator was seen to say is explained, with what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.words import entries, find

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Words = dict[str, set[str]]

HERE = Path(__file__).parent
UPSTREAM = HERE.parents[2] / "shared" / "upstream"
"""Folder with what was seen of the real operator, where it is there."""
SEEN: Words = {
    kind: set(words)
    for kind, words in yaml.safe_load((HERE / "seen_words.yaml").read_text(encoding="utf-8")).items()
}
EVENT = re.compile(r"^ *\('\w+', '[^']*', '(?:Normal|Warning)', '(\w+)', '\w*', '(?:dynamo|dgd)", re.MULTILINE)
CONDITION = re.compile(r"\b([A-Z]\w+)=(?:True|False|Unknown)[/ ](\w+)")
CONDITION_JSON = re.compile(r'"reason": ?"(\w+)","?status": ?"\w+","type": ?"(\w+)"')
PHASE = re.compile(r'(?:\bstate=|"phase": ?)"(\w+)"')


def merged(*several: Words) -> Words:
    return {kind: set().union(*(words.get(kind, set()) for words in several)) for kind in SEEN}


def of_transcript(text: str) -> Words:
    """The words of a transcript: events, `TYPE=STATUS/REASON`, `state="..."`, and phases in JSON."""
    pairs = CONDITION.findall(text) + [(kind, reason) for reason, kind in CONDITION_JSON.findall(text)]
    return {
        "events": set(EVENT.findall(text)),
        "conditions": {kind for kind, _ in pairs},
        "reasons": {reason for _, reason in pairs},
        "phases": set(PHASE.findall(text)),
    }


def of_object(value: Any) -> Words:
    """The words of an object of Dynamo's, of an event about one, or of the items of a List."""
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return merged(*map(of_object, value["items"]))
    if not isinstance(value, dict):
        return {}
    if value.get("kind") == "Event":
        reporter = str(value.get("reportingComponent") or "")
        return {"events": {value["reason"]}} if reporter.startswith(("dynamo", "dgd")) else {}
    if not str(value.get("apiVersion", "")).startswith("nvidia.com/"):
        return {}
    status = value.get("status") or {}
    conditions = status.get("conditions") or []
    said = [status.get("phase"), status.get("state"), (status.get("rollingUpdate") or {}).get("phase")]
    return {
        "conditions": {entry["type"] for entry in conditions},
        "reasons": {entry["reason"] for entry in conditions},
        "phases": set(filter(None, said)),
    }


@pytest.mark.parametrize("word", sorted(set().union(*SEEN.values())))
def test_each_is_explained(word: str, dynamo: Run) -> None:
    status, out, err = dynamo("explain", word)
    assert (status, err) == (0, "")
    assert re.search(r"^meaning  \S", out, re.MULTILINE)
    assert re.search(r"^fix      \S", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "fitting"),
    [
        ("events", {"event"}),
        ("conditions", {"condition"}),
        ("reasons", {"reason"}),
        ("phases", {"phase", "state", "rolling update phase", "restart phase"}),
    ],
)
def test_an_entry_is_of_what_was_seen(kind: str, fitting: set[str]) -> None:
    """Not an entry of the same name for something else; those of what the operator makes go by another name."""
    wrong = {word for word in SEEN[kind] if not fitting & {one for found in entries(word) for one in found.kinds}}
    assert wrong == set()


@pytest.mark.upstream
@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="shared/upstream is not here")
def test_the_list_is_complete() -> None:
    transcripts = [
        of_transcript(file.read_text(encoding="utf-8", errors="replace"))
        for file in (UPSTREAM / "real-operator").glob("*/real.txt")
    ]
    objects = [
        of_object(document)
        for file in (UPSTREAM / "observed").rglob("*.yaml")
        for document in yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]
    seen = merged(*transcripts, *objects)
    assert min(len(words) for words in seen.values()) >= 6
    assert {word for kind, words in seen.items() for word in words - SEEN[kind]} == set()


def test_words_are_found_in_a_transcript() -> None:
    said = of_transcript(
        "  ('DynamoModel', 'lora', 'Warning', 'NotReady', 'Update', 'dynamomodel', 'Only 0 of 1') x3\n"
        "  ('Pod', 'x', 'Warning', 'BackOff', 'Pulling', 'kubelet', 'Back-off') x1\n"
        '## dgd/g: state="pending"; rollingUpdate={"phase": "InProgress"}; Ready=False/some_are_not\n'
        '  {"reason":"NoEndpoints","status":"False","type":"EndpointsReady"}\n'
    )
    assert said == {
        "events": {"NotReady"},
        "conditions": {"Ready", "EndpointsReady"},
        "reasons": {"some_are_not", "NoEndpoints"},
        "phases": {"pending", "InProgress"},
    }


def test_a_word_of_several_kinds_is_explained_for_each(dynamo: Run) -> None:
    _, out, _ = dynamo("explain", "Completed")
    heads = [line for line in out.splitlines() if line.startswith("Completed: ")]
    assert heads == ["Completed: reason of a DGDR", "Completed: rolling update phase and restart phase of a DGD"]
    found = find("Completed")
    assert found
    assert found.of == "DGDR"


@pytest.mark.parametrize(
    ("word", "name"), [("UpdateRoleBinding", "UpdateDeployment"), ("CreateRole", "CreateServiceAccount")]
)
def test_what_the_operator_makes_is_explained_as_one(word: str, name: str, dynamo: Run) -> None:
    assert dynamo("explain", word)[1].startswith(f"{name}: event of a DGD")
