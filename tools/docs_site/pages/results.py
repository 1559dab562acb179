"""Reader of the results file that docs-test writes: one build's only source for what ran, when and on what.

Its form is the agreement between docs-test, which writes it, and this package, which imports nothing of docs-test.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE = "DOCS_TEST_RESULTS"
"""Environment variable that names the results file; set but empty: no results, whatever lies around."""
DEFAULT = "build/docs-test/results.json"
"""Where docs-test puts it, relative to the project's root."""
VERSION = 1
"""The version of the file's form that is understood here."""
TIERS = ("mock", "operator", "gpu")
"""What a result proves, the least first: nothing of it is real; the operator is; operator and GPUs are."""
OLDER = {"mock": "mock", "helm": "operator", "cluster": "gpu"}
"""The tier of a platform, for files that do not name it."""


@dataclass(frozen=True, slots=True)
class Skip:
    """A block that was shown and not run."""

    location: str
    """`docs/kubernetes/quick-deploy.md:41`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Environment:
    """Where pages ran."""

    platform: str
    """"mock", "helm" or "cluster"."""
    runtime: str
    operator: str
    kubernetes: str
    gpus: str
    tier: str
    """One of `TIERS`."""


@dataclass(frozen=True, slots=True)
class PageRun:
    """How one page, in one variant, ended."""

    path: str
    """POSIX path of the page, relative to the project's root."""
    variant: Mapping[str, str]
    passed: bool
    started: datetime
    """In UTC."""
    seconds: float
    run: int
    """How many steps ran."""
    skipped: tuple[Skip, ...]
    inputs: Mapping[str, str]
    """Every file the page was made of (relative to the root) with the SHA-256 of its bytes, in hex."""
    environment: Environment
    lacks: str = ""
    """Why the page was skipped there; "": it ran."""


@dataclass(frozen=True, slots=True)
class Results:
    """Pages that ran, in one environment or in several."""

    pages: tuple[PageRun, ...] = field(default=())

    def of(self, path: str) -> tuple[PageRun, ...]:
        """The runs of a page, one for each environment and variant, those that prove least first; perhaps none."""
        runs = [page for page in self.pages if page.path == path]
        return tuple(sorted(runs, key=lambda run: TIERS.index(run.environment.tier)))


def results_path(root: Path) -> Path | None:
    """Where the results file would be; None where the environment asks for none."""
    named = os.environ.get(VARIABLE)
    if named == "":
        return None
    return root / (named or DEFAULT)


def load_results(path: Path | None) -> Results:
    """Read a results file, and those beside it: of `results.json` also `results-helm.json`, and so on.

    Args:
        path: the file; None, or a file that is not there, means that nothing ran yet.

    Raises:
        UserError: one is there and cannot be understood: not JSON, another version, something missing.
    """
    if path is None:
        return Results()
    files = [path, *sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"))]
    return Results(tuple(page for file in files if file.exists() for page in _read(file)))


def _read(path: Path) -> tuple[PageRun, ...]:
    hint = f"run docs-test again to write it anew, remove it, or name another in {VARIABLE}"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"no results file of docs-test: {error}", where=Position(str(path)), hint=hint) from None
    found = data.get("version") if isinstance(data, dict) else None
    if found != VERSION:
        raise UserError(f"'version' is {found!r}, allowed: {VERSION}", where=Position(str(path)), hint=hint)
    try:
        return _pages(data)
    except KeyError as error:
        raise UserError(f"the key {error} is missing", where=Position(str(path)), hint=hint) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"not understood: {error}", where=Position(str(path)), hint=hint) from None


def _pages(data: Mapping[str, Any]) -> tuple[PageRun, ...]:
    found = data["environment"]
    names = ("platform", "runtime", "operator", "kubernetes", "gpus")
    tier = found.get("tier", OLDER.get(found["platform"], TIERS[0]))
    if tier not in TIERS:
        raise ValueError(f"the tier {tier!r}, allowed: {', '.join(map(repr, TIERS))}")
    environment = Environment(**{name: str(found[name]) for name in names}, tier=tier)
    return tuple(_page(item, environment) for item in data["pages"])


def _page(item: Mapping[str, Any], environment: Environment) -> PageRun:
    outcome = item["outcome"]
    if outcome not in ("passed", "failed", "skipped"):
        raise ValueError(f"the outcome {outcome!r} of {item['path']!r}, allowed: 'passed', 'failed', 'skipped'")
    return PageRun(
        path=item["path"],
        variant=dict(item["variant"]),
        passed=outcome == "passed",
        started=datetime.fromisoformat(item["started_at"]).astimezone(UTC),
        seconds=float(item["seconds"]),
        run=int(item["counts"]["run"]),
        # The tabs of another variant are no gap in this run: that variant has a run of its own.
        skipped=tuple(_skip(skip) for skip in item["counts"]["skipped"] if skip["kind"] != "not-selected"),
        inputs=dict(item["inputs"]),
        environment=environment,
        lacks=str(item["lacks"]) if outcome == "skipped" else "",
    )


def _skip(item: Mapping[str, Any]) -> Skip:
    return Skip(location=str(item["location"]), reason=str(item["reason"]))
