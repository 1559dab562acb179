"""What a run of a planner's tutorial left: the lines of its logs that say what was decided, and how it went.

A results file names the logs that a page keeps (`artifacts` in its front matter). A recording of them is
committed, so that a site without results has pictures, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping  # noqa: TC003 - types of fields are read at run time (typed_json).
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.outcomes import Outcome
from docs_test.page_results import RanOn  # noqa: TC001
from docs_test.reporting import results
from groundwork.base.content import write_whole
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.typed_json import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docs_test.page_results import PageResult

FILE = "docs/planner/runs.json"
"""Path of the recording that is committed, relative to the root."""
COMMAND = "python -m docs_site.scaling"
PLANNER = "planner.log"
"""Name of the file in which a page keeps its planner's log; a page with another is of no interest here."""
KEPT = re.compile(
    r"\[summary\]|Scaled DGDSA|GPU budget band|Observed num_req|Predicted load|_compute_decode_replicas"
    r"|lower bounds set|Load-based|Easy decode|Scaling in progress"
)
"""Lines of a planner's log that are kept: what it saw and decided."""
COLOUR = re.compile(r"\x1b\[[\d;]*m")
"""Codes of colours, which a planner writes even where nobody sees them."""
HINT = f"`{COMMAND} build/docs-test/results.json` writes it again"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One run of a planner's tutorial."""

    page: str
    """Path of the page, relative to the root."""
    title: str
    started_at: str
    """UTC, ISO 8601 with seconds and a Z."""
    environment: RanOn
    logs: Mapping[str, tuple[str, ...]]
    """Lines by the name of the file, such as `planner.log` and `load.log`."""


def read(path: Path) -> tuple[Recorded, ...]:
    """The recording that is committed; none where there is no file.

    Raises:
        UserError: it is there and cannot be understood.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return tuple(from_json(Recorded, one) for one in data)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(f"no recording: {error}", where=Position(str(path)), hint=HINT) from None


def write(path: Path, found: Iterable[Recorded]) -> None:
    """Write a recording, a line for each line of a log, so that a change can be read.

    Raises:
        OSError: the file cannot be written.
    """
    runs = sorted((to_json(one) for one in found), key=lambda one: str(one["page"]))
    write_whole(path, f"{json.dumps(runs, indent=1)}\n".encode())


def of_results(path: Path) -> tuple[Recorded, ...]:
    """What passed pages of a results file kept of their planners, with the files beside it.

    Raises:
        UserError: the file is no results file.
    """
    found = results.read(path)
    pages = found.pages if found is not None else ()
    runs = (_recorded(page, found.environment, path) for page in pages if found is not None)
    return tuple(run for run in runs if run is not None)


def _recorded(page: PageResult, environment: RanOn, results_file: Path) -> Recorded | None:
    files = {one.name: results_file.parent / one.file for one in page.attachments if one.file}
    if page.outcome is not Outcome.PASSED or PLANNER not in files:
        return None
    logs = {name: file.read_text(encoding="utf-8").splitlines() for name, file in files.items() if file.is_file()}
    if PLANNER not in logs:  # The results file was copied without the files beside it.
        return None
    kept = {name: _of_interest(name, lines) for name, lines in sorted(logs.items()) if name.endswith(".log")}
    return Recorded(page.path, page.title, page.started_at, environment, kept)


def _of_interest(name: str, lines: list[str]) -> tuple[str, ...]:
    plain = (COLOUR.sub("", line) for line in lines)
    return tuple(line for line in plain if name != PLANNER or KEPT.search(line))


def newest(*recordings: Iterable[Recorded]) -> dict[str, Recorded]:
    """The newest run of each page, by its path."""
    runs = sorted((run for found in recordings for run in found), key=lambda run: run.started_at)
    return {run.page: run for run in runs}
