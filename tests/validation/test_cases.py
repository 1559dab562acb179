"""Whole manifests and pages: a file added under tests/cases/manifests is a test added.

`bad/NAME.yaml` or `.md` has `bad/NAME.txt` beside it: what `docs-test validate` prints of it, but for the summary,
the file's own name and advice. Files under `good/` have no error.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs_test.cli.main import main
from groundwork.base.paths import root

CASES = Path(__file__).parents[1] / "cases" / "manifests"
SITE = """\
site_name: Cases
extra: {docs_test: {product: dynamo}}
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
plugins: []
"""


def cases(kind: str) -> list[Path]:
    return sorted(path for path in (CASES / kind).iterdir() if path.suffix in {".yaml", ".json", ".md"})


def validated(case: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    """Exit status, findings without the file's name, summary."""
    if case.suffix == ".md":
        (folder / "docs").mkdir()
        (folder / "mkdocs.yml").write_text(SITE)
        shutil.copy(case, folder / "docs")
        name = f"docs/{case.name}"
        status = main(["validate", "--root", str(folder), "--no-advice", name])
    else:
        name = case.relative_to(root()).as_posix()
        status = main(["validate", "--root", str(root()), "--no-advice", name])
    *lines, rules, summary = capsys.readouterr().out.splitlines()
    assert rules.startswith("Checked against ")
    return status, [line.replace(f"{name}:", "") for line in lines], summary


@pytest.mark.parametrize("case", cases("bad"), ids=lambda case: case.stem)
def test_a_bad_manifest_is_refused_for_this(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, _ = validated(case, tmp_path, capsys)
    expected = case.with_suffix(".txt")
    assert expected.is_file(), "say what is expected, such as:\n" + "\n".join(said)
    assert said == expected.read_text().splitlines()
    assert status == 1


@pytest.mark.parametrize("case", cases("good"), ids=lambda case: case.stem)
def test_a_good_manifest_has_no_error(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said, summary = validated(case, tmp_path, capsys)
    assert said == []
    assert status == 0
    assert not summary.startswith("0 manifests")


def test_every_expectation_has_its_case() -> None:
    there = {case.stem for case in cases("bad")}
    assert {path.stem for path in (CASES / "bad").glob("*.txt")} == there
