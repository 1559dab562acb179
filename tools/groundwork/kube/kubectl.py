"""kubectl as a program: what it prints, and its refusals as faults of one line with a hint."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault
from groundwork.base.masking import mask
from groundwork.system.orphans import OWNER, owner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from groundwork.kube.values import Json

_HINTS = (
    # As kubectl words it, and what helps; the first that fits counts.
    (
        re.compile(
            r"Unauthorized|must be logged in|provide credentials|getting credentials|certificate has expired"
        ),
        "your login is missing or has expired: log in again; kubectl auth whoami says who you are",
    ),
    (
        re.compile(
            r"was refused|no such host|i/o timeout|no route to host|Unable to connect|EOF$|no answer after"
        ),
        "does the cluster run? kubectl cluster-info says what kubectl reaches",
    ),
    (re.compile(r"\(Forbidden\).* cannot "), "kubectl auth can-i --list says what you may do"),
)
_PASSING = re.compile(
    r"Unable to connect to the server: EOF|TLS handshake timeout|connection reset by peer|connection lost"
    r"|etcdserver: (request timed out|leader changed)"
    r"|\.status\.conditions accessor error: <nil>"
)
"""Errors of a server that starts again or has too much to do, as the only API server of a busy machine may.

The last one is of a `kubectl wait` that is faster than the first status of what it waits for."""
_READS = ("get", "wait")
"""Commands that change nothing, and may be asked again."""
_PATIENCE = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between the tries of a read that met such an error."""
_SHOWN = 60
"""Characters of what was printed that a fault shows."""
_BEGINS = ("Error", "error:", "The ", "Unable to connect")
"""Beginnings of kubectl's errors; what follows one, such as a list of reasons, belongs to it."""


class KubectlFault(EnvironmentFault):
    """kubectl could not do it."""

    def __init__(self, command: str, reason: str, *, hint: str = "") -> None:
        """Put the line together.

        Args:
            command: what was asked for: `kubectl get pods`.
            reason: why it was not had, in one line.
            hint: what helps; "": what helps with that reason, as far as it is known.
        """
        super().__init__(f"{command}: {reason}", hint=hint or _hint(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ended:
    """A kubectl that ran to its end."""

    status: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """Why it failed, in one line: its last error to the end; its last line where none is one."""
        lines = [line.strip() for line in self.err.strip().splitlines()] or ["no reason given"]
        errors = [number for number, line in enumerate(lines) if line.startswith(_BEGINS)]
        return mask(" ".join(lines[errors[-1] if errors else -1 :]))


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl with the rights of one kubeconfig."""

    env: Mapping[str, str]
    """Its whole environment; PATH, where it is found by its name, and KUBECONFIG."""
    context: str = ""
    """Context of the kubeconfig; "": the current one."""
    namespace: str = ""
    """Namespace of all that `scope` is given to; "": the whole cluster."""
    kubeconfig: str = ""
    """Path of the kubeconfig; "": that of the environment."""
    program: str | Path = "kubectl"
    """The program, by name or by path."""

    @property
    def scope(self) -> tuple[str, ...]:
        """The words that limit a command to the namespace, or widen it to all of them."""
        return ("-n", self.namespace) if self.namespace else ("-A",)

    def run(self, *arguments: str, stdin: str | bytes = "", timeout: float | None = 60.0, hint: str = "") -> str:
        """What a command prints on its standard output.

        A `get` or `wait` is asked again for half a minute where the server is busy or starts again; what changes
        something is not, since nobody knows how far it came.

        Args:
            arguments: the command's words.
            stdin: what it reads.
            timeout: seconds that it may take; None: as long as it does.
            hint: what helps if it fails.

        Raises:
            KubectlFault: it failed; one line, with kubectl's last.
        """
        done = self.ended(*arguments, stdin=stdin, timeout=timeout, hint=hint)
        for seconds in _PATIENCE if arguments[:1] and arguments[0] in _READS else ():
            if done.status == 0 or not _PASSING.search(done.reason):
                break
            sleep(seconds)
            done = self.ended(*arguments, stdin=stdin, timeout=timeout, hint=hint)
        if done.status != 0:
            raise self.fault(arguments, done.reason, hint)
        return done.out

    def json(self, *arguments: str, timeout: float | None = 60.0, hint: str = "") -> Json:
        """The JSON object that a command prints.

        Raises:
            KubectlFault: as of `run`, or it printed something else.
        """
        text = self.run(*arguments, timeout=timeout, hint=hint)
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self.fault(arguments, f"printed no JSON object, but {text[:_SHOWN].strip()!r}", hint)
        return found

    def read(self, *arguments: str, timeout: float = 30.0) -> str:
        """What a read-only command prints, "" if it failed: a look must not mask the error that it explains."""
        try:
            done = self.ended(*arguments, timeout=timeout)
        except KubectlFault:
            return ""
        return done.out if done.status == 0 else ""

    def ended(
        self, *arguments: str, stdin: str | bytes = "", timeout: float | None = 60.0, hint: str = ""
    ) -> Ended:
        """A command run to its end, whatever that is.

        Raises:
            KubectlFault: kubectl cannot be run, or gives no answer in time.
        """
        chosen = [f"--kubeconfig={self.kubeconfig}"] if self.kubeconfig else []
        chosen += [f"--context={self.context}"] if self.context else []
        try:
            done = subprocess.run(
                [self.program, *arguments, *chosen],
                # `delete` and `wait` may take minutes: those of a killed run are ended by the mark.
                env={**self.env, OWNER: owner()},
                input=stdin.encode() if isinstance(stdin, str) else stdin,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError:
            raise KubectlFault("kubectl", "not found on PATH", hint="install kubectl") from None
        except OSError as error:
            raise KubectlFault("kubectl", f"cannot be run: {error.strerror or error}", hint=hint) from None
        except subprocess.TimeoutExpired:
            raise self.fault(arguments, f"no answer after {timeout:.0f} s", hint) from None
        return Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    @staticmethod
    def fault(arguments: Sequence[str], reason: str, hint: str = "") -> KubectlFault:
        """The fault of a command."""
        named = arguments[2:] if arguments[:1] == ("-n",) else arguments
        return KubectlFault(f"kubectl {' '.join(named[:2])}", mask(reason), hint=hint)


def _hint(reason: str) -> str:
    return next((hint for pattern, hint in _HINTS if pattern.search(reason)), "")
