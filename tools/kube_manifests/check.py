"""The way of a document through all stages, as an API server takes it; findings at their positions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from groundwork.base.errors import UserError
from groundwork.base.field_paths import dotted
from groundwork.base.problems import Problem, Stage
from groundwork.base.wording import counted
from groundwork.text.documents import expand, position_of
from groundwork.text.model import Document, FieldError
from kube_manifests.cel import cel
from kube_manifests.objects import built_in
from kube_manifests.schemas.schemas import identity
from kube_manifests.structure import misplaced, structure, walk
from kube_manifests.structure.facts import IN_QUOTES
from kube_manifests.structure.fragments import check_fragment, inner, parse
from kube_manifests.structure.other_version import hinted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groundwork.base.field_paths import Path
    from kube_manifests.schemas.schemas import SchemaSet
    from kube_manifests.structure.structure import Engine


@dataclass(frozen=True, slots=True)
class Part:
    """A document that is a part of a manifest: which one, and where in it."""

    kind: str
    version: str
    """Version, `v1beta1`; the group is the product's (`ProductRules.group`), else Kubernetes' core group."""
    at: str
    """Place of the part as a JSONPath: `$.spec.sla`."""
    under: str = ""
    """Place below which the document begins, with the keys down to `at`; "" if it begins at `at`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to check."""

    document: Document
    part: Part | None = None
    """Part of a manifest that it is; None: a whole manifest."""


class ProductRules(Protocol):
    """What a product asks of its objects beside their schemas."""

    @property
    def group(self) -> str:
        """The API group of its kinds."""

    def refused(self, item: Any) -> list[FieldError]:
        """What its admission refuses of an object; none of a kind that is not the product's."""

    def advice(self, items: Sequence[Any]) -> Iterable[tuple[int, FieldError]]:
        """What is accepted, yet perhaps not meant, of objects that belong together: index and error.

        An item is None where the object could not be known.
        """


@dataclass(slots=True)
class Validator:
    """Checks documents against one set of schemas, and the rules of one product."""

    schemas: SchemaSet
    rules: ProductRules
    engine: Engine = walk.check
    """Engine that checks values against a schema (`structure.engines`)."""
    checked: int = field(default=0, init=False)
    """Number of manifests and parts of manifests that it has checked."""

    def check(self, items: Iterable[Item]) -> list[Problem]:
        """What is wrong with the manifests that belong together: those of one file, or of one page.

        A List is taken apart. Problems are in the order of the documents, by path within each.
        """
        found: list[Problem] = []
        whole: list[tuple[Document, Any]] = []
        for item in items:
            if item.part is not None:
                self.checked += 1
                found += self._part(item.document, item.part)
                continue
            for document in expand(item.document):
                self.checked += 1
                value, errors = self._whole(document)
                whole.append((document, value))
                found += _problems(document, errors)
        for index, error in self.rules.advice([value for _, value in whole]):
            found += _problems(whole[index][0], [error])
        return found

    def _whole(self, document: Document) -> tuple[Any, list[FieldError]]:
        """The object as an API server would keep it, where it can be known, and its errors."""
        errors = list(document.errors)
        if document.value is None:
            return None, errors
        named = identity(document.value)
        if isinstance(named, list):
            return None, [*errors, *named]
        schema = self.schemas.find(*named)
        if schema is None:
            return None, [*errors, self.schemas.explain(*named) or _not_checked(*named)]
        value, found = structure.check(document.value, schema, engine=self.engine)
        errors += hinted(misplaced.hinted(found, schema), schema, self.schemas)
        if schema.rules is not None:
            errors += cel.check(value, schema.rules())
        around = [error.path for error in errors]
        refused = built_in.check(value) if schema.builtin else self.rules.refused(value)
        errors += [one for one in refused if not _told(one.path, around)]
        if schema.builtin:
            around = [error.path for error in errors]
            errors += [one for one in built_in.warnings_of(value) if not _told(one.path, around)]
        return value, _without_consequences(errors)

    def _part(self, document: Document, part: Part) -> list[Problem]:
        errors = list(document.errors)
        group = self.rules.group
        version = f"{group}/{part.version}" if group else part.version
        schema = self.schemas.find(version, part.kind)
        if schema is None:
            missing = self.schemas.explain(version, part.kind)
            fact = missing.fact if missing else f"there is no kind {part.kind!r}"
            hint = missing.hint if missing else ""
            return [Problem(document.position, fact, hint, "fragment")]
        if document.value is None:
            return _problems(document, errors)
        try:
            value, keys = inner(document.value, part.at, part.under or part.at)
            _, found = check_fragment(value, schema, part.at, engine=self.engine)
        except UserError as wrong:
            return [Problem(document.position, wrong.fact, wrong.hint, "fragment")]
        found = hinted(found, schema, self.schemas, parse(part.at))
        errors += [replace(one, path=(*keys, *one.path), near=one.near and (*keys, *one.near)) for one in found]
        return _problems(document, errors, part.under or part.at)


def _not_checked(api_version: str, kind: str) -> FieldError:
    fact = f"not checked: there is no schema for {kind} of {api_version}"
    return FieldError(("kind",), "not-checked", fact, "--crds DIR or --from-cluster bring schemas", Stage.ADVICE)


def _told(path: Path, others: Sequence[Path]) -> bool:
    """Whether another stage has told of the same place, or of one around or in it: the cause is there."""
    return any(path[: len(other)] == other or other[: len(path)] == path for other in others if other)


def _without_consequences(errors: list[FieldError]) -> list[FieldError]:
    """Tell of each undeclared placeholder once, and not what is wrong with its text: nobody means that text."""
    places: dict[str, list[FieldError]] = {}
    for error in errors:
        if error.code == "placeholder":
            places.setdefault(error.fact, []).append(error)
    said = {error.path for alike in places.values() for error in alike}
    # The key of what is left out (`{ ... }`) is no field, and no unknown one.
    said |= {error.path for error in errors if error.code == "elision"}
    first = {id(alike[0]): _more(alike) for alike in places.values()}
    found = []
    for error in errors:
        if error.code == "placeholder":
            found += [first[id(error)]] if id(error) in first else []
        elif error.code == "elision" or not said & {error.path, error.near}:
            found.append(error)
    return found


def _more(alike: list[FieldError]) -> FieldError:
    """The first of several equal placeholders, which says how many there are."""
    others = len(alike) - 1
    fact = alike[0].fact + (f" (it stands in {counted(others, 'more place')})" if others else "")
    return replace(alike[0], fact=fact)


def _as_written(document: Document, error: FieldError) -> FieldError:
    """With a hint that quotes what the document says: `0755`, where the value is 493."""
    text = document.written.get(error.path)
    if text is None or not error.hint.startswith(IN_QUOTES):
        return error
    return replace(error, hint=f'{IN_QUOTES}"{text}"')


def _problems(document: Document, errors: Iterable[FieldError], at: str = "$") -> list[Problem]:
    found = []
    for error in (_as_written(document, one) for one in errors):
        path = at + dotted((*document.within, *error.path)).removeprefix("$")
        path = "" if error.code == "yaml" or (error.code == "placeholder" and not error.path) else path
        where = position_of(document, error)
        found.append(Problem(where, error.fact, error.hint, error.code, path, error.stage))
    return found
