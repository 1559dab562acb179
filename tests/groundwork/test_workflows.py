"""The workflows: what actionlint and zizmor do not know of this project's rules."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest
import yaml

from docs_test.times import history
from dynamo_api import releases
from groundwork.base.paths import root
from groundwork.base.versions import version
from groundwork.system.progress import Progress
from kind_cluster.tools import actionlint
from mock_platform import gates

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((root() / ".github" / "workflows").glob("*.yml"))
ACTION = root() / ".github" / "actions" / "nox" / "action.yml"
OWN = "./.github/actions/nox"
LABELLED = "run-gpu"
MOST_MINUTES = 45
"""Of a part of the long tests."""


def workflow(path: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in FILES:
        for name, job in workflow(path)["jobs"].items():
            yield f"{path.stem}:{name}", job


def steps() -> Iterator[dict[str, Any]]:
    for _, job in jobs():
        yield from job["steps"]


def commands(step: dict[str, Any]) -> str:
    """What a step runs: shell code, or nox by the action."""
    if step.get("uses") == OWN:
        return f"./nox {step['with']['arguments']}"
    return str(step.get("run", ""))


def on_gpus(job: dict[str, Any]) -> bool:
    return "self-hosted" in job["runs-on"]


def test_there_is_one_for_each_occasion() -> None:
    assert [path.stem for path in FILES] == ["gpu", "nightly", "publish", "pull-request"]


@pytest.mark.parametrize("path", [*FILES, ACTION], ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if "uses:" in line and not line.endswith(f"uses: {OWN}"):
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v[0-9.]+$", line), line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_right_is_granted_to_all_jobs_and_no_secret_is_read(path: Path) -> None:
    assert workflow(path)["permissions"] == {}
    assert "secrets." not in path.read_text(encoding="utf-8")


def test_only_publishing_and_the_label_may_write() -> None:
    writing = {name for name, job in jobs() if "write" in job.get("permissions", {}).values()}
    assert writing == {"publish:deploy", "gpu:withdraw"}
    for name, job in jobs():
        if name in writing:
            assert not any("checkout" in step.get("uses", "") for step in job["steps"]), "no code beside the right"


def test_gpus_are_behind_an_environment_and_for_main_or_the_label() -> None:
    found = {name: job for name, job in jobs() if on_gpus(job)}
    assert set(found) == {"gpu:main", "gpu:pull-request"}
    assert all(job["environment"].startswith("gpu-") for job in found.values())
    assert all({"gpu"} < set(job["runs-on"]) for job in found.values()), "the label gpu, and the model's"
    assert "github.ref == 'refs/heads/main'" in found["gpu:main"]["if"]
    condition = found["gpu:pull-request"]["if"]
    assert "github.event.action == 'labeled'" in condition
    assert f"github.event.label.name == '{LABELLED}'" in condition, "the label that was just set, not one it has"


def test_a_push_takes_the_label_off() -> None:
    gpu = workflow(root() / ".github" / "workflows" / "gpu.yml")
    assert set(gpu[True]["pull_request_target"]["types"]) == {"labeled", "synchronize", "reopened"}
    (step,) = gpu["jobs"]["withdraw"]["steps"]
    assert f"--remove-label {LABELLED}" in step["run"]
    assert "labeled" not in gpu["jobs"]["withdraw"]["if"].replace("!= 'labeled'", "")


def test_another_label_does_not_end_the_run_on_the_gpus() -> None:
    """A run whose jobs are all skipped would cancel the one under way, if it were of the same group."""
    gpu = workflow(root() / ".github" / "workflows" / "gpu.yml")
    assert gpu["concurrency"]["cancel-in-progress"]
    assert gpu["concurrency"]["group"].endswith(f"-${{{{ github.event.label.name || '{LABELLED}' }}}}")


def test_a_run_with_nothing_to_run_is_reported_without_a_fault() -> None:
    """Pages that were not touched, or fewer pages than shards: no results file is written."""
    partial = [
        [commands(step) for step in job["steps"] if "-s report" in commands(step)]
        for _, job in jobs()
        if any(re.search("--(only-changed|shard)|shards/", commands(step)) for step in job["steps"])
    ]
    assert len(partial) == 4
    assert all("--allow-none" in report for reports in partial for report in reports)
    assert all(partial)


def test_the_gpu_runner_runs_the_tools_of_main() -> None:
    job = workflow(root() / ".github" / "workflows" / "gpu.yml")["jobs"]["pull-request"]
    checkouts = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert [step["with"]["ref"] for step in checkouts] == ["refs/heads/main"]
    text = "\n".join(step.get("run", "") for step in job["steps"])
    assert "proposed_pages.py" in text
    assert "git checkout" not in text
    assert "git merge" not in text


def test_no_token_is_left_beside_code_and_no_expression_in_a_shell() -> None:
    for step in steps():
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", ""), "an expression in a shell is an injection"


def test_what_is_published_is_built_from_no_cache() -> None:
    cached = {
        name
        for name, job in jobs()
        for step in job["steps"]
        if "actions/cache" in step.get("uses", "") or step.get("with", {}).get("cached")
    }
    assert cached
    assert all(name.startswith("pull-request:") for name in cached)


def test_results_of_pull_requests_are_not_published() -> None:
    job = workflow(root() / ".github" / "workflows" / "gpu.yml")["jobs"]["pull-request"]
    assert not any("upload-artifact" in step.get("uses", "") for step in job["steps"])
    text = (root() / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    assert "--event schedule" in text, "a pull request's branch may be called main, too"


def test_all_variants_run_at_night_and_pull_requests_run_those_of_changed_pages() -> None:
    """A run of all tutorials leaves variants out unless it says otherwise."""
    chosen: dict[str, list[str]] = {}
    for name, job in jobs():
        runs = [commands(step) for step in job["steps"] if "-s docs-test" in commands(step)]
        if runs:
            chosen[name] = [match for run in runs for match in re.findall(r"--variants (\w+)", run)]
    assert chosen == {
        "gpu:main": ["all"],
        "gpu:pull-request": [],  # Of changed pages alone, that is the default.
        "nightly:gated": ["all"],
        "nightly:helm": ["all"],
        "nightly:releases": ["all"],
        "publish:tutorials": ["all"],
        "pull-request:gated": ["first"],  # Where the gate's code changed; else of changed pages alone.
        "pull-request:tutorials": ["changed"],
    }
    for name in ("nightly", "publish", "gpu"):
        assert "schedule" in workflow(root() / ".github" / "workflows" / f"{name}.yml")[True]


def test_what_serves_another_version_of_requests_runs_the_tutorials_there() -> None:
    """A pull request runs its own pages in that mode, and all where it changes what serves the version."""
    gated = workflow(root() / ".github" / "workflows" / "pull-request.yml")["jobs"]["gated"]
    (look,) = (step for step in gated["steps"] if step.get("id") == "gate")
    paths = re.findall(r"tools/[\w/.]+", look["run"])
    assert "tools/mock_platform/gates.py" in paths
    assert all((root() / path).exists() for path in paths), "a path that is gone never changes"
    every, changed = (step for step in gated["steps"] if f"{gates.SEARCH_VERSION}=true" in commands(step))
    assert (every["if"], changed["if"]) == (
        "steps.gate.outputs.changed == 'true'",
        "steps.gate.outputs.changed != 'true'",
    )
    assert "--only-changed" in commands(changed)
    night = workflow(root() / ".github" / "workflows" / "nightly.yml")["jobs"]["gated"]
    assert any(f"{gates.SEARCH_VERSION}=true --variants all" in commands(step) for step in night["steps"])
    reports = [commands(step) for job in (gated, night) for step in job["steps"] if "-s report" in commands(step)]
    assert len(reports) == 2
    assert all(f"build/docs-test/{gates.SEARCH_VERSION}/results.json" in report for report in reports)


def test_the_nights_run_the_tutorials_with_every_other_runtime() -> None:
    night = workflow(root() / ".github" / "workflows" / "nightly.yml")["jobs"]["releases"]
    others = [row.name for row in releases.run_here() if row.name != version("dynamo.runtime")]
    assert night["strategy"]["matrix"]["release"] == others
    runs = [commands(step) for step in night["steps"] if "-s docs-test" in commands(step)]
    assert ["--dynamo ${{ matrix.release }}" in run for run in runs] == [True]


def histories() -> dict[str, set[str]]:
    """Names of the histories of each job on GitHub's machines that runs tutorials; "" for one without."""
    return {
        name: {
            str(step.get("with", {}).get("history", ""))
            for step in job["steps"]
            if "-s docs-test" in commands(step)
        }
        for name, job in jobs()
        if not on_gpus(job) and any("-s docs-test" in commands(step) for step in job["steps"])
    }


def test_times_of_pages_are_carried_from_run_to_run_under_a_name_for_each_environment() -> None:
    found = histories()
    assert all(len(names) == 1 and "" not in names for names in found.values()), found
    of_main = [next(iter(names)) for job, names in found.items() if not job.startswith("pull-request:")]
    assert len(of_main) == len(set(of_main)), "jobs that run at the same time would take turns in writing one"
    compared = {name for job, names in found.items() if job.startswith("pull-request:") for name in names}
    assert compared <= set(of_main), "a pull request is compared with what main took"
    assert len(compared) == 2


def test_only_main_writes_what_others_are_compared_with() -> None:
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    restore, *_, save = [step for step in action["runs"]["steps"] if "history" in str(step.get("if", ""))]
    assert restore["uses"].partition("@")[0] == "actions/cache/restore"
    assert save["uses"].partition("@")[0] == "actions/cache/save"
    assert "github.ref == 'refs/heads/main'" in save["if"]
    assert "always()" in save["if"], "pages that passed have times, whatever failed"
    where = {"path": f"build/docs-test/**/{history.NAME}", "key": restore["with"]["key"]}
    assert save["with"] == where
    assert restore["with"] == {**where, "restore-keys": restore["with"]["key"].partition("${{ github.run_id")[0]}
    steps_ = action["runs"]["steps"]
    run = next(number for number, step in enumerate(steps_) if "./nox" in step.get("run", ""))
    assert steps_.index(restore) < run < steps_.index(save)


def test_every_session_named_is_there() -> None:
    text = (root() / "noxfile.py").read_text(encoding="utf-8")
    sessions = re.findall(r'^def (\w+)\(session|name="([\w-]+)"', text, re.MULTILINE)
    known = {name for pair in sessions for name in pair}
    named = {name for step in steps() for name in re.findall(r"\./nox .*?-s ([\w-]+)", commands(step))}
    named = {name.removesuffix("-") for name in named}
    assert named
    assert named <= known


@pytest.mark.parametrize(
    ("words", "run"),
    [
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        (["lint", "docs/a.md"], ["lint", "docs/a.md"]),
        ([], ["run"]),
        (["docs/a.md"], ["run", "docs/a.md"]),
        (["--keep", "docs/a.md"], ["run", "--keep", "docs/a.md"]),
    ],
)
def test_nox_hands_commands_and_help_to_docs_test_and_all_else_to_its_run(
    words: list[str], run: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nox", MagicMock())  # It is not in the environment of the tests.
    found = runpy.run_path(str(root() / "noxfile.py"))
    assert found["_with_command"](words) == run


def test_actionlint_finds_a_mistake_and_none_in_ours(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert actionlint(Progress(), *FILES), capfd.readouterr().out
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(FILES[0].read_text().replace("${{ github.token }}", "${{ github.tokenn }}"))
    assert not actionlint(Progress(), wrong)
    assert 'property "tokenn" is not defined' in capfd.readouterr().out


def test_nox_runs_as_root_where_it_sets_the_machine_up() -> None:
    for step in steps():
        if step.get("uses") == OWN:
            assert step["with"].get("as-root", False) is ("--provision" in step["with"]["arguments"])


def test_the_nights_run_every_part_of_the_long_tests() -> None:
    parts = tomllib.loads((root() / "tests" / "soak" / "parts.toml").read_text(encoding="utf-8"))
    night = workflow(root() / ".github" / "workflows" / "nightly.yml")["jobs"]["soak"]
    assert night["strategy"]["matrix"]["part"] == list(parts)
    assert all(part["minutes"] <= MOST_MINUTES for part in parts.values())
    assert night["timeout-minutes"] > MOST_MINUTES


@pytest.fixture
def noxfile(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setitem(sys.modules, "nox", MagicMock())  # It is not in the environment of the tests.
    return runpy.run_path(str(root() / "noxfile.py"))


def test_sessions_with_the_same_packages_share_an_environment(noxfile: dict[str, Any], tmp_path: Path) -> None:
    share, names = noxfile["_share"], ("docs-test", "validate", "tools")
    share(names, tmp_path)
    assert list(tmp_path.iterdir()) == [], "none has been made yet"
    (tmp_path / "validate").mkdir()
    share(names, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["validate"], "it is not finished"
    (tmp_path / "validate" / "installed").touch()
    (tmp_path / "tools").mkdir()
    share(names, tmp_path)
    assert (tmp_path / "docs-test").readlink() == Path("validate")
    assert not (tmp_path / "tools").is_symlink(), "one that is there stays"
    shutil.rmtree(tmp_path / "validate")
    share(names, tmp_path)
    assert not (tmp_path / "docs-test").is_symlink(), "a link to nothing would keep nox from making one"


def test_the_sessions_that_share_need_only_what_a_run_needs(noxfile: dict[str, Any]) -> None:
    text = (root() / "noxfile.py").read_text(encoding="utf-8")
    bodies = re.split(r"^@nox\.session", text, flags=re.MULTILINE)[1:]
    alike = {
        (re.search(r'name="([\w-]+)"', body) or re.search(r"def (\w+)", body))[1]
        for body in bodies
        if "_install(session)\n" in body
    }
    assert alike == set(noxfile["ALIKE"])


def test_a_long_installation_says_that_it_goes_on(noxfile: dict[str, Any]) -> None:
    session = MagicMock()
    noxfile["_said"].__wrapped__.__globals__["TICK"] = 0.01
    with noxfile["_said"](session, "installing 3 packages"):
        deadline = time.monotonic() + 60
        while session.log.call_count < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    said = [call.args[0] for call in session.log.call_args_list]
    assert said[0].startswith("installing 3 packages: once, then it is reused")
    assert said[1].endswith(" s so far")
    assert re.fullmatch(r"installing 3 packages: done in \d+ s", said[-1])


def test_pull_requests_run_the_unit_tests_on_every_python_of_the_noxfile() -> None:
    text = (root() / "noxfile.py").read_text(encoding="utf-8")
    (pythons,) = re.findall(r"@nox\.session\(python=(\[[^]]*\])[^)]*\)\ndef unit\(", text)
    unit = workflow(root() / ".github" / "workflows" / "pull-request.yml")["jobs"]["unit"]
    assert unit["strategy"]["matrix"]["python"] == json.loads(pythons)
