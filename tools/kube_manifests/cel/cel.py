"""CEL rules (`x-kubernetes-validations`) of structural schemas, run by a real CEL engine.

The engine is Google's own C++ one, `cel-expr-python`, chosen by what it could do with the 23 distinct rules of
Dynamo's CRDs of main-1.5.0, one true and one false case each (CPython 3.11, two cores):

| engine | right | import | compile a rule | evaluate | wheels |
| --- | --- | --- | --- | --- | --- |
| cel-expr-python 0.1.3 (C++) | 23 | 4 ms | 0.1 ms | 0.02 ms | Linux and macOS, x86-64 and ARM |
| common-expression-language 0.10.0 (Rust) | 20: no lowerAscii, split | 105 ms | 0.1 ms | 0.01 ms | the same |
| cel-python 0.5.0 (Python) | 19: no lowerAscii, split, optionals | 68 ms | 0.4 ms | 0.3 ms | any |
| cel-bind 0.8.4 (C++) | not tried | 3 ms | | | none for Linux on ARM |

It needs no other package, is under Apache-2.0, matches regular expressions by RE2 and compares numbers of
different types, both as Kubernetes does. What it lacks is made up for in `cel_library` (Kubernetes' functions)
and `cel_engine` (optionals as input). It cannot tell that two lists of type set or map within one object are
equal in another order (between old and new it can: `cel_values.like`), and a string ends for it at a NUL.

Rules run as in `k8s.io/apiextensions-apiserver`: where the value is present; those that mention `oldSelf` only
with an old value, or with `optionalOldSelf`; a rule that cannot be evaluated is a problem like one that is
false. An API server runs no rules at all while types, required fields, enums or lengths are wrong; here only
those rules are left out that would look at a value of the wrong type, so that all problems are reported at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.problems import Stage
from groundwork.text.model import FieldError
from kube_manifests.cel import presence, values
from kube_manifests.cel.rules import Rules, index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from groundwork.base.field_paths import Path
    from kube_manifests.cel.rules import Node, Rule

__all__ = ["Rules", "check", "index", "not_compiling"]

_SHORT = 80
_LONGEST_MESSAGE = 5 * 1024
_REASONS = {
    "FieldValueForbidden": "forbidden: ",
    "FieldValueRequired": "required: ",
    "FieldValueDuplicate": "duplicate: ",
}


def check(value: Any, rules: Rules | Mapping[str, Any], *, old: Any = None) -> list[FieldError]:
    """The rules that a value breaks; never raises for a value or a rule.

    Args:
        value: an object as the API server would store it, defaults filled in.
        rules: what `index` made of its schema, or the schema itself (then `index` runs each time).
        old: the object before an update; None: it is created.

    Returns:
        Problems of stage RULE and code `rule`, at the path of the value that has the rule; of stage ADVICE and
        code `rule-not-run` where this engine does not know what a rule uses; `presence.CODE` if it is not there.
    """
    if not isinstance(rules, Rules):
        rules = index(dict(rules))
    return [] if rules.top is None else list(_field_errors(value, old, rules.top, (), rules.shapes))


def not_compiling(rules: Rules) -> dict[str, str]:
    """The rules that this engine cannot compile, and why: by expression."""
    return {} if rules.top is None else dict(_failures(rules.top))


def _failures(node: Node) -> Iterator[tuple[str, str]]:
    from kube_manifests.cel import engine  # noqa: PLC0415  as below

    for rule in node.rules:
        try:
            engine.compiled(_expression(rule, None))
        except engine.CannotCompileError as error:
            yield rule.rule, str(error)
    for inner in (*node.properties.values(), node.values, node.items):
        if inner is not None:
            yield from _failures(inner)


def _field_errors(value: Any, old: Any, node: Node, path: Path, shapes: list[Any]) -> Iterator[FieldError]:
    if value is None:
        return
    for rule in node.rules:
        if old is not None or not rule.transition or rule.optional_old:
            found = _broken(rule, value, old, shape=node.shape, shapes=shapes, path=path)
            if found is not None:
                yield found
    if isinstance(value, dict):
        before = old if isinstance(old, dict) and not node.atomic else {}
        for key, inner in value.items():
            below = node.properties.get(key) or node.values
            if below is not None:
                yield from _field_errors(inner, before.get(key), below, (*path, key), shapes)
    elif isinstance(value, list) and node.items is not None:
        earlier = _earlier(old, node)
        for number, item in enumerate(value):
            belonging = earlier.get(values.identity(item, list(node.keys or ()))) if earlier else None
            yield from _field_errors(item, belonging, node.items, (*path, number), shapes)


def _earlier(old: Any, node: Node) -> dict[str, Any]:
    """Old items by their keys; only in lists of type map do old and new items belong together."""
    if not node.keys or not isinstance(old, list):
        return {}
    return {values.identity(item, list(node.keys)): item for item in old}


def _broken(rule: Rule, value: Any, old: Any, *, shape: int, shapes: list[Any], path: Path) -> FieldError | None:
    at = (*path, *rule.path)
    if absent := presence.why_absent():
        return FieldError(at, presence.CODE, _said(rule), hint=absent, stage=Stage.ADVICE)
    # Not at the top: most objects have nothing that a rule applies to, and reading a file should start at once.
    from kube_manifests.cel import engine  # noqa: PLC0415

    try:
        seen = values.view(value, shape, shapes, rule.fields)
        variables = {"self": seen}
        if rule.transition and old is not None:
            aligned = values.like(old, value, shape, shapes)
            variables["oldSelf"] = values.view(aligned, shape, shapes, rule.fields)
    except (values.MisfitError, RecursionError):
        return None
    try:
        if engine.evaluate(_expression(rule, old), variables, bool):
            return None
    except engine.CannotCompileError as error:
        fact = f"a rule of the schema was not checked ({error}): {_said(rule)}"
        return FieldError(at, "rule-not-run", fact, stage=Stage.ADVICE)
    except engine.EvaluationError as error:
        fact = f"a rule could not be evaluated ({error}): {_said(rule)}"
        return FieldError(at, "rule", fact + _shown(seen), stage=Stage.RULE)
    fact = _REASONS.get(rule.reason, "") + _message(rule, variables) + _shown(seen)
    return FieldError(at, "rule", fact, stage=Stage.RULE)


def _said(rule: Rule) -> str:
    """What a rule demands, in one line."""
    return rule.message or " ".join(rule.rule.split())


def _expression(rule: Rule, old: Any) -> str:
    from kube_manifests.cel import engine  # noqa: PLC0415  as above

    if rule.transition and rule.optional_old:
        return engine.with_optional_old(rule.rule, present=old is not None)
    return rule.rule


def _message(rule: Rule, variables: Mapping[str, Any]) -> str:
    """As the API server picks it: its expression's, if that gives one good line; its message; the rule itself."""
    from kube_manifests.cel import engine  # noqa: PLC0415  as above

    if rule.message_expression:
        try:
            made = str(engine.evaluate(rule.message_expression, variables, str)).strip()
        except (engine.CannotCompileError, engine.EvaluationError):
            made = ""
        if made and "\n" not in made and len(made.encode()) <= _LONGEST_MESSAGE:
            return made
    return rule.message or f"this must be true: {' '.join(rule.rule.split())}"


def _shown(seen: Any) -> str:
    """What the rule looked at, if that is short."""
    text = repr(seen)
    return "" if isinstance(seen, dict | list) or len(text) > _SHORT else f" (value {text})"
