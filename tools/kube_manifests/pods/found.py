"""Helpers of the rules: a finding, and the few checks that many fields share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.problems import Stage
from groundwork.base.suggest import closest
from groundwork.base.wording import choices, counted, shown
from groundwork.kube.values import mapping, sequence
from groundwork.text.model import FieldError
from kube_manifests.cel import quantities
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from groundwork.base.field_paths import Path

CODE = "pod"
WARNING = "advice/warning"
"""Code of what an API server accepts, with a warning."""
_PERCENT = re.compile(r"[0-9]+%\Z")
PORTS = range(1, 65536)


def wrong(path: Path, fact: str, hint: str = "", *, at_key: bool = False) -> FieldError:
    """An error of these rules."""
    return FieldError(path, CODE, fact, hint, at_key=at_key)


def warned(path: Path, fact: str, hint: str = "", *, at_key: bool = False) -> FieldError:
    """What an API server accepts and warns of."""
    return FieldError(path, WARNING, fact, hint, Stage.ADVICE, at_key)


def items(holder: Any, path: Path, key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The objects of a list, each with its path; what is no object is the schema's matter."""
    for index, item in enumerate(sequence(mapping(holder).get(key))):
        if isinstance(item, dict):
            yield (*path, key, index), item


def one_of(
    holder: Any, path: Path, key: str, allowed: tuple[str, ...], *, at_holder: bool = False
) -> Iterator[FieldError]:
    """A field that names one of a few; absent or empty, Kubernetes has a default.

    Args:
        holder: what has the field.
        path: its path.
        key: the field.
        allowed: the few.
        at_holder: True for an item of a list: the error is at `path` itself.
    """
    value = mapping(holder).get(key)
    if not isinstance(value, str) or not value or value in allowed:
        return
    near = closest(value, allowed)
    at = path if at_holder else (*path, key)
    yield wrong(at, f"{shown(value)} is none of {choices(allowed)}", f"write {near}" if near else "")


def handlers(holder: Any, path: Path, known: tuple[str, ...], what: str) -> Iterator[FieldError]:
    """Exactly one of several fields."""
    given = [key for key, value in mapping(holder).items() if key in known and value is not None]
    if len(given) == 1:
        return
    fact = (
        f"{what} has {' and '.join(given)}, of which only one can hold" if given else f"{what} says not what it is"
    )
    yield wrong((*path, given[1]) if given else path, fact, f"exactly one of {', '.join(known)}", at_key=True)


def least(holder: Any, path: Path, lowest: dict[str, int]) -> Iterator[FieldError]:
    """Numbers that may not be below a limit."""
    for key, low in lowest.items():
        value = mapping(holder).get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value < low:
            yield wrong((*path, key), f"{value} is below {low}")


def between(holder: Any, path: Path, key: str, low: int, high: int) -> Iterator[FieldError]:
    """A number within limits."""
    value = mapping(holder).get(key)
    if isinstance(value, int) and not isinstance(value, bool) and not low <= value <= high:
        yield wrong((*path, key), f"{value} is not between {low} and {high}")


def not_empty(holder: Any, path: Path, key: str, hint: str = "") -> Iterator[FieldError]:
    """A text that is written and empty; one that is missing is the schema's matter."""
    if mapping(holder).get(key) == "":
        yield wrong((*path, key), "it may not be empty", hint)


def named(holder: Any, path: Path, key: str, rule: Callable[[str], str]) -> Iterator[FieldError]:
    """A text that a rule of names holds for; absent or empty, there is none."""
    value = mapping(holder).get(key)
    if isinstance(value, str) and value and (fault := rule(value)):
        yield wrong((*path, key), f"{shown(value)}: {fault}")


def share(value: Any, path: Path, *, most: int = 0) -> Iterator[FieldError]:
    """A number of Pods, or a percentage of them; `most`: the highest percentage, 0 for any."""
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        yield wrong(path, f"{value} is below 0")
    if isinstance(value, str) and not _PERCENT.match(value):
        yield wrong(path, f"{shown(value)} is no percentage", f'"{value}%", or {value} without quotes')
    elif isinstance(value, str) and most and int(value[:-1]) > most:
        yield wrong(path, f"{value} is more than {most}%")


def labels(holder: Any, path: Path, key: str) -> Iterator[FieldError]:
    """A mapping of labels: its keys, and its values."""
    for name, value in mapping(holder, key).items():
        at = (*path, key, name)
        if fault := names.label_key(str(name)):
            yield wrong(at, f"{shown(name)} is not a key of a label: {fault}", at_key=True)
        if isinstance(value, str) and (fault := names.label_value(value)):
            yield wrong(at, f"{shown(value)} is not a value of a label: {fault}")


def inside(holder: Any, path: Path, key: str, what: str = "volume") -> Iterator[FieldError]:
    """A path that must stay within a volume."""
    value = mapping(holder).get(key)
    if isinstance(value, str) and (value.startswith("/") or ".." in value.split("/")):
        yield wrong((*path, key), f"{shown(value)} leaves the {what}", "a path within it, without '..'")


def port_number(value: Any, path: Path) -> Iterator[FieldError]:
    """A port's number."""
    if isinstance(value, int) and not isinstance(value, bool) and value not in PORTS:
        yield wrong(path, f"{value} is no port", "1 to 65535")


def nano(value: Any) -> int | None:
    """A quantity as a whole number of nano-units; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return quantities.parse(str(value))
    except ValueError:
        return None


def unique(found: Iterable[tuple[Path, str]], what: str) -> Iterator[FieldError]:
    """Names that must differ."""
    there: set[str] = set()
    for path, name in found:
        if name and name in there:
            yield wrong(path, f"{what} {shown(name)} is there already")
        there.add(name)


def at_least_one(holder: Any, path: Path, key: str, noun: str) -> Iterator[FieldError]:
    """A list that may not be empty."""
    if not sequence(mapping(holder).get(key)):
        yield wrong((*path, key), f"{counted(0, noun)}, of 1 at least")
