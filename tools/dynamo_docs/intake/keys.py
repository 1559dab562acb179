"""Keys of a wheel's configurations: the planner's, and a request as the profiler reads it, by their paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from dynamo_docs.intake import classes
from dynamo_docs.intake.model import Area, Change, What
from dynamo_docs.intake.touches import words_of_field, words_of_value
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dynamo_docs.intake.classes import Class, Field
    from dynamo_docs.intake.wheel import Wheel

PLANNER = ("dynamo/planner/", "PlannerConfig")
REQUEST = ("dynamo/profiler/", kinds.REQUEST)
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Key:
    """What a wheel says of one key."""

    values: tuple[str, ...] = ()
    """Allowed values; none if any is."""
    default: str = ""
    limits: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one configuration."""

    keys: Mapping[str, Key]
    refused: Mapping[str, str]
    """Keys that it refuses, each with what it says."""


def planner(wheel: Wheel) -> Keys:
    """The planner's configuration.

    Raises:
        UserError: the wheel has no planner; the wheel first.
    """
    return _keys(wheel, PLANNER, deep=True)


def request(wheel: Wheel) -> Keys:
    """A request of v1beta1 as the profiler reads it: spec and status.

    Raises:
        UserError: the wheel has no profiler; the wheel first.
    """
    return _keys(wheel, REQUEST, deep=False)


def changes(area: Area, old: Keys, new: Keys) -> Iterator[Change]:
    """What `new` has otherwise than `old`."""
    absent: set[str] = set()
    for name in sorted(old.keys.keys() | new.keys.keys()):
        before, after = old.keys.get(name), new.keys.get(name)
        if name.rpartition(".")[0].removesuffix("[]") in absent:  # What is in it came or went with it.
            absent.add(name)
            continue
        words = words_of_field(name)
        if before is None or after is None:
            absent.add(name)
            yield Change(area, name, What.REMOVED if before else What.ADDED, _says(before), _says(after), words)
        else:
            yield from _apart(area, name, before, after)
    for name, says in sorted(new.refused.items()):
        if name not in old.refused:
            yield Change(area, name, What.REFUSED, new=says, words=words_of_field(name))


def _apart(area: Area, name: str, before: Key, after: Key) -> Iterator[Change]:
    if before.values and after.values:
        for value in (one for one in after.values if one not in before.values):
            yield Change(area, f"{name}: value", What.ADDED, new=value, words=words_of_value(value))
        for value in (one for one in before.values if one not in after.values):
            yield Change(area, f"{name}: value", What.REMOVED, old=value, words=words_of_value(value))
    elif before.values or after.values:
        old, new = (", ".join(one.values) or "any" for one in (before, after))
        yield Change(area, f"{name}: values", What.CHANGED, old, new, words_of_field(name))
    for fact, old, new in (("default", before.default, after.default), ("limits", before.limits, after.limits)):
        if old != new:
            yield Change(area, f"{name}: {fact}", What.CHANGED, old or "none", new or "none", words_of_field(name))


def _says(key: Key | None) -> str:
    if key is None:
        return ""
    default = f"default {key.default}" if key.default else ""
    return "; ".join(filter(None, (", ".join(key.values) or key.type, default, key.limits)))


def _keys(wheel: Wheel, which: tuple[str, str], *, deep: bool) -> Keys:
    folder, name = which
    files = [(path, text) for path, text in wheel.under(folder) if "class " in text]
    # Its own module first: of two classes of one name it means its own.
    files.sort(key=lambda file: (f"class {name}(" not in file[1], file[0]))
    known = classes.read(files)
    if name not in known:
        fact = f"there is no class {name} under {folder} in it"
        raise UserError(fact, hint="name the wheel of ai-dynamo 1.0.2 or newer", where=Position(wheel.name))
    module = "" if deep else known[name].module
    found = dict(_flat(known[name], known, "", module, ()))
    refused = {key: says for one in _within(known[name], known) for key, says in one.refused.items()}
    return Keys(found, refused)


def _within(top: Class, known: Mapping[str, Class]) -> list[Class]:
    return [top, *(known[base] for base in top.bases if base in known)]


def _flat(
    top: Class, known: Mapping[str, Class], before: str, module: str, seen: tuple[str, ...]
) -> Iterator[tuple[str, Key]]:
    """Keys with dotted names; those of `module` alone, if it is not ""."""
    for one in reversed(_within(top, known)):
        for name, field in one.fields.items():
            path = f"{before}{name}"
            inner = [known[word] for word in _NAME.findall(field.type) if word in known]
            values = next((tuple(each.assigned.values()) for each in inner if each.is_enum), field.values)
            yield path, _key(field, values, known)
            for each in inner:
                own = not module or each.module == module
                if own and not each.is_enum and each.name not in seen:
                    mark = "[]." if re.search(r"\blist\[", field.type, re.IGNORECASE) else "."
                    yield from _flat(each, known, f"{path}{mark}", module, (*seen, top.name, each.name))


def _key(field: Field, values: tuple[str, ...], known: Mapping[str, Class]) -> Key:
    default = classes.attribute(known, field.default) if field.default else ""
    return Key(values, default.strip("'\""), ", ".join(field.limits), field.type)
