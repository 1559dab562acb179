"""The page of versions: what this site uses, which API each release serves, and what changed between releases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs_reference import fields, words
from docs_reference.kinds import front_matter, generated
from dynamo_crd import compare, diff_text, registry
from dynamo_crd import compile as compiler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_reference.kinds import Kind
    from dynamo_crd.compare import Difference

_USED = (
    ("Dynamo's runtime, in images and on PyPI", "dynamo.runtime"),
    ("Dynamo's operator, whose behaviour the stand-in has", "dynamo.operator_label"),
    ("Dynamo's Helm chart, current when this was written; this site does not install it", "dynamo.chart"),
    ("Kubernetes, in the tests", "kubernetes.version"),
    ("Kubernetes, of the Pod templates in the CRDs", "kubernetes.schemas"),
    ("Kubernetes and kubectl, the oldest that Dynamo asks for", "kubernetes.oldest"),
    ("etcd, in the tests", "kubernetes.etcd"),
    ("CoreDNS, in the tests", "kubernetes.coredns"),
    ("kind, in the tests", "tools.kind"),
)
_LISTED = re.compile(r"^(\w+)\.nvidia\.com(?:/(\w+))?(?: (.*))?$")
_BARE = {"present", "additionalPrinterColumns", "subresources"}


def page(kinds: Sequence[Kind]) -> str:
    """The page, in Markdown."""
    return "\n".join([*_head(), *_used(), *_releases(kinds), *_yours(), *_changes(kinds), *_next()])


def _head() -> Iterator[str]:
    yield front_matter(
        "Versions",
        "What this site is tested with, which API version each release of Dynamo serves, and what changed.",
    )
    yield generated("versions.toml and tools/dynamo_crd/sources")
    yield "# Versions { #versions }\n"
    yield "What the pages here are true of, and what is different in the release that you have.\n"


def _used() -> Iterator[str]:
    yield "## What this site uses { #used }\n"
    yield "| What | Version |"
    yield "| --- | --- |"
    for what, key in _USED:
        yield f'| {what} | {{{{ version("{key}") }}}} |'
    yield ""
    yield "`-dev` is the state of Dynamo's main branch before that release.\n"


def _releases(kinds: Sequence[Kind]) -> Iterator[str]:
    yield "## Which API a release serves { #releases }\n"
    yield "The CRDs of these six were read; what lies between two of them was not.\n"
    yield f"| Dynamo | {' | '.join(f'`{kind.short}`' for kind in kinds)} |"
    yield f"| --- |{' --- |' * len(kinds)}"
    for release in registry.releases():
        yield f"| {words.release(release)} | {' | '.join(_cell(kind, release) for kind in kinds)} |"
    yield ""
    yield "**Bold** is the version that the API server stores; a kind without a cell was not there yet."
    yield "An object that you write in one version can be read in the other.\n"
    yield 'A DynamoGraphDeployment in `v1beta1` was first seen in the development of {{ version("dynamo.since.dgd_v1beta1") }}.\n'
    yield "`docs-test validate --dynamo RELEASE` checks a manifest against one of them."
    names = ", ".join(words.code(name) for name in registry.releases())
    yield f"There they are called {names}.\n"


def _cell(kind: Kind, release: str) -> str:
    versions = [version for version in kind.sources if release in kind.served[version]]
    return " ".join(f"**{one}**" if one == kind.stored[release] else one for one in versions) or "–"


def _yours() -> Iterator[str]:
    yield "## Which you have { #yours }\n"
    yield "The versions of a kind that your cluster serves:\n"
    yield _shell("kubectl api-resources --api-group=nvidia.com", "it needs a cluster with the platform")
    yield "The operator's image, whose tag is its version:\n"
    yield _shell(
        "kubectl -n dynamo-system get deployments -o wide", "the stand-in's image has a name of its own"
    )
    yield "The operator that made a graph:\n"
    name = "nvidia\\.com/dynamo-operator-origin-version"
    yield _shell(
        f"kubectl get dgd NAME -o jsonpath='{{.metadata.annotations.{name}}}'", "it needs a graph of yours"
    )
    yield "Everything in which your CRDs differ from what this site describes, with a clone of this project:\n"
    yield _shell("kubectl get crd -o json | python -m dynamo_crd diff - --own", "a command of this repository")


def _shell(command: str, reason: str) -> str:
    return f'```bash {{ .skip data-reason="{reason}" }}\n{command}\n```\n'


def _changes(kinds: Sequence[Kind]) -> Iterator[str]:
    yield "## What changed { #changes }\n"
    yield "Field by field, from each of the releases to the next; what lies in Kubernetes' own types is left out.\n"
    releases = registry.releases()
    for old, new in reversed(list(zip(releases, releases[1:], strict=False))):
        title = f"{words.release(old)} to {words.release(new)}"
        anchor = f"to-{words.release(new).replace('.', '-')}"
        yield f"### {title} {{ #{anchor} }}\n"
        found = compare.differences(compiler.crds(release=old), compiler.crds(release=new))
        own = [one for one in found if not diff_text.inside_kubernetes(one)]
        yield from _of_kinds(own, kinds)


def _of_kinds(found: Sequence[Difference], kinds: Sequence[Kind]) -> Iterator[str]:
    names = {registry.kinds()[kind.name].plural: kind for kind in kinds}
    rows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in found:
        if (match := _LISTED.match(one.place)) and match[1] in names:
            group, text = _told(names[match[1]], match[2] or "", match[3] or "", one)
            if text:
                rows.setdefault((match[1], match[2] or ""), {}).setdefault(group, []).append(text)
    if not rows:
        yield "Nothing.\n"
    for (plural, version), groups in sorted(rows.items()):
        yield f"`{names[plural].name}` {version}".rstrip()
        for number, (group, texts) in enumerate(groups.items()):
            mark = ":   " if not number else "\n    "
            yield f"{mark}{group}: {', '.join(dict.fromkeys(texts))}."
        yield ""


def _told(kind: Kind, version: str, path: str, one: Difference) -> tuple[str, str]:
    """What kind of change it is, and what changed, as a link where its page has the field."""
    if not version:
        return ("New", "the kind") if one.fact == "present" and not one.old else ("Changed", _FACTS.get(one.fact, ""))
    if not path:
        if one.fact == "present":
            return ("New", "the version") if not one.old else ("Gone", "the version")
        return "Changed", _FACTS.get(one.fact, one.fact)
    known = {field.path: field for top in fields.read(kind.name, version) for field in top.walk()}
    field = known.get(re.sub(r"(\[\]|\{\})+$", "", path))
    shown = words.code(path)
    text = f"[{shown}](api/{kind.file(version)}#{field.anchor})" if field else shown
    if one.fact == "present":
        return ("Gone" if one.old else "New"), text
    return "Changed", f"{text} ({_FACTS.get(one.fact, one.fact)})"


_FACTS = {
    "additionalPrinterColumns": "columns of `kubectl get`",
    "allOf": "allowed values",
    "conversion": "conversion",
    "deprecated": "deprecated",
    "deprecationWarning": "",
    "enum": "allowed values",
    "storage": "which version is stored",
    "x-kubernetes-validations": "rules",
    "x-kubernetes-preserve-unknown-fields": "unknown fields",
    "x-kubernetes-list-type": "kind of list",
    "x-kubernetes-list-map-keys": "keys of the list",
}


def _next() -> Iterator[str]:
    yield "## What next { #what-next }\n"
    yield "- [All fields of all kinds](api/README.md)"
    yield "- [Errors, and what to do](errors.md)"
    yield "- [Checking a manifest without a cluster](../contribute/validating.md)"
    yield ""
