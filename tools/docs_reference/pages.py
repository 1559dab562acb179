"""All pages that this package writes, by their paths under docs/."""

from __future__ import annotations

from functools import cache

from docs_reference import (
    api_index,
    api_page,
    counterparts,
    errors_page,
    fields,
    kubectl_dynamo_options,
    refusals,
    status_words,
    versions_page,
)
from docs_reference.kinds import Kind, kinds
from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import releases

API = "reference/api"


@cache
def pages() -> dict[str, str]:
    """The text of each page; the same every time."""
    found = {f"{API}/README.md": api_index.page(kinds())}
    for kind in kinds():
        read = {version: fields.read(kind.name, version) for version in kind.sources}
        for version in kind.sources:
            found[f"{API}/{kind.file(version)}"] = _version(kind, version, read)
    found["reference/errors.md"] = errors_page.page(kinds())
    found["reference/versions.md"] = versions_page.page(kinds())
    found["reference/status-words.md"] = status_words.page()
    found["reference/kubectl-dynamo.md"] = kubectl_dynamo_options.page()
    return found


def _version(kind: Kind, version: str, read: dict[str, tuple[fields.Field, ...]]) -> str:
    paths = [field.path for top in read[version] for field in top.walk()]
    elsewhere: dict[str, counterparts.Counterpart] = {}
    if other := kind.other(version):
        lasts = {field.path: field.until for top in read[version] for field in top.walk()}
        for last in set(lasts.values()):  # A field that is gone is looked at in the last release that has it.
            schema = compiler.marked(kind.name, version, last or releases.newest())
            mine = [path for path in paths if lasts[path] == last]
            elsewhere |= counterparts.find(kind.name, version, schema, mine, read[other])
    return api_page.page(kind, version, read[version], elsewhere, refusals.by_field(kind.name, version, paths))
