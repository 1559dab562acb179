"""The index of pages: what each shows, as docs-test reads it; lint writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from docs_test.cli.main import main
from docs_test.pages.site import open_site
from docs_test.tutorials.index import FILE, SCHEMA, Index, page_index, write
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root as project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = """\
---
title: A page
kind: how-to
---
# Page

## First { #first }

```yaml { .file title="app.yaml" data-from="examples/app.yaml" }
--8<-- "app.yaml"
```

!!! note

    ```bash { .skip data-reason="no GPUs" data-runs-on="gpu" }
    nvidia-smi
    ```

{% include "inner.md" %}
"""


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    return site_with({"page.md": PAGE, "broken.md": "# Broken\n\n{{ nothing }}\n"})


def test_a_page_is_indexed_as_it_is_read(root: Path) -> None:
    index = page_index(root)
    assert [page.path for page in index.pages] == ["docs/page.md"], "a page that cannot be read is left out"
    page = index.page("docs/page.md")
    assert page
    assert (page.title, page.kind, page.tutorial) == ("A page", "how-to", False)
    assert [(one.level, one.text, one.anchor, str(one.position)) for one in page.headings] == [
        (1, "Page", "page", "docs/page.md:5"),
        (2, "First", "first", "docs/page.md:7"),
    ]
    saved, skipped = page.blocks[:2]
    assert (saved.role, saved.file_name, saved.files) == ("file", "app.yaml", ("examples/app.yaml",))
    assert (skipped.role, skipped.reason, skipped.runs_on) == ("skip", "no GPUs", "gpu")
    assert str(skipped.position) == "docs/page.md:15"
    assert "examples/app.yaml" in page.files
    assert page.variants == {}
    assert set(page.inputs) >= {"docs/page.md", "examples/app.yaml", "snippets/inner.md"}
    assert index.page("docs/other.md") is None


def test_lint_of_all_pages_writes_it(root: Path) -> None:
    main(["lint", "--root", str(root), "docs/page.md"])
    assert not (root / FILE).exists()
    assert main(["lint", "--root", str(root)]) == ExitStatus.USAGE
    data = json.loads((root / FILE).read_text(encoding="utf-8"))
    assert [page["path"] for page in data["pages"]] == ["docs/page.md"]
    schema = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    schema.validate(data)
    for page in data["pages"]:
        page["blocks"][0]["role"] = "other"
    assert not schema.is_valid(data)


def test_an_index_that_cannot_be_written_is_no_error(root: Path) -> None:
    (root / "build").write_text("a file, where a folder is wanted")
    write(root, Index())
    assert (root / "build").is_file()


def test_macros_that_are_read_themselves_get_none(root: Path) -> None:
    with open_site(root):
        assert page_index(root) == Index()
    assert page_index(root).pages


def test_the_index_of_this_site() -> None:
    index = page_index(project())
    page = index.page("docs/kubernetes/quick-deploy.md")
    assert page
    assert page.tutorial
    assert {"run", "output", "file"} <= {block.role for block in page.blocks}
    assert any(name.startswith("examples/quickstart/") for name in page.files)
