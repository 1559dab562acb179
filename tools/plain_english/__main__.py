"""`python -m plain_english`: find the sentences that the style guide of CONTRIBUTING.md asks to change."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.paths import root
from groundwork.base.program import add_debug, program
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals
from kind_cluster.tools import ensure_vale
from plain_english import exceptions, reading, texts, vale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plain_english.vale import Finding


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status: 0, or 1 if there is something to change."""
    return program("plain_english", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m plain_english", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only what is found in these files")
    parser.add_argument("--tree", type=Path, default=root(), metavar="DIR", help="another checkout to read")
    parser.add_argument("--counts", action="store_true", help="print how much each rule finds, and end with 0")
    parser.add_argument(
        "--reading", type=Path, metavar="FILE", help="only write how easy the pages are to read, as JSON"
    )
    add_debug(parser)
    options = parser.read(words)
    handle_signals()
    linter = ensure_vale(Progress())
    if options.reading:
        pages = texts.prose_of(options.tree, texts.PAGES)
        measured = {path: text for path, text in pages.items() if not path.startswith(reading.NOT_MEASURED)}
        glossary = options.tree / "snippets/glossary.md"
        terms = glossary.read_text(encoding="utf-8") if glossary.exists() else ""
        known = {path: reading.known(text, terms) for path, text in measured.items()}
        _write_reading(reading.report(vale.count(linter, measured), vale.count(linter, known)), options.reading)
        return ExitStatus.OK
    prose = texts.prose_of(options.tree, (*texts.PAGES, *texts.PROGRAMS))
    wrong = vale.find(linter, prose)
    file = options.tree / exceptions.FILE
    allowed = exceptions.read(file.read_text(encoding="utf-8")) if file.exists() else []
    left, unused = exceptions.left(wrong, allowed, prose)
    if options.counts:
        print(*_counts(left), sep="\n")
        return ExitStatus.OK
    return _print([one for one in left if not options.paths or one.path in options.paths], unused)


def _write_reading(document: Mapping[str, Any], file: Path) -> None:
    if not document["pages"]:
        raise UserError("no page was found to be measured", hint="`--tree` names the top folder of a checkout")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(*reading.table(document), sep="\n")


def _counts(found: Sequence[Finding]) -> list[str]:
    counts = Counter(one.rule for one in found)
    return [*(f"{count:5}  {rule}" for rule, count in counts.most_common()), f"{counts.total():5}  all"]


def _print(found: Sequence[Finding], unused: Sequence[exceptions.Allowed]) -> int:
    for one in found:
        print(one)
    for needless in unused:
        place = f"{needless.rule} finds no {needless.words!r} in {needless.file}"
        print(f"{exceptions.FILE}: {place}: remove this exception")
    return ExitStatus.FAILED if found or unused else ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
