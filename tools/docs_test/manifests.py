"""The manifests of pages and files, each line with its place; for one YAML file nothing of MkDocs is imported."""

from __future__ import annotations

import enum
import os
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dynamo_crd.validation.documents import expand, read
from dynamo_crd.validation.model import Document, Place, Problem
from project.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dynamo_crd.validation.origins import Origin

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (*YAML_SUFFIXES, ".json")
PAGE_SUFFIX = ".md"
DEFAULT_FOLDER = "examples"
STDIN = "-"
IDENTITY = re.compile(
    r"^(?:- )?[\"']?(?:apiVersion|kind)[\"']?[ \t]*:|[{,]\s*\"(?:apiVersion|kind)\"\s*:", re.MULTILINE
)
NO_MANIFEST = re.compile(r"^#[ \t]*no manifest:[ \t]*(?P<reason>\S.*)$", re.MULTILINE)
"""How a YAML file says that it is for something else than kubectl: `# no manifest: values of the Helm chart`."""


class Form(enum.StrEnum):
    """In which form a manifest stands somewhere."""

    FILE = "file"
    """A file, all of it."""
    FENCE = "fence"
    """A whole manifest in a fence of a page."""
    HEREDOC = "heredoc"
    """A whole manifest in a here-document of a shell fence."""
    FRAGMENT = "fragment"
    """A part of a manifest, in a fence: `of` and `at` say of what."""
    YAML = "yaml"
    """Saved by the reader, yet no Kubernetes object (Helm's values, say): only read."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A text with manifests."""

    text: str
    form: Form
    place: Place
    """Where it begins: the file, the fence's opening line, the command of a here-document."""
    lines: tuple[Origin, ...] | None = None
    """Where each line comes from; None: the text is all of the file."""
    samples: Mapping[str, str] = field(default_factory=dict)
    """The page's placeholders."""
    of: str = ""
    """Of a fragment: `DynamoGraphDeployment/v1beta1`."""
    at: str = ""
    """Of a fragment: its path in that, `$.spec.components[0]`."""
    via: tuple[Place, ...] = ()
    """Of a file: the fences of pages that show it."""
    problems: tuple[Problem, ...] = ()
    """What the shell would put into it that is not known, at its places."""

    @property
    def whole(self) -> bool:
        """Whether its documents are objects, to be held to their schemas."""
        return self.form in {Form.FILE, Form.FENCE, Form.HEREDOC}

    def documents(self) -> list[Document]:
        """Its documents; lists are expanded, if they are objects."""
        found = read(self.text, self.place.file, lines=self.lines, samples=self.samples)
        if self.via:
            count = self.text.count("\n") + 1
            via = {(self.place.file, line): self.via for line in range(1, count + 1)}
            found = [replace(document, via=via) for document in found]
        found = _with(self.problems, found, self.place)
        return [item for document in found for item in expand(document)] if self.whole else found


@dataclass(frozen=True, slots=True)
class Manifests:
    """What was found."""

    texts: tuple[Manifest, ...] = ()
    """Files first, then pages, each in the order of the paths; a page's in the order of its lines."""
    errors: tuple[UserError, ...] = ()
    """Files and pages that cannot be read."""
    left_out: tuple[tuple[Place, str], ...] = ()
    """What is not read, and why: YAML files that are no manifests by their own word, fences of another form."""
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
    left_out: list[tuple[Place, str]] = []
    if STDIN in paths:
        try:
            texts[STDIN] = file_manifest(STDIN, _decoded(sys.stdin.buffer.read(), STDIN))
        except UserError as error:
            errors.append(error)
    for name, path in files.items():
        try:
            _read_file(name, path, texts, left_out)
        except UserError as error:
            errors.append(error)
    found: Iterable[Manifest] = ()
    if pages or not paths:
        from docs_test.page_manifests import of_pages  # noqa: PLC0415 - MkDocs, which one file does without

        try:
            found, wrong, unread = of_pages(root.resolve(), pages, texts)
            errors += wrong
            left_out += unread
        except UserError as error:  # No site, or one that MkDocs refuses.
            errors.append(error)
    return Manifests((*texts.values(), *found), tuple(errors), tuple(left_out), sources if paths else {})


def is_manifest(text: str) -> bool:
    """Whether a text looks like a Kubernetes object: it has apiVersion or kind where an object has them."""
    return bool(IDENTITY.search(text))


def read_text(path: Path, name: str) -> str:
    """A file's text.

    Raises:
        UserError: it cannot be read, or is not UTF-8.
    """
    try:
        return _decoded(path.read_bytes(), name)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=f"{name}:1:1") from error


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        fact = f"the byte {error.object[error.start]:#04x} is no UTF-8"
        raise UserError(fact, hint="save the file as UTF-8", where=f"{name}:{line}:{column}") from error


def file_manifest(name: str, text: str, via: tuple[Place, ...] = ()) -> Manifest:
    """A whole file."""
    return Manifest(text, Form.FILE, Place(name, 1, 1), via=via)


def _read_file(name: str, path: Path, texts: dict[str, Manifest], left_out: list[tuple[Place, str]]) -> None:
    text = read_text(path, name)
    reason = NO_MANIFEST.search(text)
    if reason:
        left_out.append((Place(name, text.count("\n", 0, reason.start()) + 1, 1), reason["reason"]))
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


def _with(problems: Sequence[Problem], documents: list[Document], place: Place) -> list[Document]:
    """The documents, each with those of the problems that stand in it."""
    if not problems:
        return documents
    documents = documents or [Document(None, place)]
    more: list[list[Problem]] = [[] for _ in documents]
    for problem in problems:
        at = problem.place or place
        begun = [index for index, document in enumerate(documents) if document.place <= at]
        more[begun[-1] if begun else 0].append(problem)
    return [
        replace(document, problems=(*document.problems, *own))
        for document, own in zip(documents, more, strict=True)
    ]
