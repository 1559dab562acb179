"""Which fences programs find that test documents: docs-test beside six others, on the pages of its own tests.

A fence counts as found where a program has its code, word for word, and nothing else of that page; of the others,
also where it is indented as a whole. Each gets the info string that it wants. Includes stand in other files:
whoever reads file by file, and not what the site shows, finds none of them; the table tells them apart.
`python tests/bench/discovery.py` prints the table and ends with status 1 where docs-test lacks one.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.discovery_peers import TOOLS
from bench.peers import python_peers
from docs_test.pages.site import open_site
from groundwork.system.progress import Progress
from support.nestings import INCLUDE, SNIPPET, Case, cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEED = 20261
OURS = "docs-test"
INFO = {OURS: "bash { .run }", "validoc": "bash exec"}
USUAL_INFO = "python"
CONFIGURATION = """\
site_name: Discovery
strict: true
plugins:
  - macros: {include_dir: snippets, on_undefined: strict, on_error_fail: true}
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.details
  - pymdownx.snippets: {base_path: [snippets], check_paths: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""
GROUPS = ("fence", "in", "generated")


@dataclass(frozen=True, slots=True)
class Found:
    """How many cases a program finds."""

    of: dict[str, tuple[int, int]]
    """Found and all, by the group of cases; "included": those of all groups with a file that is included."""

    def __str__(self) -> str:
        return "  ".join(f"{name} {found:3}/{every}" for name, (found, every) in self.of.items())


def main() -> int:
    """Print the table; 1 where docs-test lacks a fence."""
    made = list(cases(random.Random(SEED)))  # noqa: S311 - the same pages each time
    with tempfile.TemporaryDirectory(prefix="bench-discovery-") as name:
        table = {tool: counted(made, codes) for tool, codes in discovered(made, Path(name)).items()}
    for tool, found in table.items():
        print(f"{tool:22} {found}")
    for tool in TOOLS.keys() - table.keys():
        print(f"{tool:22} not here: it needs a newer Python")
    found, every = table[OURS].of["all"]
    return 0 if found == every else 1


def discovered(made: list[Case], folder: Path) -> dict[str, dict[str, list[str]]]:
    """What each program finds in each page, by the page's name."""
    found = {OURS: ours(made, folder / OURS)}
    python = python_peers(Progress()) / "python"
    program = Path(__file__).with_name("discovery_peers.py")
    for tool in TOOLS:
        place = folder / tool
        place.mkdir()
        for name, case in named(made):
            (place / name).write_text(case.page(INFO.get(tool, USUAL_INFO)), encoding="utf-8")
        done = subprocess.run([python, program, tool, place], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found[tool] = json.loads(done.stdout)
        elif "ModuleNotFoundError" not in done.stderr:
            raise SystemExit(f"{tool}: status {done.returncode}\n{done.stderr[-2000:]}")
    return found


def ours(made: list[Case], root: Path) -> dict[str, list[str]]:
    """What docs-test finds in each page."""
    for name in ("docs", "snippets"):
        (root / name).mkdir(parents=True)
    (root / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
    for name, case in named(made):
        (root / "docs" / name).write_text(case.page(INFO[OURS]), encoding="utf-8")
        for included, text in case.snippets(INFO[OURS]).items():
            (root / "snippets" / included).write_text(text, encoding="utf-8")
    with open_site(root) as site:
        return {
            name: [fence.text for fence in site.read(f"docs/{name}").content.fences] for name, _ in named(made)
        }


def named(made: list[Case]) -> Iterable[tuple[str, Case]]:
    """Each case with the name of its page."""
    return ((f"case-{number:03}.md", case) for number, case in enumerate(made))


def counted(made: list[Case], codes: Mapping[str, list[str]]) -> Found:
    """How many of each group are found."""
    right = {case.name: codes.get(name) == [case.code] for name, case in named(made)}
    groups = {group: [case for case in made if case.name.startswith(group)] for group in GROUPS}
    groups["included"] = [case for case in made if SNIPPET in case.name or INCLUDE in case.name]
    groups["all"] = made
    return Found(
        {group: (sum(right[case.name] for case in chosen), len(chosen)) for group, chosen in groups.items()}
    )


if __name__ == "__main__":
    sys.exit(main())
