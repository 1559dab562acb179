"""Differences between two sets of CRDs, for people, for pages and for programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dynamo_crd.schemas.compare import Difference

_KUBERNETES = re.compile(
    r"\.(podTemplate\.(spec|metadata)|extraPodSpec|profilingJob|configMapRef|envs?\[\]|(liveness|readiness)Probe"
    r"|autoscaling\.(behavior|metrics\[\])|claims\[\]|resources|tolerations\[\])\."
)
_LONGEST = 60


def inside_kubernetes(difference: Difference) -> bool:
    """Whether it lies in a type of Kubernetes' own, which changes with the Kubernetes of Dynamo's build."""
    return _KUBERNETES.search(difference.place) is not None


def text(found: Sequence[Difference], _title: str) -> str:
    """A line each: place, fact, old, new."""
    return "".join(f"{difference}\n" for difference in found)


def as_json(found: Sequence[Difference], title: str) -> str:
    """One object; `old` and `new` are JSON values, null where that set says nothing."""
    rows = [
        {"place": one.place, "fact": one.fact, "old": _value(one.old), "new": _value(one.new)} for one in found
    ]
    return json.dumps({"version": 1, "compared": title, "differences": rows}, indent=2) + "\n"


def markdown(found: Sequence[Difference], title: str) -> str:
    """A section for each kind and version, a table of its changes: for a page."""
    lines = [f"Compared: {title}."]
    heading = ""
    for one in found:
        version, _, path = one.place.partition(" ")
        if version != heading:
            lines += [
                "",
                f"### {version}",
                "",
                "| Field | What | Was | Is |",
                "| --- | --- | --- | --- |",
            ]
            heading = version
        cells = (f"`{path}`" if path else "", *_words(one))
        lines.append(f"| {' | '.join(cells)} |")
    if not found:
        lines += ["", "Nothing differs."]
    return "\n".join(lines) + "\n"


FORMS: dict[str, Callable[[Sequence[Difference], str], str]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
}


def _words(one: Difference) -> tuple[str, str, str]:
    if one.fact == "present":
        return ("gone", "", "") if one.old else ("new", "", "")
    return one.fact, _cell(one.old), _cell(one.new)


def _cell(said: str) -> str:
    short = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    return "`" + short.replace("|", "\\|") + "`" if short else "none"


def _value(said: str) -> object:
    return json.loads(said) if said else None
