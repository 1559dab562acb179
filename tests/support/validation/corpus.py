"""Upstream's own manifests of two releases, each with the verdict that somebody else came to, and why."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = ("v0.7.1", "v1.0.2")
VALID = ("valid", "valid-no-spec")
NOT_ONE = "nested"
"""No manifest of Dynamo's, but something else that names its kinds inside: nothing is said of those."""

_EXTRA = re.compile(r"Additional properties are not allowed \((.+) (?:was|were) unexpected\)")
_REQUIRED = re.compile(r"'([^']+)' is a required property")
_LINE = re.compile(r"line (\d+), column \d+")


@dataclass(frozen=True, slots=True)
class Specimen:
    """One document of the corpus, a row of its index."""

    release: str
    number: str
    verdict: str
    came_from: str
    """`README.md:136` in upstream's repository."""
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.release}/{self.number} ({self.came_from}, {self.verdict})"

    @property
    def valid(self) -> bool:
        """Whether it is to be accepted."""
        return self.verdict in VALID

    @property
    def expected(self) -> set[str]:
        """What a refusal has to name: flat paths, or `line 10`, from the reason listed."""
        if self.verdict == "parse-error":
            line = _LINE.search(self.reason)
            assert line, self.reason
            return {f"line {line[1]}"}
        if self.verdict == "invalid":
            parts = [part.partition(": ") for part in self.reason.split("; ")]
            return {path for where, _, said in parts for path in _paths(where, said)}
        return {{"unknown-kind": "kind", "unknown-version": "apiVersion"}[self.verdict]}


def specimens(folder: Path, release: str) -> list[Specimen]:
    """Those of a release, in the index's order."""
    found = []
    with (folder / release / "index.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            number, verdict, _, _, came_from, file, reason = row
            if verdict != NOT_ONE:
                text = (folder / release / file).read_text(encoding="utf-8")
                found.append(Specimen(release, number, verdict, came_from, text, reason))
    return found


def _paths(where: str, said: str) -> set[str]:
    if extra := _EXTRA.search(said):
        return {f"{where}.{name}" for name in re.findall(r"'([^']+)'", extra[1])}
    required = _REQUIRED.search(said)
    assert required, said
    return {f"{where}.{required[1]}"}
