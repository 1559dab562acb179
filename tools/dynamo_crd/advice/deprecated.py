"""Advice about what a release deprecates, or has no more; since when, and what to use, the table of releases says.

What a runtime reads (its options and variables) is looked at only where the runtime is new enough, or its version
is not known: an older one does not know what takes their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import ALPHA, REQUEST
from dynamo_api.release_table.rows import numbers
from dynamo_api.releases import named, table
from dynamo_crd.admission.components import Component, components, runtime_version
from dynamo_crd.admission.rule import within
from groundwork.base.problems import Stage
from groundwork.kube.objects import group_version
from groundwork.kube.values import Json, mapping, sequence, text
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_api.release_table.rows import Deprecated
    from groundwork.base.field_paths import Path

_NEWER_FLAG = re.compile(r"(?<!\S)--ais-")


@dataclass(frozen=True, slots=True)
class _Word:
    """Something in a command line, or the name of a variable, that the table's row is about."""

    row: str
    pattern: re.Pattern[str]
    instead: str = ""
    """Replacement of what the pattern finds, as `re.sub` takes it; "" if the row says what to use."""


_OPTIONS = (
    _Word("aic_flags", re.compile(r"(?<!\S)--(no-)?aic-[a-z0-9-]+"), "ais"),
    _Word("worker_flags", re.compile(r"(?<!\S)--is-(prefill|decode)-worker\b"), r"--disaggregation-mode \1"),
    _Word("replay", re.compile(r"\bdynamo\.replay\b")),
    _Word("sglang_aliases", re.compile(r"(?<!\S)--sglang-page-size\b"), "--block-size"),
    _Word(
        "sglang_aliases", re.compile(r"(?<!\S)--sglang-schedule-policy[= ]fcfs\b"), "--sglang-schedule-policy fifo"
    ),
)
_VARIABLES = (
    _Word("aic_flags", re.compile(r"DYN_AIC_\w+"), "ais"),
    _Word("kvbm", re.compile(r"DYN_KVBM_\w+")),
)


def deprecated_advice(item: Json, release: str) -> Iterator[FieldError]:
    """Advice about one object."""
    if item.get("kind") == REQUEST and group_version(item)[1] != ALPHA:
        hardware = mapping(item, "spec", "hardware")
        if hardware.get("gpuSku") == "gb200_sxm":
            yield from _about("gb200_sxm", "gpuSku gb200_sxm", ("spec", "hardware", "gpuSku"), release)
    for component in components(item):
        yield from _component(component, release)


def _component(component: Component, release: str) -> Iterator[FieldError]:
    given = text(component.spec.get("runtimeVersionOverride"))
    runtime = runtime_version(f"x:{given}" if given else component.image)
    if component.spec.get("eppConfig") is not None and _new_enough("epp_config", runtime):
        yield from _about("epp_config", "eppConfig", component.at("eppConfig"), release, at_key=True)
    mixed = any(_NEWER_FLAG.search(word) for word in component.words)
    for path, written in _words(component):
        for word in _OPTIONS:
            found = word.pattern.search(written)
            if found and _new_enough(word.row, runtime):
                yield from _about(word.row, found[0], path, release, hint=_instead(word, found, mixed=mixed))
    for path, name in _variables(component):
        for word in _VARIABLES:
            found = word.pattern.fullmatch(name)
            if found and _new_enough(word.row, runtime):
                yield from _about(word.row, name, path, release, hint=_instead(word, found))


def _words(component: Component) -> Iterator[tuple[Path, str]]:
    """The command line, word by word; an option and its value in two of them as one text at the option."""
    for key in ("command", "args"):
        listed = [str(word) for word in sequence(component.main.get(key))]
        for index, word in enumerate(listed):
            option = word.startswith("--") and "=" not in word and " " not in word
            value = f" {listed[index + 1]}" if option and index + 1 < len(listed) else ""
            yield (*component.main_path, key, index), word + (value if not value.startswith(" -") else "")


def _variables(component: Component) -> Iterator[tuple[Path, str]]:
    for index, entry in enumerate(sequence(component.main.get("env"))):
        yield (*component.main_path, "env", index, "name"), text(mapping(entry).get("name"))
    for index, entry in enumerate(sequence(component.spec.get("envs")) if component.alpha else ()):
        yield (*component.at("envs"), index, "name"), text(mapping(entry).get("name"))


def _instead(word: _Word, found: re.Match[str], *, mixed: bool = False) -> str:
    """What to write; "" where the row says it."""
    if word.instead != "ais":
        return f"write {found.expand(word.instead)}" if word.instead else ""
    newer = found[0].replace("aic-", "ais-", 1).replace("DYN_AIC_", "DYN_AIS_")
    return f"write {newer}{': the two spellings cannot be mixed, as here' if mixed else ''}"


def _new_enough(row: str, runtime: tuple[int, int, int] | None) -> bool:
    return runtime is None or runtime >= numbers(_release(row))


def _about(
    row: str, what: str, path: Path, release: str, *, hint: str = "", at_key: bool = False
) -> Iterator[FieldError]:
    if not within(release, _state(row)):
        return
    found = _row(row)
    state = f"is gone since {found.gone}" if found.gone else f"is deprecated since {found.since}"
    end = f"; announced for removal: {found.announced}" if found.announced else ""
    instead = f"use {found.instead}" if found.instead else ""
    fact = f"{what} {state}{end}"
    yield FieldError(path, "advice/deprecated", fact, hint or instead, Stage.ADVICE, at_key)


@cache
def _row(name: str) -> Deprecated:
    return next(row for row in table().deprecated if row.name == name)


def _release(name: str) -> str:
    """The release that deprecates it, or has it no more."""
    return _row(name).gone or _row(name).since


@cache
def _state(name: str) -> str:
    """The first state of which that holds."""
    return named(_release(name)).state
