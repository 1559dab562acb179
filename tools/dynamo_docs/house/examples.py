"""What must hold of examples/: every manifest named, used or not run, of the version its name says, in both."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docs_test.tutorials.files_used import LINK
from dynamo_api.facts.kinds import ALPHA, BETA, GROUP
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.base.versions import version
from groundwork.text.documents import position_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

problem = partial(Problem, code="examples")

FOLDER = "examples"
README = f"{FOLDER}/README.md"
OTHERS = {"caddy": "tools.caddy"}
"""Images of other projects -> their tag's key in versions.toml."""
SITE_FOLDER = f"docs/{FOLDER}"
"""Folder in which the site renders it (a symbolic link): its links start there."""
AS_PUBLISHED = {
    "quickstart/dgdr-quickstart.yaml": "1bcb59a7484d5a029c29ca2c9b048ac25c8c5b83c7c39428eb7f8ee93c524b85",
}
"""Files that keep every byte they were published with, an old image tag included, by SHA-256."""
_OURS = f"{GROUP}/"

_IMAGE = re.compile(r"""^\s*(?:- )?\w*[iI]mage:\s*["']?([^\s"'#]+)""")
_NOT_RUN = re.compile(r"\bvalidated, not run\b")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table in examples/README.md that links to manifests."""

    line: int
    text: str
    files: tuple[str, ...]
    """The manifests, relative to examples/."""
    pages: tuple[str, ...]
    """The pages, relative to the root."""

    @property
    def location(self) -> Position:
        """Where it stands."""
        return Position(README, self.line)


def check(root: Path, uses: Mapping[str, AbstractSet[str]] | None = None) -> list[Problem]:
    """Every mistake in a site's examples; none where there is no examples/README.md.

    Args:
        root: the site's top folder.
        uses: for each page, relative to the root, the files it shows or links to, likewise;
            None: not known, so what is used is not checked.

    Returns:
        One error a mistake, at its `file:line`.
    """
    readme = root / README
    if not readme.is_file():
        return []
    rows = _rows(readme.read_text(encoding="utf-8"))
    names = _names(root)
    problems = [*_links(root, readme), *_named(names, rows)]
    for name in names:
        problems += _manifest(root, name, set(names), [row.text for row in rows if name in row.files])
    if uses is not None:
        for row in rows:
            problems += _used(row, uses)
    return problems


def files(root: Path) -> list[str]:
    """The files that `check` reads, relative to the root."""
    return [README, *(f"{FOLDER}/{name}" for name in _names(root))] if (root / README).is_file() else []


def _names(root: Path) -> list[str]:
    return sorted(path.relative_to(root / FOLDER).as_posix() for path in (root / FOLDER).rglob("*.y*ml"))


def _rows(text: str) -> list[Row]:
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        targets = LINK.findall(line)
        files = tuple(target for target in targets if target.endswith((".yaml", ".yml")))
        if line.startswith("|") and files:
            pages = tuple("docs/" + target.removeprefix("../") for target in targets if target.endswith(".md"))
            rows.append(Row(number, line, files, pages))
    return rows


def _links(root: Path, readme: Path) -> Iterator[Problem]:
    for number, line in enumerate(readme.read_text(encoding="utf-8").splitlines(), 1):
        for target in LINK.findall(line):
            if "://" not in target and not (root / os.path.normpath(f"{SITE_FOLDER}/{target}")).exists():
                yield problem(Position(README, number), f"the link {target!r} leads nowhere")


def _named(names: list[str], rows: list[Row]) -> Iterator[Problem]:
    for name in names:
        found = [str(row.location) for row in rows if name in row.files]
        if not found:
            hint = f"add it to a table, with the page that uses it or 'validated, not run': [`{name}`]({name})"
            yield problem(Position(f"{FOLDER}/{name}", 1), f"{README} does not name it", hint)
        elif len(found) > 1:
            yield problem(Position(f"{FOLDER}/{name}", 1), f"named more than once: {', '.join(found)}")


def _manifest(root: Path, name: str, names: AbstractSet[str], rows: list[str]) -> Iterator[Problem]:
    path = f"{FOLDER}/{name}"
    content = (root / path).read_bytes()
    if (published := AS_PUBLISHED.get(name)) and hashlib.sha256(content).hexdigest() != published:
        yield problem(Position(path, 1), "it is kept as it was published, and its bytes have changed")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        yield problem(Position(path, 1), f"not YAML: {error}")
        return
    documents = read(text, path)
    if unreadable := [(one, error) for one in documents for error in one.errors if error.code == "yaml"]:
        document, wrong = unreadable[0]
        fact = f"not YAML: {wrong.fact.removeprefix('no YAML: ')}"
        yield problem(position_of(document, wrong), fact, wrong.hint)
        return
    if not published:
        yield from _images(path, text)
    versions = {str(one.value.get("apiVersion", "")) for one in documents if isinstance(one.value, dict)}
    ours = {item.removeprefix(_OURS) for item in versions if item.startswith(_OURS)}
    if not ours:
        return
    stem, dot, suffix = name.rpartition(".")
    beta = stem.endswith(f"-{BETA}")
    expected, other = (BETA, ALPHA) if beta else (ALPHA, BETA)
    if ours != {expected}:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith("apiVersion:")), 1)
        fact = f"apiVersion {', '.join(sorted(_OURS + item for item in ours))}: by its name, {_OURS}{expected}"
        yield problem(Position(path, line), fact, f"NAME.yaml is {ALPHA}, NAME-{BETA}.yaml is {BETA}")
    sibling = (stem.removesuffix(f"-{BETA}") if beta else f"{stem}-{BETA}") + dot + suffix
    if sibling not in names and not any(re.search(rf"\bno {other}: \S", row) for row in rows):
        hint = f"or say in its row of {README} why there cannot be one: 'no {other}: REASON'"
        yield problem(Position(path, 1), f"its {other} form is missing: {FOLDER}/{sibling}", hint)


def _images(path: str, text: str) -> Iterator[Problem]:
    registry = version("dynamo.image_registry")
    for number, line in enumerate(text.splitlines(), 1):
        image = _IMAGE.match(line)
        if not image:
            continue
        repository, _, found = image[1].rpartition(":")
        key = OTHERS.get(repository, "dynamo.runtime")
        tag = version(key)
        if repository not in OTHERS and (not repository.startswith(registry + "/") or "/" in found):
            yield problem(Position(path, number), f"image {image[1]!r} is not of the form {registry}/NAME:{tag}")
        elif found != tag:
            hint = f"versions.toml has it as {key}; change it there and here"
            yield problem(Position(path, number), f"image tag {found!r}: versions.toml says {tag!r}", hint)


def _used(row: Row, uses: Mapping[str, AbstractSet[str]]) -> Iterator[Problem]:
    """Each file of a row is used by a page, or the row says that none does; the pages it names do use it."""
    unused = [name for name in row.files if not any(f"{FOLDER}/{name}" in files for files in uses.values())]
    not_run = _NOT_RUN.search(row.text)
    if unused and not not_run:
        hint = (
            "show it in a page (.file with data-from), link to it, or write 'validated, not run' in its last cell"
        )
        yield problem(row.location, f"no page uses {', '.join(unused)}", hint)
    elif not_run and not unused:
        yield problem(row.location, "said to be used by no page, but pages use it: name them instead")
    for page in row.pages:
        if not any(f"{FOLDER}/{name}" in uses.get(page, ()) for name in row.files):
            hint = did_you_mean(page, uses) if page not in uses else ""
            yield problem(row.location, f"{page} uses none of {', '.join(row.files)}", hint)
