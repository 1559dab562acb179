"""The packages under tools/ depend on each other in one direction only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["project", "dynamo_crd", "cluster", "mock_platform", "helm_platform", "docs_test"]
ALLOWED = {
    "project": set(),
    "dynamo_crd": {"project"},
    "cluster": {"project"},
    "mock_platform": {"project", "dynamo_crd", "cluster"},
    "helm_platform": {"project", "cluster", "mock_platform"},
    "docs_test": {"project", "dynamo_crd", "cluster", "mock_platform", "helm_platform"},
    "docs_site": {"project"},
    "docs_reference": {"project", "dynamo_crd", "kubectl_dynamo"},
    "kubectl_dynamo": {"project"},
}
PARSING_HALF = {"page", "origins", "fences", "tutorial", "frontmatter", "match", "model"}


def packages() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "tools").glob("*/__init__.py"))


def imports(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def forbidden(package: str, found: set[str]) -> set[str]:
    return (found & set(packages())) - ALLOWED[package] - {package}


def test_every_package_has_its_place() -> None:
    assert set(packages()) == set(ALLOWED)


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_imports_go_one_way(package: str) -> None:
    wrong = {
        str(file.relative_to(ROOT)): bad
        for file in (ROOT / "tools" / package).rglob("*.py")
        if (bad := forbidden(package, imports(file)))
    }
    assert wrong == {}


def test_a_wrong_import_is_found() -> None:
    assert forbidden("cluster", {"docs_test", "project"}) == {"docs_test"}


def test_the_parsing_half_knows_no_kubernetes() -> None:
    for name in PARSING_HALF:
        file = ROOT / "tools" / "docs_test" / f"{name}.py"
        if file.exists():
            assert not imports(file) & {"kubernetes", "cluster", "mock_platform", "subprocess"}, file
