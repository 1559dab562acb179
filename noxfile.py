"""The project's commands. `./nox -l` is the table of contents; what follows `--` goes to the program run."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.11"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "tests", "docs"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def _install(session: nox.Session, *groups: str) -> None:
    """Install the project (editable) and the named dependency groups; all versions are pinned there."""
    session.install("--quiet", "-e", ".", *nox.project.dependency_groups(PYPROJECT, *groups))


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
    """Run the tutorials, word for word, in a kind cluster (pages as arguments: only those)."""
    _install(session)
    session.run("docs-test", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests: parser, runner, stand-in, site, and the breakages in a kind cluster."""
    _install(session, "test", "docs")
    arguments = _without_provision(session, "--for-tests")
    session.run("pytest", *arguments)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure validation beside its peers, and the site's build beside bare Material; hold the ratios."""
    _install(session, "test", "docs")
    session.run("python", "tests/bench/site.py")
    session.run("python", "tests/bench/validate.py", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def soak(session: nox.Session) -> None:
    """Run the long tests: repeats, interruptions, kills at random moments, many random cases (an hour or more)."""
    _install(session, "test", "docs")
    arguments = _without_provision(session, "--for-tests")
    session.run("pytest", "-m", "soak", *arguments)


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


@nox.session
@nox.parametrize("engine", ["properdocs", "zensical"])
def engines(session: nox.Session, engine: str) -> None:
    """Build the same mkdocs.yml with another engine, and compare headings and blocks of all pages with ours."""
    _install(session, "docs", engine)
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
def report(session: nox.Session) -> None:
    """Put results files of runs together, as a summary and as annotations for GitHub."""
    _install(session)
    session.run("docs-test", "report", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and spelling, the pages' fences, all manifests, and the workflows."""
    _install(session, "docs", "test", "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("codespell")
    session.run("docs-test", "--lint")
    session.run("docs-test", "validate", "--no-advice")
    session.run("python", "-m", "kind_cluster", "lint-workflows")
    session.run("zizmor", "--offline", "--quiet", ".github/workflows")
