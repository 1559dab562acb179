"""`docs-test validate`: manifests of files and pages, checked without a cluster."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.cli import output
from docs_test.manifests.collect import PAGE_SUFFIX, STDIN, SUFFIXES, manifests
from docs_test.manifests.manifest import Form
from docs_test.ports.settings import FILE as CONFIG
from docs_test.ports.settings import product_of_manifests
from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.base.problems import Problem, Stage
from groundwork.base.wording import counted
from groundwork.reporting.report import Report
from kube_manifests.cel import presence
from kube_manifests.check import Item, Part, Validator
from kube_manifests.structure import engines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from docs_test.manifests.collect import Manifests
    from docs_test.manifests.manifest import Manifest
    from docs_test.ports.manifests import Checks
    from groundwork.base.positions import Position


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    if (options.kubeconfig or options.context) and not options.from_cluster:
        raise UserError("--kubeconfig and --context need --from-cluster")
    if not options.paths and not (Path(options.root) / CONFIG).is_file():
        raise UserError(
            f"no path is named, and {str(Path(options.root).resolve())!r} has no {CONFIG} with pages to check",
            hint="name files, folders or Markdown pages, or - for standard input",
        )
    checks = _checks(options)
    validator = Validator(checks.schemas, checks.rules, engines.named(options.engine))
    found = manifests(options.root, options.paths)
    for error in found.errors:
        raise error
    problems = [replace(problem, code="unreadable") for problem in found.problems]
    problems += [_left_out(position, reason) for position, reason in found.left_out]
    read: set[str] = set()
    for texts in _together(found.texts):
        items: list[Item] = []
        for text in texts:
            own = list(_items(text))
            items += own
            read |= {position.file for position in _positions(text)} if own else set()
        problems += validator.check(items)
    told = {one.file for problem in problems for one in (problem.position, *problem.position.via)}
    _require_something(found, read | told)
    notes = _unchecked(problems)
    problems = [problem for problem in problems if problem.code != presence.CODE]
    kept = [problem for problem in problems if problem.counts or not options.no_advice]
    kept.sort(key=lambda problem: (problem.position, problem.path, problem.code, problem.fact))
    files = {position.file for text in found.texts for position in (text.position, *text.shown_at)}
    files |= {problem.position.file for problem in kept}
    once = {(problem, problem.position.via): problem for problem in kept}
    made = Report(
        rules=checks.name,
        files=tuple(sorted(files)),
        documents=validator.checked,
        problems=tuple(once.values()),
        command="docs-test validate",
        noun="manifest",
        pages=tuple(sorted(file for file in files if file.endswith(PAGE_SUFFIX))),
        notes=notes,
    )
    output.write(made, options.format, options.output)
    return ExitStatus.FAILED if made.errors else ExitStatus.OK


def _unchecked(problems: Iterable[Problem]) -> tuple[str, ...]:
    """The rules that were not run because there is no engine for them, each once, below the reason."""
    places = Counter(problem.fact for problem in problems if problem.code == presence.CODE)
    if not places:
        return ()
    head = f"not checked: {counted(len(places), 'rule')} of the schemas, because {presence.why_absent()}"
    return (head, *(f"  {fact} ({counted(number, 'place')})" for fact, number in sorted(places.items())))


def _require_something(found: Manifests, read: set[str]) -> None:
    """Hold that each path had something to check: "no error" of nothing would be no answer.

    Raises:
        UserError: one had not.
    """
    for path, files in found.sources.items():
        if files & read:
            continue
        if path == STDIN:
            hint = "did the command before the | print anything?"
            raise UserError("nothing to check on standard input", hint=hint)
        if Path(path).suffix in SUFFIXES:
            hint = "a file that is for something else than kubectl says so: # no manifest: REASON"
            raise UserError(f"nothing to check in {path!r}: it has no document", hint=hint)
        raise UserError(f"nothing to check in {path!r}: no manifest is in any file there")


def _positions(text: Manifest) -> Iterable[Position]:
    """Where a text stands, and what includes that."""
    lines = (line.position for line in text.lines or ())
    return (position for inner in (text.position, *lines) for position in (inner, *inner.via))


def _together(texts: Iterable[Manifest]) -> Iterable[list[Manifest]]:
    """Texts that are applied together: what one page shows, or one file holds."""
    groups: dict[str, list[Manifest]] = {}
    for text in texts:
        groups.setdefault((*text.shown_at, text.position)[0].file, []).append(text)
    return groups.values()


def _items(text: Manifest) -> Iterable[Item]:
    if text.form is Form.FRAGMENT:
        kind, _, version = text.of.partition("/")
        part = Part(kind, version, text.at, text.under)
        yield from (Item(document, part) for document in text.documents())
    else:
        for document in text.documents():
            yield Item(document) if text.whole else Item(replace(document, value=None))


def _left_out(position: Position, reason: str) -> Problem:
    return Problem(position, f"not checked: {reason}", code="not-checked", stage=Stage.ADVICE)


def _checks(options: argparse.Namespace) -> Checks:
    rules = product_of_manifests(options.root, options.product).manifests
    if options.crds:
        return rules.of_folder(options.crds, options)
    if options.from_cluster:
        return rules.of_cluster(_crds_of_cluster(options), options)
    return rules.own(options)


def _crds_of_cluster(options: argparse.Namespace) -> dict[str, object]:
    from groundwork.kube.kubectl import Kubectl, KubectlFault  # noqa: PLC0415 - one file in a blink needs none

    kubectl = Kubectl(os.environ, options.context or "", kubeconfig=str(options.kubeconfig or ""))
    try:
        return kubectl.json("get", "crd", "-o", "json", "--request-timeout=30s", timeout=None)
    except KubectlFault as error:
        raise EnvironmentFault(f"--from-cluster: {error.fact}", hint=error.hint or "kubectl get crd") from None
