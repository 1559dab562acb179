"""Every CEL rule of the compiled CRDs, broken and kept, in each kind and version that has it, by both sides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_crd.schemas import releases
from dynamo_crd.schemas.compile import crds
from support.validation.verdicts import difference, report

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = yaml.safe_load((Path(__file__).parent / "broken-rules.yaml").read_text(encoding="utf-8"))
LABELS = ("a" * 63 + ".") * 3
STANDS_FOR = {
    "PREFIX253": LABELS + "a" * 61,
    "PREFIX254": LABELS + "a" * 62,
    "EXTRA": "{name: a, podTemplate: {}}",
}
"""In the rows, for what would be too long there."""

CASES = [
    pytest.param(row, version, verdict, id=f"{row['says']}-{version}-{verdict}")
    for row in ROWS
    for version in ("alpha", "beta")
    for verdict in ("bad", "good")
    if version in row
]


def graphs(row: dict[str, Any], version: str, verdict: str) -> Iterator[str]:
    """Manifests of a row: a graph, and where the spec is of one component, that component alone as well."""
    spec = row[version][verdict]
    for word, text in STANDS_FOR.items():
        spec = spec.replace(word, text)
    head = f"apiVersion: nvidia.com/v1{version}1\nkind: %s\nmetadata: {{name: a}}\nspec: "
    if row.get("spec"):
        yield head % "DynamoGraphDeployment" + spec
        return
    one = f"{{services: {{a: {spec}}}}}" if version == "alpha" else f"{{components: [{{name: a, {spec[1:]}]}}"
    yield head % "DynamoGraphDeployment" + one
    yield head % "DynamoComponentDeployment" + (spec if version == "alpha" else f"{{name: a, {spec[1:]}")


@pytest.mark.apiserver
@pytest.mark.parametrize(("row", "version", "verdict"), CASES)
def test_a_rule_is_broken_and_kept_alike(row, version, verdict, server, ours):
    for text in graphs(row, version, verdict):
        theirs, mine = server(text), ours(text)
        assert not difference(mine, theirs), report(text, mine, theirs)
        assert theirs.valid is (verdict == "good"), report(text, mine, theirs)
        for answer in (theirs, mine):
            assert (row["says"] in answer.said) is (verdict == "bad"), report(text, mine, theirs)


def test_every_rule_has_a_case():
    rules = {one["message"] for crd in crds(release=releases.newest()) for one in found(crd)}
    assert rules == {row["says"] for row in ROWS}


def test_rules_that_no_case_can_break_compare_with_the_object_before():
    never = {row["says"] for row in ROWS if "never" in row}
    rules = {one["message"]: one for crd in crds(release=releases.newest()) for one in found(crd)}
    for says in never:
        assert "oldSelf" in rules[says]["rule"]
        assert not rules[says].get("optionalOldSelf")


def found(schema: Any) -> Iterator[dict[str, Any]]:
    """All rules in a schema."""
    if isinstance(schema, dict):
        rules = schema.get("x-kubernetes-validations")
        yield from rules if isinstance(rules, list) else ()
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for one in inner:
        yield from found(one)
