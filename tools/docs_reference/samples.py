"""The examples of the reference pages: samples/KIND-VERSION.yaml, a manifest and parts of others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
RUNTIME = "RUNTIME"
"""Word in a sample that is replaced by the version of Dynamo's runtime."""
_BETWEEN = "\n---\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a manifest, for a field that the whole example cannot have."""

    at: str
    """Place of the part as a JSONPath: `$.spec.restart`."""
    says: str
    """Sentence that comes before it."""
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What a page shows of one version."""

    manifest: str
    parts: tuple[Part, ...]


def read(kind: str, version: str, runtime: str) -> Sample:
    """The sample of a version, with a runtime's version in it.

    Raises:
        FileNotFoundError: there is none; every version needs one.
    """
    text = (FOLDER / f"{kind.lower()}-{version}.yaml").read_text(encoding="utf-8").replace(RUNTIME, runtime)
    manifest, *parts = text.strip().split(_BETWEEN)
    return Sample(manifest, tuple(_part(part) for part in parts))


def _part(text: str) -> Part:
    at, says, body = text.split("\n", 2)
    return Part(at.removeprefix("# "), says.removeprefix("# "), body)
