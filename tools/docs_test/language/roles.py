"""What each fence is for: its role and attributes, checked one fence at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from docs_test.language import values
from docs_test.language.attributes import read_attribute
from docs_test.language.vocabulary import (
    APPEARANCE,
    APPEARANCE_OPTIONS,
    ATTRIBUTES,
    CLEANUP,
    MANIFESTS,
    NEED_ROLE,
    ROLES,
    SHELLS,
)
from docs_test.language.word_positions import at_text, at_word
from docs_test.matching.compare import check_expectation
from docs_test.model import Expectation, Fence, Match, Role
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from docs_test.language.needs import Vocabulary
    from groundwork.base.positions import Position

problem = partial(Problem, code="fence")

EXAMPLE = "```{language} {{ .{role} }}"


@dataclass(frozen=True, slots=True)
class Use:
    """A fence and what it is for."""

    fence: Fence
    role: Role | None
    """Role; None if its language needs none (a diagram, say) and it has none, or it could not be determined."""
    cleanup: bool = False
    when: Mapping[str, str] = field(default_factory=dict)
    """The variants it belongs to; empty: all."""
    needs: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """The other `data-…` attributes, read: seconds, numbers, text; `title` as `file_name`."""
    undetermined: bool = False
    """The role could not be determined. That is reported once; do not report errors that only follow from it."""

    @property
    def location(self) -> Position:
        """Where the fence opens."""
        return self.fence.location


def read_use(
    root: Path, fence: Fence, variants: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary
) -> tuple[Use, list[Problem]]:
    """Read a fence's role and attributes.

    Args:
        root: the folder that `data-from` paths start at.
        fence: the fence.
        variants: the page's variants, which `data-when` may name.
        vocabulary: the site's words for what an environment has.

    Returns:
        What could be read, and every mistake.
    """
    reader = _Reader(root, fence, variants, vocabulary)
    return reader.read(), reader.problems


@dataclass(slots=True)
class _Reader:
    root: Path
    fence: Fence
    variants: Mapping[str, tuple[str, ...]]
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, fact: str, hint: str = "", *, at: str = "") -> None:
        """Note a mistake; `at` is the word of the opening line that is to blame."""
        self.problems.append(problem(at_word(self.root, self.fence.location, at), fact, hint))

    def read(self) -> Use:
        role, cleanup = self._role()
        if role is None:
            return Use(self.fence, None, undetermined=bool(self.problems))
        found = self._values(role)
        when = found.pop("data-when", {})
        needs = tuple(found.pop("data-needs", ()))
        self._language(role)
        checks: dict[Role, Callable[[dict[str, Any]], None]] = {
            Role.RUN: self._run,
            Role.OUTPUT: self._output,
            Role.FILE: self._file,
            Role.MANIFEST: self._same_as_source,
            Role.FRAGMENT: self._fragment,
            Role.SKIP: self._skip,
        }
        checks[role](found)
        if cleanup and "data-background" in found:
            self.wrong("a clean-up cannot run in the background")
        return Use(self.fence, role, cleanup, when, needs, found)

    def _role(self) -> tuple[Role | None, bool]:
        classes = [name for name in self.fence.classes if name not in APPEARANCE]
        named = [name for name in classes if name in ROLES]
        has_data = any(key.startswith("data-") for key in self.fence.attributes)
        concerned = bool(named) or has_data or self.needs_role()
        for name in classes:
            if name not in ROLES and ((near := did_you_mean(name, ROLES)) or concerned):
                hint = near and near.replace("'", "'.", 1)
                self.wrong(f"unknown role {'.' + name!r}", hint or f"roles: {_dotted(ROLES)}", at=f".{name}")
        cleanup = CLEANUP in named
        roles = list(dict.fromkeys(name for name in named if name != CLEANUP))
        if len(roles) > 1 or (cleanup and roles not in ([], [Role.RUN.value])):
            both = _dotted((*roles, *([CLEANUP] if cleanup else [])))
            self.wrong(f"a fence has one role, this one has {both}", "keep one; only .run goes with .cleanup")
        elif not named and concerned and not any(name not in ROLES for name in classes):
            language = self.fence.language or "console"
            role = "run" if language in SHELLS else "manifest" if language in MANIFESTS else "output"
            example = EXAMPLE.format(language=language, role=role)
            hint = f"say what it is for: {example}; roles: {_dotted(ROLES)}"
            self.wrong(f"this {language} fence has no role", hint)
        if roles:
            return Role(roles[0]), cleanup
        return (Role.RUN, True) if cleanup else (None, False)

    def needs_role(self) -> bool:
        """Whether the language demands a role; JSON only when it is a manifest."""
        if self.fence.language == "json":
            return '"apiVersion"' in self.fence.text and '"kind"' in self.fence.text
        return self.fence.language in NEED_ROLE

    def _values(self, role: Role) -> dict[str, Any]:
        found: dict[str, Any] = {}
        allowed = ATTRIBUTES[role]
        for key, text in self.fence.attributes.items():
            if key in APPEARANCE_OPTIONS:
                continue
            if key not in allowed:
                self._unknown(key, role, allowed)
                continue
            try:
                found[key] = read_attribute(key, text, self.vocabulary)
            except ValueError as error:
                fact, *hint = error.args
                self.wrong(f"{key}: {fact}", *map(str, hint), at=key)
        self._known_variants(found.get("data-when", {}))
        return found

    def _unknown(self, key: str, role: Role, allowed: frozenset[str]) -> None:
        owners = [f".{other.value}" for other, keys in ATTRIBUTES.items() if key in keys]
        near = did_you_mean(key, allowed)
        if owners:
            self.wrong(f"{key!r} does not go with .{role.value}", f"it belongs to {either(owners)}", at=key)
        elif key.startswith("data-") or near:
            names = ", ".join(sorted(allowed))
            self.wrong(f"unknown attribute {key!r}", near or f".{role.value} may have: {names}", at=key)
        else:
            hint = f"attributes of .{role.value}: {', '.join(sorted(allowed))}"
            self.wrong(f"unknown attribute {key!r}", hint, at=key)

    def _known_variants(self, when: Mapping[str, str]) -> None:
        for name, value in when.items():
            if name not in self.variants:
                hint = f"the page's front matter has {either(list(self.variants))} under 'variants'"
                hint = did_you_mean(name, self.variants) or hint
                self.wrong(f"data-when names the unknown variant {name!r}", hint, at="data-when")
            elif value not in self.variants[name]:
                hint = did_you_mean(value, self.variants[name]) or f"{name} is {either(self.variants[name])}"
                self.wrong(f"data-when names {value!r}, no value of {name!r}", hint, at="data-when")

    def _language(self, role: Role) -> None:
        language = self.fence.language
        if role is Role.RUN and language not in SHELLS:
            self.wrong(
                f"a .run fence is bash, this one is {language or 'of no language'!r}",
                "prompts and output go into a `console` fence with .output, commands into `bash` without `$`",
            )
        if role in {Role.MANIFEST, Role.FRAGMENT} and language not in MANIFESTS:
            self.wrong(f"a .{role.value} fence is yaml or json, this one is {language or 'of no language'!r}")

    def _run(self, found: dict[str, Any]) -> None:
        if not self.fence.text.strip():
            self.wrong("a .run fence without a command")
        for text, where in zip(self.fence.text.split("\n"), self.fence.lines, strict=False):
            if text.startswith("$ "):
                self.problems.append(problem(where, "a prompt in a .run fence", "write the command without `$ `"))
                break
        self._background(found)
        for one, other in (("data-since", "data-within"), ("data-within", "data-since")):
            if one in self.fence.attributes and other not in self.fence.attributes:
                self.wrong(f"{one} without {other}", 'a promise: data-since="ID" data-within="2m"', at=one)
        if "data-timeout" in found and found.get("data-until", 0) > found["data-timeout"]:
            hint = "the timeout is for all attempts together"
            self.wrong("data-until is longer than data-timeout", hint, at="data-until")

    def _background(self, found: dict[str, Any]) -> None:
        given = self.fence.attributes
        if "data-background" in given and "data-ready" not in given:
            self.wrong(
                "data-background without data-ready", 'say when it is up: data-ready="tcp://localhost:8000"'
            )
        if "data-ready" in given and "data-background" not in given:
            self.wrong("data-ready without data-background", at="data-ready")
        for key in ("data-until", "data-exit", "data-within"):
            if "data-background" in found and key in found:
                hint = "a background step is not waited for"
                self.wrong(f"{key} does not go with data-background", hint, at=key)

    def _output(self, found: dict[str, Any]) -> None:
        match = Match(found.setdefault("data-match", Match.LINES))
        found["data-match"] = match
        expectation = Expectation(self.fence.location, match, self.fence.text, self.fence.lines)
        self.problems.extend(map(self._on_page, check_expectation(expectation)))

    def _on_page(self, found: Problem) -> Problem:
        """A problem of the fence's text, with its column on the page."""
        line, column = replace(found.position, column=0), found.position.column
        if column and line in self.fence.lines:
            text = self.fence.text.split("\n")[self.fence.lines.index(line)]
            line = at_text(self.root, line, text, column - 1)
        return replace(found, position=line)

    def _file(self, found: dict[str, Any]) -> None:
        if "title" not in self.fence.attributes:
            self.wrong("a .file fence without title", 'the title is the name it is saved under: title="a.yaml"')
        else:
            try:
                found["file_name"] = values.file_name(self.fence.attributes["title"])
            except ValueError as error:
                fact, *hint = error.args
                self.wrong(f"title: {fact}", *map(str, hint), at="title")
        self._same_as_source(found)

    def _same_as_source(self, found: dict[str, Any]) -> None:
        """Hold a fence to the file it comes from; `source` is then that file's text, `digest` its SHA-256."""
        name = found.get("data-from")
        if name is None:
            return
        path = self.root / name
        if not path.is_file():
            hint = "paths start at the site's top folder"
            self.wrong(f"data-from names {name!r}, which is not a file", hint, at="data-from")
            return
        try:
            content = path.read_bytes()
            text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        except (OSError, UnicodeError) as error:
            self.wrong(f"data-from: {name!r} cannot be read: {error}", at="data-from")
            return
        found["source"], found["digest"] = text, hashlib.sha256(content).hexdigest()
        shown, real = self.fence.text.split("\n"), text.strip("\n").split("\n")
        if not self.fence.text.strip():
            self.wrong("the fence is empty", f'show the file: --8<-- "{name}"')
        elif shown != real:
            index = next((i for i, pair in enumerate(zip(shown, real, strict=False)) if pair[0] != pair[1]), -1)
            where = self.fence.lines[index]
            line = index + 1 if index >= 0 else min(len(shown), len(real)) + 1
            hint = f'insert it instead of copying: --8<-- "{name}"'
            self.problems.append(problem(where, f"this is not what {name}:{line} says", hint))

    def _fragment(self, found: dict[str, Any]) -> None:
        example = f'data-of="{self.vocabulary.example}" data-at="$.spec"'
        for key in ("data-of", "data-at"):
            if key not in found and key not in self.fence.attributes:
                self.wrong(f"a .fragment fence without {key}", f"name what it is a part of: {example}")

    def _skip(self, found: dict[str, Any]) -> None:
        if not str(found.get("data-reason", "")).strip():
            self.wrong("a .skip fence without data-reason", 'the page shows it: data-reason="needs a real GPU"')
        if "data-timeout" in found and "data-runs-on" not in self.fence.attributes:
            hint = f'name where it runs: data-runs-on="{next(iter(self.vocabulary.runs_on), "NAME")}"'
            self.wrong("data-timeout on a .skip that runs nowhere", hint, at="data-timeout")


def _dotted(names: tuple[str, ...]) -> str:
    return ", ".join(f".{name}" for name in names)
