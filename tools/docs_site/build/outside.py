"""`python -m docs_site.build.outside`: the built site's links to other hosts, each asked; for the night."""

from __future__ import annotations

import http.client
import re
import string
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from docs_site.build.links import read
from groundwork.base.arguments import Parser
from groundwork.base.errors import ExitStatus, UserError
from groundwork.base.paths import root
from groundwork.base.positions import Position
from groundwork.base.program import add_debug, program
from groundwork.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HTTP = re.compile("https?://")
ASCII = string.punctuation
"""Characters that stay as they are, beside letters and digits: who wrote them may have quoted others."""
TRIES = 3
TIMEOUT = 20.0
"""Seconds for one answer."""
AT_ONCE = 8
REFUSED_TO_ROBOTS = frozenset({403, 429})
"""Answers that say nothing of the page: the host is there and does not talk to programs."""


def links(site: Path) -> dict[str, list[str]]:
    """Address -> the pages of the built site that link to it, sorted."""
    found: dict[str, list[str]] = {}
    for page in sorted(site.rglob("*.html")):
        addresses = read(page.read_text(encoding="utf-8")).addresses
        # Not urldefrag, which does not take every address that a page may have.
        outside = {
            address.partition("#")[0] for _, address, loaded in addresses if not loaded and HTTP.match(address)
        }
        for address in outside:
            found.setdefault(address, []).append(str(page.relative_to(site)))
    return dict(sorted(found.items()))


def problem(address: str) -> str:
    """What is wrong with an address; "" where it answers, or refuses programs."""
    try:
        request = urllib.request.Request(_sent(address), headers={"User-Agent": "dynamo-docs link check"})  # noqa: S310
    except ValueError as error:
        return f"is no address: {error}"
    said = ""
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310 - http(s) only, see HTTP.
                return ""
        except urllib.error.HTTPError as error:
            if error.code in REFUSED_TO_ROBOTS:
                return ""
            said = f"answers {error.code}"
        except (OSError, ValueError, http.client.HTTPException) as error:
            said = f"does not answer: {getattr(error, 'reason', error)}"
    return said


def _sent(address: str) -> str:
    """The address as it goes over the wire: ASCII, as a browser writes it.

    Raises:
        ValueError: it is not an address.
    """
    parts = urlsplit(address)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    path, query = (quote(part, safe=ASCII) for part in (parts.path, parts.query))
    return urlunsplit(parts._replace(netloc=host, path=path, query=query))


def check(site: Path, progress: Progress) -> Iterable[str]:
    """A line for each link that leads nowhere: the pages first, then the address and what it said."""
    found = links(site)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, (address, said) in enumerate(zip(found, pool.map(problem, found), strict=True), 1):
            progress.detail(f"{number} of {len(found)} links to other hosts")
            if said:
                yield f"{', '.join(found[address])}: {address} {said}"
    progress.line(f"{len(found)} links to other hosts asked")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check site/; returns the exit status."""
    return program("docs_site.build.outside", _main, arguments)


def _main(words: Sequence[str]) -> int:
    parser = Parser(prog="python -m docs_site.build.outside", description=__doc__)
    add_debug(parser)
    parser.read(words)
    site = root() / "site"
    if not site.is_dir():
        raise UserError("not there", where=Position(str(site)), hint="build it first: ./nox -s docs")
    dead = list(check(site, Progress()))
    print(*(dead or ["every link to another host leads somewhere"]), sep="\n")
    return ExitStatus.FAILED if dead else ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
