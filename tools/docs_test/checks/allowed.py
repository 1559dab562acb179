"""What a page says is on purpose: findings that it allows are left out, allowances without a finding are wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.language.allowances import allows
from docs_test.language.word_positions import at_word
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from docs_test.known.finding import Finding
    from docs_test.known.page_code import Block, PageCode

CODE = "allowance"


@dataclass(slots=True)
class Allowed:
    """The allowances of a page."""

    page: PageCode
    used: set[tuple[int, str]] = field(default_factory=set)
    """Allowances that had something to allow: the identity of the block (0 for the front matter), and the code."""

    def left(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that are not allowed."""
        for finding in findings:
            by_block = [(id(finding.block), code) for code in finding.block.allow if allows(finding.code, code)]
            by_page = [(0, code) for code in self.page.front.allow if allows(finding.code, code)]
            # The nearest one is enough; the front matter's is for other blocks then.
            self.used.update(by_block or by_page)
            if not by_block and not by_page:
                yield finding

    def unused(self, root: Path, unchecked: frozenset[str]) -> Iterator[Problem]:
        """A problem for each allowance without a finding.

        Args:
            root: the site's top folder.
            unchecked: codes that were not looked for.
        """
        hint = "take it out; a finding that comes later is to be seen"
        for code in self.page.front.allow:
            if (0, code) not in self.used and not _skipped(code, unchecked):
                where = self.page.front.positions[f"allow {code}"]
                yield Problem(where, f"nothing on the page is found by {code!r}, which it allows", hint, CODE)
        for block in self.page.blocks:
            for code in block.allow:
                if (id(block), code) not in self.used and not _skipped(code, unchecked):
                    yield _of_block(root, block, code, hint)


def _of_block(root: Path, block: Block, code: str, hint: str) -> Problem:
    where = at_word(root, block.location, "data-allow")
    return Problem(where, f"nothing in the block is found by {code!r}, which it allows", hint, CODE)


def _skipped(code: str, unchecked: frozenset[str]) -> bool:
    return any(allows(code, one) for one in unchecked)
