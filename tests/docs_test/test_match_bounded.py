"""Comparisons come to an end: wildcards in time that grows with the text, a page's pattern in the step's time."""

from __future__ import annotations

import json
import random
import re

import pytest

from docs_test.matching import patterns
from docs_test.matching.compare import Mismatch, compare
from docs_test.matching.kubectl_output import INSTEAD, SCANNER, VOLATILE, k8s_pattern
from docs_test.matching.lines import line_pattern
from docs_test.matching.patterns import Undecided, compare_pattern
from docs_test.matching.wildcards import LONGEST, Varying
from docs_test.model import Match
from docs_test.outcomes import FailureKind, Outcome
from support.page_runs import fake_cluster, run, shown, step

FORMS = {name: instead or (r"\s+" if name == "blanks" else ".*?") for name, _, instead in VOLATILE}
LINE_PARTS = ("a", "b", "ab", "=", " ", "...")
K8S_PARTS = (
    *("5s", "3m2s", "7d4h", "...", "10.0.0.1", "172.18.0.12", "fd00::1", "<none>", "<pending>", " ", "  ", "a"),
    *("-bcdfg", "-1a2b3c4d", "-67b44dd657-sd6bt", "x-x7k2p", "1", ":30000/TCP", "."),
)
SLOW = "(a+)+c"
"""A pattern that takes two to the number of letters steps."""


def of_lines(line: str) -> re.Pattern[str]:
    """The same as a regular expression, which is slow and known to be right."""
    return re.compile(".*?".join(map(re.escape, line.split("..."))))


def of_k8s(line: str) -> re.Pattern[str]:
    parts, end = [], 0
    for found in SCANNER.finditer(line):
        parts += [re.escape(line[end : found.start()]), FORMS[found.lastgroup or ""]]
        end = found.end()
    return re.compile("".join([*parts, re.escape(line[end:])]))


@pytest.mark.parametrize(
    ("ours", "oracle", "alphabet"), [(line_pattern, of_lines, LINE_PARTS), (k8s_pattern, of_k8s, K8S_PARTS)]
)
def test_a_line_matches_what_the_regular_expression_matches(ours, oracle, alphabet):
    chance = random.Random(20261)  # noqa: S311 - the same lines each time
    outcomes = {True: 0, False: 0}
    for _ in range(8_000):
        want = [chance.choice(alphabet) for _ in range(chance.randrange(7))]
        # Near to what is expected: text of no relation never matches.
        have = [chance.choice([part, part, part, chance.choice(alphabet), ""]) for part in want]
        line, text = "".join(want), "".join(have).replace("...", chance.choice(["", "a", "=b"]))
        right = oracle(line).fullmatch(text) is not None
        assert ours(line).fullmatch(text) is right, (line, text)
        outcomes[right] += 1
    assert min(outcomes.values()) > 500, "both are tried"


@pytest.mark.parametrize("match", [Match.LINES, Match.K8S])
@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("...=...=...=...=x", "=" * 100_000),
        ("...=" * 20 + "x", "=" * 100_000),
        ("... a ... b ... c", " " * 200_000),
        ("...10.0.0.1 x", "1." * 100_000),
        ("...10.0.0.1...5s...y", "1." * 100_000),
        ("<none>" * 30 + "x", "1.1.1.111" * 30),
        ("5s" * 30 + "x", "5s" * 30),
        ("...\n" + "a\n" * 50 + "b\n...", "a\n" * 50_000),
        ("\n".join(f"l {n} 5s" for n in range(2_000)), "\n".join(f"m {n} 5s" for n in range(2_000))),
    ],
    ids=range(9),
)
def test_no_line_takes_long(match, text, output):
    assert compare(shown(5, text, match), output)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ('["...","...","...","...","..."]', json.dumps([f"n-{n}" for n in range(3_000)]) + " extra"),
        ('"...=...=...=...=x"', json.dumps("=" * 100_000)),
        ('{"a": 1}', '{"a": ' + "[" * 900 + "]" * 900 + "}"),
    ],
    ids=["no JSON", "text", "deep"],
)
def test_no_json_takes_long(text, output):
    assert compare(shown(5, text, Match.JSON), output)


def test_every_form_is_bounded():
    for part in INSTEAD.values():
        if isinstance(part, Varying):
            for one in ("1", "a", "1.", "1h", "1:", "-b2b2b2b2", "2026-01-02T03:04:05." + "1" * 200):
                found = part.form.match(one * 300)
                assert not found or found.end() <= LONGEST


def test_a_pattern_that_takes_too_long_is_given_up():
    with pytest.raises(Undecided, match="took longer than 1 s") as error:
        compare_pattern(SLOW, "a" * 60 + "b", 1.0)
    assert "'(a+)+'" in error.value.hint
    with pytest.raises(Undecided) as error:
        compare_pattern(r"(?:.*,){25}x", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20" * 20, 1.0)
    assert "`[^ ]*`" in error.value.hint


def test_what_is_known_of_a_mismatch_is_said_although_the_rest_takes_too_long():
    # Too short for the last line, so it does not match; whether the first line does is what takes too long.
    found = compare_pattern(f"{SLOW}\nz{{1000}}", "a" * 60 + "b", 4.0)  # Time enough for the first answer.
    assert found
    assert (found.index, found.diff.splitlines()[0]) == (0, f"- {SLOW}")


def test_a_pattern_that_needs_too_much_memory_is_given_up(monkeypatch, tmp_path):
    program = tmp_path / "dies.py"
    program.write_text("raise MemoryError", encoding="utf-8")
    monkeypatch.setattr(patterns, "PROGRAM", program)
    with pytest.raises(Undecided, match="too much memory"):
        compare_pattern("a", "a", 5.0)


def test_a_page_whose_pattern_takes_too_long_fails_in_its_time(tmp_path):
    slow = step(5, "printf 'a%.0s' $(seq 1 60); echo b", expectation=shown(9, SLOW, Match.REGEX), timeout=2.0)
    # The shell is at work by then: its start may take as long as that.
    page = run(fake_cluster(tmp_path), step(2, "true"), slow, step(20, "echo never"))
    failure = page.steps[1].failure
    assert failure is not None
    assert (failure.kind, failure.position.line, failure.diff) == (FailureKind.TIMEOUT, 10, ())
    assert failure.fact.startswith("the page's pattern took longer than 2 s")
    assert "(a+)+" in failure.hint
    assert page.steps[2].outcome is Outcome.NOT_RUN


def test_long_texts_are_shown_where_they_differ():
    lines = [f"line {n}" for n in range(2_000)]
    found = compare(shown(5, "\n".join([*lines, "last"])), "\n".join([*lines, "lost"]))
    assert isinstance(found, Mismatch)
    assert found.diff.splitlines()[0] == "  (1990 lines that match)"
    assert found.diff.splitlines()[-2:] == ["- last", "+ lost"]
    assert found.location.line == 2006
    found = compare(shown(5, "\n".join(lines)), "\n".join(["first", *lines]))
    assert found
    assert found.diff.splitlines()[0] == "+ first"
    assert found.diff.splitlines()[-2:] == ["  (1600 more lines expected)", "  (1601 more lines of output)"]
