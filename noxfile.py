"""The project's commands. `./nox -l` is the table of contents; what follows `--` goes to the program run."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import nox

if TYPE_CHECKING:
    from collections.abc import Iterator

nox.needs_version = ">=2025.11"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "tests", "docs"]

LOCKS = Path("tools/locks")
ENVIRONMENTS = {
    "run": (),
    "docs": ("docs",),
    "tests": ("docs", "test"),
    "lint": ("docs", "test", "lint"),
    "properdocs": ("docs", "properdocs"),
    "zensical": ("docs", "zensical"),
}
"""The dependency groups that are locked together, beside the run-time packages."""
PLUGIN = "tools/packaging/kubectl-dynamo"
"""The distribution `kubectl-dynamo`, on which this one depends."""
PYPROJECTS = ("pyproject.toml", f"{PLUGIN}/pyproject.toml")
SOAK = nox.project.load_toml("tests/soak/parts.toml")
UNIT = "not (soak or cluster or image or browser or apiserver)"
SHOWN_BELOW = 80
"""Per cent of lines that tests reach."""
SOAK_SECONDS = 45 * 60
ALIKE = ("docs-test", "validate", "tools", "intake", "report", "linkcheck")
"""Sessions that need the same packages: the first one of them that is run makes the environment of all."""
TICK = 15.0
"""Seconds between two lines that say that an installation is not finished."""
WAITING = 4
"""Processes of tests beyond one for each core: those with a cluster, containers or a browser mostly wait."""


def _share(names: tuple[str, ...], folder: Path = Path(".nox")) -> None:
    """Let sessions that need the same packages have one environment, as soon as one of them has made it."""
    made = next((name for name in names if (folder / name / "installed").is_file()), None)
    for link in (folder / name for name in names):
        with suppress(OSError):  # Another nox does the same; or links cannot be made here: then it has its own.
            if link.is_symlink() and not link.exists():
                link.unlink()  # Its target was removed.
            if made and not link.exists():
                link.symlink_to(made)


if Path(sys.argv[0]).stem == "nox":  # Tests load this file, too.
    _share(ALIKE)


@contextmanager
def _said(session: nox.Session, what: str) -> Iterator[None]:
    """Say what is done, then every few seconds that it is not finished, and how long it took."""
    began, ended = time.monotonic(), threading.Event()

    def tick() -> None:
        while not ended.wait(TICK):
            session.log(f"{what}: {time.monotonic() - began:.0f} s so far")

    session.log(f"{what}: once, then it is reused (about a minute, longer on a slow network)")
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
    session.log(f"{what}: done in {time.monotonic() - began:.0f} s")


def _install(session: nox.Session, environment: str = "run") -> None:
    """Install the packages of an environment as they are locked, and the project, editable."""
    virtualenv = Path(session.virtualenv.location)
    lock = LOCKS / f"{environment}.txt"
    wanted = "\n".join(file.read_text(encoding="utf-8") for file in (lock, *(Path(one) for one in PYPROJECTS)))
    installed = virtualenv / "installed"
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return
    packages = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    with _said(session, f"installing {packages} packages of {lock}"):
        session.install("--quiet", "--require-hashes", "-r", str(lock))
        session.install("--quiet", "--no-deps", "--no-build-isolation", "-e", PLUGIN, "-e", ".")
    installed.write_text(wanted, encoding="utf-8")


def _run_patiently(session: nox.Session, *command: str) -> None:
    """Run a program that ends on Ctrl-C what it started: nox kills others half a second after it."""
    session.run(*command, interrupt_timeout=None)


def _without_provision(session: nox.Session, *extra: str) -> list[str]:
    """Run the provisioner when `--provision` is among the arguments; return the arguments left."""
    given = list(session.posargs)
    if "--provision" not in given:
        return given
    yes = ["--yes"] if "--yes" in given else []
    session.run("python", "-m", "kind_cluster", "provision", *extra, *yes)
    return [word for word in given if word not in ("--provision", "--yes")]


@nox.session(name="docs-test")
def docs_test(session: nox.Session) -> None:
    """Run the tutorials, word for word, in a kind cluster (pages as arguments: only those; or list, lint ...)."""
    _install(session)
    _run_patiently(session, "docs-test", *_with_command(session.posargs))


def _with_command(words: list[str]) -> list[str]:
    """The words of docs-test's command line: those that name no command are pages and options of `run`."""
    # A page has a dot in its name, an option begins with a dash. Help is that of all commands, not of `run`.
    first = "".join(words[:1])
    named = first.isalpha() or first in ("-h", "--help", "--version")
    return [*words] if named else ["run", *words]


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests side by side; with arguments of pytest: only what they select."""
    _install(session, "tests")
    arguments = _without_provision(session, "--for-tests")
    if arguments:
        _run_patiently(session, "pytest", *arguments)
        return
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-tests-", ignore_cleanup_errors=True) as folder:
        _run_patiently(session, "pytest", "-q", *_side_by_side(folder, WAITING))


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """Run all tests as `tests` does, and print their coverage. Python 3.11 takes twice the time for it."""
    _install(session, "tests")
    _without_provision(session, "--for-tests")
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-tests-", ignore_cleanup_errors=True) as folder:
        session.env["COVERAGE_FILE"] = f"{folder}/.coverage"
        if sys.version_info >= (3, 12):
            session.env["COVERAGE_CORE"] = "sysmon"  # Costs next to nothing; 3.11 has a slower one alone.
        _run_patiently(session, "coverage", "run", "-m", "pytest", "-q", *_side_by_side(folder, WAITING))
        session.run("coverage", "combine", "--quiet")
        session.run("coverage", "json", "--quiet", "-o", f"{folder}/coverage.json")
        if (measured := Path(folder, "coverage.json")).exists():  # Not with --install-only.
            _print_coverage(measured)


def _print_coverage(file: Path) -> None:
    """The share of all lines that pytest's own processes reached, and of each file below 80 %."""
    measured = json.loads(file.read_text(encoding="utf-8"))
    shares = {name: one["summary"]["percent_covered"] for name, one in measured["files"].items()}
    for name, share in sorted(shares.items(), key=lambda pair: pair[1]):
        if share < SHOWN_BELOW:
            print(f"{share:4.0f} %  {name}")
    print(f"{measured['totals']['percent_covered']:4.1f} %  of tools/, less what runs in other processes alone")


def _side_by_side(folder: str, more: int) -> list[str]:
    """Pytest's options for several processes, so many more than cores (tests/support/parallel.py)."""
    processes = (
        "--numprocesses",
        str((os.cpu_count() or 1) + more),
        "--dist",
        "loadgroup",
        "--no-loadscope-reorder",
    )
    return [*processes, f"--basetemp={folder}/tests"]


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], default=False)
def unit(session: nox.Session) -> None:
    """Run the tests without Docker, browser and API server, on each Python there is (`unit-3.14`: on that one)."""
    _install(session, "tests")
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-unit-", ignore_cleanup_errors=True) as folder:
        _run_patiently(session, "pytest", "-q", "-m", UNIT, *_side_by_side(folder, 0), *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure validation, steps, the build, reading and starts beside others that do the same; hold the ratios."""
    _install(session, "tests")
    session.run("python", "tests/bench/site.py")
    session.run("python", "tests/bench/start.py", env={"PYTHONPATH": "tests"})
    session.run("python", "tests/bench/reading.py", env={"PYTHONPATH": "tests"})
    session.run("python", "tests/bench/steps.py", env={"PYTHONPATH": "tests"})
    session.run("python", "tests/bench/discovery.py", env={"PYTHONPATH": "tests"})
    session.run("python", "tests/bench/validate.py", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def soak(session: nox.Session) -> None:
    """Run one part of the long tests (`-- PART`), each at most 45 minutes; without a part: list them."""
    parts = [word for word in session.posargs if not word.startswith("-")]
    if len(parts) != 1 or parts[0] not in SOAK:
        for name, part in SOAK.items():
            session.log(f"{name:14} about {part['minutes']:2} min: {part['does']}")
        if parts:
            session.error(f"{' '.join(parts)!r}: expected one of {', '.join(SOAK)}")
        return
    _install(session, "tests")
    arguments = [word for word in _without_provision(session, "--for-tests") if word != parts[0]]
    limit = f"--session-timeout={SOAK_SECONDS}"
    _run_patiently(session, "pytest", "-m", f"soak(part={parts[0]!r})", limit, *arguments)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into site/, strictly, and check its links; `-- serve` serves it and rebuilds on change."""
    _install(session, "docs")
    session.env["NO_MKDOCS_2_WARNING"] = "1"  # Material's banner about another project's plans.
    if session.posargs[:1] == ["serve"]:
        session.run("mkdocs", "serve", "--strict", *session.posargs[1:])
    else:
        # Pages say when their manifests were validated.
        report = ("--format", "json", "--output", "build/validation.json")
        session.run("docs-test", "validate", "--no-advice", *report)
        session.run("mkdocs", "build", "--strict", *session.posargs)
        session.run("python", "-m", "docs_site")
        session.run("python", "-m", "plain_english", "--reading", "build/reading.json")


@nox.session
def tools(session: nox.Session) -> None:
    """Make the plugin and the validator as files to download, which the next `-s docs` puts into the site."""
    _install(session)
    session.run("python", "-m", "docs_site.downloads", *session.posargs)


@nox.session
@nox.parametrize("engine", ["properdocs", "zensical"])
def engines(session: nox.Session, engine: str) -> None:
    """Build the same mkdocs.yml with another engine, and compare headings and blocks of all pages with ours."""
    _install(session, engine)
    session.env["NO_MKDOCS_2_WARNING"] = session.env["DISABLE_MKDOCS_2_WARNING"] = "1"
    session.run("python", "tests/engines/compare.py", engine, *session.posargs)


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Ask every other host that the built site links to (needs the internet; run at night)."""
    _install(session)
    session.run("python", "-m", "docs_site.build.outside")


@nox.session
def validate(session: nox.Session) -> None:
    """Check the manifests of pages and examples as an API server with Dynamo would (paths: only those)."""
    _install(session)
    session.run("docs-test", "validate", *session.posargs)


@nox.session
def intake(session: nox.Session) -> None:
    """Report what a new release changes, and what of this project that touches (`-- 1.8.0 --wheel ...`)."""
    _install(session)
    session.run("python", "-m", "dynamo_docs", "intake", *session.posargs)


@nox.session
def report(session: nox.Session) -> None:
    """Put results files of runs together, as a summary and as annotations for GitHub."""
    _install(session)
    session.run("docs-test", "report", *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """Keep what planners did in a run (`-- build/docs-test/results.json`), for the site's pictures of it."""
    _install(session, "docs")
    session.run("python", "-m", "docs_site.scaling", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and spelling, the pages' fences, all manifests, and the workflows."""
    _install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("codespell")
    session.run("python", "-m", "plain_english")
    session.run("docs-test", "lint")
    session.run("docs-test", "validate", "--no-advice")
    session.run("python", "-m", "kind_cluster", "lint-workflows")
    session.run("zizmor", "--offline", "--quiet", ".github")


@nox.session
def lock(session: nox.Session) -> None:
    """Write tools/locks anew from pyproject.toml (`-- --upgrade`: with the newest of what is not pinned there)."""
    session.install("--quiet", "--require-hashes", "-r", str(LOCKS / "lock.txt"))
    options = ("--quiet", "--universal", "--generate-hashes", "--python-version", "3.11.5")
    for name, groups in ENVIRONMENTS.items():
        chosen = [word for group in ("build", *groups) for word in ("--group", group)]
        file = ("--output-file", str(LOCKS / f"{name}.txt"), "pyproject.toml")
        command = ("uv", "pip", "compile", *options, "--no-emit-package", "kubectl-dynamo", *chosen, *file)
        session.run(*command, *session.posargs, silent=True)
    for name in ("nox", "lock", "peers", "aiperf"):
        file = ("--output-file", str(LOCKS / f"{name}.txt"))
        session.run("uv", "pip", "compile", *options, "--group", name, *file, *session.posargs, silent=True)
