"""What differs from run to run in a line of output: times, addresses, hashes, generated names."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.matching.kubectl_output import HASH, IPV4, JOB_POD, SAFE, SCANNER
from docs_test.matching.lines import ELLIPSIS
from groundwork.base.masking import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)?"
UNIT = "(?:ns|us|µs|μs|ms|[ydhms])"
SPOKEN = "(?:ns|µs|ms|s|milliseconds?|secs?|seconds?|mins?|minutes?|hours?|days?)"
EPHEMERAL = r"(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})"
"""Ports that the system hands out."""
TEMPORARY = "/tmp/"  # noqa: S108 - what a page prints
ENDS = r"(?![\w-]|\.\w)"
NUMBER = r"\d{1,20}(?:\.\d{1,20})?"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value that differs from run to run."""

    name: str
    shown: re.Pattern[str]
    """Pattern of the value; of its group `v` if it has one."""
    instead: str
    """Regular expression for it, as an author would write it."""


def _kind(name: str, shown: str, instead: str) -> Kind:
    return Kind(name, re.compile(shown), instead)


KINDS = (
    _kind("control", r"(?:\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?)+", ".*?"),
    _kind("secret", re.escape(MASK), r"\S+"),
    _kind(
        "timestamp",
        rf"(?<![\w.])(?:\d{{4}}([-/])\d\d\1\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))*"
        rf"|{DAY}, \d\d? {MONTH} \d{{4}} {CLOCK}(?: (?:GMT|UTC|[+-]\d{{4}}))?"
        rf"|{DAY} {MONTH} [ \d]\d {CLOCK}(?: [A-Z]{{2,5}})? \d{{4}}"
        rf"|\d\d/{MONTH}/\d{{4}}:{CLOCK}(?: [+-]\d{{4}})?"
        rf"|{MONTH} [ \d]\d (?:{CLOCK}|\d\d:\d\d)"
        rf"|{CLOCK})(?![\w:])",
        "[^\\n]*?",
    ),
    _kind("klog", rf"(?<=\b[IWEF])\d{{4}} {CLOCK}(?: +\d+)?(?!\w)", r"[\d:. ]+"),
    _kind("epoch", r"(?<![\w.-])1[5-9]\d{8}(?:\d{3})?(?:\.\d+)?(?![\w.-])", r"[\d.]+"),
    _kind("uuid", r"(?<![0-9a-fA-F])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?!\w)", "[0-9a-f-]+"),
    _kind("digest", r"(?<=sha256:)[0-9a-f]{7,64}", "[0-9a-f]+"),
    _kind("mac", r"(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])", "[0-9a-f:]+"),
    _kind(
        "hex",
        r"(?<![0-9A-Za-z_.])(?:0x[0-9a-f]{6,16}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,64})(?!\w|\.\w)",
        "[0-9a-fx]+",
    ),
    _kind(
        "token", r"(?<![\w/.])(?=[a-zA-Z]*\d)(?=[a-z\d]*[A-Z])(?=[A-Z\d]*[a-z])[A-Za-z\d]{20,}(?![\w/])", r"\w+"
    ),
    _kind("ip", rf"(?<![\w.])(?!127\.|0\.0\.0\.0|255\.){IPV4}{ENDS}", r"[\d.]+"),
    _kind(
        "ip6",
        r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}"
        r"(?::[0-9a-f]{1,4}){0,5})?)(?![\w:])",
        "[0-9a-f:]+",
    ),
    _kind("pod", rf"-(?P<v>{SAFE}{{8,10}}-{SAFE}{{5}})(?![\w-])", r"\w+-\w+"),
    _kind("job_pod", rf"{JOB_POD.replace('-', '-(?P<v>', 1)})(?![\w-])", r"\w+"),
    _kind("hash", rf"{HASH.replace('-', '-(?P<v>(?=[a-f]*[0-9])', 1)})(?![\w])", "[0-9a-f]+"),
    _kind("port", rf"(?<=[\w\]]:)(?P<v>{EPHEMERAL})(?!\w)|(?<=:)3[0-2]\d{{3}}(?=/(?:TCP|UDP|SCTP))", r"\d+"),
    _kind("process", r"^\[\d+\] (?P<v>\d+)$|(?i:\bpid[ :=]+)(?P<w>\d+)", r"\d+"),
    _kind("version", r"(?i:resourceVersion)\"?: \"?(?P<v>\d+)", r"\d+"),
    _kind(
        "folder",
        rf"{TEMPORARY}(?P<v>tmp\.[A-Za-z0-9]{{6,}}|tmp[a-z0-9_]{{8}}|docs-test-[0-9a-f]{{12}})(?!\w)"
        rf"|{TEMPORARY}[\w.-]{{0,60}}?[.-](?P<w>(?=[a-z\d]*[A-Z])(?=[A-Z\d]*[a-z])[A-Za-z0-9]{{6,10}})(?!\w)",
        r"[\w.-]+",
    ),
    _kind("rate", rf"(?<![\w.-]){NUMBER}(?= ?\w{{1,20}}/s(?:ec)?\b)", r"[\d.]+"),
    _kind("duration", rf"(?<![\w.-])(?:{NUMBER}{UNIT}){{1,7}}{ENDS}", r"[\w.]+"),
    _kind("spoken", rf"(?<![\w.-]){NUMBER}(?= {SPOKEN}{ENDS})", r"[\d.]+"),
)
UNSEEN = tuple(kind for kind in KINDS if kind.name in {"control", "secret"})
"""Kinds that are looked for in any line."""
LONGEST = 2000
"""Characters of a line, at most, in which all kinds are looked for."""
SETTING = re.compile(r"(?:timeout|default|interval|period|delay|limit|every|cpu)\S{0,2}[=: \"'(]+$", re.IGNORECASE)
"""Words before a duration that somebody chose: it is the same in each run."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line that differs from run to run."""

    start: int
    end: int
    instead: str
    """Regular expression for it."""


def spans(line: str) -> list[Span]:
    """The parts of a line that differ from run to run, in order, none overlapping another.

    What cannot be shown is among them: control characters, and tabs, which Markdown turns into blanks.
    """
    kinds = KINDS if len(line) <= LONGEST else UNSEEN
    found = [Span(*_place(match), kind.instead) for kind in kinds for match in kind.shown.finditer(line)]
    found = [span for span in found if not (_is_duration(line, span) and _is_chosen(line[: span.start]))]
    found += [Span(i, i + 1, ".") for i, sign in enumerate(line) if not sign.isprintable()]
    return _merged(sorted(found, key=lambda span: (span.start, -span.end)))


def _place(match: re.Match[str]) -> tuple[int, int]:
    named = [name for name, text in match.groupdict().items() if text is not None]
    return match.span(named[0]) if named else match.span()


def _is_chosen(before: str) -> bool:
    return SETTING.search(before[-40:]) is not None


def _is_duration(line: str, span: Span) -> bool:
    return re.fullmatch(rf"{NUMBER}|(?:{NUMBER}{UNIT})+", line[span.start : span.end]) is not None


def _merged(found: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in found:
        last = merged[-1] if merged else None
        if last and (span.start < last.end or (span.start == last.end and span.instead == ".")):
            instead = last.instead if span.end <= last.end else ".*?"
            merged[-1] = Span(last.start, max(last.end, span.end), instead)
        else:
            merged.append(span)
    return merged


def of_kubectl(line: str) -> list[tuple[int, int]]:
    """The parts of a line that may differ in `data-match="k8s"`."""
    return [match.span() for match in SCANNER.finditer(line)]


def not_of_kubectl(line: str) -> list[Span]:
    """The parts that differ from run to run, and that `data-match="k8s"` does not cover."""
    covered = of_kubectl(line)
    starts = [start for start, _ in covered]
    found = spans(line)
    last = [bisect_right(starts, span.start) - 1 for span in found]
    return [span for span, at in zip(found, last, strict=True) if at < 0 or span.end > covered[at][1]]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of an expected line that is being written."""

    text: str
    is_wild: bool = False
    """Whether it is a wildcard; `...` may also be text that came."""


def joined(pieces: Iterable[Text]) -> str:
    """The line of these pieces, in which each wildcard is one.

    Two beside each other are one. Dots before one are part of it: of four dots the first three are the wildcard.
    """
    made: list[Text] = []
    for piece in pieces:
        if piece.is_wild:
            while made and (made[-1].is_wild or not made[-1].text.rstrip(".")):
                made.pop()
            if made:
                made[-1] = Text(made[-1].text.rstrip("."))
        if piece.text:
            made.append(piece)
    return "".join(piece.text for piece in made)


def wild(line: str, parts: Sequence[Span]) -> str:
    """The line with `...` for parts that are in order and do not overlap."""
    made: list[Text] = []
    end = 0
    for part in parts:
        made += Text(line[end : part.start]), Text(ELLIPSIS, is_wild=True)
        end = part.end
    return joined([*made, Text(line[end:])])
