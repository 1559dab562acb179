"""kubectl as a program: what it is asked, and what keeps it from answering, in one line and a hint."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import ExitStatus
from groundwork.kube.kubectl import Kubectl, KubectlFault
from groundwork.system.orphans import OWNER, owner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fake = Callable[..., Kubectl]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """A kubectl that runs some code of the shell."""

    def make(code: str, **fields: str) -> Kubectl:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "kubectl").write_text(f"#!/bin/sh\n{code}\n")
        (folder / "kubectl").chmod(0o755)
        return Kubectl({"PATH": f"{folder}:{os.environ['PATH']}"}, **fields)

    return make


def fault(kubectl: Kubectl, *arguments: str, **options: object) -> str:
    with pytest.raises(KubectlFault) as caught:
        kubectl.run(*(arguments or ("get", "pods", "-A")), **options)  # type: ignore[arg-type]
    assert caught.value.status is ExitStatus.ENVIRONMENT
    assert "\n" not in caught.value.fact
    return str(caught.value)


def test_what_it_prints_is_its_standard_output(fake: Fake) -> None:
    assert fake("echo Warning: old >&2; echo out").run("get", "pods") == "out\n"


BUSY = "Unable to connect to the server: EOF"


def counting(folder: Path, times: int, reason: str) -> str:
    """Code that fails so often, for a reason, and counts its calls in a file."""
    calls = f'echo x >>"{folder}/calls"; '
    return (
        calls + f'[ "$(wc -l <"{folder}/calls")" -gt {times} ] && echo out || {{ echo "{reason}" >&2; exit 1; }}'
    )


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries; none of them takes any time."""
    found: list[float] = []
    monkeypatch.setattr("groundwork.kube.kubectl.sleep", found.append)
    return found


def test_a_read_is_tried_again_while_the_server_starts_again(
    fake: Fake, tmp_path: Path, waits: list[float]
) -> None:
    assert fake(counting(tmp_path, 2, BUSY)).run("get", "--raw", "/version") == "out\n"
    assert waits == [1.0, 2.0]


def test_a_wait_that_is_faster_than_the_first_status_is_tried_again(
    fake: Fake, tmp_path: Path, waits: list[float]
) -> None:
    early = ".status.conditions accessor error: <nil> is of the type <nil>, expected []interface{}"
    assert fake(counting(tmp_path, 1, early)).run("wait", "--for=condition=Established", "crd/a") == "out\n"
    assert waits == [1.0]


def test_a_read_is_not_tried_for_ever(fake: Fake, tmp_path: Path, waits: list[float]) -> None:
    assert BUSY in fault(fake(counting(tmp_path, 99, BUSY)))
    assert sum(waits) == 30


@pytest.mark.parametrize(
    ("reason", "command"),
    [
        ("The connection to the server 127.0.0.1:1 was refused", ["get", "pods"]),
        (BUSY, ["delete", "pod", "a"]),
    ],
)
def test_nothing_else_is_tried_twice(
    fake: Fake, tmp_path: Path, waits: list[float], reason: str, command: list[str]
) -> None:
    assert reason in fault(fake(counting(tmp_path, 1, reason)), *command)
    assert waits == []


def test_a_look_is_not_tried_twice(fake: Fake, tmp_path: Path, waits: list[float]) -> None:
    assert fake(counting(tmp_path, 1, BUSY)).read("get", "pods") == ""
    assert waits == []


def test_context_and_kubeconfig_are_chosen_after_the_words(fake: Fake) -> None:
    assert fake('echo "$*"', context="lab", kubeconfig="some/file").run("get", "pods") == (
        "get pods --kubeconfig=some/file --context=lab\n"
    )
    assert fake('echo "$*"').run("get", "pods") == "get pods\n"


def test_the_scope_is_a_namespace_or_all() -> None:
    assert Kubectl({}).scope == ("-A",)
    assert Kubectl({}, namespace="demo").scope == ("-n", "demo")


def test_a_program_may_be_given_by_its_path(fake: Fake, tmp_path: Path) -> None:
    fake("echo from the path")
    assert Kubectl({}, program=tmp_path / "bin" / "kubectl").run("version") == "from the path\n"


@pytest.mark.parametrize("stdin", ["ü\n", "ü\n".encode()])
def test_what_it_reads(fake: Fake, stdin: str | bytes) -> None:
    assert fake("cat").run("apply", "-f", "-", stdin=stdin) == "ü\n"


def test_a_later_run_knows_whose_it_is(fake: Fake) -> None:
    assert fake(f'echo "${OWNER}"').run("delete", "ns", "x").strip() == owner()


def test_output_that_is_no_text_is_read_all_the_same(fake: Fake) -> None:
    assert fake(r"printf '\377x'").run("logs", "p") == "\ufffdx"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("echo first >&2; echo last >&2; exit 1", "kubectl get pods: last"),
        ("exit 7", "kubectl get pods: no reason given"),
        ("echo '  ' >&2; exit 1", "kubectl get pods: no reason given"),
        (
            "printf 'W: old\\nThe Pod \"x\" is invalid: \\n* spec: a\\n* spec: b\\n' >&2; exit 1",
            'kubectl get pods: The Pod "x" is invalid: * spec: a * spec: b',
        ),
        (
            "printf 'error: unknown flag: --x\\nSee kubectl get --help for usage.\\n' >&2; exit 1",
            "kubectl get pods: error: unknown flag: --x See kubectl get --help for usage.",
        ),
        (
            "printf 'Error from server: first\\nError from server (Forbidden): denied:\\nno\\n' >&2; exit 1",
            "kubectl get pods: Error from server (Forbidden): denied: no",
        ),
        ("echo 'cannot use MY_TOKEN=verysecret' >&2; exit 1", "kubectl get pods: cannot use MY_TOKEN=***"),
    ],
)
def test_a_failure_is_one_line(fake: Fake, code: str, said: str) -> None:
    assert fault(fake(code)) == said


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("The connection to the server 127.0.0.1:1 was refused - did you specify the right host", "cluster-info"),
        ("Unable to connect to the server: dial tcp: lookup x: no such host", "cluster-info"),
        ("Unable to connect to the server: getting credentials: exec: executable aws failed", "log in again"),
        ("error: You must be logged in to the server (Unauthorized)", "log in again"),
        ('Error from server (Forbidden): pods is forbidden: User "x" cannot list resource "pods"', "auth can-i"),
    ],
)
def test_what_helps_with_a_reason_that_is_known(fake: Fake, said: str, hint: str) -> None:
    failing = fake(f"echo '{said}' >&2; exit 1")
    first, second = fault(failing).splitlines()
    assert first == f"kubectl get pods: {said}"
    assert second.startswith("hint: ")
    assert hint in second
    assert fault(failing, hint="do this").endswith("\nhint: do this"), "the caller knows better"


def test_a_namespace_is_not_what_was_asked_for(fake: Fake) -> None:
    assert fault(fake("exit 1"), "-n", "demo", "get", "pods").startswith("kubectl get pods: ")


def test_no_kubectl() -> None:
    assert fault(Kubectl({"PATH": "/nonexistent"})) == "kubectl: not found on PATH\nhint: install kubectl"


def test_a_kubectl_that_may_not_be_run(tmp_path: Path) -> None:
    (tmp_path / "kubectl").write_text("")
    assert fault(Kubectl({}, program=tmp_path / "kubectl")) == "kubectl: cannot be run: Permission denied"


def test_no_answer_in_time(fake: Fake) -> None:
    said = fault(fake("exec sleep 987"), timeout=0.2)
    assert said.startswith("kubectl get pods: no answer after 0 s\nhint: does the cluster run?")


@pytest.mark.parametrize("printed", ["no json", "", "[1]", "null"])
def test_what_is_no_json_object(fake: Fake, printed: str) -> None:
    with pytest.raises(KubectlFault, match=r"^kubectl get pods: printed no JSON object, but '") as caught:
        fake(f"echo '{printed}'").json("get", "pods", "-o", "json")
    assert caught.value.reason.endswith(repr(printed))


def test_json(fake: Fake) -> None:
    assert fake("""echo '{"items": []}'""").json("get", "pods") == {"items": []}


def test_a_look_that_fails_is_empty(fake: Fake) -> None:
    assert fake("echo seen").read("get", "pods") == "seen\n"
    assert fake("echo half; exit 1").read("get", "pods") == ""
    assert Kubectl({"PATH": "/nonexistent"}).read("get", "pods") == ""


def test_how_it_ended_is_kept_whole(fake: Fake) -> None:
    done = fake("echo out; echo error >&2; exit 3").ended("get", "pods")
    assert (done.status, done.out, done.err, done.reason) == (3, "out\n", "error\n", "error")
