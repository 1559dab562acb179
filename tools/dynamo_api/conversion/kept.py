"""The annotations that hold what a version cannot say: `nvidia.com/dgd-spec`, `nvidia.com/dgd-status` and so on.

On an object in one version they tell of the other version; observed of Dynamo's operator. A spec's is
`{"version": 1, "spec": {...}, "rawJSON": [...]}`, a status's is the sparse status itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import sparse
from dynamo_api.facts.names import kept_spec, kept_status
from dynamo_api.views.kept import read

if TYPE_CHECKING:
    from dynamo_api.conversion.sparse import Edit, Keyed
    from dynamo_api.conversion.values import JsonObject

FORMAT = 1


def names(kind: str) -> tuple[str, str]:
    """The annotations of a kind: its spec's and its status's."""
    return kept_spec(kind), kept_status(kind)


def spec(annotations: JsonObject, kind: str, keyed: Keyed) -> list[Edit]:
    """What was kept of the other version's spec; nothing where no annotation can be read."""
    found = read(annotations.get(names(kind)[0]))
    if found.get("version") != FORMAT:
        return []
    return sparse.read(found.get("spec"), found.get(sparse.RAW), keyed)


def status(annotations: JsonObject, kind: str, keyed: Keyed) -> list[Edit]:
    """What was kept of the other version's status."""
    found = read(annotations.get(names(kind)[1]))
    removed = found.pop(sparse.RAW, None)
    return sparse.read(found, removed, keyed)


def spec_text(edits: list[Edit], keyed: Keyed) -> str:
    """An annotation that keeps changes to a spec."""
    fields, removed = sparse.written(edits, keyed)
    return _text({"version": FORMAT, "spec": _sorted(fields)} | ({sparse.RAW: removed} if removed else {}))


def status_text(edits: list[Edit], keyed: Keyed) -> str:
    """An annotation that keeps changes to a status."""
    fields, removed = sparse.written(edits, keyed)
    return _text(_sorted(fields) | ({sparse.RAW: removed} if removed else {}))


def _text(value: JsonObject) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _sorted(value: Any) -> Any:
    """The same with keys in order, so that equal objects have equal annotations."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
