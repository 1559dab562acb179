"""--wait and --watch: states that follow each other, without a second's sleep."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from groundwork.base.errors import EnvironmentFault
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.showing.follow import Follower, Patience
from kubectl_dynamo.showing.screens import Terminal
from kubectl_dynamo.verbs import command
from kubectl_dynamo.verbs import status as status_verb
from support.waiting import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_dynamo.judging.view import View
    from kubectl_dynamo.showing.style import Style

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]

NAME = "my-model"
WAY = ("pending", "initializing", "sweeping", "sweeping", "deploying", "deployed")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--interval 0` is good for a fake server; time goes on only by what is slept, and nobody sleeps."""
    monkeypatch.setattr(command, "SHORTEST_INTERVAL", 0.0)
    clock = Clock()
    follower = partial(Follower, clock=clock.monotonic, sleep=clock.sleep)
    monkeypatch.setattr(status_verb, "Follower", follower)


@pytest.fixture
def script(load_state: Load) -> Callable[..., list[dict[str, Any]]]:
    """States by name, of one request."""

    def renamed(*names: str) -> list[dict[str, Any]]:
        return [json.loads(json.dumps(load_state(name)).replace(name, NAME)) for name in names]

    return renamed


def test_wait_until_deployed(server: Any, script: Any, dynamo: Run) -> None:
    server.script = script(*WAY)
    status, out, err = dynamo("status", NAME, "--wait", "--interval", "0")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "12:00:00Z demo/my-model: Pending",
        "12:00:00Z demo/my-model: Profiling, 0% Initializing, ETA unknown",
        "12:00:00Z demo/my-model: Profiling, 17% SweepingPrefill, ETA unknown",
        "12:00:00Z demo/my-model: Deploying, 7/9 replicas ready",
        "12:00:00Z demo/my-model: Deployed, 9/9 replicas ready",
    ]


def test_wait_until_failed(server: Any, script: Any, dynamo: Run) -> None:
    server.script = script("sweeping", "sla-unmet")
    status, out, _ = dynamo("status", NAME, "--wait", "--interval", "0")
    assert status == 1
    asked = "(ttft 0.5 ms, itl 0.01 ms)"
    assert out.splitlines()[1:] == [
        f"12:00:00Z demo/my-model: Failed. No configuration that was tried meets the SLA {asked} on 8 x h100_sxm.",
        "          kubectl -n demo logs job/profile-my-model -c profiler",
    ]


def test_wait_ends_where_a_reader_is_waited_for(server: Any, script: Any, dynamo: Run) -> None:
    server.script = script("sweeping", "review")
    assert dynamo("status", NAME, "--wait", "--interval", "0")[0] == 4


def test_wait_goes_on_once_the_review_is_over(server: Any, script: Any, dynamo: Run) -> None:
    review, *rest = script("review", "deploying", "deployed")
    request = review["objects"][0]
    approved = {
        **request,
        "metadata": {**request["metadata"], "generation": request["metadata"]["generation"] + 1},
        "spec": {**request["spec"], "autoApply": True},
    }
    server.script = [{**review, "objects": [approved, *review["objects"][1:]]}, *rest]
    status, out, _ = dynamo("status", NAME, "--wait", "--interval", "0")
    assert status == 0
    assert out.startswith("12:00:00Z demo/my-model: Ready")
    assert "autoApply is false" not in out


def test_wait_tells_what_blocks_and_goes_on(server: Any, script: Any, dynamo: Run) -> None:
    server.script = script("bad-image", "bad-image", "deploying", "deployed")
    status, out, _ = dynamo("status", NAME, "--wait", "--interval", "0")
    assert status == 0
    assert out.count("cannot pull image") == 1


def test_wait_has_an_end(server: Any, script: Any, dynamo: Run) -> None:
    (server.state,) = script("bad-image")
    status, _, err = dynamo("status", NAME, "--wait", "--timeout", "0")
    assert (status, err) == (2, "timed out after 0 s\n")


def test_wait_for_something_that_is_not_there(server: Any, script: Any, dynamo: Run) -> None:
    (server.state,) = script("deployed")
    assert dynamo("status", "nope", "--wait")[0] == 3


def test_what_is_deleted_meanwhile_ends_the_waiting(server: Any, script: Any, dynamo: Run) -> None:
    (state,) = script("sweeping")
    server.script = [state, {**state, "objects": []}]
    status, _, err = dynamo("status", NAME, "--wait", "--interval", "0")
    assert (status, err.splitlines()[0]) == (3, "there is no request or graph 'my-model' in namespace 'demo'")


def test_wait_for_all(server: Any, load_state: Load, dynamo: Run) -> None:
    first, second = load_state("sweeping"), load_state("deployed")
    server.script = [{**first, "objects": first["objects"] + second["objects"]}, second]
    assert dynamo("status", "--wait", "--interval", "0")[0] == 0


def test_documents_that_follow_each_other(server: Any, script: Any, dynamo: Run) -> None:
    server.script = script(*WAY)
    _, out, _ = dynamo("status", NAME, "--wait", "--interval", "0", "-o", "json")
    documents = [json.loads(line) for line in out.splitlines()]
    assert [found["items"][0]["phase"] for found in documents] == [
        "Pending",
        "Profiling",
        "Profiling",
        "Deploying",
        "Deployed",
    ]


def test_what_is_gone_from_a_list_is_told(server: Any, load_state: Load, dynamo: Run) -> None:
    first, second = load_state("deployed"), load_state("sweeping")
    both = {**first, "objects": first["objects"] + second["objects"]}
    done = {**second, "objects": []}
    server.script = [both, second, second, done]
    status, out, _ = dynamo("status", "--wait", "--interval", "0")
    assert status == 3
    assert out.splitlines()[-2:] == ["12:00:00Z demo/deployed: gone", "12:00:00Z demo/sweeping: gone"]
    server.script = [both, second, done]
    documents = [
        json.loads(line) for line in dynamo("status", "--wait", "--interval", "0", "-o", "json")[1].splitlines()
    ]
    assert [len(found["items"]) for found in documents] == [2, 1, 0]


def test_a_graph_that_becomes_a_requests_is_not_gone(server: Any, load_state: Load, dynamo: Run) -> None:
    state = load_state("deployed")
    graph = [item for item in state["objects"] if item["kind"] == "DynamoGraphDeployment"]
    server.script = [{**state, "objects": [*graph, *load_state("sweeping")["objects"]]}, state]
    assert "deployed-dgd: gone" not in dynamo("status", "--wait", "--interval", "0")[1]


class Recorded:
    """A screen that keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[View] = []
        self.said: list[str] = []

    def show(self, view: View) -> None:
        self.shown.append(view)

    def say(self, text: str) -> None:
        self.said.append(text)


class View0:
    """As much of a View as a Follower needs."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def follow(looks: list[Any], patience: Patience) -> tuple[Outcome, Recorded, list[float]]:
    screen, slept = Recorded(), []

    def look() -> Any:
        found = looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return View0(found)

    follower = Follower(look, patience, screen, clock=lambda: sum(slept), sleep=slept.append)
    return follower.run(), screen, slept


def test_watch_goes_on_after_the_end_until_its_time_is_over() -> None:
    looks: list[Any] = [Outcome.GOING, Outcome.DEPLOYED, Outcome.DEPLOYED, Outcome.GOING]
    outcome, screen, slept = follow(looks, Patience(2.0, 5.0, wait=False))
    assert (outcome, len(screen.shown), slept) == (Outcome.GOING, 4, [2.0, 2.0, 1.0])


def test_an_api_server_that_restarts_is_waited_for() -> None:
    away = EnvironmentFault("the API server cannot be reached: connection refused")
    looks: list[Any] = [Outcome.GOING, away, away, Outcome.GOING, away, Outcome.DEPLOYED]
    outcome, screen, _ = follow(looks, Patience(1.0, None, wait=True))
    assert outcome is Outcome.DEPLOYED
    assert screen.said == ["the API server cannot be reached: connection refused; trying again"] * 2


def test_a_reply_that_breaks_off_is_waited_for(server: Any, script: Any, dynamo: Run) -> None:
    first, last = script("sweeping", "deployed")
    server.script = [first, {**first, "breaks off": True}, last]
    status, out, err = dynamo("status", NAME, "--wait", "--interval", "0")
    assert (status, len(out.splitlines())) == (0, 2)
    assert err.startswith(f"the API server {server.url} cannot be reached: ")
    assert err.endswith("; trying again\n")


def test_a_reply_that_breaks_off_at_first_is_no_bug(server: Any, script: Any, dynamo: Run) -> None:
    (state,) = script("sweeping")
    server.state = {**state, "breaks off": True}
    status, out, err = dynamo("status", NAME)
    assert (status, out) == (3, "")
    assert "hint: " in err


@pytest.mark.parametrize("body", ["", "<html>Bad Gateway</html>", '{"kind": "DynamoGraphDeploymentReque', "[]"])
def test_what_is_no_listing_is_not_an_empty_one(body: str, server: Any, script: Any, dynamo: Run) -> None:
    first, last = script("sweeping", "deployed")
    server.script = [first, {**first, "proxy": body}, last]
    status, _, err = dynamo("status", NAME, "--wait", "--interval", "0")
    assert status == 0
    assert err == (
        "the API server's listing of dynamographdeploymentrequests cannot be read: "
        f"{len(body)} bytes that are not a JSON object; trying again\n"
    )


def test_an_api_server_that_is_not_there_at_first_is_said_at_once() -> None:
    with pytest.raises(EnvironmentFault):
        follow([EnvironmentFault("the API server cannot be reached")], Patience(1.0, None, wait=True))


class Tty(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_redrawn_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "4")
    stream = Tty()

    def render(_view: View, style: Style) -> list[str]:
        return [style.paint("one", "bold"), "two", "three", "four"]

    Terminal(stream, render).show(View0(Outcome.GOING))  # type: ignore[arg-type]
    assert stream.getvalue() == ("\x1b[H\x1b[1mone\x1b[0m\x1b[K\ntwo\x1b[K\n... and 2 lines more\x1b[K\n\x1b[J")


@pytest.mark.parametrize(
    ("lines", "drawn"),
    [
        (["x" * 10, "\x1b[31m" + "y" * 20 + "\x1b[0m", "z"], None),
        (["x" * 11, "y", "z"], None),
        (["x" * 11, "y" * 11, "z" * 11], ["x" * 11, "y" * 11, "... and 1 "]),
        (["x" * 25, "\u754c" * 6, "z"], ["x" * 25, "... and 2 "]),
        (["x" * 60, "y"], ["... and 2 "]),
    ],
    ids=["full rows", "five rows", "one too many", "wide characters", "a line that is a screen"],
)
def test_a_line_may_take_several_rows(
    lines: list[str], drawn: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("COLUMNS", "10")
    stream = Tty()
    Terminal(stream, lambda _view, _style: lines).show(View0(Outcome.GOING))  # type: ignore[arg-type]
    written = stream.getvalue().removeprefix("\x1b[H").removesuffix("\x1b[J").splitlines()
    assert [line.replace("\x1b[K", "") for line in written] == (drawn or lines)
    assert not any(line.startswith("x" * 10 + "\x1b") for line in written), "it would erase the last x"


def test_colour_is_for_terminals(server: Any, load_state: Load, dynamo: Run, monkeypatch: Any) -> None:
    server.state = load_state("sla-unmet")
    plain = dynamo("status", "sla-unmet")[1]
    assert "\x1b" not in plain
    import sys  # noqa: PLC0415

    painted = []
    for environment in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
        stream = Tty()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setenv("TERM", "xterm")
            for key, value in environment.items():
                patch.setenv(key, value)
            from kubectl_dynamo.verbs.command import main  # noqa: PLC0415

            main(["status", "sla-unmet"])
        painted.append(stream.getvalue())
    assert "\x1b[31mFailed\x1b[0m" in painted[0]
    assert painted[1:] == [plain, plain]


def test_a_log_without_news_stays_silent(server: Any, script: Any, dynamo: Run) -> None:
    (state,) = script("sweeping")
    server.script = [state] * 3
    out = dynamo("status", NAME, "--watch", "--interval", "1", "--timeout", "3")[1]
    assert len(out.splitlines()) == 1


def test_a_log_begins_with_nothing_where_there_is_nothing(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    follow = ("status", "-n", "other", "--watch", "--interval", "1", "--timeout", "3")
    said = "12:00:00Z No requests and no graphs in namespace 'other'.\n"
    assert dynamo("status", "-n", "other", "--wait") == (3, said, "")
    assert dynamo(*follow)[1] == said
    assert json.loads(dynamo(*follow, "-o", "json")[1])["items"] == []


def test_a_log_tells_once_what_may_not_be_read(server: Any, load_state: Load, dynamo: Run) -> None:
    state = load_state("no-rights")
    server.script = [{**state, "forbidden": []}, state, state]
    follow = ("status", "--watch", "--interval", "1", "--timeout", "3")
    out = dynamo(*follow)[1]
    assert out.count("12:00:00Z note: not allowed to list ") == len(state["forbidden"])
    server.script = [{**state, "forbidden": []}, state, state]
    documents = [json.loads(line) for line in dynamo(*follow, "-o", "json")[1].splitlines()]
    assert [len(found["notes"]) for found in documents] == [0, len(state["forbidden"])]


def test_the_last_document_says_what_the_exit_status_says(server: Any, script: Any, dynamo: Run) -> None:
    first, last = script("deployed", "deployed")
    (graph,) = (item for item in first["objects"] if item["kind"] == "DynamoGraphDeployment")
    graph["status"]["state"] = "pending"
    server.script = [first, last]
    status, out, _ = dynamo("status", "--wait", "--interval", "0", "-o", "json")
    assert (status, [json.loads(line)["exitStatus"] for line in out.splitlines()]) == (0, [2, 0])
