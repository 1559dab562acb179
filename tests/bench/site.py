"""How long a cold build of the site takes beside bare Material on the same pages; holds the ratio.

Bare: the same pages, navigation, theme and Markdown extensions; no plugin but the search, nothing of ours in the
theme. Each build is a process of its own into an empty folder. The two take turns, and the fastest of each counts,
so that whatever else the machine does is in neither.
"""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

from docs_test.pages.site import open_site

ROOT = Path(__file__).resolve().parents[2]
TURNS = 7
ALLOWED = 1.2
"""A cold build may take this many times as long as bare Material."""


def resolved(folder: Path) -> None:
    """Copy the pages with macros and includes resolved: the bare site is to show the same text."""
    with open_site(ROOT) as site:
        for file in site.files:
            target = folder / file.src_uri
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.page is None or not file.is_documentation_page():
                shutil.copyfile(str(file.abs_src_path), target)
                continue
            file.page.read_source(site.config)
            text = site.config.plugins.on_page_markdown(
                file.page.markdown, page=file.page, config=site.config, files=site.files
            )
            target.write_text(text, encoding="utf-8")


def bare(config: dict[str, Any], docs: Path) -> dict[str, Any]:
    """The configuration of the bare site, from ours."""
    extensions = copy.deepcopy(config["markdown_extensions"])
    for entry in extensions:
        if isinstance(entry, dict) and "pymdownx.snippets" in entry:
            options = entry["pymdownx.snippets"]
            options["base_path"] = [str(ROOT / path) for path in options["base_path"]]
    theme = {name: value for name, value in config["theme"].items() if name not in {"custom_dir", "favicon"}}
    return {
        "site_name": config["site_name"],
        "docs_dir": str(docs),
        "use_directory_urls": config["use_directory_urls"],
        "nav": config["nav"],
        "theme": theme,
        "plugins": ["search"],
        "markdown_extensions": extensions,
    }


def build(config: Path, site: Path) -> float:
    """Build once; returns the seconds it took."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "--site-dir", str(site)]
    env = {**os.environ, "DOCS_TEST_RESULTS": "", "NO_MKDOCS_2_WARNING": "1"}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{config}: the build failed\n{done.stdout}{done.stderr}")
    return took


def main() -> int:
    """Measure and print; 1: slower than allowed."""
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder:
        config = Path(folder, "mkdocs.yml")
        text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        docs = Path(folder, "docs")
        resolved(docs)
        config.write_text(yaml.safe_dump(bare(dict(yaml_load(text)), docs), sort_keys=False), encoding="utf-8")
        for turn in range(TURNS):
            ours.append(build(ROOT / "mkdocs.yml", Path(folder, f"ours-{turn}")))
            theirs.append(build(config, Path(folder, f"bare-{turn}")))
    ratio = min(ours) / min(theirs)
    print(f"cold build: {min(ours):.2f} s; bare Material on the same pages: {min(theirs):.2f} s; {TURNS} turns")
    print(f"ratio {ratio:.2f}, allowed {ALLOWED}")
    return int(ratio > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
