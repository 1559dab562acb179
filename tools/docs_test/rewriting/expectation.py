"""An expectation that no longer holds, and what came: what the fence is to show instead. No file, no page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.matching.compare import compare
from docs_test.matching.lines import ELLIPSIS, clean
from docs_test.model import Expectation, Match
from docs_test.rewriting import bounded, json_text
from docs_test.rewriting.lines import KUBECTL, LINES, OMITTED, rewritten
from docs_test.rewriting.rewrite import Refused, Rewrite
from docs_test.rewriting.volatile import not_of_kubectl, spans
from groundwork.base.masking import MASK, mask

if TYPE_CHECKING:
    from docs_test.rewriting.rewrite import NewLine

TABLE = re.compile(r"[A-Z][A-Z0-9()/-]*(?: [A-Z0-9()/-]+)*(?: {2,}[A-Z][A-Z0-9()/-]*(?: [A-Z0-9()/-]+)*)*")
"""Pattern of the first line of kubectl's tables."""
AGE = re.compile(r"\b(?:AGE|LAST SEEN|DURATION)\b")
DONE = re.compile(
    r"[\w.-]+/[\w.:-]+ (?:created|configured|unchanged|deleted|patched|replaced|scaled|labeled|annotated"
    r"|condition met)(?: \(.*\))?"
)
"""Pattern of what kubectl says that it has done."""
SECRET = f"what came holds {MASK}, which may stand for a secret: a wildcard is written for it"


def rewrite(expectation: Expectation, output: str, *, may_be_kubectl: bool = False) -> Rewrite | None:
    """What a fence is to show for an output.

    Args:
        expectation: what it shows.
        output: what came, without secrets.
        may_be_kubectl: whether its author left open how it is compared, so that `k8s` may be added.

    Returns:
        The rewrite, which matches what came; None if what it shows matches already.

    Raises:
        Refused: it cannot be rewritten.
    """
    output = output.replace("\r\n", "\n")
    if not _differs(expectation, output):
        return None
    made = _rewritten(expectation, output)
    if may_be_kubectl and expectation.match is Match.LINES:
        made = _for_kubectl(expectation, output, made)
    if made.text == expectation.text and made.match is expectation.match:
        raise Refused("it was found to differ, and there is nothing to write instead")
    if _differs(replace(expectation, match=made.match, text=made.text), output):
        raise Refused("what would be written instead does not match what came")
    return made


def holds(expectation: Expectation, text: str, match: Match, output: str) -> bool:
    """Whether a fence that showed this text would match an output, too."""
    return not _differs(replace(expectation, match=match, text=text), output)


def _differs(expectation: Expectation, output: str) -> bool:
    # What came is without secrets; a page that shows one still holds.
    text = mask(expectation.text) if MASK in output else expectation.text
    return compare(replace(expectation, text=text), output) is not None


def _rewritten(expectation: Expectation, output: str) -> Rewrite:
    text, match = expectation.text, expectation.match
    if match in {Match.JSON, Match.REGEX} and any(OMITTED.fullmatch(line) for line in clean(output)):
        raise Refused("the output is so long that its middle was not kept")
    if match is Match.JSON:
        lines = json_text.rewritten(text, output)
    elif match is Match.REGEX:
        lines = bounded.rewritten(text, output)
    else:
        lines = rewritten(text, output, KUBECTL if match is Match.K8S else LINES)
    return Rewrite(match, tuple(lines), (SECRET,) if _hides(lines, output) else ())


def _hides(lines: list[NewLine], output: str) -> bool:
    return MASK in output and any(line.kept is None for line in lines)


def _for_kubectl(expectation: Expectation, output: str, made: Rewrite) -> Rewrite:
    """The same compared as kubectl's output, if that is what came and it saves new wildcards."""
    have = clean(output)
    saved = [line for line in have if len(not_of_kubectl(line)) < len(spans(line))]
    new = sum(line.text.count(ELLIPSIS) for line in made.lines if line.kept is None)
    if not saved or new <= expectation.text.count(ELLIPSIS) or not _looks_like_kubectl(have):
        return made
    lines = rewritten(expectation.text, output, KUBECTL)
    other = Rewrite(Match.K8S, tuple(lines), made.notes)
    return made if _differs(replace(expectation, match=Match.K8S, text=other.text), output) else other


def _looks_like_kubectl(have: list[str]) -> bool:
    if TABLE.fullmatch(have[0]) and AGE.search(have[0]):
        return True
    return all(DONE.fullmatch(line) for line in have)
