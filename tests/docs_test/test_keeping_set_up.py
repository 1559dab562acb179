"""Pages that are kept with what they started from (`uses`): these stay as long, and are cleaned up after them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.kept_sites import KeptSite
from support.processes import kill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = ("first", "second", "third")


class Chain(KeptSite):
    """Three pages, each of which starts from the set-up of the one before it; the last one fails."""

    def __init__(self, root: Path, folder: Path) -> None:
        super().__init__(root, folder)
        for name, uses in zip(NAMES, ("", "first", "second"), strict=True):
            self.put(name, uses, "fail" if name == "third" else "true")

    def put(self, name: str, uses: str, code: str) -> None:
        uses = f", uses: [docs/{uses}.md]" if uses else ""
        mark = self.folder / f"mark-{name}"
        run = f"```bash {{ .run }}\ntouch {mark}\n{code}\n```\n"
        clean_up = f"```bash {{ .run .cleanup }}\necho {name} >>{self.folder}/gone\nrm {mark}\n```\n"
        text = f"---\ntutorial: {{platform: none{uses}}}\n---\n{run}\n{clean_up}"
        (self.root / "docs" / f"{name}.md").write_text(text)

    def keep(self, *pages: str) -> tuple[int, str]:
        return self("run", "--platform", "none", "--no-sandbox", *pages, "--keep")

    @property
    def there(self) -> list[str]:
        """The pages whose objects are there."""
        return sorted(path.name.removeprefix("mark-") for path in self.folder.glob("mark-*"))

    @property
    def gone(self) -> list[str]:
        """The pages that were cleaned up, in that order."""
        return (self.folder / "gone").read_text().split()


@pytest.fixture
def chain(site_with: Callable[..., Path], tmp_path: Path) -> Iterator[Chain]:
    made = Chain(site_with({"a.md": ""}), tmp_path)
    yield made
    kill(made.processes())


def test_what_a_page_starts_from_is_kept_with_it_and_cleaned_up_after_it(chain: Chain) -> None:
    status, said = chain.keep("docs/third.md")
    assert status == 1, said
    assert chain.there == sorted(NAMES)
    assert "docs/third.md is kept at docs/third.md:4: " in said
    assert "docs/second.md is kept with it, and cleaned up after it\n" in said
    assert "resume docs/second.md" not in said, "nothing of it is to be edited"
    assert "docs/first.md: partial in" in said
    assert "Runs of pages: 0 passed, 1 failed, 2 run in part. Blocks: 0 skipped.\n" in said
    assert [page["path"] for page in chain.results()] == ["docs/third.md"]
    chain.put("third", "second", "true")
    status, said = chain("resume")
    assert status == 0, said
    assert chain.gone == ["third", "second", "first"]
    assert (chain.there, chain.left()) == ([], [])
    assert {page["path"]: page["outcome"] for page in chain.results()} == {
        f"docs/{name}.md": "passed" for name in NAMES
    }


def test_discarding_a_page_cleans_up_what_it_started_from(chain: Chain) -> None:
    chain.keep("docs/third.md")
    status, said = chain("resume", "--discard")
    assert status == 0, said
    assert chain.gone == ["third", "second", "first"]
    assert (chain.there, chain.left()) == ([], [])


def test_a_page_that_fails_again_is_kept_again_with_all_of_that(chain: Chain) -> None:
    chain.keep("docs/third.md")
    status, said = chain("resume")
    assert status == 1, said
    assert chain.there == sorted(NAMES)
    chain.put("third", "second", "true")
    assert chain("resume")[0] == 0
    assert (chain.there, chain.left()) == ([], [])


def test_a_part_of_a_page_that_is_kept_has_not_failed(chain: Chain) -> None:
    page = chain.root / "docs" / "third.md"
    more = "```\n\n```bash { .run }\ntrue\n```\n\n```bash { .run .cleanup }"
    page.write_text(page.read_text().replace("\nfail\n", "\n").replace("```\n\n```bash { .run .cleanup }", more))
    status, said = chain.keep("docs/third.md:4")
    assert status == 0, said
    assert "Runs of pages: 0 passed, 0 failed, 3 run in part. Blocks: 0 skipped.\n" in said
    assert chain("resume")[0] == 0
    assert chain.left() == []


def test_an_edit_of_what_it_started_from_is_refused_before_anything_runs(chain: Chain) -> None:
    chain.keep("docs/third.md")
    chain.put("first", "", "echo else")
    chain.put("third", "second", "true")
    status, said = chain("resume")
    assert status == 2
    assert said.startswith("docs/first.md:6: edited after it ran: the command has the line 'echo else'"), said
    assert chain.there == sorted(NAMES)
    chain.put("first", "", "true")
    assert chain("resume")[0] == 0
    assert chain.left() == []


def test_a_run_of_what_a_kept_page_stands_on_cleans_that_page_up_first(chain: Chain) -> None:
    chain.keep("docs/third.md")
    chain.put("fourth", "first", "true")
    status, said = chain("run", "--platform", "none", "--no-sandbox", "docs/fourth.md")
    assert status == 0, said
    assert chain.gone == ["third", "second", "first", "fourth", "first"]
    assert (chain.there, chain.left()) == ([], [])


def test_steps_that_pages_share_run_within_a_page_that_is_kept(chain: Chain) -> None:
    (chain.root / "snippets" / "shared.md").write_text(f"```bash {{ .run }}\ntouch {chain.folder}/shared\n```\n")
    page = "---\ntutorial: {platform: none, uses: [snippets/shared.md]}\n---\n{% include 'shared.md' %}\n"
    (chain.root / "docs" / "third.md").write_text(f"{page}\n```bash {{ .run }}\nfail\n```\n")
    status, said = chain.keep("docs/third.md")
    assert status == 1, said
    assert chain.records() == ["kept"]
    (record,) = (chain.folder / "cache" / "dynamo-docs" / "runs").glob("kept-*")
    assert json.loads(record.read_text())["page"] == "docs/third.md"
    assert chain("resume", "--discard")[0] == 0
    assert chain.left() == []
