"""The manifests that this project has: examples, cases of tests, and seeds for mutants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from groundwork.base.paths import root
from support.validation.mutants import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

TESTS = Path(__file__).parents[2]
FOLDERS = (root() / "examples", TESTS / "cases" / "manifests", TESTS / "validation" / "seeds")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One document of a file."""

    name: str
    """The file, from the project's root on, and the document's number where it has several."""
    text: str
    bad: bool
    """Of a case that is to be refused, for whatever reason."""

    def __str__(self) -> str:
        return self.name


def all_manifests() -> list[Manifest]:
    """Every document of the YAML files in FOLDERS, by name."""
    found = []
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.yaml")):
            texts = documents(path.read_text(encoding="utf-8"))
            name = path.relative_to(root()).as_posix()
            for number, text in enumerate(texts, 1):
                label = f"{name}:{number}" if len(texts) > 1 else name
                found.append(Manifest(label, text, "bad" in path.parts))
    return found


def documents(text: str) -> list[str]:
    """The documents of a text, split at `---` as kubectl does; those of comments only are left out."""
    parts = re.split(r"(?m)^---[ \t]*(?:#.*)?$\n?", text)
    return [part for part in parts if re.search(r"(?m)^\s*[^#\s]", part)]


def sources(manifests: Iterable[Manifest], crds: Iterable[dict[str, Any]]) -> list[Source]:
    """Those of the good manifests that are of the CRDs' kinds, to make mutants of."""
    schemas = {}
    for crd in crds:
        group, kind = crd["spec"]["group"], crd["spec"]["names"]["kind"]
        for version in crd["spec"]["versions"]:
            schemas[f"{group}/{version['name']}", kind] = version["schema"]["openAPIV3Schema"]
    found = []
    for manifest in manifests:
        data = None if manifest.bad else yaml.safe_load(manifest.text)
        head = (data.get("apiVersion"), data.get("kind")) if isinstance(data, dict) else ("", "")
        if head in schemas:
            found.append(Source(manifest.name, manifest.text, schemas[head]))
    return found
