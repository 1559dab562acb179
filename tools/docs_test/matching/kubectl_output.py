"""kubectl's output against what a page shows: what differs from run to run may differ, nothing else."""

from __future__ import annotations

import re

from docs_test.matching.wildcards import Blanks, Line, Literal, Part, Varying

IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}"
IPV6 = r"(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}"
AGE = r"(?:\d{1,9}(?:ms|[ydhms])){1,7}"
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"
SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
"""The letters of generated names (k8s.io/apimachinery/pkg/util/rand): no vowels, no 0, 1 or 3."""
POD = rf"-{SAFE}{{8,10}}-{SAFE}{{5}}"
"""ReplicaSet hash and Pod suffix, as a page shows them."""
ANY_POD = rf"-{SAFE}{{1,10}}-{SAFE}{{5}}"
"""The same, as they come: the hash is a number of 32 bits, which has fewer digits now and then."""
JOB_POD = rf"-(?={SAFE}{{0,4}}[2456789])(?={SAFE}{{0,4}}[b-z]){SAFE}{{5}}"
"""The suffix alone, of a Job's Pod: on a page with a letter and a digit, or a word would be taken for one."""
HASH = r"-[0-9a-f]{8}"
"""Hash of a specification, as operators put it into names."""
NODE_PORT = r"3[0-2]\d{3}"
NOT_IN_WORD = r"(?![\w-])"

ELLIPSIS, BLANKS = "ellipsis", "blanks"
VOLATILE: tuple[tuple[str, str, str], ...] = (
    # (name, what the page shows, what may come instead)
    (ELLIPSIS, r"\.\.\.", ""),
    ("timestamp", TIMESTAMP, TIMESTAMP),
    ("ip", rf"(?<![\w.]){IPV4}(?![\w.])", rf"(?:{IPV4}|{IPV6})"),
    ("ip6", rf"(?<![\w:])(?=[0-9a-f:]*[0-9a-f]){IPV6}(?![\w:])", rf"(?:{IPV4}|{IPV6})"),
    ("external", r"<none>|<pending>", rf"(?:<none>|<pending>|{IPV4}|{IPV6})"),
    ("pod", rf"{POD}{NOT_IN_WORD}", ANY_POD),
    ("job_pod", rf"{JOB_POD}{NOT_IN_WORD}", rf"-{SAFE}{{5}}"),
    ("hash", rf"{HASH}{NOT_IN_WORD}|{HASH}(?=-)", HASH),
    ("port", rf"(?<=:){NODE_PORT}(?=/(?:TCP|UDP|SCTP))", NODE_PORT),
    ("age", rf"(?<![\w.-]){AGE}(?![\w.-])", rf"(?:{AGE}|<unknown>|<invalid>)"),
    (BLANKS, r"\s+", ""),
)
SCANNER = re.compile("|".join(f"(?P<{name}>{shown})" for name, shown, _ in VOLATILE))
INSTEAD: dict[str, Part] = {
    name: Varying(re.compile(instead)) if instead else Blanks() for name, _, instead in VOLATILE
}


def k8s_pattern(line: str) -> Line:
    """What a line of kubectl's output must fully match.

    Ages (`5s`, `3m2s`, `2d`), timestamps, IP addresses, `<none>` and `<pending>` addresses, generated name
    suffixes, node ports and the width of columns may differ; every other character counts. `...` matches any text.
    """
    runs: list[list[Part]] = [[]]
    end = 0
    for found in SCANNER.finditer(line):
        if between := line[end : found.start()]:
            runs[-1].append(Literal(between))
        if found.lastgroup == ELLIPSIS:
            runs.append([])
        else:
            runs[-1].append(INSTEAD[found.lastgroup or ""])
        end = found.end()
    if rest := line[end:]:
        runs[-1].append(Literal(rest))
    return Line(runs)
