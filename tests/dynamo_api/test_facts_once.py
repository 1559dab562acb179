"""What is true of Dynamo stands in dynamo_api.facts: no other module of tools/ has such a name as a literal."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from dynamo_api.facts import conditions, installation, kinds, names, phases, proposal, reasons, searches
from dynamo_api.releases import states
from groundwork.base.paths import root
from groundwork.kube import gpus
from support.rooms import modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOOLS = root() / "tools"
FACTS = (conditions, installation, kinds, names, phases, proposal, reasons, searches)
"""Not `profiler`: what it has are fields of a request."""
COMMON = {
    # Kubernetes' own words for Pods, Jobs, Nodes and Deployments.
    *("Available", "Completed", "Failed", "Initialized", "Pending", "Ready", "Running", "Succeeded", "Update"),
    # Versions that other groups have, too.
    *("v1alpha1", "v1beta1"),
    # Results of a page, fields of a request, who refuses, values of flags and of the planner's configuration.
    *("failed", "pending", "planner", "profiler", "frontend", "worker", "prefill", "decode", "main"),
}
"""Words that are no names of Dynamo's where they stand alone."""
PARTS = re.compile(
    rf"{re.escape(kinds.GROUP)}/|\.{re.escape(kinds.GROUP)}|nvidia\\\.com"
    r"|(?<![\w-])profile-|dgdr-output-|-dgd\b|-k8s-service-discovery"
    rf"|{names.PLANNER_SERVICE_ACCOUNT}|{names.PROFILING_SERVICE_ACCOUNT}|{names.TOKEN_SECRET}|{names.TOKEN_KEY}"
    rf"|{installation.NAMESPACE}|{installation.RELEASE}"
)
"""What a longer text may not contain either: it names an object or a label."""


def words() -> set[str]:
    """Every text that the facts have a constant for, and every name of a kind."""
    found: set[str] = set()
    for module in (*FACTS, gpus):
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str | tuple | frozenset):
                found |= {one for one in ([value] if isinstance(value, str) else value) if isinstance(one, str)}
    for kind in kinds.KINDS.values():
        found |= {kind.singular, kind.plural, kind.definition}
    found |= {reasons.profiling_failed(phase) for phase in (*phases.PROFILING_PHASES, "")}
    return found - COMMON - set(states())  # Rules are dated by states of releases, wherever they are.


def literals(source: str) -> Iterator[tuple[int, str]]:
    """The texts in a module's code, with their lines; docstrings are no code."""
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def again(source: str, known: set[str]) -> list[tuple[int, str]]:
    """The literals of a module that a constant of the facts should stand for."""
    return [(line, text) for line, text in literals(source) if text.strip() in known or PARTS.search(text)]


def others() -> list[Path]:
    """All of tools/ but the facts themselves."""
    own = {TOOLS / "dynamo_api" / "facts", TOOLS / "groundwork" / "kube" / "gpus.py"}
    return [path for path in modules() if not own & {path, path.parent}]


def test_no_name_of_dynamo_stands_twice() -> None:
    known = words()
    assert len(known) > 100
    found = {
        f"{path.relative_to(TOOLS)}: {text}"
        for path in others()
        for _, text in again(path.read_text(encoding="utf-8"), known)
    }
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        'x = "dgdr.nvidia.com/name"',
        'x = "dynamographdeployments"',
        'f"DynamoGraphDeployment {x}"',
        'f"dgdr-output-{x}"',
        'if x == "Deployed": ...',
    ],
)
def test_a_name_that_stands_twice_is_found(code: str) -> None:
    assert again(code, words())


def test_what_is_no_name_is_let_be() -> None:
    assert again('"""Of nvidia.com/gpu."""\nx = "the profiler is done", "Ready"', words()) == []
