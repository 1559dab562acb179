"""The site built by another engine from the same mkdocs.yml: are headings and blocks of code those of ours?

`python tests/engines/compare.py ENGINE` in an environment that has the engine. ProperDocs must give the same;
Zensical, which leaves out plugins that it does not know, is reported only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "mkdocs": ["-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", "{site}"],
    "properdocs": ["-m", "properdocs", "build", "--strict", "--quiet", "-f", "mkdocs.yml", "--site-dir", "{site}"],
    "zensical": ["-m", "zensical", "build", "-f", "mkdocs.yml"],
}
GATES = frozenset({"properdocs"})
"""Engines that must build the site alike."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a page says, whatever the theme around it."""

    headings: tuple[tuple[str, str, str], ...]
    """Level, anchor and text, in order."""
    blocks: tuple[str, ...]
    """The text of each block of code, in order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A page that the other engine builds otherwise."""

    page: str
    what: str


def outline(html: str) -> Outline:
    """Headings and blocks of a built page."""
    article = BeautifulSoup(html, "lxml", parse_only=SoupStrainer("article"))
    for aside in article.select(".headerlink, .linenos, .linenodiv, .page-foot"):
        aside.decompose()
    headings = tuple(
        (tag.name, str(tag.get("id", "")), " ".join(tag.get_text().split()))
        for tag in article.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    )
    return Outline(headings, tuple(block.get_text().strip("\n") for block in article.find_all("pre")))


def outlines(site: Path) -> dict[str, Outline]:
    """Every page of a built site, by its path; what is not a page of ours (404, a redirect) is left out."""
    found = {}
    for file in sorted(site.rglob("*.html")):
        page = outline(file.read_text(encoding="utf-8"))
        if page.headings and file.name != "404.html":
            found[file.relative_to(site).as_posix()] = page
    return found


def differences(ours: dict[str, Outline], theirs: dict[str, Outline]) -> list[Difference]:
    """What the second lacks, has more, or says otherwise."""
    found = [Difference(page, "is missing") for page in ours if page not in theirs]
    found += [Difference(page, "is there, and not in ours") for page in theirs if page not in ours]
    for page in ours.keys() & theirs.keys():
        for what in ("headings", "blocks"):
            one, other = getattr(ours[page], what), getattr(theirs[page], what)
            at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
            if at is not None:
                found.append(Difference(page, f"{what}: {one[at]!r} became {other[at]!r}"))
            elif len(one) != len(other):
                found.append(Difference(page, f"{what}: {len(one)} became {len(other)}"))
    return sorted(found, key=lambda difference: (difference.page, difference.what))


def build(engine: str, folder: Path) -> tuple[Path, str]:
    """Build a copy of the project; returns the site and what the engine said ("" if it ended well)."""
    root = folder / engine
    ignored = shutil.ignore_patterns(".*", "build", "site", "tests", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, root, symlinks=True, ignore=ignored)
    words = [word.format(site=root / "site") for word in COMMANDS[engine]]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**os.environ, "DOCS_TEST_RESULTS": "", "PYTHONPATH": str(root / "tools")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return root / "site", "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:]


def main(engine: str) -> int:
    """Compare; writes build/engines-ENGINE.json. 1: an engine that must build alike does not."""
    with tempfile.TemporaryDirectory(prefix="engines-") as folder:
        ours, failed = build("mkdocs", Path(folder))
        if failed:
            print(failed, file=sys.stderr)
            return 1
        theirs, failed = build(engine, Path(folder))
        before, after = outlines(ours), outlines(theirs) if theirs.is_dir() else {}
    found = differences(before, after)
    for difference in found:
        print(f"{difference.page}: {difference.what}"[:300])
    if failed:
        print(failed, file=sys.stderr)
    blocks = sum(len(page.blocks) for page in before.values())
    alike = len(before) - len({difference.page for difference in found})
    print(f"{engine}: {alike} of {len(before)} pages have the same headings and blocks ({blocks} blocks in ours)")
    report = ROOT / "build" / f"engines-{engine}.json"
    report.parent.mkdir(exist_ok=True)
    document = {
        "engine": engine,
        "built": not failed,
        "pages": len(before),
        "blocks": blocks,
        "alike": alike,
        "differences": [asdict(difference) for difference in found],
    }
    report.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return int(engine in GATES and bool(found or failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
