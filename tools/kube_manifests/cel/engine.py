"""The CEL engine: expressions compiled once per process, evaluated on plain values.

Everything that touches the engine is here and in `cel_library`; importing this module imports it (4 ms).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings

from kube_manifests.cel import library

if TYPE_CHECKING:
    from collections.abc import Mapping

_ABSENT = "cel.bind(oldSelf, optional.none(), {}\n)"
_PRESENT = "cel.bind(oldSelf, optional.of(oldSelf), {}\n)"
"""The engine takes no optionals from Python: these make one. (The line end: expressions may end in a comment.)"""
_STATUS = ": "
_ERROR = "ERROR: <input>:"
_MIXED_NUMBERS = re.compile(
    r"no matching overload for '_[<>]=?_' applied to '\((?:int|uint|double), (?:int|uint|double)\)'"
)
_REASONS = {
    "No matching overloads found": "no function or operator for values of these types",
    "Key not found in map": "no such key",
}


class CannotCompileError(Exception):
    """Not CEL, or it uses something this engine does not know; the message says what, in one line."""


class EvaluationError(Exception):
    """A key that is not there, an index out of range, types that do not fit, overflow, …; one line."""


@cache
def _environment() -> Any:
    dyn = cel.Type.DYN
    return cel.NewEnv(
        variables={"self": dyn, "oldSelf": dyn},
        extensions=[
            *(ext_optional.ExtOptional(), ext_strings.ExtStrings(), ext_bindings.ExtBindings()),
            library.extension(),
        ],
    )


def with_optional_old(expression: str, *, present: bool) -> str:
    """The expression with `oldSelf` as an optional: of the variable's value, or none."""
    return (_PRESENT if present else _ABSENT).replace("{}", expression, 1)


def compiled(expression: str) -> Any:
    """The program of an expression.

    Raises:
        CannotCompileError: see there.
    """
    made = _program(expression)
    if isinstance(made, str):
        raise CannotCompileError(made)
    return made


def syntax_error(expression: str) -> str:
    """What is wrong with the form of an expression, or ""; names, types and other libraries are not looked at."""
    made = _program(expression)
    return made if isinstance(made, str) and "Syntax error" in made else ""


@lru_cache(maxsize=4096)
def _program(expression: str) -> Any:
    """A program, or why there is none: failures are remembered like successes."""
    try:
        return _environment().compile(expression)
    except (RuntimeError, ValueError, TypeError) as error:
        found = str(error)
    # Kubernetes lets an int be compared with a double; here only evaluation does, so it is not checked before.
    if 0 < found.count(_ERROR) == len(_MIXED_NUMBERS.findall(found)):
        return _environment().compile(expression, disable_check=True)
    return _first_line(found)


def evaluate(expression: str, variables: Mapping[str, Any], kind: type[bool | str]) -> Any:
    """The value of an expression; `kind` is what it must be.

    Args:
        expression: CEL with the variables `self` and `oldSelf`.
        variables: plain values as `cel_values.view` makes them; strings, lists, dicts, numbers.
        kind: bool or str.

    Raises:
        CannotCompileError: see there.
        EvaluationError: there is no value, or not one of that kind.
    """
    program = compiled(expression)
    try:
        result = program.eval(data=variables)
        if result.type() == cel.Type.ERROR:
            raise EvaluationError(_reason(str(result.value())))
        # Asked before it becomes a Python object: the engine cannot turn all its types into one.
        if result.type() != (cel.Type.BOOL if kind is bool else cel.Type.STRING):
            raise EvaluationError(f"the result is {result.type().name().lower()}, not {kind.__name__}")
        return result.value()
    except (RuntimeError, ValueError, TypeError, RecursionError) as error:
        raise EvaluationError(_first_line(str(error))) from error


def _first_line(text: str) -> str:
    """`INVALID_ARGUMENT: ERROR: <input>:1:5: undeclared reference to 'x' (in container '')` without its frame."""
    line = text.splitlines()[0] if text else ""
    line = line.rpartition(_ERROR)[2].removesuffix("[INVALID_ARGUMENT]").strip()
    return line.removesuffix(" (in container '')")


def _reason(text: str) -> str:
    """An error value without its status code, in words of this project where it is a common one."""
    status, separator, rest = text.partition(_STATUS)
    line = " ".join((rest if separator and status.isupper() else text).split())
    for theirs, ours in _REASONS.items():
        if line.startswith(theirs):
            return ours + ": " + line.removeprefix(theirs).lstrip(" :")
    return line
