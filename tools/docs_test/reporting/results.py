"""The results file: written by a run, read by the site. Its form is results.schema.json."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from docs_test.model import Outcome
from groundwork.base.errors import UserError
from groundwork.base.masking import mask
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.model import Environment, PageResult
    from groundwork.system.progress import Stage

VERSION = 1
SCHEMA = Path(__file__).with_name("results.schema.json")
NAMES = {"mock": "results.json", "helm": "results-helm.json", "cluster": "results-cluster.json"}
"""The default file of each platform: what one proved stays when another is run."""


def document(
    environment: Environment,
    pages: Sequence[PageResult],
    stages: Sequence[Stage],
    *,
    started_at: str,
    finished_at: str,
) -> dict[str, Any]:
    """The results as the schema says, secrets removed."""
    return {
        "version": VERSION,
        "started_at": started_at,
        "finished_at": finished_at,
        "environment": {
            name: getattr(environment, name)
            for name in ("platform", "runtime", "operator", "kubernetes", "gpus", "tier")
        },
        "stages": [
            {"name": stage.name, "seconds": round(stage.seconds, 3), "ok": stage.ok, "note": stage.note}
            for stage in stages
        ],
        "pages": [_page(page) for page in pages],
    }


def merge(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """The new results, with the old ones' pages that did not run now, if both ran in the same environment.

    What a page did before it had the variants that it has now is dropped: no run would ever replace it.
    """
    if old is None or old["environment"] != new["environment"]:
        return new
    ran = {(page["path"], json.dumps(page["variant"], sort_keys=True)) for page in new["pages"]}
    names = {page["path"]: page["variant"].keys() for page in new["pages"]}
    kept = [
        page
        for page in old["pages"]
        if (page["path"], json.dumps(page["variant"], sort_keys=True)) not in ran
        and page["variant"].keys() == names.get(page["path"], page["variant"].keys())
    ]
    return {**new, "pages": sorted([*kept, *new["pages"]], key=lambda page: str(page["path"]))}


def read(path: Path) -> dict[str, Any] | None:
    """Results that were written before; None if there are none.

    Raises:
        UserError: the file is there and is not one of this version.
    """
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    except (ValueError, OSError, jsonschema.ValidationError) as error:
        fact = str(error).splitlines()[0]
        raise UserError(
            f"no results file of this version: {fact}", where=Position(str(path)), hint="remove it"
        ) from None
    return dict(data)


def write(path: Path, data: dict[str, Any]) -> None:
    """Write results whole or not at all, after holding them against the schema."""
    jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def _page(page: PageResult) -> dict[str, Any]:
    outcomes = [result.outcome for result in page.steps]
    return {
        "path": page.tutorial.path,
        "title": page.tutorial.title,
        "variant": dict(page.tutorial.variant),
        "outcome": page.outcome.value,
        "lacks": page.tutorial.lacks,
        "started_at": page.started_at,
        "seconds": round(page.seconds, 3),
        "counts": {
            "run": outcomes.count(Outcome.PASSED) + outcomes.count(Outcome.FAILED),
            "failed": outcomes.count(Outcome.FAILED),
            "not_run": outcomes.count(Outcome.NOT_RUN),
            "skipped": [
                {"location": str(skip.location), "kind": skip.kind.value, "reason": skip.reason}
                for skip in page.tutorial.skipped
            ],
        },
        "steps": [
            {
                "location": str(result.step),
                "kind": result.step.kind.value,
                "outcome": result.outcome.value,
                "seconds": round(result.seconds, 3),
                "started": round(result.started, 3),
                "attempts": result.attempts,
                "exit_status": result.exit_status,
                "error": mask(result.error),
            }
            for result in page.steps
        ],
        "cleanup_errors": [mask(error) for error in page.cleanup_errors],
        "leftovers": list(page.leftovers),
        "inputs": dict(page.tutorial.inputs),
    }
