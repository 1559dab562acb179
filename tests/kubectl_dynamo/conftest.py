"""An API server that answers LISTs from recorded states (states/*.yaml), and counts what it is asked."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from kubectl_dynamo.verbs.command import main
from support.http_server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Object = dict[str, Any]
HERE = Path(__file__).parent
STATES = HERE / "states"
KINDS = {
    "dynamographdeploymentrequests": "DynamoGraphDeploymentRequest",
    "dynamographdeployments": "DynamoGraphDeployment",
    "dynamographdeploymentruns": "DynamoGraphDeploymentRun",
    "dynamographdeploymentcandidates": "DynamoGraphDeploymentCandidate",
    "dynamographdeploymentscalingadapters": "DynamoGraphDeploymentScalingAdapter",
    "jobs": "Job",
    "pods": "Pod",
    "events": "Event",
    "configmaps": "ConfigMap",
    "services": "Service",
}
BOTH = ("v1alpha1", "v1beta1")


def load_state(name: str) -> Object:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: Object = yaml.load((STATES / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return found


@dataclass
class FakeServer:
    """The API server; `state` may be exchanged between two requests."""

    state: Object = field(default_factory=dict)
    script: list[Object] = field(default_factory=list)
    """States to come: each LIST of requests goes one further."""
    asked: list[str] = field(default_factory=list)
    page: int = 0
    """Objects of a page; 0: as many as are asked for."""
    broken: list[tuple[int, str]] = field(default_factory=list)
    """Statuses and messages to answer the next requests with, whatever they are."""
    url: str = ""
    lacks: set[str] = field(default_factory=set)
    """Resources that are not served: group/version/plural."""
    unconvertible: str = ""
    """The version (or its beginning) that only a webhook could give, which does not answer."""
    expire: bool = False
    """Whether the next `continue` has expired."""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes]:  # noqa: PLR0911
        self.asked.append(path)
        if self.broken:
            status, message = self.broken.pop(0)
            return status, _status(status, message)
        parts = path.strip("/").split("/")
        found = discovery(parts)
        if found:
            return 200, json.dumps(found).encode()
        if {"log", "proxy"} & {*parts}:
            return self._told(parts)
        group, version, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
        namespace, rest = (rest[1], rest[2:]) if rest[0] == "namespaces" else ("", rest)
        resource, name = rest[0], (rest[1] if len(rest) > 1 else "")
        if resource == "dynamographdeploymentrequests" and self.script:
            self.state = self.script.pop(0)
        if resource in (self.state.get("forbidden") or ()):
            return 403, _status(403, f'{resource} is forbidden: User "reader" cannot list resource')
        if group == "nvidia.com" and version not in (self.state.get("serves") or BOTH):
            return 404, _status(404, "the server could not find the requested resource")
        if f"{group}/{version}/{resource}" in self.lacks:
            return 404, _status(404, "the server could not find the requested resource")
        if group == "nvidia.com" and self.unconvertible and version.startswith(self.unconvertible):
            return 500, _status(500, f"conversion webhook for nvidia.com/{version} failed: service not found")
        api_version = f"{group}/{version}" if group else version
        found = [
            item
            for item in self.state.get("objects") or ()
            if item["kind"] == KINDS[resource]
            and item["apiVersion"] == api_version
            and (not namespace or item["metadata"]["namespace"] == namespace)
            and matches(item["metadata"].get("labels") or {}, query.get("labelSelector", [""])[0])
            and has_fields(item, query.get("fieldSelector", [""])[0])
        ]
        if name:
            chosen = next((item for item in found if item["metadata"]["name"] == name), None)
            return (200, json.dumps(chosen).encode()) if chosen else (404, _status(404, "not found"))
        return self._listed(found, KINDS[resource], api_version, query)

    def _told(self, parts: list[str]) -> tuple[int, bytes]:
        """What a Pod says itself: in its log, or in its metrics, through the API server."""
        if "log" in parts:
            return 200, (self.state.get("logs") or {}).get(parts[-2], "").encode()
        told = (self.state.get("metrics") or {}).get(parts[-3].partition(":")[0], "")
        return (200, told.encode()) if told else (503, _status(503, "connection refused"))

    def _listed(
        self, found: list[Object], kind: str, api_version: str, query: dict[str, list[str]]
    ) -> tuple[int, bytes]:
        size = self.page or int(query.get("limit", ["0"])[0]) or len(found)
        start = int(query.get("continue", ["0"])[0])
        if start and self.expire:
            self.expire = False
            return 410, _status(410, "The provided continue parameter is too old")
        following = start + size
        metadata = {"continue": str(following)} if following < len(found) else {}
        body = {"kind": f"{kind}List", "apiVersion": api_version, "metadata": metadata}
        return 200, json.dumps({**body, "items": found[start:following]}).encode()

    @property
    def now(self) -> datetime:
        given = self.state.get("now")
        return datetime.fromisoformat(given) if given else datetime.now(UTC)


def discovery(parts: list[str]) -> Object | None:
    """As much of what is served as kubectl needs to find `dgdr`."""
    versions = [{"groupVersion": f"nvidia.com/{version}", "version": version} for version in reversed(BOTH)]
    if parts == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"]}
    if parts == ["apis"]:
        group = {"name": "nvidia.com", "versions": versions, "preferredVersion": versions[0]}
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]}
    if parts == ["api", "v1"]:
        return {"kind": "APIResourceList", "groupVersion": "v1", "resources": []}
    if parts[0] == "apis" and len(parts) == 3:
        resources = [
            {
                "name": name,
                "kind": KINDS[name],
                "namespaced": True,
                "shortNames": [short],
                "verbs": ["get", "list"],
            }
            for name, short in (("dynamographdeploymentrequests", "dgdr"), ("dynamographdeployments", "dgd"))
        ]
        return {"kind": "APIResourceList", "groupVersion": "/".join(parts[1:]), "resources": resources}
    return None


def _status(code: int, message: str) -> bytes:
    return json.dumps({"kind": "Status", "apiVersion": "v1", "code": code, "message": message}).encode()


def matches(labels: dict[str, str], selector: str) -> bool:
    """Equality, existence and `in`: what the plugin uses."""
    if not selector:
        return True
    if " in (" in selector:
        key, _, values = selector.partition(" in (")
        return labels.get(key) in values.rstrip(")").split(",")
    key, equal, value = selector.partition("=")
    return labels.get(key) == value if equal else key in labels


def has_fields(item: Object, selector: str) -> bool:
    if not selector:
        return True
    key, _, value = selector.partition("=")
    found: Any = item
    for step in key.split("."):
        found = (found or {}).get(step)
    return bool(found == value)


@pytest.fixture(name="load_state")
def _load_state() -> Callable[[str], Object]:
    """The recorded state of a name."""
    return load_state


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Else each answer waits 40 ms for the client.

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            status, body = fake.answer(url.path, parse_qs(url.query))
            if "proxy" in fake.state:
                body = fake.state["proxy"].encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(fake.now.astimezone(UTC), usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "text/plain" if url.path.endswith("/log") else "application/json")
            self.end_headers()
            if fake.state.get("breaks off"):
                body, self.close_connection = body[: len(body) // 2], True
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Detached(Server):
        daemon_threads = True
        block_on_close = False

    http = Detached(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    fake.url = f"http://127.0.0.1:{http.server_address[1]}"
    yield fake
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def kubeconfig(server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubeconfig of the fake cluster, in KUBECONFIG; no cache and no settings of the person who tests."""
    file = tmp_path / "kubeconfig"
    context = {"cluster": "fake", "user": "reader", "namespace": "demo"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "fake", "cluster": {"server": server.url}}],
        "users": [{"name": "reader", "user": {"token": "t"}}],
        "contexts": [
            {"name": "here", "context": context},
            {"name": "there", "context": {**context, "namespace": "elsewhere"}},
        ],
    }
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(file))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("DYNAMO_GRAFANA_URL", "NO_COLOR", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    return file


@pytest.fixture
def dynamo(
    server: FakeServer,  # noqa: ARG001
    kubeconfig: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """Run `kubectl dynamo ARGUMENTS...` in this process; returns exit status, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return int(status), captured.out, captured.err

    return run
