"""Kubeconfigs: which context counts, and each fault of one in a line; logins that fail are told as such."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from groundwork.kube.access import access_of_kubeconfig, find_access
from groundwork.kube.client import Client
from groundwork.kube.errors import ApiError, NoClusterError, NoLoginError
from groundwork.kube.resources import PODS
from support.http_server import Reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Config = dict[str, Any]
    Change = Callable[[Config], object]
    Write = Callable[..., str]

API = "client.authentication.k8s.io/v1"
GARBAGE = base64.b64encode(b"no certificate").decode()


def config() -> Config:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": [
            {"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "demo"}},
            {"name": "near", "context": {"cluster": "c", "user": "u", "namespace": "other"}},
        ],
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a kubeconfig, changed by a function; returns its path."""

    def run(change: Change = lambda _: None, name: str = "config") -> str:
        found = config()
        change(found)
        (tmp_path / name).write_text(yaml.safe_dump(found), encoding="utf-8")
        return str(tmp_path / name)

    return run


def user(**fields: Any) -> Change:
    """A change: the user has these fields only."""
    return lambda found: found["users"][0].update(user=fields)


def cluster(**fields: Any) -> Change:
    """A change: the cluster has these fields as well; `_` stands for `-`."""
    named = {key.replace("_", "-"): value for key, value in fields.items()}
    return lambda found: found["clusters"][0]["cluster"].update(named)


def current(name: str | None) -> Change:
    return lambda found: found.pop("current-context") if name is None else found.update({"current-context": name})


# Which context counts.


@pytest.mark.parametrize("name", [None, "", "gone", "here"])
def test_a_context_that_is_chosen_needs_no_current_one(name: str | None, write: Write) -> None:
    assert find_access(write(current(name)), "near").namespace == "other"


def test_of_several_files_the_first_that_says_something_counts(write: Write, tmp_path: Path) -> None:
    """As kubectl reads KUBECONFIG; files that are absent or empty do not matter."""
    (tmp_path / "empty").write_text("")
    first = write(current("near"), "first")
    second = write(lambda found: found["contexts"][1]["context"].update(namespace="second"), "second")
    paths = [str(tmp_path / "absent"), "", str(tmp_path / "empty"), first, second]
    assert find_access(os.pathsep.join(paths)).namespace == "other"
    assert find_access(os.pathsep.join(paths), "here").namespace == "demo"
    assert find_access(os.pathsep.join([second, first])).namespace == "demo"


def test_files_are_relative_to_the_kubeconfig_that_names_them(write: Write, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    access = find_access(write(user(tokenFile="token")))
    assert access.settings.api_key["BearerToken"] == "Bearer from-file\n"
    access.settings.refresh_api_key_hook(access.settings)
    assert access.settings.api_key["BearerToken"] == "Bearer from-file", "no header may have a new line"


# Faults.


@pytest.mark.parametrize(
    ("change", "fact", "hint"),
    [
        (
            current(None),
            "the kubeconfig has no current-context",
            "--context chooses one; there are: 'here', 'near'",
        ),
        (current("gone"), "current-context 'gone' is not in the kubeconfig", "there are: 'here', 'near'"),
        (current("heer"), "current-context 'heer' is not in the kubeconfig", "did you mean 'here'?"),
        (
            lambda found: found["contexts"][0]["context"].update(user="ghost"),
            "context 'here' names user 'ghost', which the kubeconfig does not have",
            "there are: 'u'",
        ),
        (
            lambda found: found["contexts"][0]["context"].update(cluster="ghost"),
            "context 'here' names cluster 'ghost', which the kubeconfig does not have",
            "there are: 'c'",
        ),
        (lambda found: found["contexts"][0].update(context={}), "context 'here' names no cluster", ""),
        (
            lambda found: found["clusters"][0].update(cluster={}),
            "cluster 'c' of kubeconfig '.*' has no server",
            "",
        ),
        (
            lambda found: found.update(users=[{"user": {}}]),
            "kubeconfig '.*': users has an entry without a name",
            "",
        ),
        (lambda found: found.update(users="u"), "kubeconfig '.*': users has an entry without a name", ""),
        (
            cluster(certificate_authority="ca.pem"),
            "certificate-authority of cluster 'c': '.*/ca.pem': No such file or directory",
            "",
        ),
        (
            lambda found: found["users"][0]["user"].update({"client-certificate": "/no/such.pem"}),
            "client-certificate of user 'u': '/no/such.pem': No such file or directory",
            "",
        ),
        (user(tokenFile="absent"), "tokenFile of user 'u': '.*/absent': No such file or directory", ""),
        (
            cluster(certificate_authority_data="***"),
            "certificate-authority-data of cluster 'c' in kubeconfig '.*' is not base64",
            "",
        ),
        (
            cluster(certificate_authority_data=GARBAGE),
            "certificate-authority of cluster 'c' is no certificate: .*",
            "",
        ),
        (
            lambda found: found["users"][0]["user"].update(
                {"client-certificate-data": GARBAGE, "client-key-data": GARBAGE}
            ),
            "client-certificate and client-key of user 'u' are not a certificate and its key: .*",
            "",
        ),
        (
            lambda found: found["contexts"][0]["context"].update(namespace=5),
            "namespace of context 'here' in kubeconfig '.*': text was expected, and it is 5",
            "put it in quotes",
        ),
        (
            lambda found: found["contexts"][0]["context"].update(cluster=["c"]),
            "cluster of context 'here' in kubeconfig '.*': text was expected, and it is a list of 1",
            "",
        ),
        (
            cluster(proxy_url=1080),
            "proxy-url of cluster 'c' in kubeconfig '.*': text was expected, and it is 1080",
            "put it in quotes",
        ),
        (
            cluster(tls_server_name=True),
            "tls-server-name of cluster 'c' in kubeconfig '.*': text was expected, and it is true",
            "put it in quotes",
        ),
        (user(token=123), "token of user 'u' in kubeconfig '.*': text was expected, and it is 123", "quotes"),
        (
            user(token="abc\n"),  # noqa: S106  No token.
            "token of user 'u' in kubeconfig '.*': it has a line break, and no header may have one",
            "write the token on the line of its key, without `|`",
        ),
        (
            user(exec={"command": 5}),
            "exec.command of user 'u' in kubeconfig '.*': text was expected, and it is 5",
            "quotes",
        ),
        (user(exec={"apiVersion": "v1"}), "exec of user 'u' in kubeconfig '.*': it names no command", ""),
        (
            user(exec={"command": "x", "args": ["get", 1]}),
            r"exec.args\[1\] of user 'u' in kubeconfig '.*': text was expected, and it is 1",
            "quotes",
        ),
        (
            user(exec={"command": "x", "env": "A=b"}),
            "exec.env of user 'u' in kubeconfig '.*': a list was expected, and it is 'A=b'",
            "",
        ),
        (
            user(**{"auth-provider": {"name": "oidc", "config": {}}}),
            "user 'u' cannot log in by the auth-provider 'oidc': .*id-token.*",
            "log in again; `kubectl auth whoami` logs in the same way",
        ),
        (user(exec={"command": "x"}), "user 'u' cannot log in: 'x' is of no use: .*apiVersion.*", "log in again"),
    ],
)
def test_what_a_kubeconfig_names_and_does_not_have(change: Change, fact: str, hint: str, write: Write) -> None:
    with pytest.raises(NoClusterError, match=f"^{fact}$") as caught:
        find_access(write(change))
    assert hint in caught.value.hint


def test_a_context_that_is_not_there(write: Write) -> None:
    with pytest.raises(NoClusterError, match=r"^context 'nera' is not in the kubeconfig$") as caught:
        find_access(write(), "nera")
    assert caught.value.hint == "did you mean 'near'?"


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"clusters: [", r", line 2: not valid YAML: .+"),
        (b"a: 1\nb: c: d\n", r", line 2: not valid YAML: mapping values are not allowed in this context"),
        (b"a:\n\t- b\n", r", line 2: not valid YAML: .+"),
        (b"- a\n", ": an object was expected, and it is array"),
        (b"\xff\xfea\x00", " is not text in UTF-8"),
        (b"", ": there is no such file, or it is empty"),
        (b"# nothing\n", ": there is no such file, or it is empty"),
    ],
)
def test_a_file_that_is_no_kubeconfig(content: bytes, fact: str, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_bytes(content)
    with pytest.raises(NoClusterError, match=f"^kubeconfig '.*/config'{fact}$"):
        find_access(str(file))


def test_a_file_that_is_not_there_or_cannot_be_read(write: Write, tmp_path: Path) -> None:
    with pytest.raises(NoClusterError, match=r"'.*/absent': there is no such file, or it is empty$"):
        find_access(str(tmp_path / "absent"))
    with pytest.raises(NoClusterError, match=r"cannot be read: Is a directory$"):
        find_access(str(tmp_path))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(NoClusterError, match=r"cannot be read: Too many levels of symbolic links$"):
        find_access(str(tmp_path / "loop"))
    if os.geteuid():  # The superuser may read all.
        file = write()
        os.chmod(file, 0)  # noqa: PTH101
        with pytest.raises(NoClusterError, match=r"cannot be read: Permission denied$"):
            find_access(file)


def test_a_provider_of_logins_that_does_not_log_in(write: Write) -> None:
    section = {"auth-provider": {"name": "gcp", "config": {}}}
    with pytest.raises(NoLoginError, match=r"^user 'u' cannot log in by the auth-provider 'gcp': .+") as caught:
        find_access(write(user(**section)))
    assert "let your cloud's tool write the kubeconfig again" in caught.value.hint


# Logins by a plugin.


@pytest.fixture
def plugin(tmp_path: Path, write: Write) -> Callable[..., str]:
    """A kubeconfig whose user logs in with a shell script of that text."""

    def run(text: str, **fields: Any) -> str:
        script = tmp_path / "plugin"
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        section = {"apiVersion": API, "command": "./plugin", "interactiveMode": "IfAvailable", **fields}
        return write(user(exec=section))

    return run


def credential(status: dict[str, str]) -> str:
    said = json.dumps({"apiVersion": API, "kind": "ExecCredential", "status": status})
    return f"echo '{said}'"


def test_a_plugin_that_logs_in(plugin: Callable[..., str]) -> None:
    access = find_access(plugin(credential({"token": "from-plugin"})))
    assert access.settings.api_key["BearerToken"] == "Bearer from-plugin"


@pytest.mark.parametrize(
    ("text", "fields", "fact", "hint"),
    [
        (
            "",
            {"command": "no-such-plugin", "installHint": "run this:\n  cloud install"},
            "user 'u' cannot log in: the program 'no-such-plugin', which the kubeconfig names, is not installed",
            "run this:\n  cloud install",
        ),
        (
            "",
            {"command": "no-such-plugin"},
            "user 'u' cannot log in: the program 'no-such-plugin', which the kubeconfig names, is not installed",
            "install 'no-such-plugin', or name its whole path in the kubeconfig",
        ),
        (
            "echo 'SSO session expired:\n run cloud login' >&2; exit 255",
            {},
            "user 'u' cannot log in: './plugin' failed with status 255: SSO session expired: run cloud login",
            "log in again",
        ),
        ("exit 3", {}, "user 'u' cannot log in: './plugin' failed with status 3 and said nothing", "log in again"),
        ("echo hello", {}, "user 'u' cannot log in: './plugin' is of no use: failed to decode .*", ""),
        (
            credential({"other": "x"}),
            {},
            "user 'u' cannot log in: './plugin' is of no use: missing token or clientCertificateData .*",
            "",
        ),
        ("", {"command": "/"}, "user 'u' cannot log in: '/' cannot be started: Permission denied", ""),
    ],
)
def test_a_plugin_that_does_not_log_in(  # noqa: PLR0917
    text: str,
    fields: Config,
    fact: str,
    hint: str,
    plugin: Callable[..., str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(NoLoginError, match=f"^{fact}$") as caught:
        find_access(plugin(text, **fields))
    assert hint in caught.value.hint
    assert capfd.readouterr() == ("", ""), "the client's own line is not printed"


def test_a_plugin_that_fails_on_a_terminal_has_said_why_itself(plugin: Callable[..., str], tmp_path: Path) -> None:
    code = (
        "import sys; from groundwork.kube.access import find_access\n"
        "try: find_access(sys.argv[1])\n"
        "except Exception as error: open(sys.argv[2], 'w').write(str(error))\n"
    )
    terminal, end = os.openpty()
    command = [sys.executable, "-c", code, plugin("echo 'session expired' >&2; exit 1"), str(tmp_path / "said")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(command, stdin=end, stdout=end, stderr=end, env=environment, timeout=120, check=True)
    os.close(end)
    shown = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert "session expired" in shown
    assert "ERROR" not in shown
    assert (tmp_path / "said").read_text() == ("user 'u' cannot log in: './plugin' failed, and says above why")


def test_a_token_of_a_plugin_that_ends_in_a_new_line_is_used_without_it(plugin: Callable[..., str]) -> None:
    access = access_of_kubeconfig(plugin(credential({"token": "t\\n"})))
    access.settings.refresh_api_key_hook(access.settings)
    assert access.settings.api_key["BearerToken"] == "Bearer t"


def test_a_login_that_expires_later_is_told_when_it_is_needed(
    plugin: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    """The plugin gives a token that has expired already, and nothing the second time."""
    first = credential({"token": "t", "expirationTimestamp": "2026-01-01T00:00:00Z"})
    text = f"test ! -e used || {{ echo 'login expired' >&2; exit 1; }}\n: > used\n{first}"
    client = Client(access_of_kubeconfig(plugin(text)))
    with pytest.raises(ApiError) as caught:
        client.read(PODS.path("demo"))
    assert (caught.value.status, caught.value.unknown_user) == (401, True)
    assert caught.value.message == "user 'u' cannot log in: './plugin' failed with status 1: login expired"
    assert capfd.readouterr() == ("", "")


# Proxies.


def test_a_proxy_that_the_python_here_cannot_use_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.delitem(sys.modules, "urllib3.contrib.socks", raising=False)
    access = find_access(write(cluster(proxy_url="socks5://me:secret@127.0.0.1:1080")))
    with pytest.raises(NoClusterError) as caught:
        Client(access)
    assert str(caught.value) == (
        "the proxy socks5://127.0.0.1:1080 needs Python's package PySocks, which is not installed"
    )
    assert caught.value.hint.startswith("pip install PySocks\n")


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY"])
def test_a_proxy_of_the_environment_is_no_different(
    name: str, write: Write, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setitem(sys.modules, "socks", None)
    no_proxies.delitem(sys.modules, "urllib3.contrib.socks", raising=False)
    no_proxies.setenv(name, "socks5h://127.0.0.1:1080")
    with pytest.raises(NoClusterError, match=r"the proxy socks5h://127.0.0.1:1080 needs") as caught:
        Client(find_access(write(cluster(server="https://cluster.invalid"))))
    assert "kubectl does not read ALL_PROXY" in caught.value.hint


@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "http://127.0.0.1:9"])
def test_a_server_on_this_machine_is_asked_without_a_proxy_of_the_environment(
    name: str, proxy: str, write: Write, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv(name, proxy)
    with serving(lambda asked: Reply(json.dumps({"path": asked.path}).encode())) as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            answer = Client(find_access(write(cluster(server=url)))).read("/version")
            assert answer.object()["path"] == "/version"


def test_a_proxy_of_the_environment_needs_no_scheme_and_makes_way_for_no_proxy(
    write: Write, no_proxies: pytest.MonkeyPatch
) -> None:
    far = write(cluster(server="http://cluster.invalid"))
    with serving(lambda asked: Reply(json.dumps({"path": asked.path}).encode())) as server:
        no_proxies.setenv("HTTP_PROXY", server.url.removeprefix("http://"))
        assert Client(find_access(far)).read("/version").object()["path"].endswith("/version")
        no_proxies.setenv("NO_PROXY", ".invalid")
        with pytest.raises(ApiError, match=r"cluster\.invalid"):
            Client(find_access(far)).read("/version")


@pytest.mark.parametrize(
    ("change", "url"),
    [
        (cluster(server="127.0.0.1:9"), "http://127.0.0.1:9"),
        (cluster(server="127.0.0.1:9", insecure_skip_tls_verify=True), "https://127.0.0.1:9"),
        (cluster(server="https://127.0.0.1:9"), "https://127.0.0.1:9"),
    ],
)
def test_a_server_without_a_scheme_is_read_as_kubectl_reads_it(change: Change, url: str, write: Write) -> None:
    access = find_access(write(change))
    assert access.server == url
    hosts = []

    class Watching(type(access.settings)):  # type: ignore[misc]
        def __setattr__(self, name: str, value: Any) -> None:
            hosts.extend([value] if name == "host" and self is access.settings else [])
            super().__setattr__(name, value)

    access.settings.__class__ = Watching
    access.settings.refresh_api_key_hook(access.settings)
    assert (hosts, access.server) == ([], url), "a login that is had anew changes nothing that others may read"


@pytest.mark.parametrize("proxy", ["ftp://127.0.0.1:9", "127.0.0.1:9", "http://[::1"])
def test_a_proxy_that_is_none(proxy: str, write: Write) -> None:
    with pytest.raises(NoClusterError, match=r"^the proxy .* cannot be used: ") as caught:
        Client(find_access(write(cluster(proxy_url=proxy)))).read("/version")
    assert "proxy-url" in caught.value.hint


def test_a_proxy_that_is_not_there_is_told_in_a_line(write: Write) -> None:
    with pytest.raises(ApiError) as caught:
        Client(find_access(write(cluster(proxy_url="http://127.0.0.1:9")))).read("/version")
    assert "Unable to connect to proxy: " in caught.value.message
    assert "NewConnectionError(" not in caught.value.message


def test_a_proxy_of_http_is_used(write: Write) -> None:
    with serving(lambda asked: Reply(json.dumps({"path": asked.path}).encode())) as server:
        change = cluster(server="http://cluster.invalid", proxy_url=server.url)
        answer = Client(find_access(write(change))).read("/version")
    assert answer.object()["path"].endswith("/version")
