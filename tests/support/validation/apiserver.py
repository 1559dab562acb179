"""A real kube-apiserver and its etcd, as two processes on loopback: no kind, no kubelet, no admission webhook.

It answers what an object's schema and rules are worth: with `dryRun=All` and strict field validation nothing is
stored, and a namespace need not exist.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundwork.system.processes import end_group
from support.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

START_SECONDS = 120
"""Both are ready within about ten seconds on two idle cores."""

P256_HEAD, P256_TAIL = bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a8648ce3d030107")
"""DER around the 32 bytes of a private key of the curve P-256 (RFC 5915): any 32 random bytes are one."""

# Without these nothing is asked of an object but its schema: namespaces and service accounts need not exist.
ADMISSION_OFF = "NamespaceLifecycle,ServiceAccount,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,LimitRanger"


RUNNING_PROGRAM = """
for folder in /proc/[0-9]*; do
    [ "$(cat "$folder/comm" 2>/dev/null)" = "$0" ] && cat "$folder/exe" && exit
done
exit 1
"""
"""Prints the file of a running program: in a node, also of one that lives in a container's image."""


class ApiServer:
    """A connection, kept open, to a server's API."""

    def __init__(self, port: int, token: str, certificate: Path) -> None:
        self._port, self._token = port, token
        self.kubectl_options = [
            f"--server=https://127.0.0.1:{port}",
            f"--token={token}",
            f"--certificate-authority={certificate}",
            "--kubeconfig=/dev/null",
        ]
        """How kubectl reaches it."""
        self.warnings: tuple[str, ...] = ()
        """Those of the last answer."""
        self._tls = ssl.create_default_context(cafile=str(certificate))
        self._connection: http.client.HTTPSConnection | None = None

    def ask(
        self, method: str, path: str, body: str = "", content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Status and JSON of one request; a kept connection that the server closed meanwhile is opened anew."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type}
        for last in (False, True):
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(
                    "127.0.0.1", self._port, context=self._tls, timeout=120
                )
            try:
                self._connection.request(method, path, body.encode(), headers)
                answer = self._connection.getresponse()
                text = answer.read().decode()
            except (http.client.HTTPException, ConnectionError, ssl.SSLEOFError):
                self.close()
                if last:
                    raise
                continue
            self.warnings = tuple(answer.headers.get_all("Warning", ()))
            is_json = "json" in (answer.headers["Content-Type"] or "")
            return answer.status, json.loads(text) if is_json else text
        raise AssertionError("unreachable")

    def install(self, crds: Iterable[dict[str, Any]]) -> None:
        """Apply CRDs and wait until each of their versions is served."""
        base = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        wanted: list[tuple[str, str]] = []
        for crd in crds:
            path = f"{base}/{crd['metadata']['name']}?fieldManager=tests&force=true"
            status, answer = self.ask("PATCH", path, json.dumps(crd), "application/apply-patch+yaml")
            assert status in (200, 201), answer
            group, plural = crd["spec"]["group"], crd["spec"]["names"]["plural"]
            wanted += [
                (f"/apis/{group}/{one['name']}", plural) for one in crd["spec"]["versions"] if one["served"]
            ]
        for address, plural in wanted:
            what = f"serving {address} {plural}"
            wait_until(lambda at=address, name=plural: self._serves(at, name), what=what)

    def _serves(self, address: str, plural: str) -> bool:
        """Whether a resource can be asked for, and is listed: the one may come before the other."""
        status, answer = self.ask("GET", address)
        listed = status == 200 and plural in [row["name"] for row in answer["resources"]]
        return listed and self.ask("GET", f"{address}/namespaces/n/{plural}")[0] == 200

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection:
            self._connection.close()
        self._connection = None


@contextmanager
def running_server(folder: Path, programs: dict[str, Path]) -> Iterator[ApiServer]:
    """A server that keeps everything under `folder`, ended with the `with` block.

    Args:
        folder: for certificates, data and logs; removed by the caller.
        programs: where `kube-apiserver` and `etcd` are.

    Raises:
        AssertionError: one of them ended or was not ready in time; the last lines of its log say why.
    """
    etcd_port, peer_port, port = (own_port() for _ in range(3))
    token = secrets.token_hex(16)
    _private(folder / "tokens", f"{token},tests,tests,system:masters\n".encode())
    _private(folder / "key.pem", _pem(P256_HEAD + secrets.token_bytes(32) + P256_TAIL))
    with contextlib.ExitStack() as stack:
        stack.enter_context(_process(folder, _etcd(programs["etcd"], folder, etcd_port, peer_port)))
        process = _process(folder, _kube_apiserver(programs["kube-apiserver"], folder, etcd_port, port))
        alive = stack.enter_context(process)
        certificate = folder / "certificates" / "apiserver.crt"
        wait_until(lambda: alive() and certificate.exists() and _listening(port), what="starting kube-apiserver")
        server = ApiServer(port, token, certificate)
        stack.callback(server.close)
        wait_until(lambda: alive() and server.ask("GET", "/readyz")[0] == 200, what="kube-apiserver's readiness")
        yield server


def _etcd(program: Path, folder: Path, port: int, peer_port: int) -> list[str]:
    peer = f"http://127.0.0.1:{peer_port}"
    client = f"http://127.0.0.1:{port}"
    options = [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
    ]
    options += [f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"]
    return [str(program), *options, f"--initial-cluster=default={peer}", "--unsafe-no-fsync", "--log-level=error"]


def _kube_apiserver(program: Path, folder: Path, etcd_port: int, port: int) -> list[str]:
    return [
        str(program),
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={folder / 'tokens'}",
        "--authorization-mode=AlwaysAllow",
        f"--disable-admission-plugins={ADMISSION_OFF}",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://127.0.0.1",
        f"--service-account-key-file={folder / 'key.pem'}",
        f"--service-account-signing-key-file={folder / 'key.pem'}",
        "--enable-priority-and-fairness=false",
        "--allow-privileged=true",  # As kind's and most others do.
    ]


@contextmanager
def _process(folder: Path, command: list[str]) -> Iterator[Any]:
    """A running program; yields a check that raises, with the log's end, once it has ended."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
        )

    def alive() -> bool:
        assert process.poll() is None, "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        return True

    try:
        yield alive
    finally:
        end_group(process)


def copy_of_running(program: str, where: Sequence[str], folder: Path) -> Path:
    """Copy the file of a running program into a folder; `where` is the command that reaches its machine."""
    copy = folder / program
    with copy.open("wb") as stream:
        subprocess.run([*where, "sh", "-c", RUNNING_PROGRAM, program], stdout=stream, check=True, timeout=120)
    copy.chmod(0o755)
    return copy


def wait_until(holds: Any, *, what: str, seconds: float = START_SECONDS) -> None:
    """Ask again and again, with a short pause, until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.1)


def _listening(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).replace("CERTIFICATE", "EC PRIVATE KEY").encode()
