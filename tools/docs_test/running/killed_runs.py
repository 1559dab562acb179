"""What pages of a run that was killed left behind: found by their records, ended and removed.

A page that ran in a cluster which outlives the run also has its clean-up planned in its folder.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.clusters import stay
from docs_test.clusters.leftovers import leftovers, removal
from docs_test.model import Step, StepKind
from docs_test.reporting.failures import failure_text
from docs_test.running.record import ended_result
from docs_test.shell.bash import Shell
from docs_test.shell.folder import STATE
from docs_test.shell.sandbox import sandbox, unconfined
from docs_test.shell.state import newest
from groundwork.base.content import locked
from groundwork.base.errors import EnvironmentFault
from groundwork.base.masking import mask
from groundwork.base.paths import cache_dir
from groundwork.base.positions import Position
from groundwork.kube.kubectl import Kubectl
from groundwork.system.process_table import end_all, with_variable
from groundwork.system.records import KEPT, abandoned, left

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from psutil import Process

    from docs_test.model import Tutorial

KIND = "page"
GRACE_SECONDS = 5.0
PLAN = "clean-up.json"
SETTLE_SECONDS = 90.0
"""Seconds that objects may take to go after clean-up: Pods may have a grace period of 60 seconds."""


def plan(
    folder: Path,
    env: Mapping[str, str],
    tutorial: Tutorial,
    before: frozenset[str],
    *,
    programs: Sequence[str] | None,
    mine: Mapping[str, str],
    left_behind: Sequence[str] = (),
) -> None:
    """Write down in the page's folder, where the page itself cannot, what a later run needs for its clean-up.

    Args:
        folder: the page's.
        env: of its commands.
        tutorial: whose clean-up it is.
        before: the cluster's objects before the page.
        programs: as of `sandbox.sandbox`; None: it ran in none.
        left_behind: as of `leftovers.leftovers`.
        mine: what docs-test's own kubectl needs: PATH, KUBECONFIG, and "context" and "namespace" of `Kubectl`.
    """
    steps = [
        {
            "path": str(step.location.file),
            "line": step.location.line,
            "code": step.code,
            "timeout": step.timeout,
            "exit_status": step.exit_status,
        }
        for step in reversed(tutorial.steps)
        if step.cleanup
    ]
    content: dict[str, Any] = {"env": dict(env), "steps": steps, "before": sorted(before), "mine": dict(mine)}
    content["left_behind"] = list(left_behind)
    content["programs"] = None if programs is None else list(programs)
    partial = folder / f"{PLAN}.new"
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(content), encoding="utf-8")
    partial.rename(folder / PLAN)


def sweep(say: Callable[[str], None]) -> None:
    """End the processes and remove what killed runs left; `say` is called with what was done."""
    with locked(cache_dir("locks", KIND)):  # One at a time: the others wait for it.
        kept = {one.facts.get("folder") for one in left(stay.KIND)}
        with abandoned(KIND) as pages:
            for facts in pages:
                # A run that was killed just after it had kept its page has still kept it.
                if facts.get("folder") not in kept and not _finish(facts, say):
                    facts[KEPT] = True


def _finish(facts: Mapping[str, Any], say: Callable[[str], None]) -> bool:
    """Clean up after a page and remove its folder; returns whether there is nothing more to do."""
    folder = Path(facts.get("folder", ""))
    if not folder.name.startswith("docs-test-"):
        return True  # Not one of ours: a record is a file that anybody could have written.
    ended = end_processes(folder)
    page = facts.get("page", "a page")
    content = _planned(folder)
    if content:
        say(f"a run of {page} was killed: cleaning up after it")
        try:
            for line in clean_up(folder, content):
                say(line)
        except Exception as error:  # noqa: BLE001 - one that cannot be cleaned up must not stop all runs
            say(f"it could not be: {type(error).__name__}: {mask(str(error))}")
            say(f"hint: the next run tries again; rm -r {folder} ends that, not what is in the cluster")
            return False
    shutil.rmtree(folder, ignore_errors=True)
    say(f"a run of {page} was killed: ended {ended} of its processes, removed its folder")
    return True


def clean_up(folder: Path, content: dict[str, Any]) -> list[str]:
    """Run a killed page's clean-up steps as it would have, each once; returns what went wrong and what is left."""
    env, said = content["env"], []
    mine = dict(content["mine"])
    context, namespace = mine.pop("context"), mine.pop("namespace")
    kubectl = Kubectl({**os.environ, **mine}, context, namespace)
    if namespace and not kubectl.read("get", "namespace", namespace, "--ignore-not-found", "-o", "name"):
        return []  # Gone, and all of the page with it.
    known = newest(folder / STATE)
    programs = content["programs"]
    around = unconfined() if programs is None else sandbox(folder, programs)
    for planned in content["steps"]:
        place = Position(planned["path"], planned["line"])
        step = Step(
            StepKind.RUN,
            place,
            planned["code"],
            timeout=planned["timeout"],
            exit_status=planned["exit_status"],
        )
        shell = Shell(folder, folder / "work", env, known, around)
        try:
            ended = shell.run(step, step.timeout)
        finally:
            shell.close()
        if ended.status != step.exit_status:
            result = ended_result(step, ended)
            said += [failure_text(failure, result) for failure in [result.failure] if failure]
    try:
        left = leftovers(kubectl, frozenset(content["before"]), SETTLE_SECONDS, content["left_behind"])
    except EnvironmentFault as error:
        return [*said, f"what it left in the cluster is unknown: {error}"]
    if left:
        said += [f"it left {len(left)} objects in the cluster\nhint: remove them:\n{removal(left)}"]
    return said


def _planned(folder: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def end_processes(folder: Path) -> int:
    """End every process that got its temporary folder from this page, and say how many there were."""
    found = processes_of(folder)
    end_all(lambda: processes_of(folder), GRACE_SECONDS)
    return len(found)


def processes_of(folder: Path) -> list[Process]:
    """The processes whose environment is this page's: a page gives all it starts a `TMPDIR` of its own."""
    return [process for process, value in with_variable("TMPDIR") if value == str(folder / "tmp")]
