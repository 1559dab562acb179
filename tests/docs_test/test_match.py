"""Matchers: each with what matches and with what must not."""

from __future__ import annotations

import pytest

from docs_test.matching.compare import Mismatch, compare
from docs_test.matching.lines import DIFF_LINES
from docs_test.model import Expectation, Match
from groundwork.base.positions import Position

FENCE = Position("docs/page.md", 40)


def expect(match: Match, text: str) -> Expectation:
    lines = tuple(Position("docs/page.md", 41 + n) for n in range(text.count("\n") + 1))
    return Expectation(FENCE, match, text, lines)


def mismatch(match: Match, text: str, output: str) -> Mismatch:
    found = compare(expect(match, text), output)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("a\nb", "a\nb\n"),
        ("a\nb", "\n\na  \nb\t\n\n"),
        ("a\r\nb".replace("\r", ""), "a\r\nb\r\n"),
        ("a ... c", "a b c"),
        ("a ... c", "a  c"),
        ("...b...", "abc"),
        ("...", ""),
        ("...", "a\nb"),
        ("a\n...\nz", "a\nz"),
        ("a\n...\nz", "a\nb\nz\nz"),
        ("...\nb\n...\nb\n...", "b\nx\nb"),
        ("", ""),
        ("a\n\nb", "a\n\nb"),
        ("Waiting...", "Waiting..."),
        ("(a|b) [c]*", "(a|b) [c]*"),
    ],
)
def test_lines_match(text: str, output: str) -> None:
    assert compare(expect(Match.LINES, text), output) is None


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("a\nb", "a"),
        ("a", "a\nb"),
        ("a\nb", "b\na"),
        ("a b", "a  b"),
        ("a", " a"),
        ("", "a"),
        ("a", ""),
        ("a ... c", "a b\nc"),
        ("...\nb\n...\nb", "x\nb"),
        ("a\n...\na", "a"),
        ("a", "aa"),
        ("5s", "6s"),
    ],
)
def test_lines_do_not_match(text: str, output: str) -> None:
    assert compare(expect(Match.LINES, text), output) is not None


def test_diff_is_aligned_and_names_the_first_line_not_met() -> None:
    found = mismatch(Match.LINES, "first\n...\nmiddle ...\nlast", "first\nx\ny\nmiddle 1\nlost\n")
    assert found.location.line == 44
    assert found.diff == "  first\n  x\n  y\n  middle 1\n- last\n+ lost"
    assert str(found).splitlines()[0] == "docs/page.md:44: the output is not what the page shows"


def test_too_much_output_is_told_at_the_next_line() -> None:
    found = mismatch(Match.LINES, "a\nb", "a\nmore\nb")
    assert found.diff == "  a\n+ more\n  b"
    assert found.location.line == 42


def test_expectation_without_line_places_is_told_at_its_fence() -> None:
    found = compare(Expectation(FENCE, Match.LINES, "a"), "b")
    assert found is not None
    assert found.location == FENCE


def test_long_output_is_compared_wholly_and_shown_partly() -> None:
    output = "".join(f"line {n}\n" for n in range(20_000))
    assert compare(expect(Match.LINES, "...\nline 19999"), output) is None
    found = mismatch(Match.LINES, "...\nline 20000", output)
    assert len(found.diff.splitlines()) <= DIFF_LINES + 2
    assert "more lines of output" in found.diff


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (r"took \d+ s", "took 12 s\n"),
        (r"a.*z", "a\nb\nz\n"),
        (r"(?i)READY", "ready"),
    ],
)
def test_pattern_matches(text: str, output: str) -> None:
    assert compare(expect(Match.REGEX, text), output) is None


def test_pattern_must_match_all_of_it() -> None:
    found = mismatch(Match.REGEX, "one\ntw. \\d\nthree", "one\ntwo 2\ndrei\n")
    assert found.location.line == 43
    assert found.diff == "  one\n  tw. \\d\n- three\n+ drei"
    assert compare(expect(Match.REGEX, "a"), "ab") is not None


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": {"b": "..."}}', '{"a": {"b": {"c": []}}}'),
        ('[{"id": "x"}, "..."]', '[{"id": "x", "y": 1}, null]'),
        ('{"id": "chat-..."}', '{"id": "chat-12\\n3"}'),
        ("1", "1.0"),
        ('{"a": null}', '{"a": null}'),
        ("{}", '{"a": 1}'),
    ],
)
def test_json_matches(text: str, output: str) -> None:
    assert compare(expect(Match.JSON, text), output) is None


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ('{"a": 1}', '{"a": 2}'),
        ('{"a": 1}', '{"b": 1}'),
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": true}', '{"a": 1}'),
        ('{"a": null}', "{}"),
        ("[1]", "[1, 2]"),
        ("[1, 2]", "[1]"),
        ("[1, 2]", "[2, 1]"),
        ('{"a": []}', '{"a": {}}'),
        ('{"id": "chat-..."}', '{"id": "cmpl-1"}'),
        ('{"a": "..."}', "{}"),
        ('{"a": 1}', "curl: (7) refused"),
        ("{}", ""),
    ],
)
def test_json_does_not_match(text: str, output: str) -> None:
    assert compare(expect(Match.JSON, text), output) is not None


def test_json_diff_leaves_out_what_nobody_asked_for() -> None:
    text = '{\n  "object": "list",\n  "data": [\n    {"id": "...", "kind": "model"}\n  ]\n}'
    found = mismatch(Match.JSON, text, '{"object": "list", "x": 1, "data": [{"id": {"n": 1}, "kind": "none"}]}')
    assert found.location.line == 44
    assert '-       "kind": "model"' in found.diff.splitlines()
    assert '+       "kind": "none"' in found.diff.splitlines()
    assert '        "id": "...",' in found.diff.splitlines()
    assert '"x"' not in found.diff


@pytest.mark.parametrize(
    ("text", "output", "line"),
    [
        ('{\n  "a": 1,\n  "b": {\n    "c": 2}}', '{"a": 1, "b": {"c": 3}}', 44),
        ('{\n  "a": 1,\n  "b": {\n    "c": 2}}', '{"a": 1, "b": {}}', 44),
        ("[\n  1,\n  2\n]", "[1]", 43),
        ("[\n  1\n]", "[1, 2]", 41),
        ('{\n  "a": 1,\n  "a": 2\n}', '{"a": 1}', 43),
        ('{\n  "a": NaN\n}', '{"a": 1}', 41),
    ],
)
def test_json_that_differs_is_told_at_the_line_of_its_key(text: str, output: str, line: int) -> None:
    assert mismatch(Match.JSON, text, output).location.line == line


PODS = """\
NAME                                     READY   STATUS    RESTARTS   AGE
quickstart-frontend-67b44dd657-sd6bt     1/1     Running   0          14s
"""


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (
            PODS,
            "NAME  READY  STATUS  RESTARTS  AGE\nquickstart-frontend-7c9f8b6d5f-x2x4z  1/1  Running  0  3m2s\n",
        ),
        ("NAME AGE\na 5s", "NAME   AGE\na      2d4h"),
        ("a 5s", "a <unknown>"),
        ("svc ClusterIP 10.96.0.1 <none> 80/TCP 5s", "svc  ClusterIP  10.244.13.7  <pending>  80/TCP  1h"),
        ("svc LoadBalancer 10.96.0.1 <pending>", "svc LoadBalancer fd00:10:96::1 172.18.0.2"),
        ("80:30123/TCP", "80:31999/TCP"),
        ("at 2026-01-02T03:04:05Z", "at 2026-11-12T13:14:15.123Z"),
        ("worker-1a2b3c4d", "worker-deadbeef"),
        ("worker-1a2b3c4d-67b44dd657-sd6bt", "worker-deadbeef-7c9f8b6d5f-x2x4z"),
        ("worker-1a2b3c4d-67b44dd657-sd6bt", "worker-deadbeef-6595786-x2x4z"),
        ("Restarts 1 (3m ago)", "Restarts 1 (10s ago)"),
        ("quickstart-vllmworker-... 1/1", "quickstart-vllmworker-1a2b3c4d-x 1/1"),
        ("a 1\n...\nz 5s", "a 1\nb\nz 7d"),
        ("profile-my-model-x7k2p 0/2", "profile-my-model-bcdfg 0/2"),
    ],
)
def test_kubectl_output_matches(text: str, output: str) -> None:
    assert compare(expect(Match.K8S, text), output) is None


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (PODS, PODS.replace("Running", "Pending")),
        (PODS, PODS.replace("1/1", "0/1")),
        (PODS, PODS.replace("frontend", "worker")),
        (PODS, PODS + "other-67b44dd657-sd6bt   1/1   Running   0   5s\n"),
        ("a 5s", "a 5"),
        ("a 5s", "a five"),
        ("a b", "ab"),
        ("10.96.0.1", "localhost"),
        ("10.96.0.1", "<none>"),
        ("v1.35.4", "v1.36.0"),
        ("80/TCP", "81/TCP"),
        ("80:30123/TCP", "80:123/TCP"),
        ("quickstart", "quickstart2"),
        ("worker-1a2b3c4d", "worker-1a2b3c4"),
        ("app-5s", "app-6s"),
        ("profile-my-model-x7k2p", "profile-my-model-x7k2pz"),
        ("profile-my-model", "profile-my-motor"),
        ("name-bcdfg", "name-bcdfh"),
        ("name-24567", "name-24568"),
        ("2026-01-02T03:04:05Z", "yesterday"),
    ],
)
def test_kubectl_output_does_not_match(text: str, output: str) -> None:
    assert compare(expect(Match.K8S, text), output) is not None
