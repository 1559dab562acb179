"""What is done to the site after its build: the copies for machines, search without a server, checks, a report."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from docs_site.build import last_run, links, llms, npm, readability, scripts, tools
from docs_site.downloads import offer
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig

    from docs_test.page_results import PageResult
    from groundwork.base.errors import UserError


def finish(
    site: Path,
    config: MkDocsConfig,
    report: Path,
    say: Callable[[str], None],
    results: Sequence[PageResult] = (),
) -> list[UserError]:
    """Finish a built site.

    Args:
        site: its folder.
        config: MkDocs' configuration.
        report: the JSON file for what was counted.
        say: prints one line.
        results: pages that ran, whose outputs can be unfolded.

    Returns:
        Every address that leads nowhere or is fetched from another host.

    Raises:
        UserError: a page is missing, or a way from the landing page has a gap.
    """
    pages = llms.write(site, config)
    say(f"{pages} pages, each with a Markdown copy; llms.txt lists them")
    say(f"{last_run.write(site, results)} outputs that unfold to what came in the last run")
    say(f"{scripts.write(site, config)} scripts of tutorials")
    say(tools.copy(site, root() / offer.FOLDER))
    for asset in npm.assets():
        try:
            source = npm.fetch(asset)
        except EnvironmentFault as fault:
            say(f"without {asset.target}, search works on a server only: {fault}")
            continue
        (site / asset.target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, site / asset.target)
    ways = readability.measure(site, config.extra.get("ways", {}))
    for way in ways:
        folded = f" and {way.folded} folded" if way.folded else ""
        say(f"{way.name}: {way.clicks} clicks, {way.words} words{folded}, {way.commands} blocks of commands")
    report.parent.mkdir(parents=True, exist_ok=True)
    document = {"pages": pages, **readability.report(ways)}
    report.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return links.check(site)
