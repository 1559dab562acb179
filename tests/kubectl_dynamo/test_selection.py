"""What is chosen: by name and kind, by namespace and context; what is said where there is nothing."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(
    "name", ["dgdr/deployed", "dynamographdeploymentrequests.nvidia.com/deployed", "deployed"]
)
def test_a_request_by_name(name: str, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    status, out, _ = dynamo("status", name)
    assert (status, out.split(" ", 1)[0]) == (0, "dgdr/deployed")


@pytest.mark.parametrize("name", ["deployed-dgd", "dgd/deployed-dgd"])
def test_the_graph_of_a_request_by_its_own_name(name: str, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    status, out, _ = dynamo("status", name)
    assert (status, out.split(" ", 1)[0]) == (0, "dgd/deployed-dgd")


def test_a_request_and_a_graph_of_one_name(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("sla-unmet")
    graph = load_state("quickstart")["objects"][0]
    server.state["objects"].append({**graph, "metadata": {**graph["metadata"], "name": "sla-unmet"}})
    assert dynamo("status", "sla-unmet")[0] == 1
    assert dynamo("status", "dgd/sla-unmet")[0] == 0


@pytest.mark.parametrize(
    ("name", "what"), [("nope", "request or graph"), ("dgdr/quickstart", "request"), ("dgd/nope", "graph")]
)
def test_nothing_of_that_name(name: str, what: str, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    status, out, err = dynamo("status", name)
    assert (status, out) == (3, "")
    assert err.startswith(f"there is no {what} {name.rsplit('/', maxsplit=1)[-1]!r} in namespace 'demo'\nhint: ")


def test_a_kind_that_is_none(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    status, _, err = dynamo("status", "pod/x")
    assert (status, err.splitlines()[1]) == (64, "hint: NAME, dgdr/NAME or dgd/NAME is meant")


@pytest.mark.parametrize(
    ("arguments", "namespace"),
    [((), "demo"), (("-n", "other"), "other"), (("--context", "there"), "elsewhere"), (("-A",), "")],
)
def test_the_namespace(
    arguments: tuple[str, ...], namespace: str, server: Any, load_state: Load, dynamo: Run
) -> None:
    server.state = load_state("quickstart")
    dynamo("status", *arguments)
    where = f"namespaces/{namespace}/" if namespace else ""
    assert f"/apis/nvidia.com/v1beta1/{where}dynamographdeployments" in server.asked


def test_an_empty_namespace(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    assert dynamo("status", "-n", "other") == (3, "No requests and no graphs in namespace 'other'.\n", "")
    assert json.loads(dynamo("status", "-n", "other", "-o", "json")[1])["items"] == []


def test_no_cluster(dynamo: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))
    status, _, err = dynamo("status")
    assert status == 3
    assert err.startswith("no cluster: ")
    assert "hint: " in err


def test_a_context_that_is_none(dynamo: Run) -> None:
    status, _, err = dynamo("status", "--context", "nowhere")
    assert status == 3
    assert "nowhere" in err


@pytest.mark.parametrize("current", [None, "", "gone"])
def test_a_context_that_is_chosen_needs_no_current_one(
    current: str | None, server: Any, load_state: Load, dynamo: Run, kubeconfig: Path
) -> None:
    """Nor another namespace than its own."""
    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    del config["current-context"]
    kubeconfig.write_text(
        yaml.safe_dump(config if current is None else {**config, "current-context": current}), encoding="utf-8"
    )
    server.state = load_state("quickstart")
    assert dynamo("status", "--context", "here")[0] == 0
    status, out, err = dynamo("status", "--context", "there")
    assert (status, out, err) == (3, "No requests and no graphs in namespace 'elsewhere'.\n", "")
    assert dynamo("status")[2].startswith("no cluster: ")


def with_user(kubeconfig: Path, **fields: Any) -> None:
    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    config["users"][0]["user"] = fields
    kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "no-such-plugin",
            [
                "the program 'no-such-plugin', which the kubeconfig names, is not installed",
                "cloud components install",
            ],
        ),
        (
            "./expired",
            [
                "'./expired' failed with status 255: session expired: run cloud login",
                "log in again with that program; `kubectl auth whoami` logs in the same way",
            ],
        ),
    ],
)
def test_a_login_plugin_that_is_missing_or_fails(
    command: str, said: list[str], dynamo: Run, kubeconfig: Path
) -> None:
    script = kubeconfig.parent / "expired"
    script.write_text("#!/bin/sh\necho 'session expired: run cloud login' >&2; exit 255\n", encoding="utf-8")
    script.chmod(0o755)
    with_user(
        kubeconfig,
        exec={
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": command,
            "interactiveMode": "IfAvailable",
            "installHint": "cloud components install",
        },
    )
    fact, hint = said
    assert dynamo("status") == (3, "", f"user 'reader' cannot log in: {fact}\nhint: {hint}\n")


def test_a_certificate_that_is_not_there(dynamo: Run, kubeconfig: Path) -> None:
    with_user(kubeconfig, **{"client-certificate": "/no/such.pem", "client-key": "/no/such.key"})
    status, out, err = dynamo("status")
    assert (status, out) == (3, "")
    assert err.startswith("no cluster: client-certificate of user 'reader': '/no/such.pem': No such file")


def test_a_proxy_that_needs_another_package(
    dynamo: Run, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.delitem(sys.modules, "urllib3.contrib.socks", raising=False)
    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    config["clusters"][0]["cluster"]["proxy-url"] = "socks5://127.0.0.1:1080"
    kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")
    status, out, err = dynamo("status")
    assert (status, out) == (3, "")
    assert err.startswith("no cluster: the proxy socks5://127.0.0.1:1080 needs Python's package PySocks, ")
    assert "\nhint: pip install PySocks\n" in err


def test_a_kubeconfig_that_is_none(dynamo: Run, kubeconfig: Path) -> None:
    kubeconfig.write_text("clusters: [", encoding="utf-8")
    status, _, err = dynamo("status")
    assert status == 3
    assert err.startswith("no cluster: ")


def test_a_cluster_that_does_not_answer(server: Any, dynamo: Run, kubeconfig: Path) -> None:
    body = kubeconfig.read_text(encoding="utf-8").replace(server.url, "http://127.0.0.1:9")
    kubeconfig.write_text(body, encoding="utf-8")
    status, _, err = dynamo("status")
    assert status == 3
    assert err.startswith("the API server http://127.0.0.1:9 cannot be reached: ")


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, "Unauthorized"), (403, 'x is forbidden: User "system:anonymous" cannot list resource "x"')],
)
def test_a_login_that_has_expired(status: int, message: str, server: Any, dynamo: Run) -> None:
    server.broken = [(status, message)]
    exit_status, _, err = dynamo("status")
    assert exit_status == 3
    assert err.startswith(f"the API server {server.url} does not know who asks: {message}\nhint: your login ")


@pytest.mark.parametrize(
    "arguments",
    [("status", "--output", "xml"), ("status", "a", "b"), ("nonsense",), (), ("status", "--timeout", "soon")],
)
def test_a_command_line_that_cannot_be_read(arguments: tuple[str, ...], dynamo: Run) -> None:
    status, out, err = dynamo(*arguments)
    assert (status, out) == (64, "")
    assert "hint: `kubectl dynamo" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--interval", "0"), "argument --interval: '0': expected 0.5s to 24h"),
        (("--interval", "25h"), "argument --interval: '25h': expected 0.5s to 24h"),
        (("--interval", "9" * 400), "expected 0.5s to 24h"),
        (("--timeout", "169h"), "argument --timeout: '169h': expected at most 168h, or no --timeout"),
        (("-n", "a/b"), "argument -n/--namespace: 'a/b' is not a namespace: use lower-case letters, digits and -"),
        (("-n", "A"), "'A' is not a namespace"),
        (("-n", "a" * 64), "is not a namespace"),
    ],
)
def test_a_value_that_nothing_good_can_come_of(
    arguments: tuple[str, ...], said: str, server: Any, dynamo: Run
) -> None:
    status, _, err = dynamo("status", "-w", *arguments)
    assert status == 64
    assert said in err
    assert server.asked == []


@pytest.mark.parametrize(
    ("words", "fact", "hint"),
    [
        (("dgdr", "my-model"), "dgdr my-model: write a slash between kind and name here", "dgdr/my-model"),
        (("DGDs", "a"), "DGDs a: write a slash between kind and name here", "DGDs/a"),
        (
            ("dynamographdeployments.nvidia.com", "a", "-n", "demo"),
            "dynamographdeployments.nvidia.com a: write a slash between kind and name here",
            "dynamographdeployments.nvidia.com/a",
        ),
        (
            ("dgdr", "a", "b"),
            "dgdr a b: one request or graph is shown, or all of them",
            "dgdr/a, one at a time; without a name all are listed",
        ),
    ],
)
def test_kind_and_name_as_two_words(words: tuple[str, ...], fact: str, hint: str, dynamo: Run) -> None:
    assert dynamo("status", *words) == (64, "", f"{fact}\nhint: kubectl dynamo status {hint}\n")


@pytest.mark.parametrize("words", [("a", "b"), ("pods", "a"), ("dgdr", "--nonsense"), ("dgdr", "a", "--nonsense")])
def test_other_words_too_many(words: tuple[str, ...], dynamo: Run) -> None:
    status, out, err = dynamo("status", *words)
    assert (status, out) == (64, "")
    said = f"kubectl dynamo status: unrecognized arguments: {' '.join(words[1:])}"
    assert err == f"{said}\nhint: `kubectl dynamo status --help` shows what is allowed\n"


def test_an_option_that_was_meant_is_named(dynamo: Run) -> None:
    said = "kubectl dynamo status: unrecognized arguments: --wiat\nhint: did you mean '--wait'?\n"
    assert dynamo("status", "a", "--wiat") == (64, "", said)
    status, _, err = dynamo("statsu")
    assert (status, err.splitlines()[1]) == (64, "hint: did you mean 'status'?")


def test_a_kind_alone_is_taken_for_a_name(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("quickstart")
    status, _, err = dynamo("status", "dgdr")
    assert status == 3
    assert err.endswith("hint: dgdr is a kind: dgdr/NAME shows one; kubectl dynamo status -A lists all\n")
