"""What every page must keep to: headings of tutorials, versions from versions.toml, no orphan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from mkdocs.utils.meta import get_data

from docs_site.macros import tutorial_pages
from docs_test.examples import check
from project.paths import root

if TYPE_CHECKING:
    from pathlib import Path

ROOT = root()
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *(ROOT / "snippets").rglob("*.md"), ROOT / "examples/README.md"])
TUTORIALS = [name for name, _ in tutorial_pages(DOCS)]
HEADINGS = ["What you build", "Before you begin", "Steps", "Check it", "Clean up", "What next"]
LITERAL = re.compile(
    r"(?<![\d.])v?\d+\.\d+\.\d+(?!\.?\d)"  # 1.4.2, but not 127.0.0.1
    r"|\b(?:Dynamo|Kubernetes|Helm|runtime|operator|release)\s+v?\d+\.\d+"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def outside_fences(text: str) -> str:
    return re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)


def test_there_are_tutorials() -> None:
    assert "kubernetes/quick-deploy.md" in TUTORIALS


@pytest.mark.parametrize("name", TUTORIALS)
def test_tutorial_has_the_fixed_headings(name: str) -> None:
    text, meta = get_data((DOCS / name).read_text(encoding="utf-8"))
    found = re.findall(r"^## (.*?) *\{ #([\w-]+) \}$", outside_fences(text), flags=re.MULTILINE)
    assert [title for title, _ in found] == HEADINGS
    assert [anchor for _, anchor in found] == [title.lower().replace(" ", "-") for title in HEADINGS]
    assert "{{ tested() }}" in text
    assert "timeout" in meta["tutorial"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_headings_below_the_title_have_anchors(page: Path) -> None:
    headings = re.findall(r"^##+ .*$", outside_fences(page.read_text(encoding="utf-8")), flags=re.MULTILINE)
    assert [heading for heading in headings if not re.search(r"\{ #[\w-]+ \}$", heading)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_page_has_no_literal_version(page: Path) -> None:
    """Versions come from versions.toml through the macro `version`."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found = [f"{name_of(page)}:{n}: {m[0]}" for n, line in enumerate(lines, 1) if (m := LITERAL.search(line))]
    assert found == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("vllm-runtime:1.4.2", True),
        ("needs Dynamo 1.3 or newer", True),
        ("Kubernetes v1.30", True),
        ("http://127.0.0.1:8000", False),
        ("about 1.5 GB", False),
        ('Dynamo {{ version("dynamo.runtime") }}', False),
    ],
)
def test_what_counts_as_a_literal_version(text: str, *, refused: bool) -> None:
    assert bool(LITERAL.search(text)) is refused


def test_examples_have_no_mistake() -> None:
    """`docs-test --lint` runs it with the pages that use them; tests/docs_test/test_examples.py has its cases."""
    assert [str(error) for error in check(ROOT)] == []


def test_every_snippet_is_used() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    unused = [f.name for f in (ROOT / "snippets").rglob("*.md") if f'include "{f.name}"' not in texts]
    assert unused == []
