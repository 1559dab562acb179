"""The page of one version of a kind: what it is, an example, an outline, and every field."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from docs_reference import samples, words
from docs_reference.templates import generated
from dynamo_api.facts.kinds import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docs_reference.counterparts import Counterpart
    from docs_reference.fields import Field
    from docs_reference.kinds import Kind
    from docs_reference.refusals import Refusal

_RUNTIME = '{{ version("dynamo.runtime") }}'
_STEP = "    "
_MANY = 2
_BOOST = 0.3
"""Weight of these long pages in the search: prose is to come first."""


def page(
    kind: Kind,
    version: str,
    fields: Sequence[Field],
    elsewhere: Mapping[str, Counterpart],
    refusals: Mapping[str, Sequence[Refusal]],
) -> str:
    """The page, in Markdown.

    Args:
        kind: what is told of the kind as a whole.
        version: which of its versions.
        fields: its `spec` and `status`.
        elsewhere: for a field's path, what the other version has in its place.
        refusals: for a field's path, what Dynamo refuses of it though the schema allows it.
    """
    return "\n".join(
        [
            *_front_matter(kind, version),
            generated("tools/dynamo_crd/sources"),
            f"# {words.breakable(kind.name)} {version} {{ #{kind.name.lower()}-{version} }}",
            "",
            *_head(kind, version),
            *_example(kind, version),
            *_outline(fields),
            *_fields(fields, kind, version, elsewhere, refusals),
            *_next(kind, version),
        ]
    )


def _front_matter(kind: Kind, version: str) -> Iterator[str]:
    yield "---"
    yield f"title: {kind.name} {version}"
    yield f'description: "Every field of {kind.name} ({kind.short}) {version}: type, default, limits, since when."'
    yield "kind: reference"
    yield f"generated_from: tools/dynamo_crd/sources/{kind.name.lower()}-{version}.yaml"
    yield f"search:\n  boost: {_BOOST}"
    yield "---\n"


def _head(kind: Kind, version: str) -> Iterator[str]:
    source = kind.sources[version]
    yield f"{words.escaped(source['doc'])}\n"
    if other := kind.other(version):
        link = f"[{other}]({kind.file(other)})"
        if "deprecated" in source:
            yield '!!! warning "Deprecated"\n'
            served = "[your release serves it](../versions.md#releases)"
            yield f"    Use {link} where {served}; an older one has only {version}."
            yield f"    Newer ones still take {version}, and `kubectl` warns.\n"
        else:
            yield f"An older form is {link}: each field below names what it is there.\n"
    yield kind.more.replace(". ", ".\n") + "\n"
    there = kind.served[version]
    stored = [release for release in there if kind.stored[release] == version]
    yield f"- `apiVersion: {GROUP}/{version}`, `kind: {kind.name}`"
    yield f"- Short name: `{kind.short}`; namespaced"
    yield f"- Who writes it: {kind.writes[0].lower()}{kind.writes[1:].rstrip('.')}"
    yield f"- Served by Dynamo {', '.join(map(words.release, there))}"
    yield f"- Stored as {version} by {', '.join(map(words.release, stored)) or 'none of them'}"
    columns = [column["name"] for column in source.get("columns", ())]
    if columns:
        yield f"- `kubectl get {kind.short}` prints: Name, {', '.join(columns)}"
    yield "\nThese are [the releases that were read](../versions.md#releases), not all there are.\n"


def _example(kind: Kind, version: str) -> Iterator[str]:
    sample = samples.read(kind.name, version, _RUNTIME)
    yield "## Example { #example }\n"
    yield "Each field at the top of `spec`, with a value that is valid; leave out what you do not need.\n"
    yield f"```yaml {{ .manifest }}\n{sample.manifest}\n```\n"
    for part in sample.parts:
        yield f"{words.code(part.at.removeprefix('$.'))}. {part.says}\n"
        attributes = f'.fragment data-of="{kind.name}/{version}" data-at="{part.at}"'
        yield f"```yaml {{ {attributes} }}\n{part.text}\n```\n"


def _outline(fields: Sequence[Field]) -> Iterator[str]:
    yield "## Outline { #outline }\n"
    yield "A star marks what is required; fields that are deprecated are left out.\n"
    yield '<div class="api-outline" markdown>\n'
    for field in fields:
        yield from _outlined(field, "")
    yield "\n</div>\n"


def _outlined(field: Field, indent: str) -> Iterator[str]:
    if field.deprecated or field.until:
        return
    star = " \\*" if field.required else ""
    yield f"{indent}- [{words.code(field.name)}](#{field.anchor}){star}"
    for child in field.children:
        yield from _outlined(child, indent + _STEP)


def _fields(
    fields: Sequence[Field],
    kind: Kind,
    version: str,
    elsewhere: Mapping[str, Counterpart],
    refusals: Mapping[str, Sequence[Refusal]],
) -> Iterator[str]:
    writer = _Writer(kind, version, elsewhere, refusals)
    for field in fields:
        yield from writer.section(field)


class _Writer:
    """Writes fields; keeps what all of them need."""

    def __init__(
        self,
        kind: Kind,
        version: str,
        elsewhere: Mapping[str, Counterpart],
        refusals: Mapping[str, Sequence[Refusal]],
    ) -> None:
        self._other = kind.other(version)
        self._file = kind.file(self._other)
        self._elsewhere, self._refusals = elsewhere, refusals

    def section(self, field: Field) -> Iterator[str]:
        """A field with fields of its own: a heading, what holds of it, and its fields."""
        level = "##" if "." not in field.path else "###"
        yield f"{level} {words.code(field.path)} {{ #{field.anchor} }}\n"
        yield "\n\n".join(self._told(field)) + "\n"
        for child in field.children:
            yield from self._entry(child)
        if field.kubernetes:
            yield f"All other fields are those of {words.kubernetes_link(field.kubernetes)}.\n"
        for child in field.children:
            if child.children:
                yield from self.section(child)

    def _entry(self, field: Field) -> Iterator[str]:
        """An item of a definition list; of a field with a section of its own only what it is."""
        name = words.code(field.name)
        shown = f'<span class="api-type">{field.type}</span>' if "[" not in field.type else field.type
        if field.children:
            need = "**required**" if field.required else ""
            yield f"[{name}](#{field.anchor}) {shown}"
            yield f":   {' '.join(filter(None, (need, words.escaped(field.description))))}\n"
            return
        yield f"[{name}](#{field.anchor}) {shown} {{ #{field.anchor} }}"
        first, *rest = self._told(field)
        yield "\n".join([f":   {first}", *(f"\n    {line}" for line in rest)]) + "\n"

    def _told(self, field: Field) -> Iterator[str]:
        """Paragraphs: what it is for, what it may be, what else refuses it, what it was, where else it is."""
        yield words.escaped(field.description) or "…"
        facts = ["**required**" if field.required else "optional", *field.limits]
        if field.children:
            facts.insert(0, field.type)
        if field.since:
            facts.append(f"since {words.release(field.since)}")
        if field.deprecated:
            facts.append("**deprecated**")
        if field.until:
            facts.append(f"gone after {words.release(field.until)}")
        yield " · ".join(facts)
        for rule in field.rules:
            within = f"in {words.code(rule.within)}: " if rule.within else ""
            since = f" (since {words.release(rule.since)})" if rule.since else ""
            yield f"Rule: {within}{words.escaped(rule.message)}{since}."
        yield from _refused(self._refusals.get(field.path, ()))
        yield from field.history
        if field.path in self._elsewhere and "." in field.path:
            there = self._elsewhere[field.path]
            shown = "the same" if there.path == field.path else words.code(there.path)
            inside = f", there {words.code(there.inside)}" if there.inside else ""
            yield f"In {self._other}: [{shown}]({self._file}#{there.anchor}){inside}"


def _refused(those: Sequence[Refusal]) -> Iterator[str]:
    """What Dynamo refuses, a sentence each; of many by the same program only their names."""
    groups: dict[str, list[Refusal]] = {}
    for refusal in those:
        groups.setdefault(refusal.who, []).append(refusal)
    for who, group in groups.items():
        if len(group) > _MANY:
            links = ", ".join(f"[{words.code(one.rule.name)}](../errors.md#{one.anchor})" for one in group)
            yield f"{len(group)} rules hold: {links}. {who}."
            continue
        for one in group:
            yield f"{words.escaped(one.says)} {who}: [what to do](../errors.md#{one.anchor})."


def _next(kind: Kind, version: str) -> Iterator[str]:
    yield "## What next { #what-next }\n"
    here = "reference/api"
    for title, target in kind.pages.items():
        yield f"- [{title}]({posixpath.relpath(target, here)})"
    if other := kind.other(version):
        yield f"- [{kind.name} {other}]({kind.file(other)})"
    yield "- [All kinds](README.md)"
    yield "- [Errors, and what to do](../errors.md)"
    yield "- [Checking a manifest without a cluster](../../contribute/validating.md)"
    yield ""
