"""Where pages, examples, facts, words and tests name what changed, by file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dynamo_docs.intake.model import Touch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

GROUPS = ("pages", "generated pages", "examples", "facts", "words", "rules", "tests", "tools")
"""Sorts of files: `generated pages` come out of facts, `facts` are what tools know of Dynamo, `rules` what
manifests are checked by."""
_FOLDERS = ("docs", "snippets", "examples", "tools", "tests")
_SUFFIXES = frozenset((".md", ".yaml", ".yml", ".json", ".toml", ".py", ".js", ".html", ".txt"))
_WORDS = ("tools/dynamo_api/words.yaml", "tools/kubectl_dynamo/reasons.yaml")
_OF = (
    ("docs/", "pages"),
    ("snippets/", "pages"),
    ("examples/", "examples"),
    ("tools/dynamo_api/", "facts"),
    ("tools/dynamo_crd/sources/", "facts"),
    ("tools/dynamo_crd/", "rules"),
    ("tests/", "tests"),
)
_TELLING = re.compile(r"[a-z][A-Z]|[_\d]|[a-z]-[a-z]|^[A-Z].*[a-z]", re.ASCII)
"""Pattern of names that no sentence has by chance: camelCase, snake_case, kebab-case, with a digit."""
_GENERATED, _HEAD = "generated_from:", 8
_LAST = re.compile(r"([\w-]+)\W*$")


def word(name: str) -> str:
    """The regular expression for a name that stands by itself."""
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def words_of_field(path: str) -> tuple[str, ...]:
    """Words for a field: its name; a name that sentences have as well only where YAML or a path has it."""
    found = _LAST.search(path)
    if found is None:
        return ()
    name = found[1]
    if _TELLING.search(name):
        return (word(name),)
    before = _LAST.search(path[: found.start(1)].rstrip(".[]{}"))
    dotted = rf"{re.escape(before[1])}(?:\[\])?\.{re.escape(name)}(?![\w-])" if before else ""
    return tuple(filter(None, (rf"^\s*(?:- )?{re.escape(name)}:", dotted)))


def words_of_rule(rule: str) -> tuple[str, ...]:
    """Words for a rule in CEL: the fields that it reads."""
    names = dict.fromkeys(re.findall(r"\b(?:self|oldSelf)\.(\w+)", rule))
    return tuple(word(name) for name in names if _TELLING.search(name))


def words_of_value(text: str) -> tuple[str, ...]:
    """Words for a value of an enum, or for the name of a kind; none for one that sentences have as well."""
    return (word(text),) if _TELLING.search(text) else ()


def words_of_component(name: str) -> tuple[str, ...]:
    """Words for a component's name, as it is and as Pods have it; a common one only where YAML names it."""
    if _TELLING.search(name):
        return (word(name), rf"(?<![a-z]){re.escape(name.lower())}(?![a-z])")
    return (rf"\bname: {re.escape(name)}(?![\w-])",)


def find(root: Path, wanted: Sequence[tuple[str, ...]]) -> list[tuple[Touch, ...]]:
    """For each of several sets of words the files that have one of them, by group and name.

    Args:
        root: the site's top folder.
        wanted: sets of regular expressions, matched within lines.
    """
    patterns = [re.compile("|".join(words)) if words else None for words in wanted]
    found: list[list[Touch]] = [[] for _ in wanted]
    for file, lines in _lines(root):
        for index, pattern in enumerate(patterns):
            if pattern is None:
                continue
            hits = tuple(number for number, line in enumerate(lines, 1) if pattern.search(line))
            if hits:
                found[index].append(Touch(group(file, lines), file, hits))
    return [tuple(sorted(one, key=lambda touch: (GROUPS.index(touch.group), touch.file))) for one in found]


def group(file: str, lines: Sequence[str] = ()) -> str:
    """The sort of a file, one of `GROUPS`; a page says in its front matter what it is generated from."""
    if file in _WORDS:
        return "words"
    if file.startswith("docs/") and any(line.startswith(_GENERATED) for line in lines[:_HEAD]):
        return "generated pages"
    return next((name for start, name in _OF if file.startswith(start)), "tools")


def by_group(touches: Iterable[Touch]) -> Mapping[str, list[Touch]]:
    """Touches by the sort of their files, in the order of `GROUPS`."""
    listed = list(touches)
    every = {name: [one for one in listed if one.group == name] for name in GROUPS}
    return {name: some for name, some in every.items() if some}


def _lines(root: Path) -> Iterator[tuple[str, list[str]]]:
    for path in _files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        yield path.relative_to(root).as_posix(), text.splitlines()


def _files(root: Path) -> Iterator[Path]:
    """The files that people write; docs/examples is a link to examples/."""
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file() and not _through_link(root, path):
                yield path


def _through_link(root: Path, path: Path) -> bool:
    return any(one.is_symlink() for one in (path, *path.parents) if one.is_relative_to(root) and one != root)
