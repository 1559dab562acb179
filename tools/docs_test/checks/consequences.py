"""Findings that another mistake of the page explains: the first one is shown, what follows from it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs_test.known.story import MAKING
from docs_test.tutorials.structure import exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.known.finding import Finding
    from docs_test.known.page_code import Block

WORDS = frozenset({"unknown-subcommand", "unknown-flag", "unknown-type", "unknown-command"})
"""Codes of command lines that do something else than their author means: what they make is not known."""
OBJECT = "unknown-object"
CLEANUP = "no-cleanup"
SHELLCHECK = "shellcheck/"
FOLLOWING = frozenset({OBJECT, CLEANUP, "no-wait"})
"""Codes of what is found by following objects through the page."""
MEANT = "did you mean"
"""Beginning of the hint for a name that is misspelled, and so is a mistake of its own."""


def first_ones(findings: Sequence[Finding], blocks: Sequence[Block]) -> list[Finding]:
    """The findings without those that follow from another one.

    Args:
        findings: of a page, those left that it does not allow.
        blocks: of the page, in the order in which they run.
    """
    order = {id(block): number for number, block in enumerate(blocks)}
    broken = {id(one.block): one.block for one in findings if one.code in WORDS and _may_make(one)}
    broken |= {id(block): block for block in blocks if block.broken}
    swallowed = any(block.swallows for block in blocks)
    meant = {one.hint.removeprefix(MEANT).strip(" ?") for one in findings if one.code == OBJECT and _slip(one)}
    kept: list[Finding] = []
    said: set[str] = set()
    for one in findings:
        if one.block.swallows or (one.code.startswith(SHELLCHECK) and swallowed):
            continue  # What it has is not code; and shellcheck reads the page as one script.
        if one.code in FOLLOWING and any(_before(wrong, one, order) for wrong in broken.values()):
            continue
        if one.code in FOLLOWING - {OBJECT} and any(name in one.fact for name in meant):
            continue  # The command that waits for it, or removes it, is there: its name is misspelled.
        if one.code == OBJECT and not _slip(one):
            if one.fact in said:
                continue  # Nothing makes it: that is one mistake, however often it is named.
            said.add(one.fact)
        kept.append(one)
    return kept


def _may_make(finding: Finding) -> bool:
    """Whether the command, or the one that is meant, makes objects; of another program that is not known."""
    words = re.findall(r"[\w-]+", f"{finding.fact} {finding.hint}")
    return finding.code == "unknown-command" or not MAKING.isdisjoint(words)


def _slip(finding: Finding) -> bool:
    return finding.hint.startswith(MEANT)


def _before(wrong: Block, finding: Finding, order: dict[int, int]) -> bool:
    """Whether a finding may follow from what is wrong in a block; what is not removed may be so at any place."""
    if exclusive(wrong.when, finding.block.when):
        return False
    return finding.code == CLEANUP or order[id(wrong)] <= order[id(finding.block)]
