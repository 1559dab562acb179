"""The way of a document through all stages, as an API server takes it; findings at their positions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from groundwork.base.errors import UserError
from groundwork.base.field_paths import dotted
from groundwork.text.documents import expand, position_of
from groundwork.text.model import Document, Finding, Problem, Stage
from kube_manifests.cel import cel
from kube_manifests.schemas.schemas import identity
from kube_manifests.structure import structure
from kube_manifests.structure.fragments import check_fragment, parse
from kube_manifests.structure.other_version import hinted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groundwork.base.field_paths import Path
    from kube_manifests.schemas.schemas import SchemaSet


@dataclass(frozen=True, slots=True)
class Part:
    """A document that is a part of a manifest: which one, and where in it."""

    kind: str
    version: str
    """`v1beta1`; the group is the product's (`ProductRules.group`)."""
    at: str
    """`$.spec.sla`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to check."""

    document: Document
    part: Part | None = None
    """None: a whole manifest."""


class ProductRules(Protocol):
    """What a product asks of its objects beside their schemas."""

    @property
    def group(self) -> str:
        """The API group of its kinds."""

    def refused(self, item: Any) -> list[Problem]:
        """What its admission refuses of an object; none of a kind that is not the product's."""

    def advice(self, items: Sequence[Any]) -> Iterable[tuple[int, Problem]]:
        """What is accepted, yet perhaps not meant, of objects that belong together: index and problem.

        An item is None where the object could not be known.
        """


@dataclass(slots=True)
class Validator:
    """Checks documents against one set of schemas, and the rules of one product."""

    schemas: SchemaSet
    rules: ProductRules
    checked: int = field(default=0, init=False)
    """How many manifests and parts of manifests it has checked."""

    def check(self, items: Iterable[Item]) -> list[Finding]:
        """What is wrong with the manifests that belong together: those of one file, or of one page.

        A List is taken apart. Findings are in the order of the documents, by path within each.
        """
        findings: list[Finding] = []
        whole: list[tuple[Document, Any]] = []
        for item in items:
            if item.part is not None:
                self.checked += 1
                findings += self._part(item.document, item.part)
                continue
            for document in expand(item.document):
                self.checked += 1
                value, problems = self._whole(document)
                whole.append((document, value))
                findings += _findings(document, problems)
        for index, problem in self.rules.advice([value for _, value in whole]):
            findings += _findings(whole[index][0], [problem])
        return findings

    def _whole(self, document: Document) -> tuple[Any, list[Problem]]:
        """The object as an API server would keep it, where it can be known, and its problems."""
        problems = list(document.problems)
        if document.value is None:
            return None, problems
        named = identity(document.value)
        if isinstance(named, list):
            return None, [*problems, *named]
        schema = self.schemas.find(*named)
        if schema is None:
            return None, [*problems, self.schemas.explain(*named) or _not_checked(*named)]
        value, found = structure.check(document.value, schema)
        problems += hinted(found, schema, self.schemas)
        if schema.rules is not None:
            problems += cel.check(value, schema.rules())
        around = [problem.path for problem in problems]
        refused = self.rules.refused(value)
        problems += [one for one in refused if not _told(one.path, around)]
        return value, _without_consequences(problems)

    def _part(self, document: Document, part: Part) -> list[Finding]:
        problems = list(document.problems)
        schema = self.schemas.find(f"{self.rules.group}/{part.version}", part.kind)
        if schema is None:
            missing = self.schemas.explain(f"{self.rules.group}/{part.version}", part.kind)
            fact = missing.fact if missing else f"there is no kind {part.kind!r}"
            hint = missing.hint if missing else ""
            return [Finding(document.position, "", "fragment", fact, Stage.READ, hint)]
        if document.value is None:
            return _findings(document, problems)
        try:
            _, found = check_fragment(document.value, schema, part.at)
        except UserError as error:
            return [Finding(document.position, "", "fragment", error.fact, Stage.READ, error.hint)]
        problems += hinted(found, schema, self.schemas, parse(part.at))
        return _findings(document, problems, part.at)


def _not_checked(api_version: str, kind: str) -> Problem:
    fact = f"not checked: there is no schema for {kind} of {api_version}"
    return Problem(("kind",), "not-checked", fact, "--crds DIR or --from-cluster bring schemas", Stage.ADVICE)


def _told(path: Path, others: Sequence[Path]) -> bool:
    """Whether another stage has told of the same place, or of one around or in it: the cause is there."""
    return any(path[: len(other)] == other or other[: len(path)] == path for other in others if other)


def _without_consequences(problems: list[Problem]) -> list[Problem]:
    """Leave out what is wrong with the text of an undeclared placeholder: nobody means that text."""
    placeholders = {problem.path for problem in problems if problem.code == "placeholder"}
    return [
        problem
        for problem in problems
        if problem.code == "placeholder" or not placeholders & {problem.path, problem.near}
    ]


def _findings(document: Document, problems: Iterable[Problem], at: str = "$") -> list[Finding]:
    found = []
    for problem in problems:
        position = position_of(document, problem)
        path = at + dotted((*document.within, *problem.path)).removeprefix("$")
        if problem.code == "yaml":
            path = ""
        found.append(Finding(position, path, problem.code, problem.fact, problem.stage, problem.hint))
    return found
