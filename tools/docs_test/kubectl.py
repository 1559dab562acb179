"""kubectl as docs-test itself uses it: to compare the cluster before and after, and to explain failures."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs_test.secrets import mask
from project.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        chosen = [f"--context={self.context}"] if self.context else []
        said = f"no answer after {timeout:.0f} s"
        try:
            done = subprocess.run(
                ["kubectl", *arguments, *chosen],
                env=dict(self.env),
                input=stdin,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
            if done.returncode == 0:
                return done.stdout
            said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        except OSError as error:
            said = error.strerror or str(error)
        except subprocess.TimeoutExpired:
            pass
        raise EnvironmentFault(f"kubectl {' '.join(arguments[:2])}: {mask(said)}", hint=hint)

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
        """Every object there as `kind/namespace/name` (namespace "" if it has none)."""
        scope = ("--namespaced",) if self.namespace else ()
        listed = self.read("api-resources", "--verbs=list,delete", "-o", "name", *scope)
        kinds = set(listed.split()) - IGNORED_KINDS
        if not kinds:
            return frozenset()
        template = (
            "{{range .items}}{{.apiVersion}} {{.kind}} {{with .metadata.namespace}}{{.}}{{else}}-{{end}} "
            '{{.metadata.name}}{{"\\n"}}{{end}}'
        )
        output = ("-o", f"go-template={template}")
        text = self.read("get", ",".join(sorted(kinds)), *self._where, *output, timeout=60.0)
        names = {_singular(kind): kind for kind in kinds}
        return frozenset(_identifiers(text, names))

    def leftovers(self, before: frozenset[str], patience: float) -> list[str]:
        """What is there now, was not before, and stays: deletion goes on after `kubectl delete` returns."""
        deadline = time.monotonic() + patience
        while True:
            left = sorted(item for item in self.objects() - before if not _expected(item))
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(1.0)

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


def _expected(item: str) -> bool:
    kind, _, name = item.split("/", 2)
    return f"{kind}/*/{name}" in LEFT_BY_THE_PLATFORM


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
