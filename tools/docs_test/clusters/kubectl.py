"""kubectl as docs-test itself uses it: to compare the cluster before and after, and to explain failures."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundwork.base.errors import EnvironmentFault
from groundwork.base.masking import mask
from groundwork.system.orphans import OWNER, owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

IGNORED_KINDS = frozenset(
    {
        "events",
        "events.events.k8s.io",
        "leases.coordination.k8s.io",
        "endpoints",
        "endpointslices.discovery.k8s.io",
        "componentstatuses",
        "certificatesigningrequests.certificates.k8s.io",
        "controllerrevisions.apps",
    }
)
"""Kinds that come and go by themselves in any cluster."""

LEFT_BY_THE_PLATFORM = (
    # The operator makes these in each namespace with a graph, owned by none (FACTS: "always created").
    "serviceaccounts/*/planner-serviceaccount",
    "rolebindings.rbac.authorization.k8s.io/*/planner-serviceaccount-binding",
    # The same, in each namespace with a request.
    "serviceaccounts/*/dgdr-profiling-job",
    "rolebindings.rbac.authorization.k8s.io/*/dgdr-profiling-job-binding",
    # Kubernetes makes these in each namespace.
    "configmaps/*/kube-root-ca.crt",
    "serviceaccounts/*/default",
)
"""What may be there after a page and was not before: `kind/namespace/name`, `*` for any namespace."""

UNLISTED = "/*/*"
"""After a kind, or `*.group`: no object, but that those of it could not be listed."""
_FORBIDDEN = re.compile(r'cannot list resource "([^"]+)" in API group "([^"]*)"')
_VERSION = re.compile(r"([a-z0-9.-]+)/v[0-9][a-z0-9]*")

LOG_LINES = 15
PODS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl with the rights of docs-test, not of a page."""

    env: Mapping[str, str]
    """Its whole environment: PATH, and KUBECONFIG."""
    context: str = ""
    """Of the kubeconfig; "": the current one."""
    namespace: str = ""
    """All that is looked at; "": the whole cluster."""

    def run(self, *arguments: str, stdin: str = "", timeout: float = 60.0, hint: str = "") -> str:
        """Output of a command.

        Raises:
            EnvironmentFault: it failed; one line, with kubectl's last.
        """
        done = self._ended(*arguments, stdin=stdin, timeout=timeout, hint=hint)
        if done.returncode != 0:
            raise _fault(arguments, _last(done.stderr), hint)
        return done.stdout

    def _ended(
        self, *arguments: str, stdin: str = "", timeout: float = 60.0, hint: str = ""
    ) -> subprocess.CompletedProcess[str]:
        chosen = [f"--context={self.context}"] if self.context else []
        try:
            return subprocess.run(
                ["kubectl", *arguments, *chosen],
                env={**self.env, OWNER: owner()},  # `delete` may wait for minutes: a killed run's is ended.
                input=stdin,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except OSError as error:
            said = error.strerror or str(error)
        except subprocess.TimeoutExpired:
            said = f"no answer after {timeout:.0f} s"
        raise _fault(arguments, said, hint)

    def json(self, *arguments: str) -> Any:
        """Output of a command that prints JSON.

        Raises:
            EnvironmentFault: as of `run`, or it printed something else.
        """
        text = self.run(*arguments)
        try:
            return json.loads(text)
        except ValueError:
            raise EnvironmentFault(f"kubectl {' '.join(arguments[:2])}: printed no JSON") from None

    def read(self, *arguments: str, timeout: float = 30.0) -> str:
        """Output of a read-only command, "" if it failed: these looks never mask the error they explain."""
        try:
            return self.run(*arguments, timeout=timeout)
        except EnvironmentFault:
            return ""

    @property
    def _where(self) -> tuple[str, ...]:
        return ("-n", self.namespace) if self.namespace else ("-A",)

    def objects(self) -> frozenset[str]:
        """Every object there as `kind/namespace/name` (namespace "" if it has none).

        What could not be listed is in it as `kind/*/*`, where the account may not list the kind, or `*.group/*/*`,
        where the server of an API group does not answer (metrics of a cluster without its metrics server).

        Raises:
            EnvironmentFault: for any other reason not all could be listed; nothing is known then.
        """
        scope = ("--namespaced",) if self.namespace else ()
        command = ("api-resources", "--verbs=list,delete", "-o", "name", *scope)
        done = self._ended(*command, timeout=30.0)
        kinds = set(done.stdout.split()) - IGNORED_KINDS
        unlisted = set()
        if done.returncode != 0:
            # It prints what it found, then names the groups that it did not reach.
            unlisted = {f"*.{group}" for group in _VERSION.findall(_last(done.stderr))}
            if not kinds or not unlisted:
                raise _fault(command, _last(done.stderr))
        if not kinds:
            return frozenset()
        template = (
            "{{range .items}}{{.apiVersion}} {{.kind}} {{with .metadata.namespace}}{{.}}{{else}}-{{end}} "
            '{{.metadata.name}}{{"\\n"}}{{end}}'
        )
        command = ("get", ",".join(sorted(kinds)), *self._where, "-o", f"go-template={template}")
        done = self._ended(*command)
        if done.returncode != 0:
            # It prints what it got, then a line for each kind that it did not get.
            errors = [line for line in done.stderr.splitlines() if line.startswith(("Error", "error"))]
            refused = [_FORBIDDEN.search(line) for line in errors]
            if not refused or None in refused:
                other = [line for line, found in zip(errors, refused, strict=True) if not found]
                raise _fault(command[:1], (other or [_last(done.stderr)])[-1])
            unlisted |= {".".join(filter(None, found.groups())) for found in refused if found}
        names = {_singular(kind): kind for kind in kinds}
        return frozenset([*_identifiers(done.stdout, names), *(f"{kind}{UNLISTED}" for kind in unlisted)])

    def leftovers(self, before: frozenset[str], patience: float) -> list[str]:
        """What is there now, was not before, and stays: deletion goes on after `kubectl delete` returns.

        Of what could not be listed before, nothing is told: all of it would look new.

        Raises:
            EnvironmentFault: it could not be listed to the end of that patience.
        """
        deadline = time.monotonic() + patience
        while True:
            last = time.monotonic() > deadline
            try:
                left = self._new(before)
            except EnvironmentFault:
                if last:
                    raise
            else:
                if last or not left:
                    return left
            time.sleep(1.0)

    def _new(self, before: frozenset[str]) -> list[str]:
        unlisted = _unlisted(before)
        new = sorted(item for item in self.objects() - before if not _expected(item, unlisted))
        if unseen := sorted(_unlisted(new)):
            raise EnvironmentFault(f"kubectl get: {', '.join(unseen)} can no longer be listed")
        return new

    def diagnosis(self, since: str = "") -> str:
        """The last lines of Pods that are not ready, and the last Warning events: what a reader would look at.

        Args:
            since: in UTC, as Kubernetes writes it (2026-11-25T01:18:10Z); older events are none of the page's.
        """
        parts = []
        pods = _json(self.read("get", "pods", *self._where, "-o", "json"))
        for pod in [pod for pod in pods.get("items", []) if _unready(pod)][:PODS_SHOWN]:
            name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
            log = self.read("logs", name, "-n", namespace, "--all-containers", f"--tail={LOG_LINES}")
            parts.append(_block(f"Pod {namespace}/{name}: {_phase(pod)}", log or "(no log)"))
        columns = "TIME:.lastTimestamp,REASON:.reason,KIND:.involvedObject.kind,NAME:.involvedObject.name"
        columns += ",MESSAGE:.message"
        sort = ("--sort-by=.lastTimestamp", "-o", f"custom-columns={columns}")
        events = self.read("get", "events", *self._where, "--field-selector=type=Warning", *sort)
        # `<none>`, of events that have a series instead of a time, sorts after every time: it is kept.
        last = [line for line in events.splitlines()[1:] if line.partition(" ")[0] >= since][-8:]
        if last:
            parts.append(_block("last Warning events", "\n".join(last)))
        return mask("\n".join(parts))


def not_compared(objects: Iterable[str]) -> str:
    """A line that says of which kinds a page can leave what nobody sees; "": of none."""
    unlisted = sorted(_unlisted(objects))
    if not unlisted:
        return ""
    return f"what pages leave of these kinds is not seen, they cannot be listed: {', '.join(unlisted)}"


def removal(left: list[str]) -> str:
    """The commands that remove what was left."""
    lines = []
    for item in left:
        kind, namespace, name = item.split("/", 2)
        lines.append(f"kubectl delete {kind} {name}" + (f" -n {namespace}" if namespace else ""))
    return "\n".join(lines)


def _identifiers(text: str, names: Mapping[str, str]) -> Iterator[str]:
    for line in text.splitlines():
        version, kind, namespace, name = line.split(" ", 3)
        group = version.split("/")[0] if "/" in version else ""
        plural = names.get(f"{kind.lower()}.{group}", f"{kind.lower()}.{group}" if group else kind.lower())
        yield f"{plural}/{'' if namespace == '-' else namespace}/{name}"


def _singular(resource: str) -> str:
    """`deployment.apps` of `deployments.apps`: plurals of kinds in a cluster end in s, ies or ses."""
    plural, _, group = resource.partition(".")
    if plural.endswith("ies"):
        plural = plural[:-3] + "y"
    elif plural.endswith(("sses", "xes")):
        plural = plural[:-2]
    else:
        plural = plural.removesuffix("s")
    return f"{plural}.{group}"


def _expected(item: str, unlisted: frozenset[str]) -> bool:
    kind, _, name = item.split("/", 2)
    group = f"*.{kind.partition('.')[2]}"
    return f"{kind}/*/{name}" in LEFT_BY_THE_PLATFORM or kind in unlisted or group in unlisted


def _unlisted(objects: Iterable[str]) -> frozenset[str]:
    return frozenset(item.removesuffix(UNLISTED) for item in objects if item.endswith(UNLISTED))


def _last(stderr: str) -> str:
    return (stderr.strip().splitlines() or ["no reason given"])[-1]


def _fault(arguments: Sequence[str], said: str, hint: str = "") -> EnvironmentFault:
    return EnvironmentFault(f"kubectl {' '.join(arguments[:2])}: {mask(said)}", hint=hint)


def _unready(pod: dict[str, Any]) -> bool:
    status = pod.get("status", {})
    ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in status.get("conditions", []))
    return not ready and status.get("phase") != "Succeeded"


def _phase(pod: dict[str, Any]) -> str:
    waiting = [
        state["reason"]
        for container in pod["status"].get("containerStatuses", [])
        if (state := container.get("state", {}).get("waiting")) and state.get("reason")
    ]
    return ", ".join([pod["status"].get("phase", "?"), *waiting])


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _block(title: str, text: str) -> str:
    return "\n".join([f"{title}:", *(f"  | {line}" for line in text.splitlines())])
