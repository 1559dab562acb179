"""A release's Helm chart: its version, its values, and whether it has those that pages set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from dynamo_docs.intake import crds
from dynamo_docs.intake.model import Area, Change, What
from dynamo_docs.intake.touches import word
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.kube.values import entries, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HINT = "name a chart's folder, or its .tgz"
SET = re.compile(r"--set(?:-string|-json)?[ =]['\"]?([A-Za-z][\w.-]*)=")
"""Pattern of a value that a command of a page sets."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart."""

    name: str
    version: str
    values: Mapping[str, str]
    """Values by dotted path: those of parts of it under the part's name."""
    unread: frozenset[str] = field(default=frozenset())
    """Names of parts whose values are not in it."""

    def has(self, path: str) -> bool | None:
        """Whether it has a value, or values under it; None if nobody can say."""
        if path.partition(".")[0] in self.unread:
            return None
        around = (path.rsplit(".", depth)[0] for depth in range(path.count(".") + 1))
        inside = any(one == path or one.startswith(f"{path}.") for one in self.values)
        return inside or any(self.values.get(one) == "{}" for one in around)


def read(path: Path) -> Chart:
    """A chart.

    Raises:
        UserError: there is no such file, or it is no chart; the file first.
    """
    where = Position(str(path))
    if not path.exists():
        raise UserError("there is no such file or folder", hint=HINT, where=where)
    files = _of_folder(path) if path.is_dir() else _of_archive(path)
    about = mapping(_yaml(files.get("Chart.yaml", "")))
    if not about:
        raise UserError("no chart: there is no Chart.yaml in it", hint=HINT, where=where)
    values = dict(_flat(_yaml(files.get("values.yaml", ""))))
    unread = set()
    for part in entries(about, "dependencies"):
        name = text(part.get("alias")) or text(part.get("name"))
        own = files.get(f"charts/{text(part.get('name'))}/values.yaml")
        if own is None:
            unread.add(name)
        else:
            values = {**{f"{name}.{key}": one for key, one in _flat(_yaml(own))}, **values}
    return Chart(text(about.get("name")), str(about.get("version", "")), values, frozenset(unread))


def changes(old: Chart, new: Chart) -> Iterator[Change]:
    """Values that came, went, or have another default."""
    for key in sorted(old.values.keys() | new.values.keys()):
        before, after = old.values.get(key, ""), new.values.get(key, "")
        if (key in old.values, before) != (key in new.values, after):
            what = What.ADDED if key not in old.values else What.REMOVED if key not in new.values else What.CHANGED
            yield Change(Area.CHART, key, what, before, after, (word(key),))


def set_on_pages(root: Path) -> dict[str, str]:
    """Values that the pages set, each with the first place: `docs/kubernetes/install.md:79`."""
    found: dict[str, str] = {}
    for path in sorted((root / "docs").rglob("*.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for key in SET.findall(line):
                found.setdefault(key, f"{path.relative_to(root).as_posix()}:{number}")
    return found


def unknown_values(chart: Chart, root: Path) -> list[str]:
    """Sentences on values that pages set and the chart does not have."""
    return [
        f"{place} sets {key}, which chart {chart.name} {chart.version} does not have."
        for key, place in set_on_pages(root).items()
        if chart.has(key) is False
    ]


def _of_folder(path: Path) -> dict[str, str]:
    wanted = ("Chart.yaml", "values.yaml", "charts/*/values.yaml")
    found = (file for pattern in wanted for file in path.glob(pattern))
    return {
        file.relative_to(path).as_posix(): file.read_text(encoding="utf-8", errors="replace") for file in found
    }


def _of_archive(path: Path) -> dict[str, str]:
    return {name.partition("/")[2]: content for name, content in crds.texts(path)}


def _yaml(content: str) -> Any:
    try:
        return yaml.safe_load(content)
    except yaml.YAMLError:
        return None


def _flat(value: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Leaves of nested objects by dotted path; `{}` for an object without any."""
    for key, one in mapping(value).items():
        path = f"{before}{key}"
        if isinstance(one, dict) and one:
            yield from _flat(one, f"{path}.")
        else:
            yield path, "{}" if one == {} else "" if one is None else str(one)
