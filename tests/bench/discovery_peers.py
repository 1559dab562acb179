"""What other programs find in Markdown files: run by their own interpreter, with nothing of this project.

`python discovery_peers.py TOOL FOLDER` prints JSON: the codes of each file's blocks, by the file's name. A tool
that gives up on a file has found nothing in it.
"""

from __future__ import annotations

import io
import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LANGUAGE = "python"


def mktestdocs(path: Path) -> Iterable[str]:
    from mktestdocs.__main__ import grab_code_blocks  # noqa: PLC0415

    return list(grab_code_blocks(path.read_text(encoding="utf-8"), lang=LANGUAGE))


def pytest_codeblocks(path: Path) -> Iterable[str]:
    from pytest_codeblocks import extract_from_buffer  # noqa: PLC0415

    return [block.code for block in extract_from_buffer(io.StringIO(path.read_text(encoding="utf-8")))]


def pytest_markdown_docs(path: Path) -> Iterable[str]:
    from pytest_markdown_docs import plugin  # noqa: PLC0415

    text = path.read_text(encoding="utf-8")
    found = plugin.extract_fence_tests(plugin.pytest_markdown_docs_markdown_it(), text, 0, path)
    return [one.source for one in found]


def sybil(path: Path) -> Iterable[str]:
    from sybil.document import Document  # noqa: PLC0415
    from sybil.parsers.markdown import CodeBlockParser  # noqa: PLC0415

    parser = CodeBlockParser(LANGUAGE, evaluator=lambda _: None)
    return [str(region.parsed) for region in parser(Document(path.read_text(encoding="utf-8"), str(path)))]


def mdoctest(path: Path) -> Iterable[str]:
    from mdoctest.parser import parse_blocks  # noqa: PLC0415

    found = parse_blocks(path.read_text(encoding="utf-8"))
    return [block.content for block in found]


def validoc(path: Path) -> Iterable[str]:
    from validoc.parser import MarkdownParser  # noqa: PLC0415

    return [block.content for block in MarkdownParser().parse(path).blocks]


TOOLS: dict[str, Callable[[Path], Iterable[str]]] = {
    "mktestdocs": mktestdocs,
    "pytest-codeblocks": pytest_codeblocks,
    "pytest-markdown-docs": pytest_markdown_docs,
    "sybil": sybil,
    "mdoctest": mdoctest,
    "validoc": validoc,
}


def main(tool: str, folder: str) -> None:
    """Print what a tool finds."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path(folder).glob("*.md")):
        try:
            # As a whole indented is as good as not: some leave that to those who run it.
            found[path.name] = [textwrap.dedent(code.strip("\n")) for code in TOOLS[tool](path)]
        except ImportError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the tool has not found the block
            found[path.name] = []
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
