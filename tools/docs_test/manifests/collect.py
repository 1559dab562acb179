"""The manifests of pages and files, lines with their positions; for one YAML file MkDocs is not imported."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.manifests.manifest import Manifest, decoded, file_manifest, is_manifest, read_text
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from groundwork.base.problems import Problem

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (*YAML_SUFFIXES, ".json")
PAGE_SUFFIX = ".md"
DEFAULT_FOLDER = "examples"
STDIN = "-"
NO_MANIFEST = re.compile(r"^#[ \t]*no manifest:[ \t]*(?P<reason>\S.*)$", re.MULTILINE)
"""Pattern by which a YAML file says that it is not for kubectl: `# no manifest: values of the Helm chart`."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """What was found."""

    texts: tuple[Manifest, ...] = ()
    """Files first, then pages, each in the order of the paths; a page's in the order of its lines."""
    problems: tuple[Problem, ...] = ()
    """Problems of files and pages that cannot be read."""
    errors: tuple[UserError, ...] = ()
    """Paths that stand for nothing that can be read."""
    left_out: tuple[tuple[Position, str], ...] = ()
    """Files and fences that are not read, and why: YAML files that say themselves that they are no manifests,
    fences of another form."""
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The files that each path stands for which is to have manifests: all but single pages."""


def manifests(root: Path, paths: Sequence[str] = ()) -> Manifests:
    """Find manifests.

    Args:
        root: the site's top folder.
        paths: YAML and JSON files, pages, folders; relative to the root, else to the working directory. A folder
            stands for its YAML files, its JSON files that look like manifests and the pages in it. `-`:
            standard input. None: examples/ and all pages.

    Returns:
        The manifests, each once: a file that pages show is read as a file, and knows their fences (`via`).
    """
    files, pages, errors, sources = _sorted_out(root.resolve(), paths)
    texts: dict[str, Manifest] = {}
    left_out: list[tuple[Position, str]] = []
    problems: list[Problem] = []
    if STDIN in paths:
        try:
            texts[STDIN] = file_manifest(STDIN, decoded(sys.stdin.buffer.read(), STDIN))
        except UserError as error:
            problems += error.problems
    for name, path in files.items():
        try:
            _read_file(name, path, texts, left_out)
        except UserError as error:
            problems += error.problems
    found: Iterable[Manifest] = ()
    if pages or not paths:
        from docs_test.manifests.from_pages import of_pages  # noqa: PLC0415 - MkDocs, which one file does without

        try:
            found, wrong, unread = of_pages(root.resolve(), pages, texts)
            problems += wrong
            left_out += unread
        except UserError as error:  # No site, or one that MkDocs refuses.
            problems += error.problems
            errors += [] if error.problems else [error]
    return Manifests(
        (*texts.values(), *found), tuple(problems), tuple(errors), tuple(left_out), sources if paths else {}
    )


def _read_file(name: str, path: Path, texts: dict[str, Manifest], left_out: list[tuple[Position, str]]) -> None:
    text = read_text(path, name)
    reason = NO_MANIFEST.search(text)
    if reason:
        left_out.append((Position(name, text.count("\n", 0, reason.start()) + 1, 1), reason["reason"]))
    else:
        texts[name] = file_manifest(name, text)


def _sorted_out(
    root: Path, paths: Sequence[str]
) -> tuple[dict[str, Path], list[str], list[UserError], dict[str, frozenset[str]]]:
    """YAML files by name, pages, what is neither, and the files of each path that is no page."""
    files: dict[str, Path] = {}
    pages: list[str] = []
    errors: list[UserError] = []
    sources: dict[str, frozenset[str]] = {}
    given = list(paths) or ([DEFAULT_FOLDER] if (root / DEFAULT_FOLDER).is_dir() else [])
    for name in given:
        if name == STDIN:
            sources[name] = frozenset({STDIN})
            continue
        path = root / name if _exists(root / name) else Path(name)
        if not _exists(path):
            errors.append(UserError(f"{name!r}: there is no such file or folder"))
        elif path.is_dir():
            within = list(_within(path))
            sources[name] = frozenset(_named(root, file) for file in within)
            for file in within:
                if file.suffix == PAGE_SUFFIX:
                    pages += [_named(root, file)] if paths else []
                else:
                    files[_named(root, file)] = file
        elif path.suffix == PAGE_SUFFIX:
            pages.append(_named(root, path))
        elif path.suffix in SUFFIXES:
            sources[name] = frozenset({_named(root, path)})
            files[_named(root, path)] = path
        else:
            hint = f"a manifest ends in {', '.join(SUFFIXES)}, a page in {PAGE_SUFFIX}; - is standard input"
            errors.append(UserError(f"{name!r}: is neither a manifest nor a page", hint=hint))
    return files, list(dict.fromkeys(pages)), errors, sources


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # Too long for a path, or in a folder that may not be read.
        return False


def _within(folder: Path) -> Iterator[Path]:
    """The files of a folder that may hold manifests; JSON is often something else, so it must look like one."""
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts) or not path.is_file():
            continue
        json = path.suffix == ".json" and is_manifest(path.read_text(encoding="utf-8", errors="replace"))
        if path.suffix in {*YAML_SUFFIXES, PAGE_SUFFIX} or json:
            yield path


def _named(root: Path, path: Path) -> str:
    absolute = path.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else os.path.normpath(path)
