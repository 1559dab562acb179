"""The client of the API server, against a server of this test's own: what it asks, and answers that are none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from groundwork.kube import access
from groundwork.kube.access import access_of_kubeconfig, access_of_pod, find_access
from groundwork.kube.client import Client
from groundwork.kube.errors import ApiError, NoAnswerError, NoClusterError, UnreadableError
from groundwork.kube.resources import DEPLOYMENTS, NODES, PODS
from support.http_server import Asked, Reply, serving
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.http_server import Serving

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "demo", "uid": "u1"}}


def kubeconfig(url: str) -> str:
    context = {"cluster": "c", "user": "u"}
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "users": [{"name": "u", "user": {"token": "secret"}}],
            "contexts": [
                {"name": "here", "context": {**context, "namespace": "demo"}},
                {"name": "there", "context": context},
            ],
        }
    )


class World:
    """A cluster whose answers a test sets, and a client of it."""

    def __init__(self, folder: Path) -> None:
        self.replies: list[Reply] = []
        self.folder = folder
        self.server: Serving

    def answer(self, _asked: Asked) -> Reply:
        return self.replies.pop(0)

    def say(self, value: Any, status: int = 200, **more: Any) -> World:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.replies.append(Reply(body, status, **more))
        return self

    @property
    def file(self) -> str:
        path = self.folder / "config"
        path.write_text(kubeconfig(self.server.url))
        return str(path)

    def client(self) -> Client:
        return Client(access_of_kubeconfig(self.file))

    @property
    def asked(self) -> list[Asked]:
        return self.server.asked


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    with serving(made.answer) as made.server:
        yield made


def pods(*names: str, more: str = "", version: str = "7") -> dict[str, Any]:
    items = [{"metadata": {"name": name, "namespace": "demo"}} for name in names]
    metadata = {"resourceVersion": version, **({"continue": more} if more else {})}
    return {"apiVersion": "v1", "kind": "PodList", "metadata": metadata, "items": items}


def refusal(message: str, code: int) -> dict[str, Any]:
    return {"kind": "Status", "apiVersion": "v1", "code": code, "message": message}


# What it asks.


def test_an_object_is_got_with_the_login_of_the_kubeconfig(world: World) -> None:
    client = world.say(POD).client()
    assert client.get(PODS, "demo", "p") == POD
    (asked,) = world.asked
    assert (asked.method, asked.path) == ("GET", "/api/v1/namespaces/demo/pods/p")
    assert asked.headers["authorization"] == "Bearer secret"


def test_an_object_that_is_not_there_is_none(world: World) -> None:
    assert world.say(refusal("not found", 404), 404).client().get(PODS, "demo", "p") is None


@pytest.mark.parametrize(
    ("write", "asks", "body"),
    [
        (lambda client: client.create(POD), "POST /api/v1/namespaces/demo/pods application/json", POD),
        (lambda client: client.replace(POD), "PUT /api/v1/namespaces/demo/pods/p application/json", POD),
        (
            lambda client: client.patch(POD, {"spec": {}}),
            "PATCH /api/v1/namespaces/demo/pods/p application/merge-patch+json",
            {"spec": {}},
        ),
        (
            lambda client: client.delete(POD) or POD,
            "DELETE /api/v1/namespaces/demo/pods/p application/json",
            {"propagationPolicy": "Background", "preconditions": {"uid": "u1"}},
        ),
    ],
)
def test_writing(world: World, write: Callable[[Client], object], asks: str, body: object) -> None:
    assert write(world.say(POD).client()) == POD
    (asked,) = world.asked
    assert f"{asked.method} {asked.path} {asked.headers['content-type']}" == asks
    assert json.loads(asked.body) == body


def test_a_status_is_a_resource_of_its_own(world: World) -> None:
    world.say(POD).client().replace(POD, "status")
    assert world.asked[0].path == "/api/v1/namespaces/demo/pods/p/status"


def test_what_is_gone_needs_no_deletion(world: World) -> None:
    world.say(refusal("not found", 404), 404).client().delete({**POD, "metadata": {"name": "p"}})
    assert json.loads(world.asked[0].body) == {"propagationPolicy": "Background"}


def test_another_refusal_of_a_deletion_is_told(world: World) -> None:
    with pytest.raises(ApiError, match=r"^409: the UID does not match$") as caught:
        world.say(refusal("the UID does not match", 409), 409).client().delete(POD)
    assert caught.value.conflict


# Listings.


def test_pages_are_put_together_and_items_get_their_kind(world: World) -> None:
    world.say(pods("a", "b", more="next")).say(pods("c", version="9"))
    items, version = world.client().list(PODS, "demo", "app=x")
    assert [(item["kind"], item["apiVersion"], item["metadata"]["name"]) for item in items] == [
        ("Pod", "v1", name) for name in "abc"
    ]
    assert version == "9"
    assert [asked.query for asked in world.asked] == [
        {"limit": "500", "labelSelector": "app=x"},
        {"limit": "500", "labelSelector": "app=x", "continue": "next"},
    ]


def test_a_listing_that_expires_between_pages_begins_again_in_one_page(world: World) -> None:
    world.say(pods("a", more="next")).say(refusal("too old", 410), 410).say(pods("a", "b", version="9"))
    items, version = world.client().list(PODS)
    assert ([item["metadata"]["name"] for item in items], version) == (["a", "b"], "9")
    assert world.asked[-1].query == {}


def test_a_listing_that_goes_on_expiring_is_no_endless_loop(world: World) -> None:
    world.say(refusal("too old", 410), 410).say(refusal("too old", 410), 410)
    with pytest.raises(ApiError) as caught:
        world.client().list(PODS)
    assert caught.value.expired


@pytest.mark.parametrize("body", [{}, {"error": "no backend"}, POD])
def test_an_object_that_is_no_listing_is_not_an_empty_one(world: World, body: object) -> None:
    with pytest.raises(UnreadableError, match="bytes that are not a listing: its kind is '"):
        world.say(body).client().list(PODS)


def test_a_path_of_no_namespace_is_that_of_all() -> None:
    assert DEPLOYMENTS.path() == "/apis/apps/v1/deployments"
    assert DEPLOYMENTS.path("demo", "web", "scale") == "/apis/apps/v1/namespaces/demo/deployments/web/scale"
    assert NODES.path("", "n") == "/api/v1/nodes/n"


# Answers that are none.


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(b'{"items": [', length=5000), "IncompleteRead"),
        (Reply(b"<html>"), "6 bytes that are not a JSON object: Expecting value"),
        (Reply(), "0 bytes"),
        (Reply(b"[]"), r"2 bytes that are not a JSON object: it begins with '\['"),
    ],
)
@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get(PODS, "demo", "p"),
        lambda client: client.list(PODS),
        lambda client: client.create(POD),
    ],
    ids=["get", "list", "create"],
)
def test_an_answer_that_breaks_off_is_a_server_that_is_away(
    world: World, ask: Callable[[Client], object], reply: Reply, said: str
) -> None:
    world.replies.append(reply)
    with pytest.raises(NoAnswerError, match=f"^the API server's answer broke off: .*{said}") as caught:
        ask(world.client())
    assert caught.value.passing, "no object is to blame"
    assert isinstance(caught.value, UnreadableError) == (reply.length is None)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (json.dumps(refusal("no room", 507)).encode(), 507, "507: no room"),
        (b"<html>", 502, "502: Bad Gateway"),
        (b'{"kind": "Status"}', 404, "404: Not Found"),
        (b"", 599, "599: no reason given"),
    ],
)
def test_a_refusal_is_told_in_the_server_s_words(world: World, body: bytes, status: int, said: str) -> None:
    with pytest.raises(ApiError) as caught:
        world.say(body, status).client().create(POD)
    assert (str(caught.value), caught.value.status) == (said, status)
    assert not isinstance(caught.value, NoAnswerError)


def test_a_server_that_is_not_there_is_told_with_the_inner_reason(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(kubeconfig("http://127.0.0.1:9"))
    with pytest.raises(NoAnswerError, match=r"^the API server cannot be reached: .*[Rr]efused") as caught:
        Client(access_of_kubeconfig(str(file))).get(PODS, "demo", "p")
    assert "Max retries" not in caught.value.reason
    assert "\n" not in caught.value.reason


def test_an_answer_has_the_server_s_clock(world: World) -> None:
    world.say(POD, headers={"Date": "Wed, 25 Nov 2026 01:18:10 GMT"}).say(POD, headers={"Date": "soon"})
    client = world.client()
    assert client.read("/version").at == datetime(2026, 11, 25, 1, 18, 10, tzinfo=UTC)
    assert client.read("/version").at.tzinfo is UTC


@pytest.mark.parametrize(
    ("status", "message", "holds"),
    [
        (401, "Unauthorized", {"forbidden", "unknown_user"}),
        (403, 'pods is forbidden: User "system:anonymous" cannot list', {"forbidden", "unknown_user"}),
        (403, 'pods is forbidden: User "jane" cannot list', {"forbidden"}),
        (403, "denied the request: no", {"forbidden", "final"}),
        (422, "is invalid: spec", {"final"}),
        (403, "because it is being terminated", {"forbidden", "passing"}),
        (500, "failed calling webhook x", {"passing"}),
        (404, "not found", {"absent"}),
        (409, "exists", {"conflict", "passing"}),
        (410, "too old", {"expired"}),
        (0, "away", {"passing"}),
    ],
)
def test_what_a_refusal_means(status: int, message: str, holds: set[str]) -> None:
    error = ApiError(status, message)
    all_of = ("absent", "conflict", "expired", "unknown_user", "forbidden", "passing", "final")
    assert {name for name in all_of if getattr(error, name)} == holds


# Watches.


def lines(*changes: object) -> bytes:
    return b"".join(json.dumps(change).encode() + b"\n" for change in changes)


def test_a_watch_gives_changes(world: World) -> None:
    world.say(lines({"type": "ADDED", "object": POD}, {"type": "DELETED", "object": POD}))
    assert list(world.client().watch(PODS, "demo", "app", "7", 60)) == [("ADDED", POD), ("DELETED", POD)]
    wanted = {"watch": "true", "resourceVersion": "7", "timeoutSeconds": "60", "labelSelector": "app"}
    assert world.asked[0].query == wanted


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (lines({"type": "ERROR", "object": refusal("too old", 410)}), 200, "^410: too old"),
        (json.dumps(refusal("too old", 410)).encode(), 410, "^410: too old"),
        (lines({"kind": "Pod"}), 200, "watch of pods: no change"),
        (b"<html>\n", 200, "watch of pods: Expecting value"),
    ],
)
def test_a_watch_that_is_none(world: World, body: bytes, status: int, said: str) -> None:
    with pytest.raises(ApiError, match=said):
        list(world.say(body, status).client().watch(PODS, "", "", "7", 60))


def test_a_watch_that_breaks_off_gives_first_what_it_had(world: World) -> None:
    world.say(lines({"type": "ADDED", "object": POD}), chunked=True)
    changes = world.client().watch(PODS, "", "", "7", 60)
    assert next(changes) == ("ADDED", POD)
    with pytest.raises(NoAnswerError, match=r"^the API server's answer broke off: watch of pods: "):
        next(changes)


def test_closing_ends_the_watches_of_other_threads(world: World) -> None:
    over = threading.Event()
    world.say(lines({"type": "ADDED", "object": POD}), chunked=True, hang=over)
    client = world.client()
    heard, ended = threading.Event(), threading.Event()

    def follow() -> None:
        try:
            for _ in client.watch(PODS, "", "", "7", 600):
                heard.set()
        except ApiError:
            pass
        ended.set()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        assert heard.wait(LONG)
        client.close()
        assert ended.wait(LONG)
    finally:
        over.set()
        thread.join()


# Which cluster.


def test_a_context_has_its_namespace(world: World) -> None:
    assert find_access(world.file).namespace == "demo"
    assert find_access(world.file, "there").namespace == "default"
    assert find_access(world.file).server == world.server.url


def test_kubeconfig_counts_as_it_is_now(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", world.file)
    assert find_access().server == world.server.url


@pytest.mark.parametrize("content", ["clusters: [", "[]", "a: b", "current-context: x", "\x00"])
def test_a_kubeconfig_that_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config"
    file.write_text(content)
    with pytest.raises(NoClusterError) as caught:
        find_access(str(file))
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_kubeconfig_and_no_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))
    monkeypatch.setattr(access, "_NAMESPACE", tmp_path / "absent")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(NoClusterError):
        find_access()
    with pytest.raises(NoClusterError):
        access_of_pod()


@pytest.fixture
def pod(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """As in a Pod: files of a ServiceAccount, and the API server's address."""
    from kubernetes.config import incluster_config  # noqa: PLC0415

    for name, text in (("namespace", "mine\n"), ("token", "t"), ("ca.crt", "x")):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(access, "_NAMESPACE", tmp_path / "namespace")
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(tmp_path / "ca.crt"))
    host, port = world.server.url.removeprefix("http://").split(":")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", port)
    return f"https://{host}:{port}"


def test_in_a_pod_its_own_account_is_used_where_no_kubeconfig_is_named(
    pod: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", "")
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "absent"))
    found = find_access()
    assert (found.server, found.namespace) == (pod, "mine")
    assert find_access(world.file).server == world.server.url
    with pytest.raises(NoClusterError):
        find_access("", "there")


def test_what_only_reads_objects_does_not_load_the_official_client() -> None:
    code = "import sys, groundwork.kube.client; sys.exit('kubernetes' in sys.modules or 'urllib3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
