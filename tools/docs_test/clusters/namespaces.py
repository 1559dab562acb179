"""A namespace of the run's own, and the rights of its pages there: made, removed, swept if its run was killed."""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import secrets
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from docs_test.clusters.stay import kept_namespaces
from groundwork.base.content import digest
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir
from groundwork.kube.objects import labels_of, name_of
from groundwork.kube.values import entries, mapping
from groundwork.system.records import alive, forget_abandoned, recorded
from groundwork.system.signals import deferred

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docs_test.clusters.stay import Stay
    from groundwork.kube.kubectl import Kubectl
    from groundwork.system.records import Record

RBAC = Path(__file__).with_name("rbac")
ALLOW = RBAC / "allow.yaml"
KIND = "namespace"
"""Kind of the records of namespaces whose runs live."""
MANAGED = "app.kubernetes.io/managed-by=docs-test"
OWNER = "dynamo-docs/owner"
EXPIRES = "dynamo-docs/expires"
STAMP = "%Y%m%dT%H%M%SZ"
"""A label cannot hold the colons of ISO 8601's usual form."""
HOURS = 6
"""Hours after which anybody's run may remove a namespace; the pages' credentials end then."""
ACCOUNT = "docs-test"
CLUSTER_ACCOUNT = "docs-test-cluster-scope"
RIGHTS_SECONDS = 60.0
REMOVAL = "5m"


@dataclass(frozen=True, slots=True)
class Own:
    """A namespace, and kubeconfigs (their content, JSON) of accounts that can do no more than what is theirs."""

    name: str
    kubeconfig: str
    cluster_kubeconfig: str
    """Kubeconfig of pages that may change objects outside the namespace; "" if none may."""


@contextmanager
def own_namespace(
    kubectl: Kubectl,
    say: Callable[[str], None],
    *,
    ours: bool,
    remove: bool = True,
    groups: Sequence[str] = (),
    stay: Stay | None = None,
    name: str = "",
    readers: Sequence[str] = (),
) -> Iterator[Own]:
    """A namespace with an owner and an expiry, removed with the `with` block.

    Args:
        kubectl: with the right to make namespaces and roles.
        say: called with a line about what takes time.
        ours: True for a cluster of this run; also create the read-only role and the `cluster-scope` account.
        remove: False: the cluster goes, and the namespace with it.
        groups: API groups of the product, in which pages may do anything there.
        stay: asked at the end whether the namespace is one of a page that is kept.
        name: its name (`new_name`); "": a new one.
        readers: with `ours`, further namespaces of the run, whose accounts may read what this one's may.

    Raises:
        EnvironmentFault: the cluster refused it, or does not let ServiceAccounts read what pages read.
    """
    name = name or new_name()
    with recorded(KIND, namespace=name) as record:
        own = None
        try:
            own = _make(kubectl, name, ours=ours, groups=groups, readers=readers)
            yield own
        finally:
            kept = stay is not None and name in stay.namespaces
            remove = (remove or own is None) and not kept
            end_namespace(kubectl, record, name, say, remove=remove, quietly=own is None)


def end_namespace(
    kubectl: Kubectl, record: Record, name: str, say: Callable[[str], None], *, remove: bool, quietly: bool = False
) -> None:
    """Remove a namespace, if it is to be removed, and settle its record.

    Raises:
        EnvironmentFault: it could not be removed.
    """
    if not remove:
        record.settled()
        return
    # Whoever may not make one may not remove one either: what the first said is what matters.
    quiet = suppress(EnvironmentFault) if quietly else nullcontext()
    # `deferred` re-raises Ctrl-C when the block ends, so `record.settled()` must be inside it.
    with deferred(say):
        with quiet:
            if not quietly:
                say(f"removing namespace {name}, and waiting until it is gone")
            _remove(kubectl, [name])
        record.settled()


def new_name() -> str:
    """A name for a namespace that no other one has."""
    return f"docs-test-{secrets.token_hex(4)}"


def sweep(kubectl: Kubectl, say: Callable[[str], None]) -> None:
    """Remove namespaces whose run is gone: this machine's that no process records, and all that have expired.

    Raises:
        EnvironmentFault: one could not be removed.
    """
    listed = entries(kubectl.json("get", "namespaces", "-l", MANAGED, "-o", "json"), "items")
    living = {facts.get("namespace") for facts in alive(KIND)}
    kept = kept_namespaces()
    left = [
        name
        for item in listed
        if (name := name_of(item)) not in living and _abandoned(item) and (name not in kept or _expired(item))
    ]
    if left:
        say(f"removing what killed runs left: namespace {', '.join(left)}")
        _remove(kubectl, left)
    forget_abandoned(KIND)  # The labels say as much.


def owner() -> str:
    """Who makes namespaces here, as a label's value: user, host, and a digest of the cache with the records."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # A user id without a name.
        user = "unknown"
    words = re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{user}.{platform.node()}")[:50].strip("-_.")
    return f"{words}-{digest(platform.node(), str(cache_dir()), length=8)}"


def _abandoned(item: dict[str, Any]) -> bool:
    labels = labels_of(item)
    return labels.get(OWNER) == owner() or _expired(item)


def _expired(item: dict[str, Any]) -> bool:
    labels = labels_of(item)
    try:
        expires = datetime.strptime(labels.get(EXPIRES, ""), STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return expires < datetime.now(UTC)


def _remove(kubectl: Kubectl, names: list[str]) -> None:
    command = ("delete", "namespace", *names)
    hint = f"kubectl {' '.join(command)}"
    kubectl.run(*command, "--ignore-not-found", f"--timeout={REMOVAL}", timeout=330, hint=hint)


def _make(kubectl: Kubectl, name: str, *, ours: bool, groups: Sequence[str], readers: Sequence[str]) -> Own:
    items = _with_groups(_objects("run.yaml", name), groups)
    if ours:
        items += _for_kind(name, readers)
    content = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    kubectl.run(
        "apply", "-f", "-", stdin=content, hint="it takes the rights to create namespaces, and roles in them"
    )
    command = ("config", "view", "--minify", "--flatten", "--raw", "-o", "json")
    cluster = next((mapping(entry, "cluster") for entry in entries(kubectl.json(*command), "clusters")), None)
    if cluster is None:
        raise kubectl.fault(command, "printed no cluster")
    own = Own(
        name,
        _kubeconfig(kubectl, cluster, name, ACCOUNT),
        _kubeconfig(kubectl, cluster, name, CLUSTER_ACCOUNT) if ours else "",
    )
    _wait(kubectl, own)
    return own


def _objects(file: str, namespace: str) -> list[dict[str, Any]]:
    """The objects of a file, in that namespace."""
    items = list(yaml.safe_load_all((RBAC / file).read_text(encoding="utf-8")))
    expires = datetime.now(UTC) + timedelta(hours=HOURS)
    for item in items:
        if item["kind"] == "Namespace":
            item["metadata"]["name"] = namespace
            item["metadata"]["labels"] |= {OWNER: owner(), EXPIRES: expires.strftime(STAMP)}
        elif not item["kind"].startswith("Cluster"):
            item["metadata"].setdefault("namespace", namespace)
        for subject in item.get("subjects", ()):
            if subject["kind"] == "ServiceAccount":
                subject["namespace"] = namespace
    return items


def _with_groups(items: list[dict[str, Any]], groups: Sequence[str]) -> list[dict[str, Any]]:
    """The objects of run.yaml, with all rights in these API groups, too."""
    for item in items:
        if item["kind"] == "Role" and groups:
            item["rules"].append({"apiGroups": [*groups], "resources": ["*"], "verbs": ["*"]})
    return items


def _for_kind(namespace: str, readers: Sequence[str]) -> list[dict[str, Any]]:
    """As allow.yaml, for the run's accounts alone, and what `cluster-scope` means."""
    names = [f"system:serviceaccounts:{name}" for name in (namespace, *readers)]
    reader = [item for item in _objects("allow.yaml", namespace) if item["kind"].startswith("Cluster")]
    for item in reader:
        if item["kind"] == "ClusterRoleBinding":
            group = item["subjects"][0]
            item["subjects"] = [{**group, "name": name} for name in names]
    return [*reader, *_objects("kind.yaml", namespace)]


def kinds_beside() -> tuple[str, ...]:
    """The kinds outside of namespaces that pages with `needs: [cluster-scope]` may make."""
    items = yaml.safe_load_all((RBAC / "kind.yaml").read_text(encoding="utf-8"))
    rules = [rule for item in items if item["kind"] == "ClusterRole" for rule in item["rules"]]
    return tuple(
        ".".join(filter(None, (kind, group)))
        for rule in rules
        if "create" in rule["verbs"]
        for group in rule["apiGroups"]
        for kind in rule["resources"]
    )


def _kubeconfig(kubectl: Kubectl, cluster: dict[str, Any], namespace: str, account: str) -> str:
    token = kubectl.run("create", "token", account, "-n", namespace, f"--duration={HOURS}h").strip()
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "docs-test",
            "contexts": [
                {
                    "name": "docs-test",
                    "context": {"cluster": "docs-test", "user": "docs-test", "namespace": namespace},
                }
            ],
            "clusters": [{"name": "docs-test", "cluster": cluster}],
            "users": [{"name": "docs-test", "user": {"token": token}}],
        }
    )


def _wait(kubectl: Kubectl, own: Own) -> None:
    """Until the rights hold, and Pods can be made: both follow a moment after."""
    with _in_memory(own.kubeconfig) as path:
        pages = replace(kubectl, env={**kubectl.env, "KUBECONFIG": path}, context="")
        checks = (
            (("get", "serviceaccount", "default"), "namespace {name}: its ServiceAccount is not made", ""),
            (
                ("auth", "can-i", "list", "nodes"),
                "pages read nodes, and this cluster does not let ServiceAccounts do that",
                f"kubectl apply -f {ALLOW}",
            ),
        )
        for words, fact, hint in checks:
            deadline = time.monotonic() + RIGHTS_SECONDS
            while True:
                try:
                    pages.run(*words)
                    break
                except EnvironmentFault:
                    if time.monotonic() > deadline:
                        raise EnvironmentFault(fact.format(name=own.name), hint=hint) from None
                    time.sleep(0.2)


@contextmanager
def _in_memory(content: str) -> Iterator[str]:
    """Path of a file that programs can read while the block lasts: a killed run leaves no credentials behind."""
    number = os.memfd_create("kubeconfig")
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        yield f"/proc/{os.getpid()}/fd/{number}"
