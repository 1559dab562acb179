"""`python -m plain_english` on a checkout of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import UserError
from plain_english import __main__ as command
from plain_english import exceptions, reading, texts

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "# A title\n\nNobody reads this.\n"
ENTRY = {"file": "docs/a.md", "rule": "Plain.Someone", "words": "Nobody", "reason": "a quotation"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / ".vale").mkdir()
    (tmp_path / "docs/a.md").write_text(WRONG)
    return tmp_path


def run(tree: Path, *words: str) -> int:
    return command.main(["--tree", str(tree), *words])


def allow(tree: Path, **entry: str) -> None:
    (tree / exceptions.FILE).write_text(json.dumps([entry]))


def test_a_finding_fails_and_names_its_place(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tree) == 1
    assert capsys.readouterr().out.startswith("docs/a.md:3: 'Nobody'")


def test_a_page_without_findings_passes(tree: Path) -> None:
    (tree / "docs/a.md").write_text("# A title\n\nThis is read.\n")
    assert run(tree) == 0


def test_only_the_files_given_are_printed(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "docs/b.md").write_text(WRONG)
    assert run(tree, "docs/b.md") == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["docs/b.md"]


def test_an_exception_with_a_reason_is_let_through(tree: Path) -> None:
    allow(tree, **ENTRY)
    assert run(tree) == 0


@pytest.mark.parametrize("entry", [ENTRY | {"reason": " "}, ENTRY | {"reason": "x", "more": "y"}])
def test_an_exception_without_a_reason_is_refused(
    tree: Path, entry: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    allow(tree, **entry)
    assert run(tree) == 2
    assert capsys.readouterr().err.startswith(".vale/exceptions.yaml: exception 1 has")


@pytest.mark.parametrize("change", [{"words": "Somebody"}, {"rule": "Plain.Fix"}])
def test_an_exception_that_covers_nothing_fails(
    tree: Path, change: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    allow(tree, **ENTRY | change)
    assert run(tree) == 1
    assert "remove this exception" in capsys.readouterr().out


def test_counts(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tree, "--counts") == 0
    assert capsys.readouterr().out.split() == ["1", "Plain.Someone", "1", "all"]


def test_how_easy_pages_are(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "docs/hard.md").write_text("Considerable implementation complexity necessitates documentation.\n")
    assert run(tree, "--reading", str(tmp_path / "build/reading.json")) == 0
    document = json.loads((tmp_path / "build/reading.json").read_text())
    assert document["pages"].keys() == {"docs/a.md", "docs/hard.md"}
    assert document["pages"]["docs/hard.md"]["ease"] < document["pages"]["docs/a.md"]["ease"]
    assert document["pages"]["docs/hard.md"]["words_per_sentence"] == 5
    assert capsys.readouterr().out.splitlines()[1].endswith("docs/hard.md"), "the hardest first"


def test_a_checkout_without_pages_is_an_error(tmp_path: Path) -> None:
    assert run(tmp_path, "--reading", str(tmp_path / "reading.json")) == 2


def test_lists_of_fields_are_not_measured(tree: Path, tmp_path: Path) -> None:
    (tree / "docs/reference/api").mkdir(parents=True)
    (tree / "docs/reference/api/a.md").write_text("A field.\n")
    assert run(tree, "--reading", str(tmp_path / "reading.json")) == 0
    assert list(json.loads((tmp_path / "reading.json").read_text())["pages"]) == ["docs/a.md"]


def test_known_terms_and_code_count_as_one_short_word() -> None:
    text = "The operators of Kubernetes run `kubectl get dgd`; the DGD's adapter is a DynamoModel, not big."
    known = reading.known(text, "*[DGD]: DynamoGraphDeployment\n")
    assert known == "The term of term run term; the term term is a term, not big."


def test_easier_if_terms_are_known(tree: Path, tmp_path: Path) -> None:
    (tree / "docs/a.md").write_text("The operator observes the deployment in its namespace.\n")
    assert run(tree, "--reading", str(tmp_path / "reading.json")) == 0
    one = json.loads((tmp_path / "reading.json").read_text())["pages"]["docs/a.md"]
    assert one["ease_if_terms_are_known"] > one["ease"]


def test_measures() -> None:
    found = reading.measured({"words": 100, "sentences": 10, "syllables": 150})
    assert found == {"ease": 69.79, "grade": 6.01, "words_per_sentence": 10}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/a.py").write_text("def (")
    with pytest.raises(UserError, match="cannot be read"):
        texts.prose_of(tmp_path, texts.PROGRAMS)
