"""`python -m docs_reference`: write the generated pages of docs/reference/, or check that they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docs_reference.pages import pages
from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root
from groundwork.base.program import add_debug, cannot_write, program

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCS = root() / "docs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    return program("docs_reference", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m docs_reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if a page is not up to date")
    parser.add_argument("--docs", type=Path, default=DOCS, metavar="DIR", help="the pages' folder; default: docs/")
    add_debug(parser)
    options = parser.read(words)
    changed = stale(options.docs)
    if not options.check:
        _write(options.docs, changed)
    for name in changed:
        print(f"{options.docs / name}: {'not up to date' if options.check else 'written'}")
    if changed and options.check:
        print("hint: python -m docs_reference", file=sys.stderr)
        return ExitStatus.FAILED
    return ExitStatus.OK


def stale(docs: Path) -> list[str]:
    """The pages below a folder that are not what the tables say, and those that no table has any more."""
    made = pages()
    found = [name for name, text in made.items() if not _is(docs / name, text)]
    folder = docs / "reference" / "api"
    there = [path.relative_to(docs).as_posix() for path in sorted(folder.glob("*.md"))]
    return found + [name for name in there if name not in made]


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _write(docs: Path, names: list[str]) -> None:
    made = pages()
    try:
        for name in names:
            path = docs / name
            if name not in made:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
    except OSError as error:
        raise cannot_write(f"--docs {str(docs)!r}", error) from error


if __name__ == "__main__":
    sys.exit(main())
