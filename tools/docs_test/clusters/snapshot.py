"""The objects that a page can have made, by name: compared before and after it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from groundwork.kube.kubectl import Ended, Kubectl

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
UNLISTED = "/*/*"
"""Suffix of a placeholder entry: `KIND/*/*` means that objects of KIND could not be listed; or `*.GROUP/*/*`."""
VOLUMES = "persistentvolumes"
"""Volumes are outside of namespaces, and a claim in one can have them made."""
_FORBIDDEN = re.compile(r'cannot list resource "([^"]+)" in API group "([^"]*)"')
_VERSION = re.compile(r"([a-z0-9.-]+)/v[0-9][a-z0-9]*")
_TEMPLATE = (
    "{{range .items}}{{.apiVersion}} {{.kind}} {{with .metadata.namespace}}{{.}}{{else}}"
    '{{if eq .kind "PersistentVolume"}}{{with .spec.claimRef}}claimed:{{.namespace}}{{else}}-{{end}}'
    '{{else}}-{{end}}{{end}} {{.metadata.name}}{{"\\n"}}{{end}}'
)


def snapshot(kubectl: Kubectl, beside: Collection[str] = ()) -> frozenset[str]:
    """Every object of kubectl's scope as `kind/namespace/name` (namespace "" if it has none).

    If the scope is a namespace, of what is outside of namespaces it has the kinds `beside`, which a page there may
    make; of volumes those alone that claims of that namespace have.

    What could not be listed is in it as `kind/*/*`, where the account may not list the kind, or `*.group/*/*`,
    where the server of an API group does not answer (metrics of a cluster without its metrics server).

    Raises:
        EnvironmentFault: for any other reason not all could be listed; nothing is known then.
    """
    kinds, unlisted = _kinds(kubectl)
    if not kinds:
        return frozenset()
    # With -n, kubectl lists what is in no namespace all the same.
    kinds |= {*beside} if kubectl.namespace else set()
    command = ("get", ",".join(sorted(kinds)), *kubectl.scope, "-o", f"go-template={_TEMPLATE}")
    done = kubectl.ended(*command)
    if done.status != 0:
        unlisted |= _forbidden(kubectl, done)
    names = {_singular(kind): kind for kind in kinds}
    found = _identifiers(done.out, names, kubectl.namespace)
    return frozenset([*found, *(f"{kind}{UNLISTED}" for kind in unlisted)])


def unlisted_kinds(objects: Iterable[str]) -> frozenset[str]:
    """The kinds and groups (`*.group`) of a snapshot that could not be listed."""
    return frozenset(item.removesuffix(UNLISTED) for item in objects if item.endswith(UNLISTED))


def not_compared(objects: Iterable[str]) -> str:
    """A line that says of which kinds a page can leave what nobody sees; "": of none."""
    unlisted = sorted(unlisted_kinds(objects))
    if not unlisted:
        return ""
    return f"what pages leave of these kinds is not seen, they cannot be listed: {', '.join(unlisted)}"


def _kinds(kubectl: Kubectl) -> tuple[set[str], set[str]]:
    """The kinds to list, and the groups whose kinds are not known.

    Raises:
        EnvironmentFault: none is known.
    """
    scope = ("--namespaced",) if kubectl.namespace else ()
    command = ("api-resources", "--verbs=list,delete", "-o", "name", *scope)
    done = kubectl.ended(*command, timeout=30.0)
    kinds = set(done.out.split()) - IGNORED_KINDS
    if done.status == 0:
        return kinds, set()
    # It prints what it found, then names the groups that it did not reach.
    groups = {f"*.{group}" for group in _VERSION.findall(done.reason)}
    if not kinds or not groups:
        raise kubectl.fault(command, done.reason)
    return kinds, groups


def _forbidden(kubectl: Kubectl, done: Ended) -> set[str]:
    """The kinds that the account may not list.

    Raises:
        EnvironmentFault: something else keeps kubectl from listing.
    """
    # It prints what it got, then a line for each kind that it did not get.
    errors = [line for line in done.err.splitlines() if line.startswith(("Error", "error"))]
    refused = [_FORBIDDEN.search(line) for line in errors]
    if not refused or None in refused:
        other = [line for line, found in zip(errors, refused, strict=True) if not found]
        raise kubectl.fault(("get",), (other or [done.reason])[-1])
    return {".".join(filter(None, found.groups())) for found in refused if found}


def _identifiers(text: str, names: Mapping[str, str], scope: str) -> Iterator[str]:
    for line in text.splitlines():
        version, kind, namespace, name = line.split(" ", 3)
        group = version.split("/")[0] if "/" in version else ""
        plural = names.get(f"{kind.lower()}.{group}", f"{kind.lower()}.{group}" if group else kind.lower())
        claimed, _, owner = namespace.rpartition(":")
        if plural == VOLUMES and scope and owner != scope:
            continue  # Somebody else's, or nobody's.
        yield f"{plural}/{'' if claimed or namespace == '-' else namespace}/{name}"


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
