"""Why a text is no YAML, in words its writer can use: libyaml names the rule, not the slip."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.text.parsed import DASHES, Mistake
from groundwork.text.placeholders import RENDER
from groundwork.text.yaml_reader import KEY_IS_NO_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yaml import MarkedYAMLError

    from groundwork.base.field_paths import Path

ELISION = re.compile(r"\s*(?:- )?(?:\.\.\.|…)\s*$")
NO_BLANK = re.compile(r"\s*(?:- )?(?P<key>[A-Za-z_][\w./-]*):(?P<value>(?!//)[^\s].*)$")
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNSEEN = re.compile("[ \t]*(?P<odd>[\xa0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff])")
"""A line that begins with a blank which is none to YAML."""
LEADING = re.compile(r"[ \t]*")
TEMPLATE = "`{{` opens a mapping inside a mapping in YAML"
HELM = re.compile(r"\{\{-|\{\{\s*(?:(?:if|else|end|range|with|include|define|template|tpl|toYaml)\b|[.$(])")
"""Signs that only Helm's templates have."""
QUOTED = "it is text: put it in quotes"
LEVEL = "indent a key exactly like the keys of the same level"
CLOSE = "close it; if it is text, put it in quotes"
JINJA = re.compile(r"\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|include|block|endblock|macro|raw)\b")
NO_BLANK_AFTER_DASH = re.compile(r"\s*-(?P<key>[A-Za-z_][\w./-]*):(?=\s|$)")

TABLE: tuple[tuple[str, str, str, bool], ...] = (
    ("found unexpected end of stream", "the quote is never closed", "close it on the same line", True),
    ("did not find expected ',' or ']'", "a list that `[` opens is not closed by `]`", CLOSE, True),
    ("did not find expected ',' or '}'", "a mapping that `{` opens is not closed by `}`", CLOSE, True),
    ("found unknown escape character", "an unknown escape in double quotes", "double the backslash", False),
    ("expected alphabetic or numeric", "`*` begins an alias and `&` an anchor, and this is neither", QUOTED, True),
    ("block sequence entries", "a list cannot begin on the line of its key", "put `- ` on the next line", False),
    ("expected comment or line break", "text follows `|` or `>` on the same line", "begin it below", False),
    ("found undefined tag handle", "a tag, `!…`, that is not known", QUOTED, False),
    ("directive", "a line cannot begin with `%`", QUOTED, True),
    ("did not find expected node content", "a value cannot begin with this", QUOTED, False),
)
"""Parts of libyaml's messages -> ours, a hint, and whether the context's mark says more than the problem's."""


def unprintable(lines: Sequence[str]) -> Mistake:
    """The mistake of a text that holds a character YAML does not allow."""
    for number, line in enumerate(lines):
        found = UNPRINTABLE.search(line)
        if found:
            fact = f"the control character {found[0]!r} is not allowed in YAML"
            return Mistake(number, found.start(), fact, hint="remove it")
    return Mistake(0, 0, "a character that YAML does not allow")


def cut_off(line: int) -> Mistake:
    """A `...` in the first column ends the document: the API server never sees what follows."""
    hint = "remove it, or make it a comment: `# ...`; `---` begins another document"
    return Mistake(line, 0, "`...` ends the document: what follows is not read", hint=hint)


def template(mistake: Mistake, lines: Sequence[str], *, manifest: bool = True) -> Mistake:
    """The mistake, or a better one where a mapping is a key because a template's braces are not quoted."""
    before = lines[mistake.line][: mistake.column] if mistake.line < len(lines) else ""
    if mistake.fact != KEY_IS_NO_TEXT or not before.endswith("{"):
        return mistake
    return _braces(mistake.line, mistake.column - 1, lines[mistake.line], mistake.path, manifest=manifest)


def _braces(line: int, column: int, text: str, path: Path = (), *, manifest: bool) -> Mistake:
    """Braces of a template, in a line: Helm's are not to be quoted."""
    if manifest and HELM.match(text, column):
        return Mistake(
            line, column, "`{{` begins what Helm fills in: this is a template, no YAML", path, hint=RENDER
        )
    return Mistake(line, column, TEMPLATE, path, hint=QUOTED)


def explain(error: MarkedYAMLError, lines: Sequence[str], *, manifest: bool = True) -> Mistake:
    """Say where and why a text is no YAML.

    Args:
        error: what libyaml raised.
        lines: the text's lines, as libyaml counts them.
        manifest: whether it is one, which may have lines left out, or be one of Helm's templates.
    """
    return _Case(error, lines, manifest).explain()


@dataclass(slots=True)
class _Case:
    error: MarkedYAMLError
    lines: Sequence[str]
    manifest: bool

    def explain(self) -> Mistake:
        mark = self.error.problem_mark or self.error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        problem = self.error.problem or str(self.error)
        general = (self._unseen, self._template, self._tab, self._no_blank, self._by_words)
        for slip in (self._elision, *general) if self.manifest else general:
            found = slip(line, column, problem)
            if found:
                return found
        return Mistake(line, column, f"no YAML: {problem}")

    def _text(self, line: int) -> str:
        return self.lines[line] if 0 <= line < len(self.lines) else ""

    def _before(self, line: int) -> int:
        """The last line before this one that is not blank."""
        return next((n for n in range(min(line, len(self.lines)) - 1, -1, -1) if self._text(n).strip()), line)

    def _near(self, line: int) -> list[int]:
        context = self.error.context_mark
        return [line, self._before(line), *([context.line] if context else [])]

    def _elision(self, line: int, _column: int, _problem: str) -> Mistake | None:
        for number in self._near(line):
            text = self._text(number)
            if text.startswith("..."):
                return cut_off(number)
            if ELISION.match(text):
                column = len(text) - len(text.lstrip())
                fact = "`...` stands for what is left out, and a manifest cannot leave anything out"
                return Mistake(number, column, fact, hint="remove it, or make it a comment: `# ...`")
        return None

    def _unseen(self, line: int, _column: int, _problem: str) -> Mistake | None:
        for number in (line, self._before(line)):
            found = UNSEEN.match(self._text(number))
            if found:
                odd = found["odd"]
                fact = f"the line is indented with U+{ord(odd):04X}, {unicodedata.name(odd, 'a character')}"
                hint = "YAML is indented with plain blanks: replace it, though it looks like one"
                return Mistake(number, found.start("odd"), f"{fact}, which cannot be seen", hint=hint)
        return None

    def _template(self, line: int, _column: int, _problem: str) -> Mistake | None:
        for number in self._near(line):
            jinja = JINJA.search(self._text(number))
            if jinja:
                fact = f"`{jinja[0]}` is a statement of a template, no YAML"
                return Mistake(
                    number, jinja.start(), fact, hint="render the template first, then check the result"
                )
        for number in self._near(line)[::2]:
            column = self._text(number).find("{{")
            if column >= 0:
                return _braces(number, column, self._text(number), manifest=self.manifest)
        return None

    def _tab(self, line: int, column: int, problem: str) -> Mistake | None:
        for number in (line, self._before(line)):
            indent = LEADING.match(self._text(number))
            if indent and "\t" in indent[0]:
                hint = "YAML is indented with blanks: replace the tab by two"
                return Mistake(number, indent[0].index("\t"), "a tab indents this line", hint=hint)
        if self._text(line)[column : column + 1] == "\t" or "tab character" in problem:
            return Mistake(line, column, "a tab is used, but YAML allows only blanks here", hint="use blanks")
        return None

    def _no_blank(self, line: int, _column: int, problem: str) -> Mistake | None:
        if "mapping values" not in problem and "expected ':'" not in problem:
            return None
        for number in (self._before(line), line):
            found = NO_BLANK.match(self._text(number))
            if found:
                hint = f"write `{found['key']}: {found['value'].rstrip()}`"
                return Mistake(number, found.start("value"), "no blank after the colon", hint=hint)
        return None

    def _by_words(self, line: int, column: int, problem: str) -> Mistake | None:
        context = self.error.context_mark
        if "mapping values" in problem:
            return self._second_value(line, column)
        if "expected ':'" in problem and context:
            text = self._text(context.line).strip()
            hint = DASHES if text in ("-", "--") else "is a colon missing?"
            return Mistake(context.line, context.column, f"{text!r} is not a `key: value`", hint=hint)
        if "cannot start any token" in problem:
            character = self._text(line)[column : column + 1]
            return Mistake(line, column, f"a value cannot begin with {character!r}", hint=QUOTED)
        if "expected key" in problem or "'-' indicator" in problem or "<document start>" in problem:
            return self._misplaced(line, column)
        return self._by_table(line, column, problem)

    def _by_table(self, line: int, column: int, problem: str) -> Mistake | None:
        context = self.error.context_mark
        if "node content" in problem and not any(text.strip() for text in self.lines[line:]):
            end = self._before(line)
            fact = "the text ends inside what a `[` or `{` opened"
            return Mistake(end, len(self._text(end).rstrip()), fact, hint="close it")
        for words, fact, hint, at_context in TABLE:
            if words in problem or words in (self.error.context or ""):
                if at_context and context:
                    line, column = context.line, context.column
                return Mistake(line, column, fact, hint=hint)
        return None

    def _second_value(self, line: int, column: int) -> Mistake:
        text = self._text(line)[:column]
        if ": " in text:
            return Mistake(line, column, "a second `: ` in one line", hint=QUOTED)
        start = len(text) - len(text.lstrip())
        before = self._text(self._before(line)).strip()
        if self._before(line) == line:
            return Mistake(line, column, "a key does not belong here", hint=LEVEL)
        glued = NO_BLANK_AFTER_DASH.match(before)
        if glued:
            number = self._before(line)
            column = self._text(number).index("-") + 1
            return Mistake(number, column, "no blank after the dash", hint=f"write `- {before[1:]}`")
        fact = f"this key belongs to no mapping: the line before, {before!r}, is already a value"
        return Mistake(line, start, fact, hint=LEVEL)

    def _misplaced(self, line: int, column: int) -> Mistake:
        text = self._text(line)
        if text[:column].strip():
            rest = text[column:].lstrip()
            hint = "a quote within single quotes is written twice: 'it''s'" if "'" in text[:column] else QUOTED
            if rest.startswith("---"):
                hint = "write `---` on its own line"
            elif rest[:1] in ("}", "]"):
                hint = f"there is one `{rest[0]}` too many"
            return Mistake(line, column, f"{text[column:].strip()!r} follows where the value has ended", hint=hint)
        if text.strip().startswith("- "):
            return Mistake(
                line, column, "this list item belongs to no list", hint="indent it like the items before"
            )
        hint = "write `---` at the beginning of its line" if text.strip() == "---" else LEVEL
        above = next((number for number in range(line) if self._text(number).startswith("%")), None)
        if above is not None and not any(self._text(number).startswith("---") for number in range(line)):
            return Mistake(above, 0, f"`{self._text(above).strip()}` is a directive", hint="remove the line")
        return Mistake(line, column, f"{text.strip()!r} is indented like nothing above it", hint=hint)
