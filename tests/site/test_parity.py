"""What the built page shows is what is run, plus what is skipped with a reason."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from docs_test.model import StepKind, Tutorial
from docs_test.tutorials.build import read_tutorials
from groundwork.base.paths import root as project_root

CASES = Path(__file__).parents[1] / "cases"
GPU = frozenset({"gpu", "caddy", "cluster-scope", "network-policies", "prometheus", "real-gpu"})


def shown_blocks(html: str) -> list[str]:
    """The text of every block of code in a page, in order."""
    article = BeautifulSoup(html, "html.parser").find("article")
    assert article is not None
    numbers = ".linenos, .linenodiv"
    for aside in article.select(numbers):
        aside.decompose()
    return [block.get_text().strip("\n") for block in article.find_all("pre")]


def known_blocks(tutorial: Tutorial) -> tuple[list[str], list[str]]:
    """The blocks that run (commands, files, expected output), in order, and the ones skipped with a reason."""
    run: list[str] = []
    for step in tutorial.steps:
        if step.kind is not StepKind.CHECK:
            run.append(step.code.strip("\n"))
        if step.expectation:
            run.append(step.expectation.text)
    assert all(skip.reason for skip in tutorial.skipped)
    return run, [skip.text for skip in tutorial.skipped if skip.text]


def differences(html: str, tutorial: Tutorial) -> list[str]:
    """Blocks of the page that are neither run nor skipped, the other way round, and blocks run out of order."""
    shown = shown_blocks(html)
    run, skipped = known_blocks(tutorial)
    unknown = Counter(shown) - Counter(run + skipped)
    unseen = Counter(run + skipped) - Counter(shown)
    found = [f"shown, but neither run nor skipped: {text!r}" for text in unknown.elements()]
    found += [f"run or skipped, but not shown: {text!r}" for text in unseen.elements()]
    rest = iter(shown)
    if not found and not all(block in rest for block in run):
        found.append("run in another order than shown")
    return found


def build(root: Path, target: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(target)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


NESTED = """---
tutorial:
  variants: {api: [one, two]}
---
# Nested

```bash { .run }
echo "<plain> & {{ model }}"
```

````text { .output }
```
...
````

=== "One"

    !!! note

        ~~~bash { .run data-when="api=one" }
        echo tilde in note in tab

        echo two
        ~~~

=== "Two"

    ```bash { .run data-when="api=two" }
    echo other tab
    ```

1. item

    > quoted
    >
    > ```bash { .run }
    > echo in a quote
    > ```

    ??? question

        ```yaml { .file title="app.yaml" data-from="examples/app.yaml" hl_lines="1" linenums="1" }
        --8<-- "app.yaml"
        ```

{% include "outer.md" %}

```mermaid
graph LR
```

```bash { .skip data-reason="never" }
rm -rf /
```

<!--
```bash
nobody sees this
```
-->

<!-- check: true -->
"""


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Tutorial]]:
    """The built page NESTED, and its tutorial for each variant."""
    root = tmp_path_factory.mktemp("parity") / "root"
    shutil.copytree(CASES / "site", root)
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text(NESTED, encoding="utf-8")
    build(root, root / "built")
    html = (root / "built" / "index.html").read_text(encoding="utf-8")
    return html, {name: read_tutorials(root, select={"api": name}).tutorials()[0] for name in ("one", "two")}


@pytest.mark.parametrize("variant", ["one", "two"])
def test_nested_page(nested: tuple[str, dict[str, Tutorial]], variant: str) -> None:
    html, tutorials = nested
    assert differences(html, tutorials[variant]) == []
    assert len(shown_blocks(html)) == 9


def test_block_that_is_not_run_is_noticed(nested: tuple[str, dict[str, Tutorial]]) -> None:
    html, tutorials = nested
    whole = tutorials["one"]
    lost = replace(whole, steps=whole.steps[1:])
    first = whole.steps[0]
    assert first.expectation is not None
    assert differences(html, lost) == [
        f"shown, but neither run nor skipped: {first.code!r}",
        f"shown, but neither run nor skipped: {first.expectation.text!r}",
    ]
    unnamed = replace(whole, skipped=whole.skipped[:-1])
    assert differences(html, unnamed) == ["shown, but neither run nor skipped: 'rm -rf /'"]


def test_block_that_is_not_shown_is_noticed(nested: tuple[str, dict[str, Tutorial]]) -> None:
    html, tutorials = nested
    changed = html.replace("other", "another")
    assert len(differences(changed, tutorials["two"])) == 2
    swapped = replace(tutorials["one"], steps=tuple(reversed(tutorials["one"].steps)))
    assert differences(html, swapped) == ["run in another order than shown"]


@pytest.mark.parametrize("capabilities", [GPU, frozenset[str]()], ids=["gpu", "no gpu"])
def test_pages_of_this_site(tmp_path: Path, capabilities: frozenset[str]) -> None:
    root = project_root()
    build(root, tmp_path / "built")
    tutorials = read_tutorials(root).tutorials(capabilities=capabilities)
    assert "docs/kubernetes/quick-deploy.md" in [tutorial.path for tutorial in tutorials]
    for tutorial in tutorials:
        page = Path(tutorial.path).relative_to("docs").with_suffix(".html")
        html = (tmp_path / "built" / page).read_text(encoding="utf-8")
        assert differences(html, tutorial) == [], tutorial.path
        assert bool(tutorial.steps) is (bool(capabilities) or not tutorial.needs), tutorial.path
