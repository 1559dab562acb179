"""The releases of Dynamo that a reader may choose in the header ("I run Dynamo X"), for docs/assets/release.js."""

from __future__ import annotations

from functools import cache
from typing import Any

from dynamo_api.release_table.rows import numbers
from dynamo_api.releases import named, pages_version, table

SERVED = {"dgdr": "dynamo.since.dgdr_v1beta1", "dgd": "dynamo.since.dgd_v1beta1"}
"""Keys of the first releases that serve v1beta1, by the short names of kinds that have it."""


@cache  # Each page asks for it.
def choices() -> dict[str, Any]:
    """The releases, from old to new, as JSON can hold them.

    Returns:
        `run`: the release whose images the pages show, and were run with; `chart`: the version of the chart that
        they show; `operator`: the release that the tests' stand-in is like; `registry`: where images come from;
        `releases`: a row each, with `name`, `chart`, `dgdr` and `dgd` (versions that it serves, the newest first),
        `says` (a sentence on what is not known of it; "" if all is) and `runs` (parts of its runtime with which
        tutorials were run; "" for none, and of `run`).
    """
    return {
        "run": pages_version("dynamo.runtime"),
        "chart": pages_version("dynamo.chart"),
        "operator": pages_version("dynamo.operator_label"),
        "registry": pages_version("dynamo.image_registry"),
        "releases": [
            {
                "name": row.name,
                "chart": row.chart or row.name,
                "says": _says(row.name),
                "runs": " and ".join(row.runs) if row.name != pages_version("dynamo.runtime") else "",
                **{kind: _served(row.name, key) for kind, key in SERVED.items()},
            }
            for row in table().releases
            if row.is_release
        ],
    }


def deprecations(line: str) -> str:
    """What a line of releases (1.5) deprecates or has no more: rows of a Markdown table, `what | what to do`.

    Raises:
        KeyError: no release of the table is of that line.
    """
    if not any(row.number.startswith(f"{line}.") for row in table().releases):
        raise KeyError(line)
    rows = []
    for one in table().deprecated:
        first = next((name for name in (one.gone, one.since) if name.startswith(f"{line}.")), "")
        if first:
            state = "gone" if first == one.gone else "deprecated"
            end = f"; announced for removal: {one.announced}" if one.announced and not one.gone else ""
            use = f"use {one.instead}" if one.instead else "plan without it"
            use = one.instead if one.instead.startswith("nothing") else use
            rows.append(f"| {state.capitalize()}: {one.what}{end} | {use} |")
    return "\n".join(rows)


def _says(release: str) -> str:
    held = named(release)
    known = "" if held.source == held.release else f"its fields and rules are taken from {held.source.name}"
    return f"Of {release}: {'; '.join(filter(None, (known, held.note)))}." if held.says else ""


def _served(release: str, key: str) -> list[str]:
    first = pages_version(key)
    return ["v1beta1", "v1alpha1"] if numbers(release) >= numbers(first) else ["v1alpha1"]
