"""One step of a page as lines of a script."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docs_test.model import Match, StepKind
from docs_test.scripting import quoting
from docs_test.scripting.patterns import patterns
from docs_test.scripting.variables import changes_folder, kept_names
from docs_test.shell.readiness import host_and_port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.model import Expectation, Step, Tutorial

PRINTS = {
    Match.LINES: "It prints:",
    Match.K8S: "It prints, ages, addresses and ends of names aside:",
    Match.JSON: "It prints JSON with at least:",
    Match.REGEX: "It prints what this regular expression matches:",
}
SHOWN_PREFIX = "| "
LIMITS_SWITCHED = re.compile(r"\b(?:set|shopt)\b")
TRAP = re.compile(r"\btrap\b")
COMMENT = re.compile(r"\s*(?:#.*)?")


@dataclass(slots=True)
class Blocks:
    """Writes the steps of one page, and notes which functions they need."""

    tutorial: Tutorial
    used: set[str] = field(default_factory=set)
    """Names of functions: "answers", "until", "keep", "within", "clean", "limit"."""
    _numbers: dict[int, int] = field(default_factory=dict)
    """Number of each step, by its `id`."""

    def __post_init__(self) -> None:
        """Number the steps."""
        self._numbers = {id(step): number for number, step in enumerate(self.tutorial.steps, 1)}

    def step(self, step: Step) -> list[str]:
        """The lines of a step that is no clean-up."""
        lines = [f"# {step}"]
        if any(other.since == step.identifier for other in self.tutorial.steps if step.identifier):
            lines.append(f"{self._clock(step)}=$SECONDS")
        lines += self._done(step)
        if step.expectation:
            lines += shown(step.expectation)
        if step.within:
            lines += self._promise(step)
        return lines

    def clean_up(self, step: Step) -> tuple[list[str], list[str]]:
        """Lines that define a part of the clean-up, and those that run it."""
        self.used.add("clean")
        name = f"_page_clean_up_{self._numbers[id(step)]}"
        lines = [f"# {step}", *function(name, step.code)]
        if step.expectation:
            lines += shown(step.expectation)
        if not (step.until or step.exit_status):
            return lines, [self._limit(step), f"_page_clean {name}"]
        runs = [*self._patterns(step), self._limit(step), f"_page_clean {self._until(step, name)}"]
        return lines, runs

    def _done(self, step: Step) -> list[str]:
        if step.kind is StepKind.FILE:
            return self._saved(step)
        if step.background:
            return self._started(step)
        if step.until or step.exit_status:
            return self._tried(step)
        lines = [*(["# A check, which the page does not show."] if step.kind is StepKind.CHECK else [])]
        lines += [self._limit(step), *code_lines(step.code)]
        if LIMITS_SWITCHED.search(step.code):
            lines.append("set -euo pipefail")
        if TRAP.search(step.code):
            lines += ["_page_exit=$(trap -p EXIT)", "trap _page_end EXIT"]
        return lines

    def _saved(self, step: Step) -> list[str]:
        below = any(changes_folder(other.code) for other in self.tutorial.steps if other.kind is not StepKind.FILE)
        folder, before = PurePosixPath(step.file_name).parent, '"$_page_folder"/' if below else ""
        name = step.file_name
        lines = [f"mkdir -p -- {before}{shlex.quote(str(folder))}"] if folder.parts else []
        safe = f"./{name}" if name.startswith("-") and not below else name
        return [*lines, *quoting.saved(f"{before}{shlex.quote(safe)}", step.code)]

    def _started(self, step: Step) -> list[str]:
        self.used.add("answers")
        wait = ["_page_wait", f"{step.timeout:.0f}", *self.address(step)]
        return [
            *(["_page_limit 0"] if "limit" in self.used else []),
            "# It keeps running until the script ends, in a process group of its own.",
            "set -m",
            "{",
            *code_lines(step.code),
            "} &",
            "set +m",
            shlex.join(wait),
        ]

    @staticmethod
    def address(step: Step) -> list[str]:
        """Host, port and perhaps the URL that says when a background step is ready."""
        host, port = host_and_port(step.ready)
        return [host, str(port), *([] if step.ready.startswith("tcp:") else [step.ready])]

    def _tried(self, step: Step) -> list[str]:
        name = f"_page_step_{self._numbers[id(step)]}"
        steps = self.tutorial.steps
        later = steps[self._numbers[id(step)] :]
        cleanups = (other for other in steps if other.cleanup)
        names = kept_names(step.code, [other.code for other in (*later, *cleanups)])
        keeps = names or changes_folder(step.code)
        lines = function(name, step.code)
        if keeps:
            self.used.add("keep")
            lines.append(f"_page_names=({' '.join(names)})")
        elif "keep" in self.used:
            lines.append("_page_names=()")
        lines += self._patterns(step)
        return [*lines, self._limit(step), self._until(step, name)]

    def _limit(self, step: Step) -> str:
        self.used.add("limit")
        return f"_page_limit {max(math.ceil(step.timeout), 1)} {shlex.quote(str(step.location))}"

    def _until(self, step: Step, name: str) -> str:
        self.used.add("until")
        return f"_page_until {step.until:.0f} {step.exit_status} {name}"

    @staticmethod
    def _patterns(step: Step) -> list[str]:
        """The patterns that end the tries; a step that is tried once may print what it likes, as any other."""
        found = patterns(step.expectation) if step.expectation and step.until else []
        if found is None:
            return ["# What it prints is not compared: bash has no such expressions.", "_page_shown=()"]
        return (
            ["_page_shown=(", *(f"    {quoting.word(one)}" for one in found), ")"] if found else ["_page_shown=()"]
        )

    def _promise(self, step: Step) -> list[str]:
        began = next(other for other in self.tutorial.steps if other.identifier == step.since)
        self.used.add("within")
        return [
            f"# The page promises: at most {step.within:.0f} s since the step #{step.since} began.",
            f'_page_within {step.within:.0f} "${self._clock(began)}"',
        ]

    def _clock(self, step: Step) -> str:
        return f"_page_began_{self._numbers[id(step)]}"


def function(name: str, code: str) -> list[str]:
    """A function with a step's code as it stands on the page."""
    return [f"{name}() {{", *code_lines(code), "}"]


def code_lines(code: str) -> list[str]:
    """A step's code; a last line that goes on in the next one gets an empty one."""
    lines = code.split("\n")
    nothing = [":"] if all(COMMENT.fullmatch(line) for line in lines) else []
    return [*lines, *([""] if code.endswith("\\") else []), *nothing]


def shown(expectation: Expectation) -> Sequence[str]:
    """What a step prints, as comments."""
    return [f"# {PRINTS[expectation.match]}", *quoting.comment(expectation.text, SHOWN_PREFIX)]
