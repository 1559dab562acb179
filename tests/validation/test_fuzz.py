"""Damaged YAML and Markdown: always an answer, never an exception, at a bounded cost in time and memory."""

from __future__ import annotations

import random
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.manifests.collect import manifests
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from groundwork.base.paths import root
from groundwork.text.documents import read
from kube_manifests.check import Item, Validator
from support.cost import least_seconds
from support.damage import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.problems import Problem

CASES = Path(__file__).parents[1] / "cases"
TIMES = 200
"""The cost of one answer, at most: so many times that of the dearest undamaged text; thousands stayed below 17."""
MOST_MEMORY = 200 * 1024**2
PAGES = (
    *(CASES / "manifests" / "bad").glob("*.md"),
    *(CASES / "manifests" / "good").glob("*.md"),
    CASES / "good" / "every-role.md",
)
SITE = """\
site_name: Fuzz
extra: {docs_test: {product: dynamo}}
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.snippets: {base_path: [examples]}
  - pymdownx.tabbed: {alternate_style: true}
plugins: []
"""


@dataclass(frozen=True)
class Bounds:
    """What one answer may take, by what undamaged texts take on this machine."""

    seconds: float
    memory: int
    """KiB that this process has had at most, so far."""

    @classmethod
    def of(cls, answer: Callable[[str], object], texts: list[str]) -> Bounds:
        dearest = max(least_seconds(*(partial(answer, text) for text in texts), rounds=2))
        return cls(TIMES * dearest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        started = time.process_time()
        yield
        took = time.process_time() - started
        assert took < self.seconds, f"{what}: {took / self.seconds * TIMES:.0f} times the dearest undamaged text"
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.memory) * 1024
        assert grown < MOST_MEMORY, f"{what}: {grown >> 20} MiB more than at first"


def test_the_damage_is_damage() -> None:
    texts = {damaged("kind: A\nspec: {a: 1}\n", random.Random(seed)) for seed in range(50)}  # noqa: S311
    assert len(texts) > 40


LONG = [pytest.mark.soak(part="fuzz"), pytest.mark.timeout(2700)]


@pytest.mark.parametrize("count", [500, pytest.param(16_000, marks=LONG)])
def test_any_yaml_gets_an_answer(count: int) -> None:
    sources = [path.read_text() for path in sorted((root() / "examples").rglob("*.yaml"))]
    sources += [path.read_text() for path in sorted((CASES / "manifests").rglob("*.yaml"))]
    schemas, rules = release_schemas.of_release(), DynamoRules("main-1.5.0")

    def answer(text: str) -> list[Problem]:
        return Validator(schemas, rules).check([Item(document) for document in read(text, "x.yaml")])

    bounds = Bounds.of(answer, sources)
    answers = 0
    for seed in range(count):
        chance = random.Random(seed)  # noqa: S311 - the same each time
        text = damaged(chance.choice(sources), chance)
        with bounds.hold(f"seed {seed}"):
            problems = answer(text)
        answers += bool(problems)
        assert all(problem.position.line >= 1 and problem.fact for problem in problems), f"seed {seed}"
    assert answers > count // 2, "most of it is wrong, and is said to be"


@pytest.mark.parametrize("count", [60, pytest.param(4_000, marks=LONG)])
def test_any_page_gets_an_answer(count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mkdocs.yml").write_text(SITE)
    for folder in ("docs", "examples"):
        (tmp_path / folder).mkdir()
    (tmp_path / "examples" / "a.yaml").write_text("a: 1\n")
    sources = [path.read_text() for path in sorted(PAGES)]
    page = tmp_path / "docs" / "x.md"

    def answer(text: str) -> int:
        page.write_text(text, encoding="utf-8")
        manifests(tmp_path, ["docs/x.md"])
        return main(["validate", "--root", str(tmp_path), "docs/x.md", "--debug"])

    bounds = Bounds.of(answer, sources)
    for seed in range(count):
        chance = random.Random(seed)  # noqa: S311 - the same each time
        text = damaged(chance.choice(sources), chance)
        with bounds.hold(f"seed {seed}"):
            status = answer(text)
        assert status in (0, 1, 2), f"seed {seed}"
        capsys.readouterr()
