"""What a fence is to show for an output, mode by mode; and that it comes to an end."""

from __future__ import annotations

from functools import partial

import pytest

from docs_test.matching.compare import compare
from docs_test.model import Expectation, Match
from docs_test.rewriting import bounded, patterns
from docs_test.rewriting.expectation import holds, rewrite
from docs_test.rewriting.rewrite import Refused
from docs_test.rewriting.volatile import not_of_kubectl, spans, wild
from groundwork.base.positions import Position
from support.cost import least_seconds

FENCE = Position("docs/page.md", 40)


def expect(text: str, match: Match = Match.LINES) -> Expectation:
    lines = tuple(Position("docs/page.md", 41 + n) for n in range(text.count("\n") + 1))
    return Expectation(FENCE, match, text, lines)


def new(text: str, output: str, match: Match = Match.LINES, **more: bool) -> str:
    made = rewrite(expect(text, match), output, **more)
    assert made is not None
    assert compare(expect(made.text, made.match), output) is None
    return made.text


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("at 2026-11-30T08:41:51.123Z it began", "at ... it began"),
        ("2026/11/30 08:41:51 listening", "... listening"),
        ("Mon, 30 Nov 2026 08:41:51 GMT", "..."),
        ("Mon Nov 30 08:41:51 UTC 2026", "..."),
        ("I1130 08:41:51.123456   12345 main.go:7] up", "I... main.go:7] up"),
        ("created 1764491234", "created ..."),
        ("took 5s, 3m2s, 1.5ms", "took ..., ..., ..."),
        ("real\t0m0.004s", "real..."),
        ("in 3 seconds, 12 s, 2 hours ago", "in ... seconds, ... s, ... hours ago"),
        ("12.5 tokens/s, 3 MB/s", "... tokens/s, ... MB/s"),
        ("10.42.0.17:8000", "...:8000"),
        ("fd00:10:244::5 and fe80::1", "... and ..."),
        ("pod/web-6c8f9d7b5f-zx2kl ready", "pod/web-... ready"),
        ("job-4x2bz done", "job-... done"),
        ("web-1a2b3c4d-0", "web-...-0"),
        ("1b4e28ba-2fa1-11d2-883f-0016d3cca427", "..."),
        ("x@sha256:9f86d081884c7d65", "x@sha256:..."),
        ("commit 3f2a9c1d", "commit ..."),
        ("http://localhost:43211/v1", "http://localhost:.../v1"),
        ("[1] 4711", "[1] ..."),
        ("pid 4711, PID=12", "pid ..., PID=..."),
        ('resourceVersion: "4711"', 'resourceVersion: "..."'),
        ("/tmp/tmp.Ab3dEf9hIj/x", "/tmp/.../x"),  # noqa: S108
        ("\x1b[1mbold\x1b[0m", "...bold..."),
        ("key ***", "key ..."),
        ("was 1. 10.42.0.17", "was 1. ..."),
        ("version.10.42.0.17", "version.10.42.0.17"),
    ],
)
def test_what_differs_from_run_to_run_gets_a_wildcard(line: str, wanted: str) -> None:
    made = wild(line, spans(line))
    assert made == wanted
    assert compare(expect(made), line) is None


@pytest.mark.parametrize(
    "line",
    [
        *(
            "v1.2.3",
            "1.31.0",
            "port 8000",
            "http://localhost:8000/v1",
            "127.0.0.1:8000",
            "::1",
            "3 replicas",
            "0/1",
        ),
        *("200 OK", "timeout 30s", "--interval=5s", "default: 10 seconds", "cpu: 500m", "2026", "Qwen/Qwen3-0.6B"),
        *("deadbeef", "quick-deploy", "a-first-thing", "feedface-class", "x86_64", "[1] done", "pid", "at 8:15"),
        *("12:30", "1e10", "100%", "a...b", "/etc/report.json", "7B", "H100-80GB", "sha256:", "0.0.0.0:80"),
    ],
)
def test_what_is_the_same_in_each_run_stays(line: str) -> None:
    assert spans(line) == []


def test_what_kubectls_rules_cover_needs_no_wildcard() -> None:
    line = "web-6c8f9d7b5f-zx2kl   5s   10.42.0.17   12.5 tokens/s"
    assert [line[span.start : span.end] for span in not_of_kubectl(line)] == ["12.5"]


def test_wildcards_beside_dots_are_read_as_they_are_meant() -> None:
    for line in ("/tmp/x.Ab3dEf9h", "in 5s.", "in 5s...", "... 5s", "10.42.0.17 10.42.0.18"):  # noqa: S108
        later = line.replace("10.42.0", "10.43.7").replace("5s", "12m").replace("Ab3dEf9h", "Xy7zQw2r")
        assert compare(expect(wild(line, spans(line))), later) is None


def test_what_holds_is_no_rewrite() -> None:
    assert rewrite(expect("a ...\n...\nb"), "a 1\nx\nb\n") is None
    assert rewrite(expect('{"a": "..."}', Match.JSON), '{"a": 1, "b": 2}') is None


def test_a_secret_that_the_page_shows_itself_stays() -> None:
    shown = "token hf_abcdefgh1234\nold"
    assert new_masked(shown, "token ***\nnew\n") == "token hf_abcdefgh1234\nnew"
    assert new("token x\nold", "token ***\nold\n") == "token ...\nold"


def new_masked(text: str, output: str) -> str:
    made = rewrite(expect(text), output)
    assert made is not None
    assert holds(expect(text), made.text, made.match, output)
    return made.text


def test_masked_values_in_json_become_wildcards() -> None:
    assert new('{"token": "x", "a": 1}', '{"token": "***", "a": 2}', Match.JSON) == '{"token": "...", "a": 2}'


def test_output_whose_middle_was_not_kept_is_shown_with_an_ellipsis() -> None:
    output = "a\nb\n[4711 bytes are left out]\ny\nz\n"
    assert new("a\nq\nz", output) == "a\nb\n...\ny\nz"
    with pytest.raises(Refused, match="its middle was not kept"):
        rewrite(expect("a", Match.REGEX), output)


@pytest.mark.parametrize(
    ("text", "output", "wanted"),
    [
        ("took (\\d+) s in total", "needed 3 s in total", "needed (\\d+) s in total"),
        ("(?i)Ready: (\\d+)\nage \\w+ x", "READY: 1\nage 5s", "Ready: (\\d+)\nage \\w+"),
        ("a\n.*\nz (x|y)+ end\\.", "a\nq\nr\nz xyy finished.", "a\n.*\nz (x|y)+ finished\\."),
        ("a\n.*\nb", "a\nb", "a\nb"),
        ("a\\nb(\\d+)", "a\nc12", "a\\nc(\\d+)"),
        ("(?P<v>\\d+)\\.(\\d+) of (\\w+)\\s+done", "1.2 of x not", "(?P<v>\\d+)\\.(\\d+) of (\\w+)\\s+not"),
        ("x", "10.42.0.17 (5s)  ", "[\\d.]+ \\([\\w.]+\\)[ \\t]*"),
        ("[[a]+ b", "[[a]+ c", "[[a]+\\]\\+ c"),
        ("[)a]+ b", "[)a]+ c", "\\[[)a]+\\]\\+ c"),
    ],
)
def test_patterns_keep_what_matches(text: str, output: str, wanted: str) -> None:
    made = patterns.rewritten(text, output)
    shown = "\n".join(line.text for line in made)
    assert shown.removeprefix("(?i)") == wanted
    assert shown.startswith("(?i)") == text.startswith("(?i)")
    assert compare(expect(shown, Match.REGEX), output) is None


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    with pytest.raises(Refused, match="its pattern took longer than 1 s"):
        bounded.rewritten("(a+)+b", "a" * 60 + "\n", seconds=1.0)


LONG = ("5s ", "9", "=", "a-", "/var/", ": ", "x.", "0:")


@pytest.mark.parametrize("piece", LONG)
def test_a_long_line_costs_no_more_than_its_length(piece: str) -> None:
    def cost(count: int, match: Match) -> float:
        shown = expect("old ...\n5s", match)
        return max(least_seconds(partial(rewrite, shown, f"{(piece * count)[:count]}\n"), rounds=2))

    for match in (Match.LINES, Match.K8S):
        assert cost(60_000, match) < 100 * max(cost(6_000, match), 0.001)


def test_many_lines_cost_no_more_than_their_number() -> None:
    lines = [f"line {n} of it\n" for n in range(5_000)]
    shown = expect("\n".join(f"line {n} of that" for n in range(300)))

    def cost(count: int) -> float:
        return max(least_seconds(partial(rewrite, shown, "".join(lines[:count])), rounds=2))

    assert cost(5_000) < 100 * max(cost(250), 0.001)
