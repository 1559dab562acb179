"""Here-documents in shell code: where they are, where they go, and what the shell makes of their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from groundwork.text.placeholders import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groundwork.text.origins import Segment

APPLIED = re.compile(r"\bkubectl\b.*\s(?:-f|--filename)[= ]?-(?:\s|$)")
"""A command that reads a manifest from its input."""
INTO_FILE = re.compile(r"(?:>>?\s*|\btee\s+(?:-a\s+)?)[\"']?(?P<file>[^\s\"'|;&<>]+\.(?:ya?ml|json))\b")
DELIMITER = re.compile(r"[ \t]*(?P<word>(?:\\.|'[^']*'|\"[^\"]*\"|[^\s;&|<>()'\"\\])+)")
ASSIGNMENT = re.compile(
    r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)=(?P<value>'[^']*'|\"[^\"$`\\]*\"|[\w./:@%+,-]*)"
)
ASSIGNMENT_END = re.compile(r"[ \t]*(?:$|;|&&|#)")
EXPANSION = re.compile(
    r"\\(?P<escaped>[$`\\])"
    r"|\$(?P<name>[A-Za-z_]\w*)"
    r"|\$\{(?P<braced>[A-Za-z_]\w*)(?:(?P<colon>:?)(?P<operator>[-=?+])(?P<word>[^}]*))?\}"
    r"|(?P<command>\$\(|`)"
    r"|(?P<special>\$\{|\$[0-9@*#?$!-])"
)
UNKNOWN = "undeclared"
"""Text in the place of what is not known, so that the rest can be read."""


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document; lines are indices into the code's lines."""

    start: int
    """Its first line, below the command's."""
    end: int
    """The line of its delimiter."""
    quoted: bool
    """Whether the shell leaves its text alone: `<<'EOF'`."""
    dashed: bool
    """Whether tabs at the start of lines are dropped: `<<-`."""
    command: str
    """The command line that reads it."""
    opened: int = 0
    """The line of its `<<`."""
    word: str = ""
    """Word that closes it, alone on a line."""

    @property
    def applied(self) -> bool:
        """Whether kubectl reads it."""
        return bool(APPLIED.search(self.command))

    @property
    def file(self) -> str:
        """The YAML or JSON file it goes into, or ""."""
        found = INTO_FILE.search(self.command)
        return found["file"] if found else ""


@dataclass(frozen=True, slots=True)
class _Operator:
    delimiter: str
    quoted: bool
    dashed: bool


def find(code: str) -> list[Heredoc]:
    """All here-documents of shell code, in order; one that is never closed ends with the code."""
    return _Scanner(code.split("\n")).run()


@dataclass(slots=True)
class _Scanner:
    """Reads shell code line by line, as far as quotes, comments and `<<` go."""

    lines: Sequence[str]
    inside: list[str] = field(default_factory=list)
    """Openings that are not closed yet: `'`, `$'`, `"`, `}` of a variable, `)` of a command, `))` of a sum."""
    waiting: list[_Operator] = field(default_factory=list)

    def run(self) -> list[Heredoc]:
        found: list[Heredoc] = []
        number, command = 0, ""
        while number < len(self.lines):
            line = self.lines[number]
            command += line
            self._scan(line)
            opened = number
            number += 1
            for operator in self.waiting:
                number = min(number, len(self.lines))  # One before it was never closed.
                end = self._end(number, operator)
                how = (operator.quoted, operator.dashed, command, opened, operator.delimiter)
                found.append(Heredoc(number, end, *how))
                number = end + 1
            command = "" if self.waiting or not line.endswith("\\") else command[:-1] + " "
            self.waiting = []
        return found

    def _end(self, start: int, operator: _Operator) -> int:
        continued = False
        for number in range(start, len(self.lines)):
            line = self.lines[number]
            part, continued = continued, not operator.quoted and is_continued(line)
            if part:  # Joined to the line before it, so that it is no delimiter.
                continue
            # Markdown makes blanks of tabs, so a dashed one may be indented by blanks.
            if (line.strip() if operator.dashed else line) == operator.delimiter:
                return number
        return len(self.lines)

    def _scan(self, line: str) -> None:
        at = 0
        while at < len(line):
            at = self._step(line, at)

    def _step(self, line: str, at: int) -> int:
        """Go past one character, or what belongs together."""
        state = self.inside[-1] if self.inside else ""
        if line[at] == "\\" and state != "'":
            return at + 2
        if state in {"'", "$'"}:
            return self._close(line, at, "'")
        for opening, closing in (("$((", "))"), ("$(", ")"), ("${", "}")):
            if line.startswith(opening, at):
                self.inside.append(closing)
                return at + len(opening)
        if state == '"':
            return self._close(line, at, '"')
        if state and line.startswith(state, at):
            return self._close(line, at, state)
        return self._code(line, at, arithmetic=state in {"))", "}"})

    def _code(self, line: str, at: int, *, arithmetic: bool) -> int:
        """Go on outside quotes; in `arithmetic`, `<<` redirects nothing."""
        if line.startswith("$'", at):
            self.inside.append("$'")
            return at + 2
        if line[at] in "'\"":
            self.inside.append(line[at])
        elif line[at] == "#" and (at == 0 or line[at - 1] in " \t;&|("):
            return len(line)
        elif line.startswith("<<", at) and not arithmetic:
            return self._redirection(line, at)
        elif line.startswith("((", at):
            self.inside.append("))")
            return at + 2
        return at + 1

    def _close(self, line: str, at: int, closing: str) -> int:
        if line.startswith(closing, at):
            self.inside.pop()
            return at + len(closing)
        return at + 1

    def _redirection(self, line: str, at: int) -> int:
        if line.startswith("<<<", at):
            return at + 3
        dashed = line.startswith("<<-", at)
        word = DELIMITER.match(line, at + 2 + dashed)
        if not word:
            return at + 2
        text = re.sub(r"\\(.)", r"\1", re.sub("['\"]", "", word["word"]))
        self.waiting.append(_Operator(text, any(mark in word["word"] for mark in "'\"\\"), dashed))
        return word.end()


def is_continued(line: str) -> bool:
    """Whether the shell joins the next line to this one: it ends in a backslash that none before it escapes."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def joined(lines: Sequence[str], heredoc: Heredoc) -> list[range]:
    """The lines of a here-document, as ranges of those that the shell makes one of."""
    end = min(heredoc.end, len(lines))
    starts = [
        number
        for number in range(heredoc.start, end)
        if number == heredoc.start or heredoc.quoted or not is_continued(lines[number - 1])
    ]
    return [range(*pair) for pair in pairwise([*starts, end])]


def assignments(code: str) -> dict[str, str | None]:
    """Variables that the code assigns: the literal value, or None if it depends on running the code."""
    found: dict[str, str | None] = {}
    for line in code.split("\n"):
        assignment = ASSIGNMENT.match(line)
        if assignment:
            plain = ASSIGNMENT_END.match(line, assignment.end())
            found[assignment["name"]] = assignment["value"].strip("'\"") if plain else None
    return found


@dataclass(frozen=True, slots=True)
class Expanded:
    """A line as the shell hands it on."""

    text: str
    segments: tuple[Segment, ...] = ()
    """Moves of its columns."""
    unknown: tuple[tuple[int, str, str], ...] = ()
    """Places where the text is not known: column, 1-based; what the shell would put in its place; a hint."""


def expand(line: str, variables: Mapping[str, str]) -> Expanded:
    """A line of a here-document whose delimiter is not quoted: variables and escapes replaced."""
    changes: list[tuple[int, int, str]] = []
    unknown: list[tuple[int, str, str]] = []
    for found in EXPANSION.finditer(line):
        value, hint = _value(found, variables)
        if value is None:
            unknown.append((found.start() + 1, found[0], hint))
            value = found[0] if found["command"] or found["special"] else UNKNOWN
        changes.append((found.start(), found.end(), value))
    text, segments = replaced(line, [change for change in changes if line[change[0] : change[1]] != change[2]])
    return Expanded(text, segments, tuple(unknown))


def _value(found: re.Match[str], variables: Mapping[str, str]) -> tuple[str | None, str]:
    if found["escaped"]:
        return found["escaped"], ""
    quote = "if the manifest needs it as it is, quote the delimiter (<<'EOF') or write a backslash before it"
    name = found["name"] or found["braced"]
    if not name:
        return None, quote
    value = variables.get(name)
    operator = found["operator"]
    unset = value is None or (value == "" and bool(found["colon"]))  # The colon: an empty value counts as none.
    if operator == "+":
        value = "" if unset else found["word"]
    elif unset and operator in {"-", "="}:
        value = found["word"]
    elif unset and operator == "?":
        value = None
    return value, f"give its value under 'vars' or 'placeholders' in the front matter; {quote}"
