"""Vale itself, and what it finds."""

from __future__ import annotations

import json
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AT_ONCE = 4
"""Number of texts that are counted at the same time."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place that a rule finds."""

    path: str
    """The file, relative to the root of the project."""
    line: int
    rule: str
    """Name of the rule: Plain.Fix is .vale/Plain/Fix.yml."""
    message: str

    def __str__(self) -> str:
        """`path:line: message [rule]`."""
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


def find(program: Path, prose: Mapping[str, str]) -> list[Finding]:
    """Run Vale on texts, with the rules of `.vale.ini`.

    Args:
        program: Vale.
        prose: texts in Markdown, by the path of the file that each is taken from.

    Returns:
        What it finds, in the order of files and lines.

    Raises:
        EnvironmentFault: Vale gave up: it could not read a rule, for example.
    """
    with _files(prose) as folder:
        found = _run(program, folder, f"--config={root() / '.vale.ini'}", "--output=JSON", "--no-exit", ".")
    return sorted(_finding(path, one) for path, some in found.items() for one in some)


def count(program: Path, prose: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Count words, sentences and syllables of texts, by path.

    Raises:
        EnvironmentFault: Vale gave up.
    """
    with _files(prose) as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        counted = pool.map(lambda path: _run(program, folder, "ls-metrics", f"{path}.md"), prose)
        return dict(zip(prose, counted, strict=True))


@contextmanager
def _files(prose: Mapping[str, str]) -> Iterator[Path]:
    """A folder with the texts."""
    with tempfile.TemporaryDirectory(prefix="plain-english-") as name:
        folder = Path(name)
        for path, text in prose.items():
            file = folder / f"{path}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        yield folder


def _run(program: Path, folder: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise EnvironmentFault(
            f"Vale ended with status {done.returncode}: {said}", hint="see .vale.ini and .vale/"
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _finding(path: str, one: Mapping[str, Any]) -> Finding:
    return Finding(path.removesuffix(".md"), one["Line"], one["Check"], one["Message"])
