"""The page of versions: what this site uses, which API each release serves, and what changed between releases."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from docs_reference import fields, words
from docs_reference.templates import filled, generated
from dynamo_api.facts.kinds import GROUP
from dynamo_api.releases import named, table
from dynamo_crd.schemas import compare, diff_text, registry, releases
from dynamo_crd.schemas import compile as compiler
from groundwork.base.versions import version as pinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_reference.kinds import Kind
    from dynamo_crd.schemas.compare import Difference

_LISTED = re.compile(rf"^(\w+)\.{re.escape(GROUP)}(?:/(\w+))?(?: (.*))?$")


def page(kinds: Sequence[Kind]) -> str:
    """The page, in Markdown."""
    return filled(
        "versions",
        generated=generated("dynamo_api/release_table/releases.toml, versions.toml and tools/dynamo_crd/sources"),
        current=_current(),
        table="\n".join(_table()),
        releases="\n".join(_releases(kinds)),
        may_serve="\n".join(_may_serve()),
        deprecated="\n".join(_deprecated()),
        changes="\n".join(_changes(kinds)),
    )


def _current() -> str:
    """Which releases are current, a sentence."""
    those = [f"{row.name} ({row.current}, {row.day})" for row in table().releases if row.current]
    return f"Current are {' and '.join(those)}."


def _table() -> Iterator[str]:
    yield "| Dynamo | Day | SGLang, TensorRT-LLM, vLLM | Chart | CRDs | Package | Used here | What is not known |"
    yield f"|{' --- |' * 8}"
    for row in table().releases:
        day = f"({row.day}: {row.date_of})" if row.date_of else row.day
        crds = row.crds or f"as {row.held_to}"
        name = f"**{row.name}**" if row.current else row.name
        read = (row.engines, row.chart, crds, "read" if row.wheel else "")
        cells = (name, day, *read, ", ".join(_used(row.name)), named(row.name).note)
        yield f"| {' | '.join(cell or '-' for cell in cells)} |"


def _used(release: str) -> list[str]:
    """What this site uses of a release."""
    return [part for part in ("runtime", "operator", "chart") if pinned(f"dynamo.{part}") == release]


def _releases(kinds: Sequence[Kind]) -> Iterator[str]:
    yield f"| Dynamo | {' | '.join(f'`{kind.short}`' for kind in kinds)} | also held to it |"
    yield f"| --- |{' --- |' * (len(kinds) + 1)}"
    for state in registry.releases():
        name = words.release(state)
        held = ", ".join(row.name for row in table().releases if row.held_to == name)
        yield f"| {name} | {' | '.join(_cell(kind, state) for kind in kinds)} | {held or '-'} |"


def _may_serve() -> Iterator[str]:
    """What releases may serve beside that: two sentences for each, and an empty line."""
    for row in table().releases:
        if row.may_serve:
            listed = ", ".join(words.code(one) for one in row.may_serve)
            yield f"{row.name} may serve {listed}: upstream describes them for clusters that do."
            yield "Whether they are on by default could not be read; nothing that was read says that v1beta1 goes."
            yield ""


def _deprecated() -> Iterator[str]:
    yield "| What | Deprecated | Gone | Use |"
    yield "| --- | --- | --- | --- |"
    for row in table().deprecated:
        gone = row.gone or (f"announced for {row.announced}" if row.announced else "")
        yield f"| {' | '.join(cell or '-' for cell in (row.what, row.since, gone, row.instead))} |"


def _cell(kind: Kind, release: str) -> str:
    versions = [version for version in kind.sources if release in kind.served[version]]
    return " ".join(f"**{one}**" if one == kind.stored[release] else one for one in versions) or "-"


def _changes(kinds: Sequence[Kind]) -> Iterator[str]:
    for old, new in reversed(list(pairwise(registry.releases()))):
        title = f"{words.release(old)} to {words.release(new)}"
        anchor = f"to-{words.release(new).replace('.', '-')}"
        yield f"### {title} {{ #{anchor} }}\n"
        found = compare.differences(compiler.crds(release=old), compiler.crds(release=new))
        own = [one for one in found if not diff_text.inside_kubernetes(one)]
        yield from _of_kinds(own, kinds)


def _of_kinds(found: Sequence[Difference], kinds: Sequence[Kind]) -> Iterator[str]:
    names = {registry.kinds(releases.newest())[kind.name].plural: kind for kind in kinds}
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
        return (
            ("New", "the kind") if one.fact == "present" and not one.old else ("Changed", _FACTS.get(one.fact, ""))
        )
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
    "maxItems": "how many items",
    "maxProperties": "how many entries",
    "maximum": "greatest value",
    "minimum": "least value",
    "x-kubernetes-list-type": "kind of list",
    "x-kubernetes-list-map-keys": "keys of the list",
}
