"""Each check of shell code finds its mistake in a page of this site, at the place where it was put."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.checks.look import Look
from docs_test.language.allowances import CODES
from docs_test.language.roles import Use
from docs_test.ports.settings import product_of
from docs_test.rules.by_shellcheck import program
from docs_test.stored.source import pages
from docs_test.tutorials.structure import LintedPage, lint_page
from support.damage import damaged

if TYPE_CHECKING:
    from docs_test.pages.hidden_checks import HiddenCheck
    from groundwork.base.problems import Problem

ROOT = Path(__file__).parents[2]
QUICK = "docs/kubernetes/quick-deploy.md"
PRODUCTION = "docs/kubernetes/production-deploy.md"
FAILED = "docs/kubernetes/it-failed.md"
REVIEW = "docs/kubernetes/review-before-deploying.md"
MUTANTS = [
    ("unknown-object", QUICK, "kubectl get dgd quickstart", "kubectl get dgd quickstrat", "quickstrat"),
    ("unknown-object", QUICK, "graph-deployment-name=quickstart", "graph-deployment-name=quick", "=quick"),
    (
        "unknown-object",
        QUICK,
        "service/quickstart-frontend 8000",
        "service/quickstart-fronted 8000",
        "quickstart-fronted",
    ),
    (
        "unknown-object",
        PRODUCTION,
        "kubectl get job profile-my-model",
        "kubectl get job profil-my-model",
        "profil-my-model",
    ),
    ("unknown-object", PRODUCTION, "kubectl get dgd my-model-dgd", "kubectl get dgd my-model-dg", "my-model-dg"),
    ("unknown-object", REVIEW, "nvidia.com/my-model \\", "nvidia.com/my-modell \\", "my-modell"),
    ("unknown-field", PRODUCTION, "{.status.phase}'=Deployed", "{.status.phases}'=Deployed", "phases}"),
    ("unknown-field", FAILED, "NODE:.metadata.name", "NODE:.metadata.nodeName", "nodeName"),
    ("unknown-field", FAILED, "--sort-by=.metadata.creationTimestamp", "--sort-by=.metadata.created", "created"),
    ("unknown-field", PRODUCTION, '{"sla": {"ttft": 400}}', '{"sla": {"tttf": 400}}', "tttf"),
    ("unknown-field", FAILED, "/spec/components/1/podTemplate", "/spec/components/1/podTemplat", "podTemplat/"),
    ("unknown-field", QUICK, "{.spec.ports[*].port}", "{.spec.port[*].port}", "port[*]"),
    ("unknown-flag", QUICK, "--timeout=15m", "--time-out=15m", "--time-out"),
    ("unknown-flag", QUICK, "--for=condition=Ready", "--for=Ready", "--for=Ready"),
    ("unknown-flag", FAILED, "--force-conflicts -f -", "--force-conflict -f -", "--force-conflict"),
    ("unknown-subcommand", QUICK, "kubectl apply -f dgd", "kubectl aply -f dgd", "aply"),
    ("unknown-command", QUICK, "kubectl apply -f dgd", "kubctl apply -f dgd", "kubctl"),
    ("unknown-type", QUICK, "kubectl get dgd quickstart", "kubectl get dgds quickstart", "dgds"),
    (
        "no-wait",
        QUICK,
        "kubectl wait --for=condition=Ready dgd/quickstart --timeout=15m",
        "true",
        "service/quickstart-frontend",
    ),
    ("wait-passes-by", REVIEW, "'{.status.phase}'=Ready", "'{.status.phase}'=Pending", "--for="),
    ("background", QUICK, "quickstart-frontend 8000:8000", "quickstart-frontend 8001:8000", ""),
    ("no-cleanup", PRODUCTION, "kubectl delete dgd my-model-dgd --ignore-not-found\n", "", "kubectl apply"),
    (
        "no-cleanup",
        FAILED,
        "kubectl delete secret --selector made-by=tutorial",
        "true",
        "kubectl create secret generic hf-token-secret",
    ),
    ("no-cleanup", REVIEW, "kubectl delete dgdr my-model --ignore-not-found", "true", "kubectl apply"),
    ("undefined-variable", FAILED, 'kubectl logs "$POD"', 'kubectl logs "$PODS"', "PODS"),
    (
        "undefined-variable",
        FAILED,
        "while read -r node gpu; do\n  kubectl label",
        "while read -r node; do\n  kubectl label",
        "gpu",
    ),
    ("port-twice", QUICK, "curl -sS http://localhost:8000/v1/models", "python3 -m http.server 8000 &", "8000 &"),
    ("shellcheck/SC2086", FAILED, 'kubectl logs "$POD"', "kubectl logs $POD", "$POD"),
]
"""Code, page, text and what takes its place, and the text at which the finding stands ("": wherever)."""


@pytest.fixture(scope="module")
def site() -> dict[str, LintedPage]:
    with pages(ROOT) as source:
        return {path: lint_page(source, path) for path in (QUICK, PRODUCTION, FAILED, REVIEW)}


def found(page: LintedPage) -> list[Problem]:
    look = Look(ROOT, product_of(ROOT).knowledge, program())
    look.read(page, [])
    (problems,) = look.found().values()
    return list(problems)


def mutant(page: LintedPage, old: str, new: str) -> LintedPage:
    """The page with its first such text replaced; what it allows is no longer looked at."""
    parts = []
    done = False
    for part in page.parts:
        code = part.fence.text if isinstance(part, Use) else part.code
        if old in code and not done and "data-match" not in getattr(part, "values", {}):
            done = True
            code = code.replace(old, new, 1)
            part = (  # noqa: PLW2901
                replace(part, fence=replace(part.fence, text=code), values={**part.values, "data-allow": {}})
                if isinstance(part, Use)
                else replace(part, code=code)
            )
        parts.append(part)
    assert done, f"{page.page.path} has no {old!r}: choose another mutant"
    return replace(page, parts=tuple(parts))


def test_these_pages_are_without_a_finding(site: dict[str, LintedPage]) -> None:
    assert [str(one) for page in site.values() for one in found(page)] == []


def test_there_is_a_mutant_for_each_code() -> None:
    assert {code.partition("/")[0] for code, *_ in MUTANTS} == set(CODES)


@pytest.mark.parametrize("mutation", MUTANTS, ids=lambda one: f"{one[0]} {one[3]}")
def test_a_mistake_in_a_page_is_found(mutation: tuple[str, ...], site: dict[str, LintedPage]) -> None:
    code, path, old, new, at = mutation
    page = mutant(site[path], old, new)
    findings = [one for one in found(page) if one.code == code]
    assert findings
    if at:
        lines = [line for part in page.parts for line in _lines(part) if at in line[1]]
        assert any(one.position.line == position for one in findings for position, _ in lines), findings


def _lines(part: object) -> list[tuple[int, str]]:
    """Lines of a part, with their numbers as those of the page that was mutated."""
    fence = part.fence if isinstance(part, Use) else None
    texts = (fence.text if fence is not None else part.code).split("\n")  # type: ignore[attr-defined]
    places = fence.lines if fence is not None else part.lines  # type: ignore[attr-defined]
    return [(place.line, text) for place, text in zip(places, texts, strict=False)]


def test_damaged_code_is_looked_at_without_a_bug(site: dict[str, LintedPage]) -> None:
    chance = random.Random(17)  # noqa: S311
    for number in range(60):
        page = site[chance.choice(sorted(site))]
        parts = tuple(_damaged(part, chance) for part in page.parts)
        look = Look(ROOT, product_of(ROOT).knowledge, "")
        look.read(replace(page, parts=parts), [])
        (problems,) = look.found().values()
        assert not look.failed, number
        assert all(one.fact and one.position.line for one in problems), number


def _damaged(part: Use | HiddenCheck, chance: random.Random) -> Use | HiddenCheck:
    if chance.random() < 0.5:
        return part
    if isinstance(part, Use):
        return replace(part, fence=replace(part.fence, text=damaged(part.fence.text, chance)))
    return replace(part, code=damaged(part.code, chance))
