"""What else a wheel names: components of generated graphs, options and variables of its programs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import yaml

from dynamo_docs.intake import classes
from dynamo_docs.intake.model import Area, Change, What
from dynamo_docs.intake.touches import word, words_of_component
from groundwork.kube.values import entries, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dynamo_docs.intake.wheel import Wheel

TEMPLATES = "dynamo/profiler/templates/dgd/"
COMPONENTS = "dynamo/planner/config/backend_components.py"
PROGRAMS = ("frontend", "mocker", "planner", "profiler")
_SUFFIX = "_k8s_name"
_WORD = re.compile(r"--[a-z][a-z0-9-]*[a-z0-9]|DYN_[A-Z0-9_]*[A-Z0-9]", re.ASCII)


def components(wheel: Wheel) -> dict[str, str]:
    """Names of the components that it generates, by what they are: `template vllm/agg worker`."""
    found: dict[str, str] = {}
    for path, content in wheel.under(TEMPLATES, ".yaml"):
        for kind, name in _of_template(content):
            key = f"template {path.removeprefix(TEMPLATES).removesuffix('.yaml')} {kind}"
            found[key] = f"{found[key]}, {name}" if key in found else name
    for one in classes.read(wheel.under(COMPONENTS)).values():
        for attribute, name in one.assigned.items():
            if attribute.endswith(_SUFFIX):
                found[f"planner {one.name} {attribute.removesuffix(_SUFFIX)}"] = name
    return found


def renamed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """Components whose names are not what they were."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, ""), new.get(key, "")
        if before != after:
            what = What.CHANGED if before and after else What.ADDED if after else What.REMOVED
            words = tuple(
                dict.fromkeys(one for name in before.split(", ") if name for one in words_of_component(name))
            )
            yield Change(Area.NAMES, key, what, before, after, words)


def options(wheel: Wheel) -> dict[str, frozenset[str]]:
    """Options and variables that the code of its programs names, by program."""
    return {program: frozenset(_words(wheel, f"dynamo/{program}/")) for program in PROGRAMS}


def other_options(old: Mapping[str, frozenset[str]], new: Mapping[str, frozenset[str]]) -> Iterator[Change]:
    """Options and variables that came or went."""
    for program in PROGRAMS:
        before, after = old[program], new[program]
        for name in sorted(before ^ after):
            what = What.ADDED if name in after else What.REMOVED
            # Of one that another program still has, nobody can say whose option a page means.
            named = what == What.ADDED or not any(name in others for others in new.values())
            yield Change(Area.OPTIONS, f"{program} {name}", what, words=(word(name),) if named else ())


def _of_template(content: str) -> Iterator[tuple[str, str]]:
    """Types and names of the components of a template, of v1beta1 or v1alpha1."""
    try:
        documents = list(yaml.safe_load_all(content))
    except yaml.YAMLError:
        return
    for document in documents:
        spec = mapping(document, "spec") if isinstance(document, dict) else {}
        for one in entries(spec, "components"):
            yield text(one.get("type")), text(one.get("name"))
        for name, service in mapping(spec, "services").items():
            yield text(mapping(service).get("componentType")), str(name)


def _words(wheel: Wheel, folder: str) -> Iterator[str]:
    for _, source in wheel.under(folder):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
                yield node.value
